-- Which companies a story names.
-- Grain: night, story_id, company_id
-- Reads: intermediate.int_mentions_weighted, seeds.companies
-- Rebuild: night
-- Params: $1 night
select
    w.night,
    cast(w.story_id as text) as story_id,
    w.company_id,
    cast(count(*) as integer) as article_count,
    cast(count(*) filter (where w.is_voice) as integer) as voice_count,
    cast(sum(w.weight) as numeric(18, 12)) as weight_sum
from intermediate.int_mentions_weighted as w
inner join seeds.companies as c on c.company_id = w.company_id
where w.night = cast($1 as date) and not w.is_quarantined and c.is_active
group by w.night, w.story_id, w.company_id
