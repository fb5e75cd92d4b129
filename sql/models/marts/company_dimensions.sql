-- The five dimensions a company is written about in.
-- Grain: night, company_id, dimension
-- Reads: intermediate.int_company_dimensions_counted, seeds.companies
-- Rebuild: night
-- Params: $1 night
select
    d.night,
    d.company_id,
    d.dimension,
    d.article_count,
    d.story_count,
    d.weight_sum,
    cast(null as numeric(13, 12)) as attention,
    cast(null as numeric(7, 6)) as net_tone,
    cast(null as numeric(9, 6)) as score
from intermediate.int_company_dimensions_counted as d
inner join seeds.companies as c on c.company_id = d.company_id
where d.night = cast($1 as date) and c.is_active
