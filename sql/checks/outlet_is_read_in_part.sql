-- Warn: Outlets whose channels announce much less than they publish.
-- Stage: build
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_captures_counted
-- Params: $1 night
--
-- By the overlap of feed and sitemap, where there are enough articles for it to
-- mean something: as much is missing as would make an outlet partial.
select
    c.night,
    c.outlet_id,
    c.article_count,
    c.estimated_count,
    c.missed_share
from intermediate.int_outlet_captures_counted as c
inner join intermediate.int_constants_pivoted as k on k.night = c.night
where
    c.night = cast($1 as date)
    and c.shared_count >= k.broken_articles_min
    and c.missed_share > 1 - k.outlet_up_share
order by c.missed_share desc, c.outlet_id collate "C"
