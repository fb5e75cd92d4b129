-- Fail: Nothing was collected for this night: it has no articles.
-- Stage: build
-- Reads: intermediate.int_articles_deduplicated
-- Params: $1 night
select
    cast($1 as date) as night,
    count(*) as article_count
from intermediate.int_articles_deduplicated as a
where a.night = cast($1 as date)
having count(*) = 0
