-- The ranking that was published of the night, kept with its revision.
-- Grain: night, revision, company_id
-- Reads: marts.company_rankings, marts.nights
-- Rebuild: append
-- Params: $1 night
select
    r.night,
    n.revision,
    r.company_id,
    r.rank_position,
    r.previous_rank_position,
    r.score,
    r.article_count,
    r.story_count,
    r.voice_count,
    r.outlet_count,
    r.country_count,
    r.language_count,
    r.published_at
from marts.company_rankings as r
inner join marts.nights as n on n.night = r.night
where r.night = cast($1 as date)
