-- What an outlet said of a company in a dimension, older nights fading slowly.
-- Grain: night, outlet_id, company_id, dimension
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_mention_dimensions,
--     intermediate.int_mentions_rolled_up,
--     intermediate.int_mentions_weighted, intermediate.int_nights_chained,
--     intermediate.int_outlet_dimension_sums_decayed
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

parts as (
    select
        s.outlet_id,
        s.company_id,
        s.dimension,
        s.attention_sum * k.decay_factor as attention_sum,
        s.mention_sum * k.decay_factor as mention_sum,
        s.toned_sum * k.decay_factor as toned_sum,
        s.net_sum * k.decay_factor as net_sum
    from constants as k
    inner join intermediate.int_outlet_dimension_sums_decayed as s
        on s.night = k.previous_night
    union all
    select
        n.outlet_id,
        n.company_id,
        n.dimension,
        n.attention_sum,
        n.mention_sum,
        n.toned_sum,
        n.net_sum
    from tonight as n
),

sums as (
    select
        p.outlet_id,
        p.company_id,
        p.dimension,
        round(sum(p.attention_sum), 12) as attention_sum,
        round(sum(p.mention_sum), 12) as mention_sum,
        round(sum(p.toned_sum), 12) as toned_sum,
        round(sum(p.net_sum), 12) as net_sum
    from parts as p
    group by p.outlet_id, p.company_id, p.dimension
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
