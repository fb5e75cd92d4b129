-- R: reactions to a company on a platform, older nights fading.
-- Grain: night, company_id, platform, measure
-- Reads: intermediate.int_companies_rolled_up,
--     intermediate.int_constants_pivoted, intermediate.int_nights_chained,
--     intermediate.int_reactions_decayed, staging.platform_nights,
--     staging.reactions
-- Rebuild: night
-- Params: $1 night
--
-- A platform that is missing tonight keeps its sums as they were: nothing is
-- added and nothing fades. Sums that have faded are dropped.
with
platforms as (
    select p.platform
    from staging.platform_nights as p
    where p.night = cast($1 as date) and p.is_available
),

faded as (
    select
        s.company_id,
        s.platform,
        s.measure,
        case
            when p.platform is null then s.reaction_sum
            else s.reaction_sum * c.decay_factor
        end as reaction_sum
    from intermediate.int_nights_chained as c
    inner join intermediate.int_reactions_decayed as s
        on s.night = c.previous_night
    left join platforms as p on p.platform = s.platform
    where c.night = cast($1 as date)
),

tonight as (
    select
        u.company_id,
        r.platform,
        r.likes,
        r.shares,
        r.comments
    from staging.reactions as r
    inner join platforms as p on p.platform = r.platform
    inner join intermediate.int_companies_rolled_up as u
        on u.night = r.night and u.named_company_id = r.company_id
    where r.night = cast($1 as date)
),

parts as (
    select
        f.company_id,
        f.platform,
        f.measure,
        f.reaction_sum
    from faded as f
    union all
    select
        t.company_id,
        t.platform,
        'likes' as measure,
        cast(t.likes as numeric) as reaction_sum
    from tonight as t
    union all
    select
        t.company_id,
        t.platform,
        'shares' as measure,
        cast(t.shares as numeric) as reaction_sum
    from tonight as t
    union all
    select
        t.company_id,
        t.platform,
        'comments' as measure,
        cast(t.comments as numeric) as reaction_sum
    from tonight as t
),

sums as (
    select
        p.company_id,
        p.platform,
        p.measure,
        round(sum(p.reaction_sum), 12) as reaction_sum
    from parts as p
    group by p.company_id, p.platform, p.measure
)

select
    k.night,
    s.company_id,
    s.platform,
    s.measure,
    cast(s.reaction_sum as numeric(24, 12)) as reaction_sum
from sums as s
cross join intermediate.int_constants_pivoted as k
where k.night = cast($1 as date) and s.reaction_sum >= k.negligible_sum
