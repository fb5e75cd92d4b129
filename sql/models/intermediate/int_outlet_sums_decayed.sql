-- N: articles of an outlet on any topic, older nights fading.
-- Grain: night, outlet_id
-- Reads: intermediate.int_constants_pivoted, intermediate.int_nights_chained,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_outlet_sums_decayed, intermediate.int_outlets_faded
-- Rebuild: night
-- Params: $1 night
--
-- Sums that have faded are dropped.
with
constants as (
    select
        k.night,
        k.negligible_sum
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

faded as (
    select
        s.outlet_id,
        s.article_sum
        * coalesce(f.decay_factor, c.decay_factor) as article_sum
    from intermediate.int_nights_chained as c
    inner join intermediate.int_outlet_sums_decayed as s
        on s.night = c.previous_night
    left join intermediate.int_outlets_faded as f
        on f.night = c.night and f.outlet_id = s.outlet_id
    where c.night = cast($1 as date)
),

parts as (
    select
        f.outlet_id,
        f.article_sum
    from faded as f
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
