-- N: articles of an outlet on any topic, older nights fading.
-- Grain: night, outlet_id
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_outlet_sums_decayed
-- Rebuild: night
-- Params: $1 night
--
-- The night built before may lie more than one night back: the decay follows
-- the calendar, not the number of builds. Sums that have faded are dropped.
with
constants as (
    select
        k.night,
        k.decay_half_life_nights,
        k.negligible_sum
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

previous as (
    select
        s.night,
        s.outlet_id,
        s.article_sum
    from intermediate.int_outlet_sums_decayed as s
    where
        s.night = (
            select max(e.night)
            from intermediate.int_outlet_sums_decayed as e
            where e.night < cast($1 as date)
        )
),

factors as (
    select
        round(
            power(
                cast(2 as numeric),
                (p.night - k.night) / k.decay_half_life_nights
            ),
            18
        ) as factor
    from constants as k
    cross join (select max(q.night) as night from previous as q) as p
),

parts as (
    select
        p.outlet_id,
        p.article_sum * f.factor as article_sum
    from previous as p
    cross join factors as f
    union all
    select
        n.outlet_id,
        cast(n.article_count as numeric) as article_sum
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
