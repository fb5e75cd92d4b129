-- Warn: The night before is not published, though earlier ones are.
-- Stage: publish
-- Reads: marts.nights
-- Params: $1 night
select max(n.night) as last_night_before
from marts.nights as n
where n.night < cast($1 as date)
having max(n.night) < cast($1 as date) - 1
