-- How much of the panel was up tonight.
-- Grain: night
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_outlets_weighted
-- Rebuild: night
-- Params: $1 night
with
panels as (
    select
        w.night,
        min(w.panel_id) as panel_id,
        count(*) as outlet_count,
        count(*) filter (where n.state = 'up') as outlet_up_count,
        coalesce(
            sum(w.weight) filter (where n.state = 'up'), 0
        ) as coverage_share
    from intermediate.int_outlets_weighted as w
    inner join intermediate.int_outlet_nights_counted as n
        on n.night = w.night and n.outlet_id = w.outlet_id
    where w.night = cast($1 as date)
    group by w.night
)

select
    p.night,
    p.panel_id,
    cast(p.outlet_count as integer) as outlet_count,
    cast(p.outlet_up_count as integer) as outlet_up_count,
    cast(p.coverage_share as numeric(13, 12)) as coverage_share,
    p.coverage_share < k.panel_degraded_share as is_degraded
from panels as p
inner join intermediate.int_constants_pivoted as k on k.night = p.night
