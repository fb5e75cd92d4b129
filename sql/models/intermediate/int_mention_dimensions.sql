-- What a mention is about.
-- Grain: night, company_id, article_id, dimension
-- Reads: intermediate.int_companies_rolled_up,
--     intermediate.int_mentions_weighted, staging.mentions
-- Rebuild: night
-- Params: $1 night
--
-- An article that names a company and its brands is one mention: the surest
-- label stands.
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
)

select
    w.night,
    s.company_id,
    s.article_id,
    s.dimension,
    cast(s.probability as numeric(5, 4)) as probability
from surest as s
inner join intermediate.int_mentions_weighted as w
    on w.company_id = s.company_id and w.article_id = s.article_id
where w.night = cast($1 as date) and not w.is_quarantined
