-- How far the ranking by another method differs from the published one.
-- Grain: night, variant
-- Reads: intermediate.int_methods_varied
-- Rebuild: night
-- Params: $1 night
select
    v.night,
    v.variant,
    v.kendall_tau,
    v.rank_change_mean,
    v.rank_change_max
from intermediate.int_methods_varied as v
where v.night = cast($1 as date)
