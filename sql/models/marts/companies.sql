-- The companies that are followed.
-- Grain: company_id
-- Reads: seeds.companies
-- Rebuild: upsert
-- Params: none
select
    c.company_id,
    c.name,
    c.name_zh,
    c.sector,
    c.ownership,
    c.home_country,
    c.hq_city,
    c.ticker,
    c.wikidata_id,
    c.is_comparator,
    c.is_active,
    c.parent_id as parent_company_id,
    c.counts_for as counts_for_company_id
from seeds.companies as c
