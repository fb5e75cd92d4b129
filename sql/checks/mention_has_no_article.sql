-- Fail: A mention of this night has no article.
-- Stage: build
-- Reads: staging.articles, staging.mentions
-- Params: $1 night
select
    m.article_id,
    m.company_id
from staging.mentions as m
left join staging.articles as a
    on a.night = m.night and a.article_id = m.article_id
where m.night = cast($1 as date) and a.article_id is null
