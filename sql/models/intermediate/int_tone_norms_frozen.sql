-- What tone is usual in a country's press and in a sector, frozen a quarter.
-- Grain: night, scope, scope_key
-- Reads: intermediate.int_company_tones_decayed,
--     intermediate.int_constants_pivoted,
--     intermediate.int_language_tones_corrected,
--     intermediate.int_tone_norms_frozen, seeds.companies, seeds.countries
-- Rebuild: night
-- Params: $1 night
--
-- The first night of a quarter to be built takes the means of the nights before
-- the quarter, the others take them over, so that no company moves another's
-- score. With too few such nights, or for a country or sector of which they
-- know nothing, the declared norm holds: tone 0, and the declared share of
-- strongly negative voices.
with
constants as (
    select
        k.night,
        k.strong_negative_prior,
        k.reference_window_nights,
        k.reference_nights_min,
        make_date(
            cast(extract(year from k.night) as integer),
            cast(extract(quarter from k.night) as integer) * 3 - 2,
            1
        ) as quarter_night
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

quarter as (
    select min(f.night) as night
    from intermediate.int_tone_norms_frozen as f
    inner join constants as k
        on
            f.night >= k.quarter_night
            and f.night < k.quarter_night + interval '3 months'
            and f.night <> k.night
),

frozen as (
    select
        f.scope,
        f.scope_key,
        f.net_tone,
        f.strong_negative_share,
        f.reference_id,
        f.is_declared
    from intermediate.int_tone_norms_frozen as f
    inner join quarter as q on q.night = f.night
),

reference as (
    select
        min(n.night) as first_night,
        max(n.night) as last_night
    from intermediate.int_constants_pivoted as n
    cross join constants as k
    cross join quarter as q
    where
        q.night is null
        and n.night < k.quarter_night
        and n.night >= k.quarter_night - k.reference_window_nights
    group by k.reference_nights_min
    having count(*) >= k.reference_nights_min
),

said as materialized (
    select
        t.company_id,
        t.country_code,
        sum(t.toned_weight_sum) as toned_weight_sum,
        sum(
            t.positive_sum - t.negative_sum
            + t.toned_weight_sum * coalesce(l.net_shift, 0)
        ) as net_weight_sum,
        sum(t.toned_reach_sum) as toned_reach_sum,
        sum(t.strong_negative_sum) as strong_negative_sum
    from reference as r
    inner join intermediate.int_company_tones_decayed as t
        on t.night >= r.first_night and t.night <= r.last_night
    left join intermediate.int_language_tones_corrected as l
        on
            l.night = t.night
            and l.company_id = t.company_id
            and l.language_code = t.language_code
    group by t.company_id, t.country_code
),

countries as (
    select
        c.country_code,
        round(sum(s.net_weight_sum) / sum(s.toned_weight_sum), 12) as net_tone
    from seeds.countries as c
    left join said as s
        on s.country_code = c.country_code and s.toned_weight_sum > 0
    group by c.country_code
),

sectors as (
    select
        c.sector,
        round(
            sum(
                s.net_weight_sum - s.toned_weight_sum * coalesce(n.net_tone, 0)
            ) / sum(s.toned_weight_sum),
            12
        ) as net_tone,
        round(
            sum(s.strong_negative_sum) / nullif(sum(s.toned_reach_sum), 0), 12
        ) as strong_negative_share
    from seeds.companies as c
    left join said as s
        on s.company_id = c.company_id and s.toned_weight_sum > 0
    left join countries as n on n.country_code = s.country_code
    group by c.sector
),

norms as (
    select
        'country' as scope,
        c.country_code as scope_key,
        coalesce(c.net_tone, 0) as net_tone,
        0 as strong_negative_share,
        c.net_tone is null as is_declared
    from countries as c
    union all
    select
        'sector' as scope,
        s.sector as scope_key,
        coalesce(s.net_tone, 0) as net_tone,
        coalesce(
            s.strong_negative_share, k.strong_negative_prior
        ) as strong_negative_share,
        s.net_tone is null as is_declared
    from sectors as s
    cross join constants as k
)

select
    k.night,
    n.scope,
    n.scope_key,
    cast(n.net_tone as numeric(18, 12)) as net_tone,
    cast(n.strong_negative_share as numeric(18, 12)) as strong_negative_share,
    concat(
        extract(year from k.night), 'Q', extract(quarter from k.night),
        case when n.is_declared then '-declared' else '-measured' end
    ) as reference_id,
    n.is_declared
from norms as n
cross join constants as k
where not exists (select f.scope from frozen as f)
union all
select
    cast($1 as date) as night,
    f.scope,
    f.scope_key,
    f.net_tone,
    f.strong_negative_share,
    f.reference_id,
    f.is_declared
from frozen as f
