-- The five dimensions of a company.
-- Grain: night, company_id, dimension
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_dimension_sums_decayed,
--     intermediate.int_outlet_long_sums_decayed,
--     intermediate.int_outlets_weighted
-- Rebuild: night
-- Params: $1 night
--
-- Attention in a dimension is summed in three parts, as in
-- int_attention_shrunk. Tone is shrunk to 0: with n toned voices and a prior of
-- a, it weighs n / (n + a).
with
constants as (
    select
        k.night,
        k.outlet_prior_articles,
        k.global_prior_articles,
        k.reputation_prior_mentions,
        k.goalpost_dimension_low,
        k.goalpost_dimension_high,
        k.goalpost_cap
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

outlets as (
    select
        w.outlet_id,
        w.country_code,
        w.weight,
        coalesce(n.article_sum, 0) as article_sum,
        round(
            w.weight / (coalesce(n.article_sum, 0) + k.outlet_prior_articles),
            24
        ) as article_weight,
        k.outlet_prior_articles,
        k.global_prior_articles
    from intermediate.int_outlets_weighted as w
    inner join constants as k on k.night = w.night
    left join intermediate.int_outlet_long_sums_decayed as n
        on n.night = w.night and n.outlet_id = w.outlet_id
),

countries as (
    select
        o.country_code,
        sum(o.article_sum) as article_sum,
        sum(o.article_sum) + max(o.global_prior_articles) as denominator,
        sum(
            o.weight * o.outlet_prior_articles
            / (o.article_sum + o.outlet_prior_articles)
        ) as prior_weight,
        max(o.global_prior_articles) as global_prior_articles
    from outlets as o
    group by o.country_code
),

panels as (
    select
        sum(c.article_sum) as article_sum,
        sum(
            c.prior_weight * c.global_prior_articles / c.denominator
        ) as far_weight
    from countries as c
),

company_countries as (
    select
        x.company_id,
        x.dimension,
        o.country_code,
        sum(x.attention_sum) as attention_sum,
        sum(o.article_weight * x.attention_sum) as own,
        sum(x.mention_sum) as mention_sum,
        sum(x.toned_sum) as toned_sum,
        sum(x.net_sum) as net_sum
    from intermediate.int_outlet_dimension_sums_decayed as x
    inner join outlets as o on o.outlet_id = x.outlet_id
    where x.night = cast($1 as date)
    group by x.company_id, x.dimension, o.country_code
),

companies as (
    select
        x.company_id,
        x.dimension,
        sum(x.attention_sum) as attention_sum,
        sum(
            x.own + c.prior_weight * x.attention_sum / c.denominator
        ) as own_and_near,
        sum(x.mention_sum) as mention_sum,
        sum(x.toned_sum) as toned_sum,
        sum(x.net_sum) as net_sum
    from company_countries as x
    inner join countries as c on c.country_code = x.country_code
    group by x.company_id, x.dimension
),

measured as (
    select
        c.company_id,
        c.dimension,
        c.mention_sum,
        round(
            c.own_and_near
            + p.far_weight * coalesce(
                c.attention_sum / nullif(p.article_sum, 0), 0
            ),
            12
        ) as attention,
        round(
            c.net_sum / (c.toned_sum + k.reputation_prior_mentions), 6
        ) as net_tone
    from companies as c
    cross join panels as p
    cross join constants as k
)

select
    k.night,
    m.company_id,
    m.dimension,
    cast(m.attention as numeric(13, 12)) as attention,
    cast(m.net_tone as numeric(7, 6)) as net_tone,
    cast(m.mention_sum as numeric(18, 12)) as mention_sum,
    cast(
        round(
            100 * least(
                greatest(
                    (
                        ln(greatest(m.attention, 0.000000000001))
                        - k.goalpost_dimension_low
                    ) / (k.goalpost_dimension_high - k.goalpost_dimension_low),
                    0
                ),
                k.goalpost_cap
            ) * (1 + m.net_tone) / 2,
            12
        ) as numeric(18, 12)
    ) as score
from measured as m
cross join constants as k
