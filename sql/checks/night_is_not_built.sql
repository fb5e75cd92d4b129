-- Fail: The night has not been built.
-- Stage: publish
-- Reads: intermediate.int_panels_covered
-- Params: $1 night
select cast($1 as date) as night
from intermediate.int_panels_covered as p
where p.night = cast($1 as date)
having count(*) = 0
