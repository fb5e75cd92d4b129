-- How far the sums of an outlet fade tonight: not at all while it is down.
-- Grain: night, outlet_id
-- Reads: intermediate.int_constants_pivoted, intermediate.int_nights_chained,
--     intermediate.int_outlet_nights_counted
-- Rebuild: night
-- Params: $1 night
--
-- What could not be read does not fade. An outlet that is down is taken to say
-- what it said last, so no ratio of sums over many outlets moves because it is
-- missing. That holds until it has been down for the declared number of nights:
-- then it is gone, and fades like the others.
with
constants as (
    select
        k.night,
        k.outage_hold_nights,
        k.night - c.previous_night as fading_nights,
        c.decay_factor,
        round(
            power(
                cast(2 as numeric),
                (c.previous_night - k.night) / k.dimension_half_life_nights
            ),
            18
        ) as long_decay_factor
    from intermediate.int_constants_pivoted as k
    inner join intermediate.int_nights_chained as c on c.night = k.night
    where k.night = cast($1 as date) and c.previous_night is not null
),

heard as (
    select n.outlet_id
    from intermediate.int_outlet_nights_counted as n
    inner join constants as k on n.night > k.night - k.outage_hold_nights
    where
        n.night < cast($1 as date)
        and n.night > cast($1 as date) - 92
        and n.state <> 'down'
    group by n.outlet_id
),

outlets as (
    select
        n.outlet_id,
        n.state = 'down' and h.outlet_id is not null as is_held
    from intermediate.int_outlet_nights_counted as n
    left join heard as h on h.outlet_id = n.outlet_id
    where n.night = cast($1 as date)
)

select
    k.night,
    o.outlet_id,
    o.is_held,
    cast(
        case when o.is_held then 0 else k.fading_nights end as numeric(18, 12)
    ) as fading_nights,
    cast(
        case when o.is_held then 1 else k.decay_factor end as numeric(19, 18)
    ) as decay_factor,
    cast(
        case when o.is_held then 1 else k.long_decay_factor end
        as numeric(19, 18)
    ) as long_decay_factor
from outlets as o
cross join constants as k
