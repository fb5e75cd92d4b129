-- The stories that moved a score most since the night built before.
-- Grain: night, company_id, direction, position
-- Reads: intermediate.int_score_change_stories, seeds.companies
-- Rebuild: night
-- Params: $1 night
select
    s.night,
    s.company_id,
    s.direction,
    s.position,
    cast(s.story_id as text) as story_id,
    s.effect,
    s.is_new,
    s.headline,
    s.url,
    s.outlet_id,
    s.published_at,
    cast(s.published_at at time zone 'UTC' as date) as published_date,
    s.article_count
from intermediate.int_score_change_stories as s
inner join seeds.companies as c on c.company_id = s.company_id
where s.night = cast($1 as date) and c.is_active
