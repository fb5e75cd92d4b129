-- Fail: A score is not the product of its pillars.
-- Stage: publish
-- Reads: intermediate.int_indicators_declared, marts.company_rankings
-- Params: $1 night
--
-- Worked out from what is published and the declared weights: what a pillar
-- that is missing weighs is shared out. The tolerance is the rounding of 6
-- decimals: a pillar of one point is known to half a millionth.
with
weights as (
    select
        max(d.pillar_weight) filter (where d.pillar = 'spread') as spread,
        max(d.pillar_weight) filter (where d.pillar = 'influence') as influence,
        max(d.pillar_weight) filter (
            where d.pillar = 'reputation'
        ) as reputation
    from intermediate.int_indicators_declared as d
    where d.night = cast($1 as date)
),

expected as (
    select
        r.company_id,
        r.score,
        ln(r.score) as log_score,
        (
            coalesce(w.spread * ln(r.spread_score), 0)
            + coalesce(w.influence * ln(r.influence_score), 0)
            + coalesce(w.reputation * ln(r.reputation_score), 0)
        ) / (
            case when r.spread_score is null then 0 else w.spread end
            + case when r.influence_score is null then 0 else w.influence end
            + case when r.reputation_score is null then 0 else w.reputation end
        ) as expected_log
    from marts.company_rankings as r
    cross join weights as w
    where r.night = cast($1 as date)
)

select
    e.company_id,
    e.score,
    round(exp(e.expected_log), 6) as expected_score
from expected as e
where abs(e.log_score - e.expected_log) > 0.000002 or e.log_score is null
