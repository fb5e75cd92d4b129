-- Fail: A mention of this night has no article.
-- Stage: build
-- Reads: staging.articles, staging.mentions
-- Params: $1 night
with
articles as materialized (
    select a.article_id
    from staging.articles as a
    where
        a.night = cast($1 as date)
        and a.article_id in (
            select m.article_id
            from staging.mentions as m
            where m.night = cast($1 as date)
        )
)

select
    m.article_id,
    m.company_id
from staging.mentions as m
left join articles as a on a.article_id = m.article_id
where m.night = cast($1 as date) and a.article_id is null
