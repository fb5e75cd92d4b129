-- Fail: The night's row and its ranking disagree about the night.
-- Stage: publish
-- Reads: marts.company_rankings, marts.nights
-- Params: $1 night
with
rankings as (
    select
        count(*) as company_count,
        count(distinct r.panel_id) as panel_count,
        min(r.panel_id) as panel_id,
        min(r.method_version) as method_version,
        min(r.panel_coverage_share) as panel_coverage_share,
        min(r.published_at) as first_published_at,
        max(r.published_at) as last_published_at
    from marts.company_rankings as r
    where r.night = cast($1 as date)
)

select
    n.night,
    n.company_count,
    r.company_count as ranked_count,
    r.panel_count
from marts.nights as n
cross join rankings as r
where
    n.night = cast($1 as date)
    and (
        n.company_count <> r.company_count
        or r.panel_count > 1
        or r.panel_id <> n.panel_id
        or r.method_version <> n.method_version
        or r.panel_coverage_share <> n.panel_coverage_share
        or r.first_published_at <> n.published_at
        or r.last_published_at <> n.published_at
    )
