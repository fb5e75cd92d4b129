-- Influence: reactions on platforms, stories picked up, names in headlines.
-- Grain: night, company_id, indicator
-- Reads: intermediate.int_attention_shrunk,
--     intermediate.int_companies_summed_decayed,
--     intermediate.int_constants_pivoted,
--     intermediate.int_reaction_norms_frozen,
--     intermediate.int_reactions_decayed, staging.platform_nights
-- Rebuild: night
-- Params: $1 night
--
-- Reactions are a mean over the platforms that could be read tonight; without
-- any, the indicator is missing. A company without a reaction on a platform has
-- none there: that is a value, not a gap.
with
constants as (
    select
        k.night,
        k.reaction_cap,
        k.pickup_prior,
        k.pickup_prior_stories,
        k.prominence_prior,
        k.prominence_prior_weight
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

companies as (
    select
        t.company_id,
        coalesce(sum(s.weight_sum), 0) as weight_sum,
        coalesce(sum(s.headline_sum), 0) as headline_sum,
        coalesce(sum(s.story_sum), 0) as story_sum,
        coalesce(sum(s.pickup_sum), 0) as pickup_sum
    from intermediate.int_attention_shrunk as t
    left join intermediate.int_companies_summed_decayed as s
        on s.night = t.night and s.company_id = t.company_id
    where t.night = cast($1 as date) and t.attention > 0
    group by t.company_id
),

norms as (
    select
        m.platform,
        m.measure,
        m.median_value
    from intermediate.int_reaction_norms_frozen as m
    inner join staging.platform_nights as p
        on p.night = m.night and p.platform = m.platform
    where m.night = cast($1 as date) and p.is_available
),

norm_counts as (
    select
        n.measure,
        count(*) as platform_count
    from norms as n
    group by n.measure
),

reactions as (
    select
        r.company_id,
        r.measure,
        sum(
            least(ln(1 + r.reaction_sum / n.median_value), k.reaction_cap)
        ) as reaction_sum
    from intermediate.int_reactions_decayed as r
    inner join norms as n
        on n.platform = r.platform and n.measure = r.measure
    cross join constants as k
    where r.night = cast($1 as date)
    group by r.company_id, r.measure
),

measured as (
    select
        c.company_id,
        n.measure as indicator,
        coalesce(r.reaction_sum, 0) / n.platform_count as raw_value
    from companies as c
    cross join norm_counts as n
    left join reactions as r
        on r.company_id = c.company_id and r.measure = n.measure
    union all
    select
        c.company_id,
        'pickups' as indicator,
        (c.pickup_sum + k.pickup_prior_stories * k.pickup_prior)
        / (c.story_sum + k.pickup_prior_stories) as raw_value
    from companies as c
    cross join constants as k
    union all
    select
        c.company_id,
        'headline_prominence' as indicator,
        (c.headline_sum + k.prominence_prior_weight * k.prominence_prior)
        / (c.weight_sum + k.prominence_prior_weight) as raw_value
    from companies as c
    cross join constants as k
)

select
    cast($1 as date) as night,
    m.company_id,
    m.indicator,
    cast(round(m.raw_value, 12) as numeric(24, 12)) as raw_value
from measured as m
