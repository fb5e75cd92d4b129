-- Table: marts.company_rankings
-- Nights: 2026-11-20
select given.company('beta');
select given.company('alpha');
select given.company('winner');
select given.company('unnamed');
select given.outlet('o1', 'p1');
select given.article('2026-11-20', 'o1', 1, 'a');
select given.article('2026-11-20', 'o1', 2, 'b');
select given.mention('2026-11-20', 'beta', 1);
select given.mention('2026-11-20', 'alpha', 2);
select given.mention('2026-11-20', 'winner', 1);
select given.mention('2026-11-20', 'winner', 2);
