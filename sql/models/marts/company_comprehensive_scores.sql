-- The comprehensive score over the five dimensions.
-- Grain: night, company_id
-- Reads: intermediate.int_companies_comprehended,
--     intermediate.int_ranks_resampled, seeds.companies
-- Rebuild: night
-- Params: $1 night
select
    e.night,
    e.company_id,
    cast(round(e.score, 6) as numeric(9, 6)) as score,
    cast(e.dimension_count as smallint) as dimension_count,
    r.comprehensive_top40_probability as top40_probability
from intermediate.int_companies_comprehended as e
inner join seeds.companies as c on c.company_id = e.company_id
left join intermediate.int_ranks_resampled as r
    on r.night = e.night and r.company_id = e.company_id
where e.night = cast($1 as date) and c.is_active
