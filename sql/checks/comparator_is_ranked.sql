-- Fail: A foreign comparator or a company no longer followed is ranked.
-- Stage: publish
-- Reads: marts.companies, marts.company_rankings
-- Params: $1 night
select
    r.company_id,
    r.rank_position
from marts.company_rankings as r
inner join marts.companies as c on c.company_id = r.company_id
where
    r.night = cast($1 as date)
    and (c.is_comparator or not c.is_active)
