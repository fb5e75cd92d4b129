-- Table: intermediate.int_countries_faded
-- Nights: 2026-11-20, 2026-11-21, 2026-11-22
-- o1 has written three articles and o2 one when o1 goes down for the 21st: of
-- sums of GB (3 + 0.905724) / 4 = 0.976431 is left. On the 22nd both are read:
-- a night is a night, 2 ^ (-1 / 7) = 0.905724. All of FR is down on both nights,
-- and nothing of it fades.
select given.outlet('o1', 'p1'), given.outlet('o2', 'p2'), given.outlet('o3', 'p3', 'FR', 1);
update seeds.outlets set expected_articles_min = 1;
select given.article('2026-11-20', 'o1', i, concat('a', i)) from generate_series(1, 3) as i;
select given.article('2026-11-20', 'o2', 4, 'b'), given.article('2026-11-20', 'o3', 5, 'c');
select given.article('2026-11-21', 'o2', 6, 'd');
select given.article('2026-11-22', 'o1', 7, 'e'), given.article('2026-11-22', 'o2', 8, 'f');
