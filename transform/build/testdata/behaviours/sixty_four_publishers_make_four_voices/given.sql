-- Table: intermediate.int_stories_counted
-- Nights: 2026-11-20
-- 64 times 0.0625 is 4; one publisher of the 64 has a second title.
select given.outlet(concat('o', i), concat('p', i))
from generate_series(1, 64) as i;
select given.outlet('o65', 'p64');
select given.article('2026-11-20', concat('o', i), i, 'wire')
from generate_series(1, 65) as i;
select given.article('2026-11-20', 'o1', 100, 'own');
