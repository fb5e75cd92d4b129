-- Fail: An article of this night is stored under another night as well.
-- Stage: build
-- Reads: staging.articles
-- Params: $1 night
--
-- The key of the table ends at its month, so it cannot see this by itself.
select
    a.article_id,
    b.night as other_night,
    a.canonical_url
from staging.articles as a
inner join staging.articles as b on b.article_id = a.article_id
where
    a.night = cast($1 as date)
    and b.night <> cast($1 as date)
    and b.night >= cast($1 as date) - 31
    and b.night <= cast($1 as date) + 31
