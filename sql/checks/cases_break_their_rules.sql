-- Fail: The cases break a rule of the choice and do not say so.
-- Stage: build
-- Reads: intermediate.int_cases_selected,
--     intermediate.int_companies_comprehended,
--     intermediate.int_constants_pivoted, intermediate.int_dimensions_scored,
--     intermediate.int_objects_selected, intermediate.int_ranks_resampled,
--     seeds.companies
-- Params: $1 night
--
-- Computed from the tables, not as the step in Go that chooses does it.
with
cases as (
    select
        s.company_id,
        s.case_position,
        s.discounted_score,
        s.comprehensive_score,
        concat(',', s.caveat_code, ',') as caveats,
        c.sector,
        c.ownership
    from intermediate.int_cases_selected as s
    inner join seeds.companies as c on c.company_id = s.company_id
    where s.night = cast($1 as date)
),

eligible as (
    select
        e.company_id,
        e.score,
        r.comprehensive_top40_probability is null as is_unknown
    from intermediate.int_companies_comprehended as e
    inner join intermediate.int_objects_selected as o
        on o.night = e.night and o.company_id = e.company_id
    inner join intermediate.int_constants_pivoted as k on k.night = e.night
    left join intermediate.int_ranks_resampled as r
        on r.night = e.night and r.company_id = e.company_id
    where
        e.night = cast($1 as date)
        and o.is_object
        and e.mention_sum >= k.case_mentions_min
        and e.dimension_count >= k.case_dimensions_min
        and coalesce(
            r.comprehensive_top40_probability >= k.case_probability_min, true
        )
),

bests as (
    select
        d.dimension,
        row_number() over (
            partition by d.dimension
            order by d.score desc, d.company_id collate "C"
        ) as dimension_position,
        d.company_id
    from intermediate.int_dimensions_scored as d
    inner join eligible as e on e.company_id = d.company_id
    where d.night = cast($1 as date)
),

sectors as (
    select
        c.sector,
        count(*) as case_count
    from cases as c
    group by c.sector
),

totals as (
    select
        count(*) as case_count,
        count(distinct c.sector) as sector_count,
        count(*) filter (where c.ownership = 'state') as state_count,
        count(*) filter (where c.ownership = 'private') as private_count,
        max(c.case_position) as last_position,
        count(distinct c.case_position) as position_count,
        min(c.caveats) as caveats
    from cases as c
)

select
    'not eligible' as what,
    c.company_id as which
from cases as c
left join eligible as e on e.company_id = c.company_id
where
    e.company_id is null
    or e.score <> c.comprehensive_score
    or c.discounted_score > c.comprehensive_score
    or e.is_unknown <> (c.caveats like '%,probability_unknown,%')
union all
select
    'too many of a sector' as what,
    s.sector as which
from sectors as s
cross join intermediate.int_constants_pivoted as k
where k.night = cast($1 as date) and s.case_count > k.case_sector_max
union all
select
    'count' as what,
    cast(t.case_count as text) as which
from totals as t
cross join intermediate.int_constants_pivoted as k
where
    k.night = cast($1 as date)
    and t.case_count > 0
    and (
        t.case_count > k.case_count
        or t.position_count <> t.case_count
        or t.last_position <> t.case_count
        or (t.case_count < k.case_count) <> (t.caveats like '%,count,%')
    )
union all
select
    'sectors' as what,
    cast(t.sector_count as text) as which
from totals as t
cross join intermediate.int_constants_pivoted as k
where
    k.night = cast($1 as date)
    and t.case_count > 0
    and t.sector_count < k.case_sectors_min
    and t.caveats not like '%,sectors,%'
union all
select
    'ownership' as what,
    concat(t.state_count, ' state, ', t.private_count, ' private') as which
from totals as t
where
    t.case_count > 0
    and least(t.state_count, t.private_count) = 0
    and t.caveats not like '%,ownership,%'
union all
select
    concat('best in ', b.dimension) as what,
    b.company_id as which
from bests as b
cross join totals as t
left join cases as c on c.company_id = b.company_id
where
    b.dimension_position = 1
    and t.case_count > 0
    and c.company_id is null
    and t.caveats not like concat('%,best_', b.dimension, ',%')
union all
select
    'nobody' as what,
    e.company_id as which
from eligible as e
cross join totals as t
where t.case_count = 0
