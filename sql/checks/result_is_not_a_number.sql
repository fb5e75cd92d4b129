-- Fail: A result is NaN, infinite or out of range.
-- Stage: publish
-- Reads: marts.company_indicators, marts.company_rankings, marts.nights,
--     marts.outlet_health
-- Params: $1 night
--
-- NaN equals itself in Postgres and is above every number: the upper bounds
-- find it. Null is a result not computed yet.
select
    'company_indicators' as table_name,
    i.company_id as which
from marts.company_indicators as i
where
    i.night = cast($1 as date)
    and not (i.value > -1000000000000 and i.value < 1000000000000)
union all
select
    'company_rankings' as table_name,
    r.company_id as which
from marts.company_rankings as r
where
    r.night = cast($1 as date)
    and not (
        coalesce(r.score, 0) between 0 and 999
        and coalesce(r.spread_score, 0) between 0 and 999
        and coalesce(r.influence_score, 0) between 0 and 999
        and coalesce(r.reputation_score, 0) between 0 and 999
        and coalesce(r.top10_probability, 0) between 0 and 1
        and coalesce(r.net_tone, 0) between -1 and 1
        and coalesce(r.tone_coverage_share, 0) between 0 and 1
        and r.panel_coverage_share between 0 and 1
    )
union all
select
    'nights' as table_name,
    cast(n.night as text) as which
from marts.nights as n
where
    n.night = cast($1 as date)
    and not n.panel_coverage_share between 0 and 1
union all
select
    'outlet_health' as table_name,
    h.outlet_id as which
from marts.outlet_health as h
where
    h.night = cast($1 as date)
    and not h.weight_share between 0 and 1
