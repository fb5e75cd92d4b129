-- The representative cases.
-- Grain: night, company_id
-- Reads: intermediate.int_cases_selected
-- Rebuild: night
-- Params: $1 night
select
    c.night,
    c.company_id,
    cast(c.case_position as smallint) as case_position,
    cast(
        round(c.comprehensive_score, 6) as numeric(9, 6)
    ) as comprehensive_score,
    cast(round(c.discounted_score, 6) as numeric(9, 6)) as discounted_score,
    c.reason_code,
    c.caveat_code
from intermediate.int_cases_selected as c
where c.night = cast($1 as date)
