-- Table: intermediate.int_outlet_nights_counted
-- Nights: 2026-09-10
-- Nothing is expected of any of them but of expected, and no collect is near the
-- night. empty: a backfill read it and found nothing. earlier: an earlier backfill
-- did, before its interval was planned anew. gap, broken: what was asked could be
-- read, the night could not. matched: stored articles were matched again, nothing
-- was read. expected: read, and much less than expected. never: nobody asked.
-- writes: nobody could read it, but articles came.
select given.outlet(o, o, 'GB', 1, case when o = 'expected' then 10 end)
from unnest(
    array['empty', 'earlier', 'gap', 'broken', 'matched', 'expected', 'never', 'writes']
) as o;
select given.article('2026-09-10', 'writes', 1, 'a');
select given.backfill('2026-09-10', 'empty', 'live', 'done', 2);
select given.backfill('2026-09-10', 'earlier', 'warc', 'done', 0);
update ops.backfill_items set state = 'done' where scope = 'earlier';
update ops.intervals set backfill_id = 9, state = 'planned' where scope = 'earlier';
select given.backfill('2026-09-10', 'gap', 'live', 'gap', 1);
select given.backfill('2026-09-10', 'broken', 'archive', 'failed', 1);
select given.backfill('2026-09-10', 'matched', 'stored', 'done', 0);
select given.backfill('2026-09-10', 'expected', 'live', 'done', 1);
