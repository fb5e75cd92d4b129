-- Fail: The positions of the ranking are not 1, 2, 3 ...
-- Stage: publish
-- Reads: marts.company_rankings
-- Params: $1 night
with
ranked as (
    select
        r.company_id,
        r.rank_position,
        row_number() over (
            order by r.rank_position, r.company_id collate "C"
        ) as expected_position
    from marts.company_rankings as r
    where r.night = cast($1 as date)
)

select
    r.company_id,
    r.rank_position,
    r.expected_position
from ranked as r
where r.rank_position <> r.expected_position
order by r.expected_position
