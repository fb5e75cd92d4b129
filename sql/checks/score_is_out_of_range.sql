-- Fail: A score, pillar or indicator is not on its scale.
-- Stage: build
-- Reads: intermediate.int_companies_scored, intermediate.int_constants_pivoted,
--     intermediate.int_indicators_scored, intermediate.int_links_frozen,
--     intermediate.int_pillars_scored
-- Params: $1 night
--
-- NaN is above every number in Postgres, so it is found here too.
select
    s.indicator as what,
    s.company_id as which,
    s.normalised_value as value
from intermediate.int_indicators_scored as s
inner join intermediate.int_constants_pivoted as k on k.night = s.night
where
    s.night = cast($1 as date)
    and not coalesce(
        case
            when s.is_missing
                then
                    s.weight = 0
                    and s.raw_value is null
                    and s.transformed_value is null
                    and s.normalised_value is null
            else
                s.normalised_value >= 0
                and s.normalised_value <= 100 * k.goalpost_cap
                and s.weight > 0
                and s.weight <= 1
        end,
        false
    )
union all
select
    p.pillar as what,
    p.company_id as which,
    p.score as value
from intermediate.int_pillars_scored as p
inner join intermediate.int_constants_pivoted as k on k.night = p.night
where
    p.night = cast($1 as date)
    and p.weight > 0
    and not coalesce(
        p.score >= k.pillar_floor
        and p.score <= 100 * k.goalpost_cap + 0.000001
        and p.score >= p.unfloored_score,
        false
    )
union all
select
    'link factor' as what,
    l.pillar as which,
    l.link_factor as value
from intermediate.int_links_frozen as l
where
    l.night = cast($1 as date)
    and not (l.link_factor > 0 and l.link_factor < 1000)
union all
select
    'score' as what,
    c.company_id as which,
    c.score as value
from intermediate.int_companies_scored as c
where
    c.night = cast($1 as date)
    and not (c.score > 0 and c.score < 1000)
