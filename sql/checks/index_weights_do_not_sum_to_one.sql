-- Fail: Weights of the indicators of a pillar, or of pillars, do not sum to 1.
-- Stage: build
-- Reads: intermediate.int_indicators_declared,
--     intermediate.int_indicators_scored, intermediate.int_pillars_scored
-- Params: $1 night
--
-- Declared weights to the last decimal; those that were shared out up to their
-- rounding. A pillar of which all is missing weighs nothing, and nor do its
-- indicators.
with
pillar_weights as (
    select
        d.pillar,
        max(d.pillar_weight) as pillar_weight
    from intermediate.int_indicators_declared as d
    where d.night = cast($1 as date)
    group by d.pillar
)

select
    'declared' as which,
    d.pillar as what,
    sum(d.weight) as weight_sum
from intermediate.int_indicators_declared as d
where d.night = cast($1 as date)
group by d.pillar
having sum(d.weight) <> 1
union all
select
    'declared' as which,
    'pillars' as what,
    sum(w.pillar_weight) as weight_sum
from pillar_weights as w
having sum(w.pillar_weight) <> 1
union all
select
    s.company_id as which,
    s.pillar as what,
    sum(s.weight) as weight_sum
from intermediate.int_indicators_scored as s
where s.night = cast($1 as date)
group by s.company_id, s.pillar
having
    abs(sum(s.weight) - 1) > 0.0000000001
    and not (sum(s.weight) = 0 and bool_and(s.is_missing))
union all
select
    p.company_id as which,
    'pillars' as what,
    sum(p.weight) as weight_sum
from intermediate.int_pillars_scored as p
where p.night = cast($1 as date)
group by p.company_id
having abs(sum(p.weight) - 1) > 0.0000000001
