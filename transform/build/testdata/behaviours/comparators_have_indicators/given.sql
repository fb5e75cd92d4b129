-- Table: marts.company_indicators
-- Nights: 2026-11-20
-- One outlet, one article, x = 1: p = 1 / 1, pg = (1 + 500) / 501 = 1, and
-- q = (1 + 100) / 101 = 1.
select given.company('tesla', true);
select given.outlet('o1', 'p1', 'GB', 1);
select given.article('2026-11-20', 'o1', 1, 'a');
select given.mention('2026-11-20', 'tesla', 1);
