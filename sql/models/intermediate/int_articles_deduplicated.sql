-- Articles with their outlet and story; an outlet's retellings are marked.
-- Grain: night, article_id
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_constants_pivoted, seeds.outlets,
--     staging.article_stories, staging.articles
-- Rebuild: night
-- Params: $1 night
--
-- A story the outlet told on an earlier night of the window is not counted
-- again: the model looks back into its own earlier nights. No story window is
-- longer than the number of nights written out, which tells the planner what
-- months to leave alone.
with
articles as (
    select
        a.night,
        a.article_id,
        a.outlet_id,
        o.publisher_id,
        o.country_code,
        a.language_code,
        o.tier,
        o.is_in_panel as is_overseas,
        a.published_at,
        coalesce(s.story_id, a.article_id) as story_id
    from staging.articles as a
    inner join seeds.outlets as o on o.outlet_id = a.outlet_id
    left join staging.article_stories as s
        on s.night = a.night and s.article_id = a.article_id
    where a.night = cast($1 as date)
),

told_before as (
    select
        d.outlet_id,
        d.story_id
    from articles as a
    inner join intermediate.int_articles_deduplicated as d
        on d.outlet_id = a.outlet_id and d.story_id = a.story_id
    where
        d.night < cast($1 as date)
        and d.night >= cast($1 as date) - 14
        and d.night >= cast($1 as date) - (
            select k.story_window_nights
            from intermediate.int_constants_pivoted as k
            where k.night = cast($1 as date)
        )
    group by d.outlet_id, d.story_id
),

tellings as (
    select
        a.night,
        a.article_id,
        a.outlet_id,
        a.publisher_id,
        a.country_code,
        a.language_code,
        a.tier,
        a.is_overseas,
        a.story_id,
        row_number() over (
            partition by a.outlet_id, a.story_id
            order by a.published_at, a.article_id
        ) as telling_position
    from articles as a
)

select
    t.night,
    t.article_id,
    t.outlet_id,
    t.publisher_id,
    t.country_code,
    t.language_code,
    t.tier,
    t.story_id,
    t.telling_position = 1 and b.outlet_id is null as is_counted,
    t.is_overseas
from tellings as t
left join told_before as b
    on b.outlet_id = t.outlet_id and b.story_id = t.story_id
