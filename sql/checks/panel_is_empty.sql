-- Fail: The panel has no outlets: the registry is empty or was not loaded.
-- Stage: build
-- Reads: intermediate.int_panels_covered
-- Params: $1 night
select
    cast($1 as date) as night,
    count(*) as panel_count
from intermediate.int_panels_covered as p
where p.night = cast($1 as date)
having count(*) = 0
