-- Spread: attention, and over how many outlets, countries and languages.
-- Grain: night, company_id, indicator
-- Reads: intermediate.int_attention_shrunk,
--     intermediate.int_constants_pivoted,
--     intermediate.int_outlet_company_sums_decayed,
--     intermediate.int_outlet_sums_decayed,
--     intermediate.int_outlets_weighted
-- Rebuild: night
-- Params: $1 night
--
-- Breadth: the weight of the outlets that follow the company. An outlet counts
-- by half where the company has the declared share of its articles, so breadth
-- is a share of the panel and no count that one article moves.
--
-- Effective countries: exp(H), with H the entropy of the company's presence.
-- Presence in a country is its share of the articles there, full from the
-- declared share on: more news where a company is well known does not make it
-- look narrower. A small sample shows fewer countries than there are: H is
-- corrected by (K - 1) / 2n (Miller and Madow), K the countries seen, n the
-- mentions. With S the sum of presences s, H = ln S - sum of s ln s / S.
-- Languages are those of the outlets, by the same formula.
with
constants as (
    select
        k.night,
        k.outlet_prior_articles,
        k.global_prior_articles,
        k.breadth_half_share,
        k.presence_full_share
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

companies as (
    select
        t.company_id,
        t.attention,
        t.attention_tier_1
    from intermediate.int_attention_shrunk as t
    where t.night = cast($1 as date) and t.attention > 0
),

outlets as (
    select
        w.outlet_id,
        w.country_code,
        w.language_code,
        w.weight,
        coalesce(n.article_sum, 0) as article_sum,
        k.breadth_half_share
        * (coalesce(n.article_sum, 0) + k.outlet_prior_articles) as half_sum
    from intermediate.int_outlets_weighted as w
    inner join constants as k on k.night = w.night
    left join intermediate.int_outlet_sums_decayed as n
        on n.night = w.night and n.outlet_id = w.outlet_id
),

sums as materialized (
    select
        x.company_id,
        o.country_code,
        o.language_code,
        sum(x.attention_sum) as attention_sum,
        sum(x.mention_sum) as mention_sum,
        sum(
            o.weight * x.attention_sum / (x.attention_sum + o.half_sum)
        ) as breadth
    from intermediate.int_outlet_company_sums_decayed as x
    inner join outlets as o on o.outlet_id = x.outlet_id
    where x.night = cast($1 as date) and x.attention_sum > 0
    group by x.company_id, o.country_code, o.language_code
),

breadths as (
    select
        s.company_id,
        sum(s.breadth) as breadth
    from sums as s
    group by s.company_id
),

-- Countries and languages side by side: the formula is the same.
parts as (
    select
        'effective_countries' as indicator,
        o.country_code as part,
        sum(o.article_sum) as article_sum
    from outlets as o
    group by o.country_code
    union all
    select
        'effective_languages' as indicator,
        o.language_code as part,
        sum(o.article_sum) as article_sum
    from outlets as o
    group by o.language_code
),

part_counts as (
    select
        p.indicator,
        count(*) as part_count
    from parts as p
    group by p.indicator
),

part_sums as (
    select
        'effective_countries' as indicator,
        s.company_id,
        s.country_code as part,
        sum(s.attention_sum) as attention_sum,
        sum(s.mention_sum) as mention_sum
    from sums as s
    group by s.company_id, s.country_code
    union all
    select
        'effective_languages' as indicator,
        s.company_id,
        s.language_code as part,
        sum(s.attention_sum) as attention_sum,
        sum(s.mention_sum) as mention_sum
    from sums as s
    group by s.company_id, s.language_code
),

presences as materialized (
    select
        s.indicator,
        s.company_id,
        s.mention_sum,
        least(
            round(
                s.attention_sum
                / ((p.article_sum + k.global_prior_articles)
                    * k.presence_full_share),
                12
            ),
            1
        ) as presence
    from part_sums as s
    inner join parts as p on p.indicator = s.indicator and p.part = s.part
    cross join constants as k
),

entropies as (
    select
        e.indicator,
        e.company_id,
        sum(e.presence) as presence_sum,
        sum(
            case when e.presence < 1 then e.presence * ln(e.presence) else 0 end
        ) as log_sum,
        sum(least(e.mention_sum, 1)) as seen_count,
        sum(e.mention_sum) as mention_sum
    from presences as e
    where e.presence > 0
    group by e.indicator, e.company_id
),

effective as (
    select
        e.indicator,
        e.company_id,
        least(
            greatest(
                exp(
                    ln(e.presence_sum) - e.log_sum / e.presence_sum
                    + greatest(e.seen_count - 1, 0)
                    / (2 * greatest(e.mention_sum, 1))
                ),
                1
            ),
            c.part_count
        ) as effective_count
    from entropies as e
    inner join part_counts as c on c.indicator = e.indicator
),

measured as (
    select
        c.company_id,
        'attention' as indicator,
        c.attention as raw_value
    from companies as c
    union all
    select
        c.company_id,
        'attention_tier_1' as indicator,
        c.attention_tier_1 as raw_value
    from companies as c
    where c.attention_tier_1 is not null
    union all
    select
        c.company_id,
        'outlet_breadth' as indicator,
        coalesce(b.breadth, 0) as raw_value
    from companies as c
    left join breadths as b on b.company_id = c.company_id
    union all
    select
        c.company_id,
        i.indicator,
        coalesce(e.effective_count, 1) as raw_value
    from companies as c
    cross join part_counts as i
    left join effective as e
        on e.company_id = c.company_id and e.indicator = i.indicator
)

select
    cast($1 as date) as night,
    m.company_id,
    m.indicator,
    cast(round(m.raw_value, 12) as numeric(24, 12)) as raw_value
from measured as m
