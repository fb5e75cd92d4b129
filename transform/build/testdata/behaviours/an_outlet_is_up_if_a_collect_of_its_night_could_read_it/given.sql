-- Table: intermediate.int_outlet_nights_counted
-- Nights: 2026-11-20
-- Nothing is expected of any of them. writes: nothing could be read, but
-- articles came. quiet, after: a channel could be read in the night, or on the
-- last of the two days after it. dark: only before and later, whatever is said
-- of its channels now. idle: no channel was due. never: not collected at all.
select given.outlet(o, o)
from unnest(array['writes', 'quiet', 'after', 'dark', 'idle', 'never']) as o;
delete from ops.outlet_runs;
select given.article('2026-11-20', 'writes', 1, 'a');
select given.collect('2026-11-20', 'writes', 2, 0);
select given.collect('2026-11-20', 'quiet', 3, 1);
select given.collect('2026-11-21', 'quiet', 2, 2);
select given.collect('2026-11-20', 'after', 1, 0);
select given.collect('2026-11-22', 'after', 1, 1);
select given.collect('2026-11-19', 'dark', 1, 1);
select given.collect('2026-11-20', 'dark', 2, 0);
select given.collect('2026-11-23', 'dark', 1, 1);
insert into ops.channels (outlet_id, channel_url, kind, state)
values ('dark', 'https://dark.example/2025.xml', 'sitemap', 'ok');
select given.collect('2026-11-21', 'idle', 0, 0);
