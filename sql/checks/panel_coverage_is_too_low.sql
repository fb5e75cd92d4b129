-- Fail: Too little of the panel was up; the night published before stays.
-- Stage: publish
-- Reads: intermediate.int_constants_pivoted, intermediate.int_panels_covered
-- Params: $1 night
select
    p.night,
    p.coverage_share,
    k.panel_publish_share,
    p.outlet_up_count,
    p.outlet_count
from intermediate.int_panels_covered as p
inner join intermediate.int_constants_pivoted as k on k.night = p.night
where
    p.night = cast($1 as date)
    and p.coverage_share < k.panel_publish_share
