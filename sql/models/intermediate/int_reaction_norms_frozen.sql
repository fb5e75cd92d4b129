-- What is usual on a platform: the median of reactions, frozen for a quarter.
-- Grain: night, platform, measure
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_reaction_norms_frozen,
--     intermediate.int_reactions_decayed, seeds.method_constants,
--     staging.platform_nights
-- Rebuild: night
-- Params: $1 night
--
-- The first night of a quarter to be built takes the median over companies with
-- any reaction and the nights before the quarter; the others take it over. A
-- platform that was read on too few of these has the declared median until the
-- next quarter.
with
constants as (
    select
        k.night,
        k.method_version,
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

measures as (
    select
        'likes' as measure,
        'reaction_median_likes' as constant_name
    union all
    select
        'shares' as measure,
        'reaction_median_shares' as constant_name
    union all
    select
        'comments' as measure,
        'reaction_median_comments' as constant_name
),

declared as (
    select
        p.platform,
        m.measure,
        c.value as median_value
    from staging.platform_nights as p
    cross join measures as m
    cross join constants as k
    left join seeds.method_constants as c
        on
            c.method_version = k.method_version
            and c.constant_name = m.constant_name
    where p.night = cast($1 as date)
),

frozen as (
    select
        f.platform,
        f.measure,
        f.median_value,
        f.reference_id,
        f.is_declared,
        row_number() over (
            partition by f.platform, f.measure order by f.night
        ) as night_position
    from intermediate.int_reaction_norms_frozen as f
    inner join constants as k
        on
            f.night >= k.quarter_night
            and f.night < k.quarter_night + interval '3 months'
            and f.night <> k.night
),

known as (
    select p.platform
    from staging.platform_nights as p
    cross join constants as k
    left join frozen as f on f.platform = p.platform
    where
        f.platform is null
        and p.night < k.quarter_night
        and p.night >= k.quarter_night - k.reference_window_nights
        and p.is_available
    group by p.platform, k.reference_nights_min
    having count(*) >= k.reference_nights_min
),

measured as (
    select
        r.platform,
        r.measure,
        percentile_disc(0.5) within group (
            order by r.reaction_sum
        ) as median_value
    from intermediate.int_reactions_decayed as r
    inner join known as n on n.platform = r.platform
    cross join constants as k
    where
        r.night < k.quarter_night
        and r.night >= k.quarter_night - k.reference_window_nights
    group by r.platform, r.measure
)

select
    k.night,
    d.platform,
    d.measure,
    cast(
        coalesce(f.median_value, m.median_value, d.median_value)
        as numeric(24, 12)
    ) as median_value,
    coalesce(
        f.reference_id,
        case
            when m.median_value is null then 'declared'
            else concat(
                extract(year from k.night), 'Q', extract(quarter from k.night)
            )
        end
    ) as reference_id,
    coalesce(f.is_declared, m.median_value is null) as is_declared
from declared as d
cross join constants as k
left join frozen as f
    on
        f.platform = d.platform
        and f.measure = d.measure
        and f.night_position = 1
left join measured as m on m.platform = d.platform and m.measure = d.measure
