-- Table: intermediate.int_outlets_weighted
-- Nights: 2026-11-20
-- Three countries cannot all stay below 0.08. Inside one, tiers 1, 2 and 3
-- have the roots 4, 2 and 1. The remainder of rounding goes to the first of
-- the heaviest.
select given.outlet('fr', 'fr', 'FR');
select given.outlet('gb1', 'gb', 'GB', 1);
select given.outlet('gb2', 'gb', 'GB', 2);
select given.outlet('gb3', 'gb', 'GB', 3);
select given.outlet('zz', 'zz', 'ZZ');
select given.article('2026-11-20', 'fr', 1, 'text');
