-- Table: intermediate.int_mentions_weighted
-- Nights: 2026-11-20
select given.outlet('a', 'a'), given.company('old'), given.company('new'), given.company('gone');
update seeds.companies set valid_from = '2026-11-21' where company_id = 'new';
update seeds.companies set valid_to = '2026-11-19' where company_id = 'gone';
select given.article('2026-11-20', 'a', 1, 'x');
select given.mention('2026-11-20', c.company_id, 1) from seeds.companies as c;
