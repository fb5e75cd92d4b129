-- The ranking that was published of the night, kept with its revision.
-- Grain: night, revision, company_id
-- Reads: marts.company_indicators, marts.company_rankings, marts.nights
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
    r.published_at,
    i.value as attention,
    r.published_date
from marts.company_rankings as r
inner join marts.nights as n on n.night = r.night
left join marts.company_indicators as i
    on
        i.night = r.night
        and i.company_id = r.company_id
        and i.indicator = 'attention'
where r.night = cast($1 as date)
