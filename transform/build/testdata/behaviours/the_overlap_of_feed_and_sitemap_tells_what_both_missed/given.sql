-- Table: intermediate.int_outlet_captures_counted
-- Nights: 2026-11-21
-- a: feed 3, sitemap 3, both 1: 4 * 4 / 2 - 1 = 7 published, 5 stored.
-- b: the sitemap has all the feed has: nothing is missing.
-- c: no sitemap: nothing can be said. d: disjoint halves, 2 * 2 - 1 = 3.
select given.outlet(x, x)
from unnest(cast('{a,b,c,d}' as text[])) as x;
select given.article('2026-11-21', 'a', i, concat('a', i))
from generate_series(1, 5) as i;
select
    given.announced(1, true, false), given.announced(2, true, false),
    given.announced(3, true, true), given.announced(4, false, true),
    given.announced(5, false, true);
select
    given.article('2026-11-21', 'b', i, concat('b', i)),
    given.announced(i, i = 11, true)
from generate_series(11, 14) as i;
select
    given.article('2026-11-21', 'c', 21, 'c'),
    given.announced(21, true, false);
select
    given.article('2026-11-21', 'd', i, concat('d', i)),
    given.announced(i, i = 31, i = 32)
from generate_series(31, 32) as i;
