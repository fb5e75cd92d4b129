-- X and M: what an outlet said about a company, older nights fading.
-- Grain: night, outlet_id, company_id
-- Reads: intermediate.int_constants_pivoted, intermediate.int_nights_chained,
--     intermediate.int_outlet_company_nights_summed,
--     intermediate.int_outlet_company_sums_decayed,
--     intermediate.int_outlets_faded
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
        s.company_id,
        s.attention_sum
        * coalesce(f.decay_factor, c.decay_factor) as attention_sum,
        s.quarantined_sum
        * coalesce(f.decay_factor, c.decay_factor) as quarantined_sum,
        s.mention_sum
        * coalesce(f.decay_factor, c.decay_factor) as mention_sum
    from intermediate.int_nights_chained as c
    inner join intermediate.int_outlet_company_sums_decayed as s
        on s.night = c.previous_night
    left join intermediate.int_outlets_faded as f
        on f.night = c.night and f.outlet_id = s.outlet_id
    where c.night = cast($1 as date)
),

parts as (
    select
        f.outlet_id,
        f.company_id,
        f.attention_sum,
        f.quarantined_sum,
        f.mention_sum
    from faded as f
    union all
    select
        n.outlet_id,
        n.company_id,
        n.attention as attention_sum,
        n.quarantined_attention as quarantined_sum,
        cast(n.mention_count as numeric) as mention_sum
    from intermediate.int_outlet_company_nights_summed as n
    where n.night = cast($1 as date)
),

sums as (
    select
        p.outlet_id,
        p.company_id,
        round(sum(p.attention_sum), 12) as attention_sum,
        round(sum(p.quarantined_sum), 12) as quarantined_sum,
        round(sum(p.mention_sum), 12) as mention_sum
    from parts as p
    group by p.outlet_id, p.company_id
)

select
    k.night,
    s.outlet_id,
    s.company_id,
    cast(s.attention_sum as numeric(18, 12)) as attention_sum,
    cast(s.quarantined_sum as numeric(18, 12)) as quarantined_sum,
    cast(s.mention_sum as numeric(18, 12)) as mention_sum
from sums as s
cross join constants as k
where s.attention_sum + s.quarantined_sum >= k.negligible_sum
