-- Table: intermediate.int_tones_corrected
-- Nights: 2026-11-13, 2026-11-20
-- Seven nights halve a voice. beta is judged in a language without a matrix: its
-- shares stay; gamma has no tone. In English the model finds half of what is
-- negative, and nothing wrongly: of alpha's sums, 1.5 voices of which .5 say
-- negative, so two thirds are; with 15 prior voices the correction weighs
-- 1.5 / 16.5.
select given.outlet('a', 'a'), given.company('alpha'), given.company('beta'), given.company('gamma');
insert into seeds.tone_confusions (language_code, true_tone, judged_tone, confusion, correction)
values
    ('en', 'negative', 'negative', 0.5, 2), ('en', 'negative', 'neutral', 0.5, 0), ('en', 'negative', 'positive', 0, 0),
    ('en', 'neutral', 'negative', 0, -1), ('en', 'neutral', 'neutral', 1, 1), ('en', 'neutral', 'positive', 0, 0),
    ('en', 'positive', 'negative', 0, 0), ('en', 'positive', 'neutral', 0, 0), ('en', 'positive', 'positive', 1, 1);
select given.article('2026-11-13', 'a', 1, 'x'), given.article('2026-11-20', 'a', 2, 'y'), given.article('2026-11-20', 'a', 3, 'z');
update staging.articles set language_code = 'ru' where article_id = 3;
select given.mention('2026-11-13', 'alpha', 1), given.mention('2026-11-20', 'alpha', 2);
select given.mention('2026-11-20', 'beta', 3), given.mention('2026-11-20', 'gamma', 2);
select given.tone('alpha', 1, 1, 0), given.tone('alpha', 2, 0, 0), given.tone('beta', 3, 0.25, 0.5);
