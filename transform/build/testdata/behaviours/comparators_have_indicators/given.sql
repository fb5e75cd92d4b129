-- Table: marts.company_indicators
-- Nights: 2026-11-20
-- One outlet, one article, x = 1: p = 1 / 1, pg = (1 + 500) / 501 = 1, and
-- q = (1 + 100) / 101 = 1. Breadth: 1 / (1 + 0.002 * 101). Without platforms the
-- 0.2 and 0.1 of pickups and headlines are all there is of influence.
select given.company('tesla', true);
select given.outlet('o1', 'p1', 'GB', 1);
select given.article('2026-11-20', 'o1', 1, 'a');
select given.mention('2026-11-20', 'tesla', 1);
