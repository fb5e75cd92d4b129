-- Table: intermediate.int_spread_measured where indicator = 'effective_languages'
-- Nights: 2026-11-20
-- Two countries of one language are one language; the French outlet makes two:
-- 2 * exp(1 / (2 * 2)) = 2.568051 is more than the panel has.
insert into seeds.languages (language_code, name) values ('fr', 'French');
select given.company('english'), given.company('both');
select given.outlet('gb', 'p1', 'GB'), given.outlet('fr', 'p2', 'FR'), given.outlet('us', 'p3', 'US');
update seeds.outlets set language_code = 'fr' where outlet_id = 'fr';
select given.article('2026-11-20', 'gb', 1, 'a'), given.article('2026-11-20', 'fr', 2, 'b'), given.article('2026-11-20', 'us', 3, 'c');
select given.mention('2026-11-20', 'english', 1), given.mention('2026-11-20', 'english', 3);
select given.mention('2026-11-20', 'both', 1), given.mention('2026-11-20', 'both', 2);
