-- Fail: The counts of a company contradict each other.
-- Stage: publish
-- Reads: marts.company_rankings
-- Params: $1 night
select
    r.company_id,
    r.article_count,
    r.story_count,
    r.voice_count,
    r.outlet_count,
    r.country_count,
    r.language_count
from marts.company_rankings as r
where
    r.night = cast($1 as date)
    and (
        r.story_count > r.article_count
        or r.voice_count > r.article_count
        or r.outlet_count > r.article_count
        or r.country_count > r.outlet_count
        or r.language_count < 0
    )
