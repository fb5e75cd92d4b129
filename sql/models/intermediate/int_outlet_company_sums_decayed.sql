-- X: what an outlet said about a company, older nights fading.
-- Grain: night, outlet_id, company_id
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_company_nights_summed,
--     intermediate.int_outlet_company_sums_decayed
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
        s.company_id,
        s.attention_sum
    from intermediate.int_outlet_company_sums_decayed as s
    where
        s.night = (
            select max(e.night)
            from intermediate.int_outlet_company_sums_decayed as e
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
        p.company_id,
        p.attention_sum * f.factor as attention_sum
    from previous as p
    cross join factors as f
    union all
    select
        n.outlet_id,
        n.company_id,
        n.attention as attention_sum
    from intermediate.int_outlet_company_nights_summed as n
    where n.night = cast($1 as date)
),

sums as (
    select
        p.outlet_id,
        p.company_id,
        round(sum(p.attention_sum), 12) as attention_sum
    from parts as p
    group by p.outlet_id, p.company_id
)

select
    k.night,
    s.outlet_id,
    s.company_id,
    cast(s.attention_sum as numeric(18, 12)) as attention_sum
from sums as s
cross join constants as k
where s.attention_sum >= k.negligible_sum
