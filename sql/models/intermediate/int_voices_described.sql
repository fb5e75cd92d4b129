-- Voices of a night with all that resampling asks of them.
-- Grain: night, company_id, article_id
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_mentions_rolled_up,
--     intermediate.int_mentions_weighted, intermediate.int_outlets_weighted,
--     intermediate.int_stories_counted, staging.article_stories,
--     staging.articles
-- Rebuild: night
-- Params: $1 night
--
-- Resampling reads four weeks of voices every night: they are kept here without
-- texts, and older articles are not touched. Which voice was first is found as
-- in int_companies_summed_decayed.
with
constants as (
    select
        k.night,
        k.story_window_nights
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
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

published as materialized (
    select
        a.night,
        a.article_id,
        a.published_at,
        coalesce(t.story_night, a.night) as story_night
    from staging.articles as a
    left join staging.article_stories as t
        on t.night = a.night and t.article_id = a.article_id
    where
        a.night = cast($1 as date)
        and a.article_id in (
            select w.article_id
            from intermediate.int_mentions_weighted as w
            where w.night = cast($1 as date) and w.is_voice
        )
),

spread as materialized (
    select
        s.story_id,
        s.publisher_count
    from intermediate.int_stories_counted as s
    where
        s.night = cast($1 as date)
        and s.story_id in (
            select w.story_id
            from intermediate.int_mentions_weighted as w
            where w.night = cast($1 as date) and w.is_voice
        )
),

first_tellings as materialized (
    select
        f.night,
        f.article_id,
        f.canonical_url
    from (
        select distinct
            w.story_id,
            p.story_night
        from intermediate.int_mentions_weighted as w
        inner join published as p on p.article_id = w.article_id
        where w.night = cast($1 as date) and w.is_voice
    ) as t
    inner join staging.articles as f
        on f.night = t.story_night and f.article_id = t.story_id
),

voices as (
    select
        w.night,
        w.company_id,
        w.article_id,
        w.outlet_id,
        w.country_code,
        w.language_code,
        w.story_id,
        left(
            md5(coalesce(f.canonical_url, cast(w.story_id as text))), 16
        ) as story_hash,
        s.publisher_count,
        w.weight,
        m.position = 'headline' as is_headline,
        row_number() over (
            partition by w.company_id, w.story_id
            order by a.published_at, w.outlet_id collate "C"
        ) = 1 and b.story_id is null as is_first,
        o.authority,
        o.reach,
        m.tone_negative,
        m.tone_positive
    from intermediate.int_mentions_weighted as w
    inner join intermediate.int_outlets_weighted as o
        on o.night = w.night and o.outlet_id = w.outlet_id
    inner join intermediate.int_mentions_rolled_up as m
        on
            m.night = w.night
            and m.company_id = w.company_id
            and m.article_id = w.article_id
    inner join spread as s on s.story_id = w.story_id
    inner join published as a on a.article_id = w.article_id
    left join told_before as b
        on b.company_id = w.company_id and b.story_id = w.story_id
    left join first_tellings as f
        on f.night = a.story_night and f.article_id = w.story_id
    where w.night = cast($1 as date) and w.is_voice
)

select
    v.night,
    v.company_id,
    v.article_id,
    v.outlet_id,
    v.country_code,
    v.language_code,
    v.story_id,
    v.story_hash,
    v.publisher_count,
    v.weight,
    v.is_headline,
    v.is_first,
    cast(
        case when v.is_first then 0 else v.authority end as numeric(18, 12)
    ) as pickup,
    v.reach,
    v.tone_negative,
    v.tone_positive
from voices as v
