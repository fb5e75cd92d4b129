-- Tone of a company, older nights fading as attention does.
-- Grain: night, company_id, country_code, language_code
-- Reads: intermediate.int_company_tones_decayed,
--     intermediate.int_company_tones_summed,
--     intermediate.int_constants_pivoted, intermediate.int_countries_faded,
--     intermediate.int_nights_chained
-- Rebuild: night
-- Params: $1 night
--
-- Sums that have faded are dropped.
with
faded as (
    select
        s.company_id,
        s.country_code,
        s.language_code,
        s.weight_sum
        * coalesce(f.decay_factor, c.decay_factor) as weight_sum,
        s.toned_weight_sum
        * coalesce(f.decay_factor, c.decay_factor) as toned_weight_sum,
        s.negative_sum
        * coalesce(f.decay_factor, c.decay_factor) as negative_sum,
        s.positive_sum
        * coalesce(f.decay_factor, c.decay_factor) as positive_sum,
        s.toned_sum
        * coalesce(f.decay_factor, c.decay_factor) as toned_sum,
        s.toned_reach_sum
        * coalesce(f.decay_factor, c.decay_factor) as toned_reach_sum,
        s.strong_negative_sum
        * coalesce(f.decay_factor, c.decay_factor) as strong_negative_sum,
        s.net_sum
        * coalesce(f.decay_factor, c.decay_factor) as net_sum
    from intermediate.int_nights_chained as c
    inner join intermediate.int_company_tones_decayed as s
        on s.night = c.previous_night
    left join intermediate.int_countries_faded as f
        on f.night = c.night and f.country_code = s.country_code
    where c.night = cast($1 as date)
),

parts as (
    select
        f.company_id,
        f.country_code,
        f.language_code,
        f.weight_sum,
        f.toned_weight_sum,
        f.negative_sum,
        f.positive_sum,
        f.toned_sum,
        f.toned_reach_sum,
        f.strong_negative_sum,
        f.net_sum
    from faded as f
    union all
    select
        n.company_id,
        n.country_code,
        n.language_code,
        n.weight_sum,
        n.toned_weight_sum,
        n.negative_sum,
        n.positive_sum,
        n.toned_sum,
        n.toned_reach_sum,
        n.strong_negative_sum,
        n.net_sum
    from intermediate.int_company_tones_summed as n
    where n.night = cast($1 as date)
),

sums as (
    select
        p.company_id,
        p.country_code,
        p.language_code,
        round(sum(p.weight_sum), 12) as weight_sum,
        round(sum(p.toned_weight_sum), 12) as toned_weight_sum,
        round(sum(p.negative_sum), 12) as negative_sum,
        round(sum(p.positive_sum), 12) as positive_sum,
        round(sum(p.toned_sum), 12) as toned_sum,
        round(sum(p.toned_reach_sum), 12) as toned_reach_sum,
        round(sum(p.strong_negative_sum), 12) as strong_negative_sum,
        round(sum(p.net_sum), 12) as net_sum
    from parts as p
    group by p.company_id, p.country_code, p.language_code
)

select
    k.night,
    s.company_id,
    s.language_code,
    cast(s.weight_sum as numeric(18, 12)) as weight_sum,
    cast(s.toned_weight_sum as numeric(18, 12)) as toned_weight_sum,
    cast(s.negative_sum as numeric(18, 12)) as negative_sum,
    cast(s.positive_sum as numeric(18, 12)) as positive_sum,
    cast(s.toned_sum as numeric(18, 12)) as toned_sum,
    s.country_code,
    cast(s.toned_reach_sum as numeric(18, 12)) as toned_reach_sum,
    cast(s.strong_negative_sum as numeric(18, 12)) as strong_negative_sum,
    cast(s.net_sum as numeric(18, 12)) as net_sum
from sums as s
cross join intermediate.int_constants_pivoted as k
where k.night = cast($1 as date) and s.weight_sum >= k.negligible_sum
