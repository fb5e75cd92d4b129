-- Table: intermediate.int_outlet_nights_counted
-- Nights: 2026-10-23, 2026-10-30, 2026-11-06, 2026-11-13, 2026-11-20
-- steady: 4, 2, 6, 0 (down), 3; the median of 2, 4, 6 is 4, and 3 of 4 is up.
-- new: one night says nothing yet, the registry expects 10, and 3 is partial.
-- dark: the registry expects 10, and 1 is down. quiet: nothing is expected.
-- gone: no articles and no channel that can be read.
select given.outlet('steady', 'p1', 'GB', 1, 1);
select given.outlet('new', 'p2', 'GB', 1, 10);
select given.outlet('dark', 'p3', 'GB', 1, 10);
select given.outlet('quiet', 'p4');
select given.outlet('gone', 'p5');
update ops.outlet_runs set readable_channel_count = 0 where outlet_id = 'gone';
select given.article('2026-10-23', 'steady', i, concat('a', i))
from generate_series(1, 4) as i;
select given.article('2026-10-30', 'steady', i, concat('a', i))
from generate_series(11, 12) as i;
select given.article('2026-11-06', 'steady', i, concat('a', i))
from generate_series(21, 26) as i;
select given.article('2026-11-13', 'dark', 30, 'a30');
select given.article('2026-11-20', 'steady', i, concat('a', i))
from generate_series(41, 43) as i;
select given.article('2026-11-20', 'new', i, concat('a', i))
from generate_series(51, 53) as i;
select given.article('2026-11-20', 'dark', 61, 'a61');
