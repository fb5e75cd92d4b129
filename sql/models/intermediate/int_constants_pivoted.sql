-- The numbers of the method in force, one column each.
-- Grain: night
-- Reads: seeds.method_constants
-- Rebuild: night
-- Params: $1 night
--
-- The method in force is the highest version in the seeds. A constant the seeds
-- must hold and do not comes out null, and the table refuses it by name. From
-- expectation_weeks on they are bounds of the calculation with defaults, which
-- the seeds may override.
with
versions as (
    select
        c.method_version,
        row_number() over (
            order by
                length(c.method_version) desc,
                c.method_version collate "C" desc
        ) as version_position
    from seeds.method_constants as c
    group by c.method_version
),

constants as (
    select
        c.method_version,
        c.constant_name,
        c.value
    from seeds.method_constants as c
    inner join versions as v on v.method_version = c.method_version
    where v.version_position = 1
),

pivoted as (
    select
        c.method_version,
        max(c.value) filter (
            where c.constant_name = 'salience_headline'
        ) as salience_headline,
        max(c.value) filter (
            where c.constant_name = 'salience_lead'
        ) as salience_lead,
        max(c.value) filter (
            where c.constant_name = 'salience_body'
        ) as salience_body,
        max(c.value) filter (
            where c.constant_name = 'salience_passing'
        ) as salience_passing,
        max(c.value) filter (
            where c.constant_name = 'copy_credit_log_factor'
        ) as copy_credit_log_factor,
        max(c.value) filter (
            where c.constant_name = 'decay_half_life_nights'
        ) as decay_half_life_nights,
        max(c.value) filter (
            where c.constant_name = 'outlet_prior_articles'
        ) as outlet_prior_articles,
        max(c.value) filter (
            where c.constant_name = 'global_prior_articles'
        ) as global_prior_articles,
        max(c.value) filter (
            where c.constant_name = 'country_weight_cap'
        ) as country_weight_cap,
        max(c.value) filter (
            where c.constant_name = 'reach_tier_1'
        ) as reach_tier_1,
        max(c.value) filter (
            where c.constant_name = 'reach_tier_2'
        ) as reach_tier_2,
        max(c.value) filter (
            where c.constant_name = 'reach_tier_3'
        ) as reach_tier_3,
        max(c.value) filter (
            where c.constant_name = 'outlet_up_share'
        ) as outlet_up_share,
        max(c.value) filter (
            where c.constant_name = 'outlet_partial_share'
        ) as outlet_partial_share,
        max(c.value) filter (
            where c.constant_name = 'panel_degraded_share'
        ) as panel_degraded_share,
        max(c.value) filter (
            where c.constant_name = 'panel_publish_share'
        ) as panel_publish_share,
        max(c.value) filter (
            where c.constant_name = 'story_window_nights'
        ) as story_window_nights,
        max(c.value) filter (
            where c.constant_name = 'expectation_weeks'
        ) as expectation_weeks,
        max(c.value) filter (
            where c.constant_name = 'expectation_values_min'
        ) as expectation_values_min,
        max(c.value) filter (
            where c.constant_name = 'negligible_sum'
        ) as negligible_sum,
        max(c.value) filter (
            where c.constant_name = 'furniture_window_nights'
        ) as furniture_window_nights,
        max(c.value) filter (
            where c.constant_name = 'furniture_stories_min'
        ) as furniture_stories_min,
        max(c.value) filter (
            where c.constant_name = 'furniture_share_min'
        ) as furniture_share_min,
        max(c.value) filter (
            where c.constant_name = 'broken_text_share'
        ) as broken_text_share,
        max(c.value) filter (
            where c.constant_name = 'broken_articles_min'
        ) as broken_articles_min,
        max(c.value) filter (
            where c.constant_name = 'quarantine_window_nights'
        ) as quarantine_window_nights,
        max(c.value) filter (
            where c.constant_name = 'quarantine_nights_min'
        ) as quarantine_nights_min,
        max(c.value) filter (
            where c.constant_name = 'quarantine_mentions_min'
        ) as quarantine_mentions_min,
        max(c.value) filter (
            where c.constant_name = 'quarantine_factor'
        ) as quarantine_factor,
        max(c.value) filter (
            where c.constant_name = 'tone_prior_mentions'
        ) as tone_prior_mentions
    from constants as c
    group by c.method_version
)

select
    cast($1 as date) as night,
    p.method_version,
    p.salience_headline,
    p.salience_lead,
    p.salience_body,
    p.salience_passing,
    p.copy_credit_log_factor,
    p.decay_half_life_nights,
    p.outlet_prior_articles,
    p.global_prior_articles,
    p.country_weight_cap,
    p.reach_tier_1,
    p.reach_tier_2,
    p.reach_tier_3,
    p.outlet_up_share,
    p.outlet_partial_share,
    p.panel_degraded_share,
    p.panel_publish_share,
    cast(p.story_window_nights as integer) as story_window_nights,
    cast(coalesce(p.expectation_weeks, 8) as integer) as expectation_weeks,
    cast(
        coalesce(p.expectation_values_min, 3) as integer
    ) as expectation_values_min,
    coalesce(p.negligible_sum, 0.000001) as negligible_sum,
    cast(
        coalesce(p.furniture_window_nights, 7) as integer
    ) as furniture_window_nights,
    cast(
        coalesce(p.furniture_stories_min, 5) as integer
    ) as furniture_stories_min,
    coalesce(p.furniture_share_min, 0.02) as furniture_share_min,
    coalesce(p.broken_text_share, 0.5) as broken_text_share,
    cast(
        coalesce(p.broken_articles_min, 5) as integer
    ) as broken_articles_min,
    cast(
        coalesce(p.quarantine_window_nights, 28) as integer
    ) as quarantine_window_nights,
    cast(
        coalesce(p.quarantine_nights_min, 7) as integer
    ) as quarantine_nights_min,
    cast(
        coalesce(p.quarantine_mentions_min, 10) as integer
    ) as quarantine_mentions_min,
    coalesce(p.quarantine_factor, 5) as quarantine_factor,
    coalesce(p.tone_prior_mentions, 15) as tone_prior_mentions
from pivoted as p
