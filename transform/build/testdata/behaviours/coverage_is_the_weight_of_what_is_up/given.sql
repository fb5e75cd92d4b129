-- Table: marts.nights
-- Nights: 2026-11-20
-- Roots of reach 4, 2 and 1 in one country: the last one is dark.
select given.outlet('o1', 'p1', 'GB', 1);
select given.outlet('o2', 'p2', 'GB', 2);
select given.outlet('o3', 'p3', 'GB', 3, 10);
select given.company('acme');
select given.article('2026-11-20', 'o1', 1, 'a');
select given.mention('2026-11-20', 'acme', 1);
