-- Articles of an outlet on any topic, older nights fading slowly.
-- Grain: night, outlet_id
-- Reads: intermediate.int_constants_pivoted, intermediate.int_nights_chained,
--     intermediate.int_outlet_long_sums_decayed,
--     intermediate.int_outlet_nights_counted, intermediate.int_outlets_faded
-- Rebuild: night
-- Params: $1 night
--
-- As int_outlet_sums_decayed, with the half-life of the dimensions.
with
constants as (
    select
        k.night,
        c.previous_night,
        k.negligible_sum,
        round(
            power(
                cast(2 as numeric),
                (c.previous_night - k.night) / k.dimension_half_life_nights
            ),
            18
        ) as decay_factor
    from intermediate.int_constants_pivoted as k
    inner join intermediate.int_nights_chained as c on c.night = k.night
    where k.night = cast($1 as date)
),

parts as (
    select
        s.outlet_id,
        s.article_sum
        * coalesce(f.long_decay_factor, k.decay_factor) as article_sum
    from constants as k
    inner join intermediate.int_outlet_long_sums_decayed as s
        on s.night = k.previous_night
    left join intermediate.int_outlets_faded as f
        on f.night = k.night and f.outlet_id = s.outlet_id
    union all
    select
        n.outlet_id,
        n.article_count as article_sum
    from intermediate.int_outlet_nights_counted as n
    where n.night = cast($1 as date)
),

sums as (
    select
        p.outlet_id,
        round(sum(p.article_sum), 12) as article_sum
    from parts as p
    group by p.outlet_id
)

select
    k.night,
    s.outlet_id,
    cast(s.article_sum as numeric(18, 12)) as article_sum
from sums as s
cross join constants as k
where s.article_sum >= k.negligible_sum
