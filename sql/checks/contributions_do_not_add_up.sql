-- Fail: What moved a score does not add up to how far it moved.
-- Stage: publish
-- Reads: intermediate.int_companies_scored, intermediate.int_nights_chained,
--     marts.companies, marts.company_rank_change_indicators,
--     marts.company_rank_changes
-- Params: $1 night
--
-- Held against the scores themselves; a company scored on both nights needs a
-- row. The tolerance is what rounding to 12 decimals can add up to, many times
-- over.
with
sums as (
    select
        p.company_id,
        sum(p.contribution) as contribution,
        sum(p.news_effect) as news_effect,
        sum(p.coverage_effect) as coverage_effect,
        sum(p.method_effect) as method_effect
    from marts.company_rank_change_indicators as p
    where p.night = cast($1 as date)
    group by p.company_id
)

select
    s.company_id,
    ln(s.score) - ln(b.score) as log_change_of_scores,
    r.log_score_change,
    p.contribution,
    p.news_effect,
    p.coverage_effect,
    p.method_effect
from intermediate.int_nights_chained as n
inner join intermediate.int_companies_scored as s on s.night = n.night
inner join intermediate.int_companies_scored as b
    on b.night = n.previous_night and b.company_id = s.company_id
inner join marts.companies as c
    on c.company_id = s.company_id and c.is_active
left join marts.company_rank_changes as r
    on r.night = n.night and r.company_id = s.company_id
left join sums as p on p.company_id = s.company_id
where
    n.night = cast($1 as date)
    and (
        r.company_id is null
        or p.company_id is null
        or abs(ln(s.score) - ln(b.score) - r.log_score_change) >= 0.000000001
        or abs(p.contribution - r.log_score_change) >= 0.000000001
        or p.contribution
        <> p.news_effect + p.coverage_effect + p.method_effect
        or r.news_effect <> p.news_effect
        or r.coverage_effect <> p.coverage_effect
        or r.method_effect <> p.method_effect
        or r.rank_change <> r.own_rank_effect + r.others_rank_effect
    )
