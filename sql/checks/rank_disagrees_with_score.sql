-- Fail: The order of the ranking is not that of the scores.
-- Stage: publish
-- Reads: intermediate.int_companies_scored, marts.company_indicators,
--     marts.company_rankings
-- Params: $1 night
--
-- Ties by attention, then by company_id. Held against the scores before they
-- were rounded for publication, and these against the published ones.
with
ranked as (
    select
        r.company_id,
        r.rank_position,
        r.score,
        s.score as exact_score,
        i.value as attention,
        row_number() over (
            order by
                s.score desc nulls last,
                i.value desc nulls last,
                r.company_id collate "C"
        ) as expected_position
    from marts.company_rankings as r
    left join intermediate.int_companies_scored as s
        on s.night = r.night and s.company_id = r.company_id
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
    r.score,
    r.attention
from ranked as r
where
    r.rank_position <> r.expected_position
    or r.attention is null
    or r.score is null
    or r.exact_score is null
    or abs(r.score - r.exact_score) > 0.000001
order by r.expected_position
