-- The night built before, and how much of its sums is left.
-- Grain: night
-- Reads: intermediate.int_constants_pivoted
-- Rebuild: night
-- Params: $1 night
--
-- The night built before may lie more than one night back: the decay follows
-- the calendar, not the number of builds.
with
constants as (
    select
        k.night,
        k.decay_half_life_nights
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

previous as (
    select max(k.night) as night
    from intermediate.int_constants_pivoted as k
    where k.night < cast($1 as date)
)

select
    k.night,
    p.night as previous_night,
    cast(
        round(
            power(
                cast(2 as numeric),
                (p.night - k.night) / k.decay_half_life_nights
            ),
            18
        ) as numeric(19, 18)
    ) as decay_factor
from constants as k
cross join previous as p
