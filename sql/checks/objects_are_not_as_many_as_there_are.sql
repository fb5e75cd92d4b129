-- Fail: The companies under study are too many, too few or not of the ranking.
-- Stage: build
-- Reads: intermediate.int_companies_ranked,
--     intermediate.int_constants_pivoted, intermediate.int_objects_selected,
--     seeds.companies
-- Params: $1 night
--
-- All that are ranked stand for it, so there are as many objects as places, or
-- as many as are ranked. That a comparator is ranked is told by another check.
with
ranked as (
    select
        count(*) as ranked_count,
        count(o.company_id) as candidate_count,
        count(*) filter (where o.is_object) as object_count
    from intermediate.int_companies_ranked as r
    inner join seeds.companies as c on c.company_id = r.company_id
    left join intermediate.int_objects_selected as o
        on o.night = r.night and o.company_id = r.company_id
    where r.night = cast($1 as date) and not c.is_comparator
),

objects as (
    select count(*) filter (where o.is_object) as object_count
    from intermediate.int_objects_selected as o
    where o.night = cast($1 as date)
)

select
    r.ranked_count,
    r.candidate_count,
    o.object_count,
    k.object_count as place_count
from ranked as r
cross join objects as o
cross join intermediate.int_constants_pivoted as k
where
    k.night = cast($1 as date)
    and (
        r.candidate_count <> r.ranked_count
        or r.object_count <> o.object_count
        or o.object_count <> least(k.object_count, r.ranked_count)
    )
