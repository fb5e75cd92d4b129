-- What a company is written about for.
-- Grain: night, company_id, dimension
-- Reads: intermediate.int_companies_rolled_up,
--     intermediate.int_mentions_weighted, staging.mentions
-- Rebuild: night
-- Params: $1 night
with
labels as (
    select
        r.company_id,
        m.article_id,
        unnest(m.dimensions) as dimension,
        unnest(m.dimension_probabilities) as probability
    from staging.mentions as m
    inner join intermediate.int_companies_rolled_up as r
        on r.night = m.night and r.named_company_id = m.company_id
    where m.night = cast($1 as date)
),

surest as (
    select
        d.company_id,
        d.article_id,
        d.dimension,
        max(d.probability) as probability
    from labels as d
    group by d.company_id, d.article_id, d.dimension
),

tellings as (
    select
        w.company_id,
        w.outlet_id,
        w.story_id,
        s.dimension,
        sum(w.weight * s.probability) as weight_sum
    from surest as s
    inner join intermediate.int_mentions_weighted as w
        on w.company_id = s.company_id and w.article_id = s.article_id
    where w.night = cast($1 as date) and not w.is_quarantined
    group by w.company_id, w.outlet_id, w.story_id, s.dimension
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
