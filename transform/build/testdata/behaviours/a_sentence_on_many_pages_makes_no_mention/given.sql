-- Table: intermediate.int_mentions_weighted
-- Nights: 2026-11-20, 2026-11-21
-- Sentence 7 is promotion: it stands in five stories of a, over two nights.
-- Article 6 names byd there alone: no mention. Article 5 names it in its lead
-- as well: a mention by that. b printed the sentence once: a mention.
-- Sentence 9 stands in five tellings of one story, and is none.
select given.company('byd'), given.company('dji');
select given.outlet('a', 'a'), given.outlet('b', 'b');
select
    given.article('2026-11-20', 'a', i, concat('story ', i)),
    given.naming('2026-11-20', 'byd', i, 'passing', '{7}', '{body}')
from generate_series(1, 3) as i;
select given.article('2026-11-21', 'a', i, concat('story ', i))
from generate_series(5, 6) as i;
select
    given.naming(
        '2026-11-21', 'byd', 5, 'headline', '{7,8,7}', '{headline,lead,body}'
    ),
    given.naming('2026-11-21', 'byd', 6, 'body', '{7,7}', '{body,body}');
select
    given.article('2026-11-21', 'b', 7, 'story 7'),
    given.naming('2026-11-21', 'byd', 7, 'body', '{7,7}', '{body,body}');
select
    given.article('2026-11-21', 'a', i, 'one story'),
    given.naming('2026-11-21', 'dji', i, 'headline', '{9}', '{headline}')
from generate_series(11, 15) as i;
