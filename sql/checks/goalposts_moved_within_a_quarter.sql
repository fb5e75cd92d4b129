-- Fail: Goalposts or link factors differ from those of their quarter.
-- Stage: build
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_goalposts_frozen, intermediate.int_links_frozen
-- Params: $1 night
--
-- Held against every other night of the quarter: a score must not move because
-- its scale did.
with
constants as (
    select
        k.night,
        make_date(
            cast(extract(year from k.night) as integer),
            cast(extract(quarter from k.night) as integer) * 3 - 2,
            1
        ) as quarter_night
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
)

select
    g.indicator as what,
    o.night as other_night,
    g.low as value,
    o.low as other_value
from constants as k
inner join intermediate.int_goalposts_frozen as g on g.night = k.night
inner join intermediate.int_goalposts_frozen as o
    on
        o.indicator = g.indicator
        and o.night >= k.quarter_night
        and o.night < k.quarter_night + interval '3 months'
where g.low <> o.low or g.high <> o.high or g.reference_id <> o.reference_id
union all
select
    l.pillar as what,
    o.night as other_night,
    l.link_factor as value,
    o.link_factor as other_value
from constants as k
inner join intermediate.int_links_frozen as l on l.night = k.night
inner join intermediate.int_links_frozen as o
    on
        o.pillar = l.pillar
        and o.night >= k.quarter_night
        and o.night < k.quarter_night + interval '3 months'
where l.link_factor <> o.link_factor or l.reference_id <> o.reference_id
