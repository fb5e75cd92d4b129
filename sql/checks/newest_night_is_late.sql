-- Warn: The newest night readers have was published more than two days late.
-- Stage: publish
-- Reads: marts.nights, ops.runs
-- Params: $1 night, $2 run_id
--
-- The schedule was down, or the nights were refused before this one. What a
-- backfill brings of the past is not late.
with
later as (
    select count(*) as night_count
    from marts.nights as n
    where n.night > cast($1 as date)
),

backfills as (
    select count(*) as run_count
    from ops.runs as r
    where
        r.run_id = $2
        and (r.backfill_id is not null or r.cause = 'backfill')
)

select
    n.night,
    n.published_at
from marts.nights as n
cross join later as l
cross join backfills as b
where
    n.night = cast($1 as date)
    and n.revision = 1
    and n.published_date - n.night > 2
    and l.night_count = 0
    and b.run_count = 0
