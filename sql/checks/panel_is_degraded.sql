-- Warn: The night is degraded: compare its ranks with others with care.
-- Stage: publish
-- Reads: intermediate.int_constants_pivoted, intermediate.int_panels_covered
-- Params: $1 night
select
    p.night,
    p.coverage_share,
    k.panel_degraded_share,
    p.outlet_up_count,
    p.outlet_count
from intermediate.int_panels_covered as p
inner join intermediate.int_constants_pivoted as k on k.night = p.night
where
    p.night = cast($1 as date)
    and p.is_degraded
