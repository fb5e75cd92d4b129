-- Fail: A mention names a company that the seeds do not know.
-- Stage: build
-- Reads: seeds.companies, staging.mentions
-- Params: $1 night
select
    m.article_id,
    m.company_id
from staging.mentions as m
left join seeds.companies as c on c.company_id = m.company_id
where m.night = cast($1 as date) and c.company_id is null
