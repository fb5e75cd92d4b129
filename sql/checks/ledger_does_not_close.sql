-- Fail: The ledger of a collect does not close: URLs lost or counted twice.
-- Stage: publish
-- Reads: ops.outlet_runs, ops.runs, ops.urls, staging.articles
-- Params: $1 night, $2 run_id
--
-- Held to account is every collect this night may stand on: started for it (as
-- backfills are, outlet by outlet), started by the same nightly run, or having
-- stored one of its articles. Per outlet: discovered = known + decided +
-- deferred, as the crawler counted, and decided = what ops.urls says the run
-- decided. An outlet with decisions and without a line was lost: a fault in a
-- collect that says it went well. Imports take pages as they lie in a file, of
-- many nights and outlets, and have no lines: ops.imports counts them.
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

ledgers as (
    select
        l.run_id,
        l.outlet_id,
        l.discovered_count,
        l.known_count,
        l.decided_count,
        l.deferred_count
    from ops.outlet_runs as l
    inner join collects as c on c.run_id = l.run_id
),

decisions as (
    select
        u.decided_run_id as run_id,
        u.outlet_id,
        count(*) as decided_count
    from ops.urls as u
    inner join collects as c on c.run_id = u.decided_run_id
    group by u.decided_run_id, u.outlet_id
),

faults as (
    select
        l.run_id,
        l.outlet_id,
        l.discovered_count,
        l.known_count,
        l.decided_count,
        l.deferred_count,
        coalesce(d.decided_count, 0) as decided_url_count
    from ledgers as l
    left join decisions as d
        on d.run_id = l.run_id and d.outlet_id = l.outlet_id
    where
        l.discovered_count <> l.known_count + l.decided_count + l.deferred_count
        or l.decided_count <> coalesce(d.decided_count, 0)
    union all
    select
        d.run_id,
        d.outlet_id,
        null as discovered_count,
        null as known_count,
        null as decided_count,
        null as deferred_count,
        d.decided_count as decided_url_count
    from decisions as d
    inner join ops.runs as r on r.run_id = d.run_id
    left join ledgers as l
        on l.run_id = d.run_id and l.outlet_id = d.outlet_id
    where r.state = 'done' and l.outlet_id is null
)

select
    f.run_id,
    f.outlet_id,
    f.discovered_count,
    f.known_count,
    f.decided_count,
    f.deferred_count,
    f.decided_url_count
from faults as f
order by f.run_id, f.outlet_id collate "C"
