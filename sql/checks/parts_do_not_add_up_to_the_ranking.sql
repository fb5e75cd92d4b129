-- Fail: Countries, outlets or stories do not add up to a company's ranking.
-- Stage: publish
-- Reads: marts.company_countries, marts.company_outlets,
--     marts.company_rankings, marts.stories, marts.story_companies
-- Params: $1 night
--
-- Articles are counted once for an outlet and story in countries, outlets and
-- the ranking. A story's companies are those of its row. What is counted is
-- counted once: the planner knows nothing yet of a night just published.
with
countries as materialized (
    select
        c.company_id,
        sum(c.article_count) as article_count,
        sum(c.voice_count) as voice_count,
        sum(c.outlet_count) as outlet_count,
        count(*) as country_count,
        sum(c.weight_share) as weight_share
    from marts.company_countries as c
    where c.night = cast($1 as date)
    group by c.company_id
),

outlets as materialized (
    select
        o.company_id,
        sum(o.article_count) as article_count,
        count(*) as outlet_count
    from marts.company_outlets as o
    where o.night = cast($1 as date)
    group by o.company_id
),

tellings as materialized (
    select
        s.company_id,
        sum(s.voice_count) as voice_count,
        count(*) as story_count
    from marts.story_companies as s
    where s.night = cast($1 as date)
    group by s.company_id
),

named as materialized (
    select
        s.story_id,
        count(*) as company_count,
        max(s.article_count) as article_count
    from marts.story_companies as s
    where s.night = cast($1 as date)
    group by s.story_id
)

select
    r.company_id as which,
    r.article_count,
    c.article_count as country_article_count,
    o.article_count as outlet_article_count,
    r.story_count,
    t.story_count as told_story_count
from marts.company_rankings as r
left join countries as c on c.company_id = r.company_id
left join outlets as o on o.company_id = r.company_id
left join tellings as t on t.company_id = r.company_id
where
    r.night = cast($1 as date)
    and (
        r.article_count <> coalesce(c.article_count, 0)
        or r.article_count <> coalesce(o.article_count, 0)
        or r.story_count <> coalesce(t.story_count, 0)
        or r.voice_count <> coalesce(c.voice_count, 0)
        or r.voice_count <> coalesce(t.voice_count, 0)
        or r.outlet_count <> coalesce(c.outlet_count, 0)
        or r.outlet_count <> coalesce(o.outlet_count, 0)
        or r.country_count <> coalesce(c.country_count, 0)
        or (c.weight_share <> 0 and abs(c.weight_share - 1) > 0.0001)
    )
union all
select
    coalesce(s.story_id, n.story_id) as which,
    s.article_count,
    n.article_count as country_article_count,
    null as outlet_article_count,
    s.company_count as story_count,
    n.company_count as told_story_count
from named as n
full join (
    select
        a.story_id,
        a.article_count,
        a.company_count
    from marts.stories as a
    where a.night = cast($1 as date)
) as s on s.story_id = n.story_id
where
    s.story_id is null
    or n.story_id is null
    or s.company_count <> n.company_count
    or s.article_count < n.article_count
