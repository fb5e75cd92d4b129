-- Sentences that name a company, and in how many stories of an outlet.
-- Grain: night, outlet_id, sentence_hash
-- Reads: intermediate.int_articles_deduplicated, staging.mentions
-- Rebuild: night
-- Params: $1 night
--
-- What a night leaves for the search for furniture, so that later nights need
-- not read the mentions of earlier ones. Only the first telling of a story
-- counts: its retellings hold the same sentences and are no sign of furniture.
with
sentences as (
    select distinct
        a.outlet_id,
        a.story_id,
        unnest(m.sentence_hashes) as sentence_hash
    from staging.mentions as m
    inner join intermediate.int_articles_deduplicated as a
        on a.night = m.night and a.article_id = m.article_id
    where m.night = cast($1 as date) and a.is_counted
)

select
    cast($1 as date) as night,
    s.outlet_id,
    s.sentence_hash,
    cast(count(*) as integer) as story_count
from sentences as s
group by s.outlet_id, s.sentence_hash
