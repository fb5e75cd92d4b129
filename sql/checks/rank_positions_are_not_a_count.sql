-- Fail: The positions of the ranking are not 1, 2, 3 ... by attention.
-- Stage: publish
-- Reads: marts.company_indicators, marts.company_rankings
-- Params: $1 night
with
ranked as (
    select
        r.company_id,
        r.rank_position,
        i.value as attention,
        row_number() over (
            order by i.value desc, r.company_id collate "C"
        ) as expected_position
    from marts.company_rankings as r
    left join marts.company_indicators as i
        on
            i.night = r.night
            and i.company_id = r.company_id
            and i.indicator = 'attention'
    where r.night = cast($1 as date)
)

select
    r.company_id,
    r.rank_position,
    r.expected_position,
    r.attention
from ranked as r
where r.rank_position <> r.expected_position or r.attention is null
order by r.expected_position
