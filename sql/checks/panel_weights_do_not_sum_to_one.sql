-- Fail: The weights of the panel do not sum to 1.
-- Stage: build
-- Reads: intermediate.int_outlets_weighted
-- Params: $1 night
select
    w.night,
    sum(w.weight) as weight_sum
from intermediate.int_outlets_weighted as w
where w.night = cast($1 as date)
group by w.night
having sum(w.weight) <> 1
