-- The five dimensions a company is written about in.
-- Grain: night, company_id, dimension
-- Reads: intermediate.int_company_dimensions_counted,
--     intermediate.int_dimensions_scored, seeds.companies
-- Rebuild: night
-- Params: $1 night
with
keys as (
    select
        d.company_id,
        d.dimension
    from intermediate.int_company_dimensions_counted as d
    where d.night = cast($1 as date)
    union
    select
        s.company_id,
        s.dimension
    from intermediate.int_dimensions_scored as s
    where s.night = cast($1 as date)
)

select
    cast($1 as date) as night,
    k.company_id,
    k.dimension,
    coalesce(d.article_count, 0) as article_count,
    coalesce(d.story_count, 0) as story_count,
    cast(coalesce(d.weight_sum, 0) as numeric(18, 12)) as weight_sum,
    s.attention,
    s.net_tone,
    cast(round(s.score, 6) as numeric(9, 6)) as score
from keys as k
inner join seeds.companies as c on c.company_id = k.company_id
left join intermediate.int_company_dimensions_counted as d
    on
        d.night = cast($1 as date)
        and d.company_id = k.company_id
        and d.dimension = k.dimension
left join intermediate.int_dimensions_scored as s
    on
        s.night = cast($1 as date)
        and s.company_id = k.company_id
        and s.dimension = k.dimension
where c.is_active
