-- Warn: The panel's newest article of this night was printed before noon, UTC.
-- Stage: build
-- Reads: intermediate.int_outlets_weighted, staging.articles
-- Params: $1 night
--
-- Collection stopped in the course of the day, or the night was built too soon.
-- Only times that give the hour count, and at least a hundred of them.
select
    max(a.published_at) as newest_published_at,
    count(*) as article_count
from staging.articles as a
inner join intermediate.int_outlets_weighted as w
    on w.night = a.night and w.outlet_id = a.outlet_id
where a.night = cast($1 as date) and a.is_published_exact
having
    count(*) >= 100
    and max(a.published_at)
    < (cast($1 as date) + interval '12 hours') at time zone 'UTC'
