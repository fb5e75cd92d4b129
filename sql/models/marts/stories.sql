-- Stories of the night that name a followed company.
-- Grain: night, story_id
-- Reads: intermediate.int_mentions_weighted, intermediate.int_naming_articles,
--     intermediate.int_stories_counted, seeds.companies
-- Rebuild: night
-- Params: $1 night
with
named as (
    select
        w.story_id,
        count(distinct w.company_id) as company_count
    from intermediate.int_mentions_weighted as w
    inner join seeds.companies as c on c.company_id = w.company_id
    where
        w.night = cast($1 as date) and not w.is_quarantined and c.is_active
    group by w.story_id
),

ordered as (
    select
        a.story_id,
        a.outlet_id,
        a.country_code,
        a.language_code,
        a.headline,
        a.url,
        a.published_at,
        row_number() over (
            partition by a.story_id
            order by a.published_at, a.outlet_id collate "C", a.url collate "C"
        ) as telling_position
    from intermediate.int_naming_articles as a
    where a.night = cast($1 as date)
),

tellings as (
    select
        o.story_id,
        count(*) as article_count,
        count(distinct o.country_code) as country_count
    from ordered as o
    group by o.story_id
)

select
    cast($1 as date) as night,
    cast(n.story_id as text) as story_id,
    o.headline,
    o.url,
    o.outlet_id,
    o.language_code,
    o.published_at as first_published_at,
    cast(
        o.published_at at time zone 'UTC' as date
    ) as first_published_date,
    cast(t.article_count as integer) as article_count,
    s.publisher_count,
    cast(t.country_count as integer) as country_count,
    cast(n.company_count as integer) as company_count
from named as n
inner join ordered as o on o.story_id = n.story_id and o.telling_position = 1
inner join tellings as t on t.story_id = n.story_id
inner join intermediate.int_stories_counted as s
    on s.night = cast($1 as date) and s.story_id = n.story_id
