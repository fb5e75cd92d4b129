-- What a country said about a company, in headlines and again by others.
-- Grain: night, company_id, country_code
-- Reads: intermediate.int_companies_summed_decayed,
--     intermediate.int_constants_pivoted, intermediate.int_countries_faded,
--     intermediate.int_mentions_rolled_up, intermediate.int_mentions_weighted,
--     intermediate.int_nights_chained, intermediate.int_outlets_weighted,
--     staging.articles
-- Rebuild: night
-- Params: $1 night
--
-- A story is first told by the voice that was published first; where that
-- leaves a choice, by the outlet first in the alphabet. A story that a voice of
-- the window told on an earlier night has been told: all of tonight's voices
-- pick it up. Sums that have faded are dropped.
with
constants as (
    select
        k.night,
        k.story_window_nights,
        k.negligible_sum
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

published as materialized (
    select
        a.article_id,
        a.published_at
    from staging.articles as a
    where
        a.night = cast($1 as date)
        and a.article_id in (
            select w.article_id
            from intermediate.int_mentions_weighted as w
            where w.night = cast($1 as date) and w.is_voice
        )
),

voices as (
    select
        w.company_id,
        w.country_code,
        w.story_id,
        w.weight,
        o.authority,
        m.position,
        row_number() over (
            partition by w.company_id, w.story_id
            order by a.published_at, w.outlet_id collate "C"
        ) as voice_position
    from intermediate.int_mentions_weighted as w
    inner join intermediate.int_outlets_weighted as o
        on o.night = w.night and o.outlet_id = w.outlet_id
    inner join intermediate.int_mentions_rolled_up as m
        on
            m.night = w.night
            and m.company_id = w.company_id
            and m.article_id = w.article_id
    inner join published as a on a.article_id = w.article_id
    where w.night = cast($1 as date) and w.is_voice
),

told_before as (
    select
        w.company_id,
        w.story_id
    from intermediate.int_mentions_weighted as w
    cross join constants as k
    where
        w.night < cast($1 as date)
        and w.night >= cast($1 as date) - 14
        and w.night >= cast($1 as date) - k.story_window_nights
        and w.is_voice
    group by w.company_id, w.story_id
),

faded as (
    select
        s.company_id,
        s.country_code,
        s.weight_sum
        * coalesce(f.decay_factor, c.decay_factor) as weight_sum,
        s.headline_sum
        * coalesce(f.decay_factor, c.decay_factor) as headline_sum,
        s.story_sum
        * coalesce(f.decay_factor, c.decay_factor) as story_sum,
        s.pickup_sum
        * coalesce(f.decay_factor, c.decay_factor) as pickup_sum
    from intermediate.int_nights_chained as c
    inner join intermediate.int_companies_summed_decayed as s
        on s.night = c.previous_night
    left join intermediate.int_countries_faded as f
        on f.night = c.night and f.country_code = s.country_code
    where c.night = cast($1 as date)
),

parts as (
    select
        f.company_id,
        f.country_code,
        f.weight_sum,
        f.headline_sum,
        f.story_sum,
        f.pickup_sum
    from faded as f
    union all
    select
        v.company_id,
        v.country_code,
        v.weight as weight_sum,
        case when v.position = 'headline' then v.weight else 0 end
            as headline_sum,
        case
            when b.story_id is null and v.voice_position = 1 then 1 else 0
        end as story_sum,
        case
            when b.story_id is null and v.voice_position = 1 then 0
            else v.authority
        end as pickup_sum
    from voices as v
    left join told_before as b
        on b.company_id = v.company_id and b.story_id = v.story_id
),

sums as (
    select
        p.company_id,
        p.country_code,
        round(sum(p.weight_sum), 12) as weight_sum,
        round(sum(p.headline_sum), 12) as headline_sum,
        round(sum(p.story_sum), 12) as story_sum,
        round(sum(p.pickup_sum), 12) as pickup_sum
    from parts as p
    group by p.company_id, p.country_code
)

select
    k.night,
    s.company_id,
    cast(s.weight_sum as numeric(18, 12)) as weight_sum,
    cast(s.headline_sum as numeric(18, 12)) as headline_sum,
    cast(s.story_sum as numeric(18, 12)) as story_sum,
    cast(s.pickup_sum as numeric(18, 12)) as pickup_sum,
    s.country_code
from sums as s
cross join constants as k
where s.weight_sum + s.story_sum + s.pickup_sum >= k.negligible_sum
