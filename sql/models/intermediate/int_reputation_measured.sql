-- Reputation: tone, strongly negative voices, countries that speak well.
-- Grain: night, company_id, indicator
-- Reads: intermediate.int_attention_shrunk,
--     intermediate.int_company_tones_decayed,
--     intermediate.int_constants_pivoted,
--     intermediate.int_language_tones_corrected,
--     intermediate.int_nights_chained, intermediate.int_outlets_weighted,
--     intermediate.int_tone_norms_frozen, seeds.companies
-- Rebuild: night
-- Params: $1 night
--
-- Tone is measured against what is usual in the press of each country, and
-- drawn to what is usual in the sector while little is known. Both are frozen,
-- so no company moves another's reputation.
--
-- Whether enough is known is decided by the night before: else a good headline
-- of tonight could lower a score by making bad news of old visible.
with
constants as (
    select
        k.night,
        c.previous_night,
        k.reputation_prior_mentions,
        k.strong_negative_prior_reach,
        k.reputation_mentions_min,
        k.positive_countries_prior_weight,
        k.positive_countries_prior
    from intermediate.int_constants_pivoted as k
    inner join intermediate.int_nights_chained as c on c.night = k.night
    where k.night = cast($1 as date)
),

sufficient as (
    select b.company_id
    from constants as k
    inner join intermediate.int_company_tones_decayed as b
        on b.night = k.previous_night
    group by b.company_id, k.reputation_mentions_min
    having sum(b.toned_sum) >= k.reputation_mentions_min
),

companies as (
    select
        a.company_id,
        c.sector,
        s.company_id is not null as is_sufficient
    from intermediate.int_attention_shrunk as a
    inner join seeds.companies as c on c.company_id = a.company_id
    left join sufficient as s on s.company_id = a.company_id
    where a.night = cast($1 as date) and a.attention > 0
),

weights as (
    select
        w.country_code,
        sum(w.weight) as weight
    from intermediate.int_outlets_weighted as w
    where w.night = cast($1 as date)
    group by w.country_code
),

countries as (
    select
        t.company_id,
        t.country_code,
        sum(t.toned_sum) as toned_sum,
        sum(t.toned_weight_sum) as toned_weight_sum,
        sum(
            t.positive_sum - t.negative_sum
            + t.toned_weight_sum * coalesce(l.net_shift, 0)
        ) as net_weight_sum,
        sum(t.toned_reach_sum) as toned_reach_sum,
        sum(t.strong_negative_sum) as strong_negative_sum,
        greatest(least(sum(t.net_sum), 1), -1) as net_sum
    from intermediate.int_company_tones_decayed as t
    left join intermediate.int_language_tones_corrected as l
        on
            l.night = t.night
            and l.company_id = t.company_id
            and l.language_code = t.language_code
    where t.night = cast($1 as date)
    group by t.company_id, t.country_code
),

sums as (
    select
        c.company_id,
        sum(c.toned_sum) as toned_sum,
        sum(c.toned_weight_sum) as toned_weight_sum,
        sum(
            c.net_weight_sum - c.toned_weight_sum * coalesce(n.net_tone, 0)
        ) as net_weight_sum,
        sum(c.toned_reach_sum) as toned_reach_sum,
        sum(c.strong_negative_sum) as strong_negative_sum,
        sum(coalesce(w.weight, 0) * greatest(c.net_sum, 0)) as positive_weight,
        sum(coalesce(w.weight, 0) * abs(c.net_sum)) as judged_weight
    from countries as c
    left join weights as w on w.country_code = c.country_code
    left join intermediate.int_tone_norms_frozen as n
        on
            n.night = cast($1 as date)
            and n.scope = 'country'
            and n.scope_key = c.country_code
    group by c.company_id
),

-- A company of which too little is known has nothing but its priors.
known as (
    select
        c.company_id,
        c.is_sufficient,
        coalesce(n.net_tone, 0) as sector_net_tone,
        coalesce(n.strong_negative_share, 0) as sector_strong_share,
        case when c.is_sufficient then s.toned_sum else 0 end as toned_sum,
        coalesce(
            s.net_weight_sum / nullif(s.toned_weight_sum, 0), 0
        ) as net_tone,
        case
            when c.is_sufficient then s.strong_negative_sum else 0
        end as strong_negative_sum,
        case
            when c.is_sufficient then s.toned_reach_sum else 0
        end as toned_reach_sum,
        case
            when c.is_sufficient then s.positive_weight else 0
        end as positive_weight,
        case
            when c.is_sufficient then s.judged_weight else 0
        end as judged_weight
    from companies as c
    left join sums as s on s.company_id = c.company_id
    left join intermediate.int_tone_norms_frozen as n
        on
            n.night = cast($1 as date)
            and n.scope = 'sector'
            and n.scope_key = c.sector
),

measured as (
    select
        m.company_id,
        'net_tone' as indicator,
        (
            coalesce(m.toned_sum, 0) * m.net_tone
            + k.reputation_prior_mentions * m.sector_net_tone
        ) / (
            coalesce(m.toned_sum, 0) + k.reputation_prior_mentions
        ) as raw_value,
        m.is_sufficient
    from known as m
    cross join constants as k
    union all
    select
        m.company_id,
        'no_strong_negative' as indicator,
        1 - (
            coalesce(m.strong_negative_sum, 0)
            + k.strong_negative_prior_reach * m.sector_strong_share
        ) / (
            coalesce(m.toned_reach_sum, 0) + k.strong_negative_prior_reach
        ) as raw_value,
        m.is_sufficient
    from known as m
    cross join constants as k
    union all
    select
        m.company_id,
        'positive_countries' as indicator,
        (
            coalesce(m.positive_weight, 0)
            + k.positive_countries_prior_weight * k.positive_countries_prior
        ) / (
            coalesce(m.judged_weight, 0) + k.positive_countries_prior_weight
        ) as raw_value,
        m.is_sufficient
    from known as m
    cross join constants as k
)

select
    cast($1 as date) as night,
    m.company_id,
    m.indicator,
    cast(round(m.raw_value, 12) as numeric(24, 12)) as raw_value,
    not m.is_sufficient as is_insufficient
from measured as m
