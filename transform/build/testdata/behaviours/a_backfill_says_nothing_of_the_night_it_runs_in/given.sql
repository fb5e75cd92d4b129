-- Table: intermediate.int_outlet_nights_counted
-- Nights: 2026-11-20
-- On the 20th a backfill of September reads the sitemaps of a and b; the collect
-- of that night could read those of b alone.
select given.outlet('a', 'a'), given.outlet('b', 'b'), given.outlet('c', 'c');
delete from ops.outlet_runs;
select given.backfill('2026-09-10', 'a', 'live', 'done', 2, '2026-11-20');
select given.backfill('2026-09-10', 'b', 'live', 'done', 2, '2026-11-20');
select given.collect('2026-11-20', 'a', 1, 0);
select given.collect('2026-11-20', 'b', 1, 1);
select given.article('2026-11-20', 'c', 1, 'a');
