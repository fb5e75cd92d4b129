-- Table: intermediate.int_companies_counted
-- Nights: 2026-11-20
select given.company('acme');
select given.outlet('o1', 'group', 'GB');
select given.outlet('o2', 'group', 'FR');
select given.outlet('o3', 'other', 'FR');
select given.article('2026-11-20', 'o1', 1, 'wire');
select given.article('2026-11-20', 'o1', 2, 'wire');
select given.article('2026-11-20', 'o2', 3, 'wire');
select given.article('2026-11-20', 'o3', 4, 'own');
update staging.articles set language_code = 'fr' where article_id = 3;
update staging.articles set language_code = 'und' where article_id = 4;
select given.mention('2026-11-20', 'acme', i) from generate_series(1, 4) as i;
