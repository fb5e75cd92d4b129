-- The numbers of the method in force, one column each.
-- Grain: night
-- Reads: seeds.method_constants
-- Rebuild: night
-- Params: $1 night
--
-- The method in force is the highest version in the seeds. A constant the seeds
-- must hold and do not comes out null, and the table refuses it by name. From
-- expectation_weeks to tone_prior_mentions they are bounds of the calculation
-- with defaults, which the seeds may override.
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
            where c.constant_name = 'outage_hold_nights'
        ) as outage_hold_nights,
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
        ) as tone_prior_mentions,
        max(c.value) filter (
            where c.constant_name = 'breadth_half_share'
        ) as breadth_half_share,
        max(c.value) filter (
            where c.constant_name = 'presence_full_share'
        ) as presence_full_share,
        max(c.value) filter (
            where c.constant_name = 'authority_damping'
        ) as authority_damping,
        max(c.value) filter (
            where c.constant_name = 'authority_window_nights'
        ) as authority_window_nights,
        max(c.value) filter (
            where c.constant_name = 'reaction_cap'
        ) as reaction_cap,
        max(c.value) filter (
            where c.constant_name = 'pickup_prior_stories'
        ) as pickup_prior_stories,
        max(c.value) filter (
            where c.constant_name = 'pickup_prior'
        ) as pickup_prior,
        max(c.value) filter (
            where c.constant_name = 'prominence_prior_weight'
        ) as prominence_prior_weight,
        max(c.value) filter (
            where c.constant_name = 'prominence_prior'
        ) as prominence_prior,
        max(c.value) filter (
            where c.constant_name = 'reputation_prior_mentions'
        ) as reputation_prior_mentions,
        max(c.value) filter (
            where c.constant_name = 'reputation_mentions_min'
        ) as reputation_mentions_min,
        max(c.value) filter (
            where c.constant_name = 'strongly_negative_probability'
        ) as strongly_negative_probability,
        max(c.value) filter (
            where c.constant_name = 'positive_countries_prior_weight'
        ) as positive_countries_prior_weight,
        max(c.value) filter (
            where c.constant_name = 'positive_countries_prior'
        ) as positive_countries_prior,
        max(c.value) filter (
            where c.constant_name = 'goalpost_cap'
        ) as goalpost_cap,
        max(c.value) filter (
            where c.constant_name = 'pillar_floor'
        ) as pillar_floor,
        max(c.value) filter (
            where c.constant_name = 'reference_window_nights'
        ) as reference_window_nights,
        max(c.value) filter (
            where c.constant_name = 'reference_nights_min'
        ) as reference_nights_min,
        max(c.value) filter (
            where c.constant_name = 'link_window_nights'
        ) as link_window_nights,
        max(c.value) filter (
            where c.constant_name = 'dimension_half_life_nights'
        ) as dimension_half_life_nights,
        max(c.value) filter (
            where c.constant_name = 'object_nights_in'
        ) as object_nights_in,
        max(c.value) filter (
            where c.constant_name = 'object_position_in'
        ) as object_position_in,
        max(c.value) filter (
            where c.constant_name = 'object_nights_out'
        ) as object_nights_out,
        max(c.value) filter (
            where c.constant_name = 'object_position_out'
        ) as object_position_out,
        max(c.value) filter (
            where c.constant_name = 'case_mentions_min'
        ) as case_mentions_min,
        max(c.value) filter (
            where c.constant_name = 'case_dimensions_min'
        ) as case_dimensions_min,
        max(c.value) filter (
            where c.constant_name = 'case_dimension_mentions_min'
        ) as case_dimension_mentions_min,
        max(c.value) filter (
            where c.constant_name = 'case_position'
        ) as case_position,
        max(c.value) filter (
            where c.constant_name = 'case_probability_min'
        ) as case_probability_min,
        max(c.value) filter (
            where c.constant_name = 'case_sector_discount'
        ) as case_sector_discount,
        max(c.value) filter (
            where c.constant_name = 'case_sector_max'
        ) as case_sector_max,
        max(c.value) filter (
            where c.constant_name = 'case_sectors_min'
        ) as case_sectors_min,
        max(c.value) filter (
            where c.constant_name = 'resample_window_nights'
        ) as resample_window_nights,
        max(c.value) filter (
            where c.constant_name = 'one_mark_places'
        ) as one_mark_places,
        max(c.value) filter (
            where c.constant_name = 'strong_negative_prior'
        ) as strong_negative_prior,
        max(c.value) filter (
            where c.constant_name = 'strong_negative_prior_reach'
        ) as strong_negative_prior_reach,
        max(c.value) filter (
            where c.constant_name = 'case_count'
        ) as case_count,
        max(c.value) filter (
            where c.constant_name = 'object_count'
        ) as object_count,
        max(c.value) filter (
            where c.constant_name = 'object_window_nights'
        ) as object_window_nights,
        max(c.value) filter (
            where c.constant_name = 'goalpost_dimension_low'
        ) as goalpost_dimension_low,
        max(c.value) filter (
            where c.constant_name = 'goalpost_dimension_high'
        ) as goalpost_dimension_high,
        max(c.value) filter (
            where c.constant_name = 'negligible_dimension_sum'
        ) as negligible_dimension_sum
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
    coalesce(p.tone_prior_mentions, 15) as tone_prior_mentions,
    p.breadth_half_share,
    p.presence_full_share,
    p.authority_damping,
    cast(p.authority_window_nights as integer) as authority_window_nights,
    p.reaction_cap,
    p.pickup_prior_stories,
    p.pickup_prior,
    p.prominence_prior_weight,
    p.prominence_prior,
    p.reputation_prior_mentions,
    p.reputation_mentions_min,
    p.strongly_negative_probability,
    p.positive_countries_prior_weight,
    p.positive_countries_prior,
    p.goalpost_cap,
    p.pillar_floor,
    cast(p.reference_window_nights as integer) as reference_window_nights,
    cast(p.reference_nights_min as integer) as reference_nights_min,
    cast(p.link_window_nights as integer) as link_window_nights,
    p.dimension_half_life_nights,
    cast(p.object_nights_in as integer) as object_nights_in,
    cast(p.object_position_in as integer) as object_position_in,
    cast(p.object_nights_out as integer) as object_nights_out,
    cast(p.object_position_out as integer) as object_position_out,
    p.case_mentions_min,
    cast(p.case_dimensions_min as integer) as case_dimensions_min,
    p.case_dimension_mentions_min,
    cast(p.case_position as integer) as case_position,
    p.case_probability_min,
    p.case_sector_discount,
    cast(p.case_sector_max as integer) as case_sector_max,
    cast(p.case_sectors_min as integer) as case_sectors_min,
    cast(p.resample_window_nights as integer) as resample_window_nights,
    cast(p.one_mark_places as integer) as one_mark_places,
    p.strong_negative_prior,
    p.strong_negative_prior_reach,
    cast(p.case_count as integer) as case_count,
    cast(p.object_count as integer) as object_count,
    cast(p.object_window_nights as integer) as object_window_nights,
    p.goalpost_dimension_low,
    p.goalpost_dimension_high,
    p.negligible_dimension_sum,
    cast(coalesce(p.outage_hold_nights, 28) as integer) as outage_hold_nights
from pivoted as p
