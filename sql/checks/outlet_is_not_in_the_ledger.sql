-- Warn: A collect broke off at an outlet; what it left waits for the next one.
-- Stage: publish
-- Reads: ops.outlet_runs, ops.runs, ops.urls, staging.articles
-- Params: $1 night, $2 run_id
--
-- A collect that counted failures may have lost an outlet on the way (its code
-- panicked, or its data could not be stored): there are decisions, but no line
-- that could be held against them. Asked of the collects that
-- ledger_does_not_close asks of.
with
collects as (
    select r.run_id
    from ops.runs as r
    where
        r.job in ('collect', 'backfill') and r.night = cast($1 as date)
    union
    select r.run_id
    from ops.runs as r
    where
        r.job = 'collect'
        and (
            r.parent_run_id = cast($2 as bigint)
            or r.parent_run_id in (
                select b.parent_run_id
                from ops.runs as b
                where b.run_id = cast($2 as bigint)
            )
        )
    union
    select a.run_id
    from staging.articles as a
    left join ops.runs as r on r.run_id = a.run_id
    where
        a.night = cast($1 as date)
        and coalesce(r.job, 'collect') in ('collect', 'backfill')
),

decisions as (
    select
        u.decided_run_id as run_id,
        u.outlet_id,
        count(*) as decided_url_count
    from ops.urls as u
    inner join collects as c on c.run_id = u.decided_run_id
    group by u.decided_run_id, u.outlet_id
)

select
    d.run_id,
    d.outlet_id,
    d.decided_url_count
from decisions as d
inner join ops.runs as r on r.run_id = d.run_id
left join ops.outlet_runs as l
    on l.run_id = d.run_id and l.outlet_id = d.outlet_id
where r.state = 'done_with_failures' and l.outlet_id is null
order by d.run_id, d.outlet_id collate "C"
