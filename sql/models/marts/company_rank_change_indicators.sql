-- What each indicator did to a score since the night built before.
-- Grain: night, company_id, indicator
-- Reads: intermediate.int_score_change_parts, seeds.companies
-- Rebuild: night
-- Params: $1 night
select
    p.night,
    p.company_id,
    p.indicator,
    p.pillar,
    p.part_type,
    p.previous_value,
    p.value,
    p.contribution,
    p.news_effect,
    p.coverage_effect,
    p.method_effect
from intermediate.int_score_change_parts as p
inner join seeds.companies as c on c.company_id = p.company_id
where p.night = cast($1 as date) and c.is_active
