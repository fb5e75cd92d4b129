-- Tone of tonight's voices.
-- Grain: night, company_id, country_code, language_code
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_mentions_rolled_up,
--     intermediate.int_mentions_weighted, intermediate.int_outlets_weighted
-- Rebuild: night
-- Params: $1 night
--
-- Reach is that of the panel; an outlet outside it has none.
with
voices as (
    select
        w.night,
        w.company_id,
        w.country_code,
        w.language_code,
        w.weight,
        w.weight * coalesce(o.reach, 0) as reach_weight,
        m.tone_negative,
        m.tone_positive,
        m.tone_negative >= k.strongly_negative_probability as is_strong
    from intermediate.int_mentions_weighted as w
    inner join intermediate.int_mentions_rolled_up as m
        on
            m.night = w.night
            and m.company_id = w.company_id
            and m.article_id = w.article_id
    inner join intermediate.int_constants_pivoted as k on k.night = w.night
    left join intermediate.int_outlets_weighted as o
        on o.night = w.night and o.outlet_id = w.outlet_id
    where w.night = cast($1 as date) and w.is_voice
),

sums as (
    select
        v.night,
        v.company_id,
        v.country_code,
        v.language_code,
        sum(v.weight) as weight_sum,
        sum(v.weight) filter (
            where v.tone_negative is not null
        ) as toned_weight_sum,
        sum(v.weight * v.tone_negative) as negative_sum,
        sum(v.weight * v.tone_positive) as positive_sum,
        count(v.tone_negative) as toned_sum,
        sum(v.reach_weight) filter (
            where v.tone_negative is not null
        ) as toned_reach_sum,
        sum(v.reach_weight) filter (where v.is_strong) as strong_negative_sum,
        sum(v.tone_positive - v.tone_negative) as net_sum
    from voices as v
    group by v.night, v.company_id, v.country_code, v.language_code
)

select
    s.night,
    s.company_id,
    s.language_code,
    cast(s.weight_sum as numeric(18, 12)) as weight_sum,
    cast(
        coalesce(s.toned_weight_sum, 0) as numeric(18, 12)
    ) as toned_weight_sum,
    cast(
        round(coalesce(s.negative_sum, 0), 12) as numeric(18, 12)
    ) as negative_sum,
    cast(
        round(coalesce(s.positive_sum, 0), 12) as numeric(18, 12)
    ) as positive_sum,
    cast(s.toned_sum as numeric(18, 12)) as toned_sum,
    s.country_code,
    cast(
        round(coalesce(s.toned_reach_sum, 0), 12) as numeric(18, 12)
    ) as toned_reach_sum,
    cast(
        round(coalesce(s.strong_negative_sum, 0), 12) as numeric(18, 12)
    ) as strong_negative_sum,
    cast(round(coalesce(s.net_sum, 0), 12) as numeric(18, 12)) as net_sum
from sums as s
