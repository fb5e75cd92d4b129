-- Fail: An article belongs to an outlet that the registry does not know.
-- Stage: build
-- Reads: seeds.outlets, staging.articles
-- Params: $1 night
select
    a.article_id,
    a.outlet_id
from staging.articles as a
left join seeds.outlets as o on o.outlet_id = a.outlet_id
where a.night = cast($1 as date) and o.outlet_id is null
