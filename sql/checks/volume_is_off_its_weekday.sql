-- Warn: The night's volume is far from what its weekday led to expect.
-- Stage: publish
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_panels_covered
-- Params: $1 night
--
-- Over the outlets that have an expectation, and by the share at which one
-- outlet would be up: as far above as below. Until the weekday has a history
-- the expectation is the least the registry declares, and more than the least
-- is no surprise.
with
volumes as (
    select
        n.night,
        sum(n.article_count) as article_count,
        sum(n.expected_count) as expected_count
    from intermediate.int_outlet_nights_counted as n
    where n.night = cast($1 as date) and n.expected_count is not null
    group by n.night
),

weekdays as (
    select count(*) as night_count
    from intermediate.int_panels_covered as p
    where
        p.night < cast($1 as date)
        and mod(cast($1 as date) - p.night, 7) = 0
)

select
    v.night,
    v.article_count,
    v.expected_count
from volumes as v
inner join intermediate.int_constants_pivoted as k on k.night = v.night
cross join weekdays as w
where
    v.article_count < k.outlet_up_share * v.expected_count
    or (
        w.night_count >= k.expectation_values_min
        and v.article_count * k.outlet_up_share > v.expected_count
    )
