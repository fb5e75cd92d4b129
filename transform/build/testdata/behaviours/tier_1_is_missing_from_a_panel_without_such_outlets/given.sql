-- Table: intermediate.int_indicators_scored where pillar = 'spread'
-- Nights: 2026-11-20
-- Its 0.2 is shared out among the 0.3, 0.2, 0.2 and 0.1 of the others.
select given.company('acme');
select given.outlet('o1', 'p1', 'GB', 2);
select given.article('2026-11-20', 'o1', 1, 'a');
select given.mention('2026-11-20', 'acme', 1);
