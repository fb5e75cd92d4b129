-- The outlets that are read, with the names of their country and language.
-- Grain: outlet_id
-- Reads: seeds.countries, seeds.languages, seeds.outlets
-- Rebuild: upsert
-- Params: none
select
    o.outlet_id,
    o.name,
    o.publisher_id,
    o.country_code,
    c.name as country_name,
    c.region,
    o.language_code,
    l.name as language_name,
    o.tier,
    o.home_url,
    o.is_active
from seeds.outlets as o
inner join seeds.countries as c on c.country_code = o.country_code
left join seeds.languages as l on l.language_code = o.language_code
