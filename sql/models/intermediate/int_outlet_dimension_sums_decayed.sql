-- What an outlet said of a company in a dimension, older nights fading slowly.
-- Grain: night, outlet_id, company_id, dimension
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_mention_dimensions, intermediate.int_mentions_rolled_up,
--     intermediate.int_mentions_weighted, intermediate.int_nights_chained,
--     intermediate.int_outlet_dimension_sums_decayed,
--     intermediate.int_outlets_faded
-- Rebuild: night
-- Params: $1 night
--
-- As x and X of attention, each weight by the probability of the label. Sums
-- that have faded are dropped.
with
constants as (
    select
        k.night,
        c.previous_night,
        k.negligible_dimension_sum,
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

voices as (
    select
        w.outlet_id,
        w.company_id,
        d.dimension,
        w.weight * d.probability as weight,
        m.tone_positive - m.tone_negative as net_tone
    from intermediate.int_mention_dimensions as d
    inner join intermediate.int_mentions_weighted as w
        on
            w.night = d.night
            and w.company_id = d.company_id
            and w.article_id = d.article_id
    inner join intermediate.int_mentions_rolled_up as m
        on
            m.night = d.night
            and m.company_id = d.company_id
            and m.article_id = d.article_id
    where d.night = cast($1 as date) and w.is_voice
),

tonight as (
    select
        v.outlet_id,
        v.company_id,
        v.dimension,
        round(
            log(cast(2 as numeric), 1 + sum(v.weight)), 12
        ) as attention_sum,
        count(*) as mention_sum,
        count(v.net_tone) as toned_sum,
        coalesce(sum(v.net_tone), 0) as net_sum
    from voices as v
    group by v.outlet_id, v.company_id, v.dimension
),

faded as (
    select
        s.outlet_id,
        s.company_id,
        s.dimension,
        s.attention_sum
        * coalesce(f.long_decay_factor, k.decay_factor) as attention_sum,
        s.mention_sum
        * coalesce(f.long_decay_factor, k.decay_factor) as mention_sum,
        s.toned_sum
        * coalesce(f.long_decay_factor, k.decay_factor) as toned_sum,
        s.net_sum
        * coalesce(f.long_decay_factor, k.decay_factor) as net_sum
    from constants as k
    inner join intermediate.int_outlet_dimension_sums_decayed as s
        on s.night = k.previous_night
    left join intermediate.int_outlets_faded as f
        on f.night = k.night and f.outlet_id = s.outlet_id
),

-- Most sums get nothing tonight: a join costs half of grouping them.
sums as (
    select
        coalesce(f.outlet_id, n.outlet_id) as outlet_id,
        coalesce(f.company_id, n.company_id) as company_id,
        coalesce(f.dimension, n.dimension) as dimension,
        round(
            coalesce(f.attention_sum, 0) + coalesce(n.attention_sum, 0), 12
        ) as attention_sum,
        round(
            coalesce(f.mention_sum, 0) + coalesce(n.mention_sum, 0), 12
        ) as mention_sum,
        round(
            coalesce(f.toned_sum, 0) + coalesce(n.toned_sum, 0), 12
        ) as toned_sum,
        round(coalesce(f.net_sum, 0) + coalesce(n.net_sum, 0), 12) as net_sum
    from faded as f
    full join tonight as n
        on
            n.company_id = f.company_id
            and n.outlet_id = f.outlet_id
            and n.dimension = f.dimension
)

select
    k.night,
    s.outlet_id,
    s.company_id,
    s.dimension,
    cast(s.attention_sum as numeric(18, 12)) as attention_sum,
    cast(s.mention_sum as numeric(18, 12)) as mention_sum,
    cast(s.toned_sum as numeric(18, 12)) as toned_sum,
    cast(s.net_sum as numeric(18, 12)) as net_sum
from sums as s
cross join constants as k
where s.attention_sum >= k.negligible_dimension_sum
