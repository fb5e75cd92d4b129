-- What a company is written about for.
-- Grain: night, company_id, dimension
-- Reads: intermediate.int_mention_dimensions,
--     intermediate.int_mentions_weighted
-- Rebuild: night
-- Params: $1 night
with
tellings as (
    select
        w.company_id,
        w.outlet_id,
        w.story_id,
        d.dimension,
        sum(w.weight * d.probability) as weight_sum
    from intermediate.int_mention_dimensions as d
    inner join intermediate.int_mentions_weighted as w
        on
            w.night = d.night
            and w.company_id = d.company_id
            and w.article_id = d.article_id
    where d.night = cast($1 as date)
    group by w.company_id, w.outlet_id, w.story_id, d.dimension
)

select
    cast($1 as date) as night,
    t.company_id,
    t.dimension,
    cast(count(*) as integer) as article_count,
    cast(count(distinct t.story_id) as integer) as story_count,
    cast(round(sum(t.weight_sum), 12) as numeric(18, 12)) as weight_sum
from tellings as t
group by t.company_id, t.dimension
