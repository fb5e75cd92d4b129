-- Table: intermediate.int_outlet_sums_decayed
-- Nights: 2026-11-01, 2026-11-08, 2026-11-22
-- One half-life, then two: 4; 4 / 2 + 1; 3 / 4 + 2. The second outlet fades.
select given.outlet('o1', 'p1');
select given.outlet('o2', 'p2');
select given.article('2026-11-01', 'o1', i, concat('a', i))
from generate_series(1, 4) as i;
select given.article('2026-11-01', 'o2', 50, 'b');
select given.article('2026-11-08', 'o1', 5, 'c');
select given.article('2026-11-22', 'o1', i, concat('d', i))
from generate_series(6, 7) as i;
