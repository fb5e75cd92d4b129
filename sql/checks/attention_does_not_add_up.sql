-- Fail: The companies' attention does not add up to that of all together.
-- Stage: build
-- Reads: intermediate.int_attention_shrunk, intermediate.int_constants_pivoted,
--     intermediate.int_outlet_company_sums_decayed,
--     intermediate.int_outlet_sums_decayed, intermediate.int_outlets_weighted
-- Params: $1 night
--
-- Attention is linear in X, so all companies taken as one must get the sum of
-- their attentions. Worked out here the long way, outlet by outlet. The
-- tolerance is the rounding of 12 decimals for each company.
with
outlets as (
    select
        w.outlet_id,
        w.country_code,
        w.weight,
        coalesce(n.article_sum, 0) as article_sum
    from intermediate.int_outlets_weighted as w
    left join intermediate.int_outlet_sums_decayed as n
        on n.night = w.night and n.outlet_id = w.outlet_id
    where w.night = cast($1 as date)
),

mentions as (
    select
        x.outlet_id,
        sum(x.attention_sum) as attention_sum
    from intermediate.int_outlet_company_sums_decayed as x
    where x.night = cast($1 as date)
    group by x.outlet_id
),

joined as (
    select
        o.country_code,
        o.weight,
        o.article_sum,
        coalesce(m.attention_sum, 0) as attention_sum,
        sum(o.article_sum) over () as panel_articles,
        sum(coalesce(m.attention_sum, 0)) over () as panel_attention,
        sum(o.article_sum) over (
            partition by o.country_code
        ) as country_articles,
        sum(coalesce(m.attention_sum, 0)) over (
            partition by o.country_code
        ) as country_attention
    from outlets as o
    left join mentions as m on m.outlet_id = o.outlet_id
),

expected as (
    select
        sum(
            j.weight
            * (
                j.attention_sum
                + k.outlet_prior_articles
                * (
                    j.country_attention
                    + k.global_prior_articles * coalesce(
                        j.panel_attention / nullif(j.panel_articles, 0), 0
                    )
                )
                / (j.country_articles + k.global_prior_articles)
            )
            / (j.article_sum + k.outlet_prior_articles)
        ) as attention
    from joined as j
    inner join intermediate.int_constants_pivoted as k
        on k.night = cast($1 as date)
),

found as (
    select
        coalesce(sum(t.attention), 0) as attention,
        count(*) as company_count
    from intermediate.int_attention_shrunk as t
    where t.night = cast($1 as date)
)

select
    e.attention as expected_attention,
    f.attention as found_attention
from expected as e
cross join found as f
where
    abs(e.attention - f.attention)
    > (f.company_count + 1) * 0.000000000001
