-- Attention A: the panel's weighted, shrunk share of attention for a company.
-- Grain: night, company_id
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_company_sums_decayed,
--     intermediate.int_outlet_sums_decayed,
--     intermediate.int_outlets_weighted
-- Rebuild: night
-- Params: $1 night
--
-- With w weight, X and N the decayed sums, g the outlet's country, a and b the
-- priors of outlet and panel:
--     q = (X + a * pg) / (N + a)
--     pg = (Xg + b * p) / (Ng + b)
--     p = sum of X / sum of N
--     A = sum of w * q
-- An outlet that never named the company still counts with its prior. So that
-- outlets times companies need not be written out, A is summed in three parts:
--     own    sum over outlets with X of w * X / (N + a)
--     near   sum over countries with X of Kg * Xg / (Ng + b)
--     far    p * sum over all countries of Kg * b / (Ng + b)
-- with Kg the country's sum of w * a / (N + a). Nothing is rounded before the
-- end. A is linear in X: what it would gain if aliases in quarantine counted is
-- the same sum over what X would gain.
with
constants as (
    select
        k.night,
        k.outlet_prior_articles,
        k.global_prior_articles
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

outlets as (
    select
        w.outlet_id,
        w.country_code,
        w.weight,
        case when w.tier = 1 then w.weight else 0 end as weight_tier_1,
        coalesce(n.article_sum, 0) as article_sum,
        k.outlet_prior_articles,
        k.global_prior_articles
    from intermediate.int_outlets_weighted as w
    inner join constants as k on k.night = w.night
    left join intermediate.int_outlet_sums_decayed as n
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
        sum(
            o.weight_tier_1 * o.outlet_prior_articles
            / (o.article_sum + o.outlet_prior_articles)
        ) as prior_weight_tier_1,
        sum(o.weight_tier_1) as weight_tier_1,
        max(o.global_prior_articles) as global_prior_articles
    from outlets as o
    group by o.country_code
),

panels as (
    select
        sum(c.article_sum) as article_sum,
        sum(
            c.prior_weight * c.global_prior_articles / c.denominator
        ) as far_weight,
        sum(
            c.prior_weight_tier_1 * c.global_prior_articles / c.denominator
        ) as far_weight_tier_1,
        sum(c.weight_tier_1) as weight_tier_1
    from countries as c
),

company_countries as (
    select
        x.company_id,
        o.country_code,
        sum(x.attention_sum) as attention_sum,
        sum(x.quarantined_sum) as quarantined_sum,
        sum(
            o.weight * x.attention_sum
            / (o.article_sum + o.outlet_prior_articles)
        ) as own,
        sum(
            o.weight * x.quarantined_sum
            / (o.article_sum + o.outlet_prior_articles)
        ) as own_quarantined,
        sum(
            o.weight_tier_1 * x.attention_sum
            / (o.article_sum + o.outlet_prior_articles)
        ) as own_tier_1
    from intermediate.int_outlet_company_sums_decayed as x
    inner join outlets as o on o.outlet_id = x.outlet_id
    where x.night = cast($1 as date)
    group by x.company_id, o.country_code
),

companies as (
    select
        x.company_id,
        sum(x.attention_sum) as attention_sum,
        sum(x.quarantined_sum) as quarantined_sum,
        sum(
            x.own_quarantined
            + c.prior_weight * x.quarantined_sum / c.denominator
        ) as quarantined_own_and_near,
        sum(
            x.own + c.prior_weight * x.attention_sum / c.denominator
        ) as own_and_near,
        sum(
            x.own_tier_1
            + c.prior_weight_tier_1 * x.attention_sum / c.denominator
        ) as own_and_near_tier_1
    from company_countries as x
    inner join countries as c on c.country_code = x.country_code
    group by x.company_id
),

shares as (
    select
        c.company_id,
        c.own_and_near,
        c.own_and_near_tier_1,
        c.quarantined_own_and_near,
        p.far_weight,
        p.far_weight_tier_1,
        nullif(p.weight_tier_1, 0) as weight_tier_1,
        coalesce(c.attention_sum / nullif(p.article_sum, 0), 0) as panel_share,
        coalesce(
            c.quarantined_sum / nullif(p.article_sum, 0), 0
        ) as quarantined_share
    from companies as c
    cross join panels as p
)

select
    k.night,
    s.company_id,
    cast(round(s.panel_share, 12) as numeric(13, 12)) as panel_share,
    cast(
        round(s.own_and_near + s.panel_share * s.far_weight, 12)
        as numeric(13, 12)
    ) as attention,
    cast(
        round(
            (s.own_and_near_tier_1 + s.panel_share * s.far_weight_tier_1)
            / s.weight_tier_1,
            12
        ) as numeric(13, 12)
    ) as attention_tier_1,
    cast(
        round(
            s.own_and_near + s.panel_share * s.far_weight
            + s.quarantined_own_and_near + s.quarantined_share * s.far_weight,
            12
        ) as numeric(13, 12)
    ) as attention_with_quarantined
from shares as s
cross join constants as k
