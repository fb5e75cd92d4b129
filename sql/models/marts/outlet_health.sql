-- What each outlet delivered tonight, and whether it was up.
-- Grain: night, outlet_id
-- Reads: intermediate.int_outlet_captures_counted,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_outlets_weighted
-- Rebuild: night
-- Params: $1 night
select
    n.night,
    n.outlet_id,
    n.article_count,
    n.expected_count as expected_article_count,
    n.state,
    cast(coalesce(w.weight, 0) as numeric(13, 12)) as weight_share,
    n.channel_count,
    n.readable_channel_count,
    n.suspect_count as suspect_article_count,
    n.median_character_count,
    coalesce(c.feed_count, 0) as feed_article_count,
    coalesce(c.sitemap_count, 0) as sitemap_article_count,
    coalesce(c.shared_count, 0) as shared_article_count,
    c.estimated_count as estimated_article_count,
    c.missed_share as estimated_missed_share
from intermediate.int_outlet_nights_counted as n
left join intermediate.int_outlets_weighted as w
    on w.night = n.night and w.outlet_id = n.outlet_id
left join intermediate.int_outlet_captures_counted as c
    on c.night = n.night and c.outlet_id = n.outlet_id
where n.night = cast($1 as date)
