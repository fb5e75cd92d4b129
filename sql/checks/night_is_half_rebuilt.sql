-- Fail: The night is being rebuilt and is not whole: let the rebuild end first.
-- Stage: publish
-- Reads: ops.rebuild_nights
-- Params: $1 night
--
-- A rebuild that was cut off goes on with the same command, overheard build
-- --from --to; building the night by itself makes it whole as well.
select
    r.night,
    r.first_night,
    r.last_night
from ops.rebuild_nights as r
where r.night = cast($1 as date)
