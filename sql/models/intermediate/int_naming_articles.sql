-- Articles that name a followed company.
-- Grain: night, article_id
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_mentions_weighted, staging.articles
-- Rebuild: night
-- Params: $1 night
--
-- Result tables never read staging: headlines and addresses come to them by way
-- of this table, which holds no texts.
with
naming as (
    select w.article_id
    from intermediate.int_mentions_weighted as w
    where w.night = cast($1 as date) and not w.is_quarantined
    group by w.article_id
)

select
    a.night,
    a.article_id,
    d.outlet_id,
    d.publisher_id,
    d.country_code,
    d.language_code,
    d.story_id,
    a.title as headline,
    a.canonical_url as url,
    a.published_at
from naming as n
inner join intermediate.int_articles_deduplicated as d
    on d.article_id = n.article_id
inner join staging.articles as a
    on a.article_id = n.article_id
where d.night = cast($1 as date) and a.night = cast($1 as date)
