-- Table: intermediate.int_mentions_weighted
-- Nights: 2026-11-20
select given.company('acme');
select given.outlet(concat('o', i), 'group') from generate_series(1, 5) as i;
select given.article('2026-11-20', concat('o', i), i, 'wire')
from generate_series(1, 5) as i;
select given.mention('2026-11-20', 'acme', i) from generate_series(1, 5) as i;
