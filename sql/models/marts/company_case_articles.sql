-- Articles that show why a company is a case.
-- Grain: night, company_id, dimension, article_position
-- Reads: intermediate.int_case_articles
-- Rebuild: night
-- Params: $1 night
select
    a.night,
    a.company_id,
    a.dimension,
    cast(a.article_position as smallint) as article_position,
    a.article_night,
    a.outlet_id,
    a.headline,
    a.url,
    a.evidence,
    a.cue
from intermediate.int_case_articles as a
where a.night = cast($1 as date)
