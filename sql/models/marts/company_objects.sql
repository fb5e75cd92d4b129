-- The hundred companies under study.
-- Grain: night, company_id
-- Reads: intermediate.int_objects_selected
-- Rebuild: night
-- Params: $1 night
select
    o.night,
    o.company_id,
    o.object_position,
    o.mean_attention
from intermediate.int_objects_selected as o
where o.night = cast($1 as date) and o.is_object
