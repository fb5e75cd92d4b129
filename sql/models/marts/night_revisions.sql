-- What was published of the night, kept for whoever asks what stood then.
-- Grain: night, revision
-- Reads: marts.nights
-- Rebuild: append
-- Params: $1 night
select
    n.night,
    n.revision,
    n.published_at,
    n.article_count,
    n.story_count,
    n.mention_count,
    n.company_count,
    n.outlet_count,
    n.panel_coverage_share,
    n.is_degraded,
    n.method_version,
    n.panel_id,
    n.published_date
from marts.nights as n
where n.night = cast($1 as date)
