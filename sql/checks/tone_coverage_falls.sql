-- Warn: Of fewer voices than usual the tone is known.
-- Stage: build
-- Reads: intermediate.int_company_tones_summed
-- Params: $1 night
--
-- The share of the weight of all voices, against the week before, of which five
-- nights are needed; a fifth less is a model that was not run, or new languages
-- it cannot read.
with
nights as (
    select
        t.night,
        sum(t.weight_sum) as weight_sum,
        sum(t.toned_weight_sum) as toned_weight_sum
    from intermediate.int_company_tones_summed as t
    where
        t.night <= cast($1 as date)
        and t.night >= cast($1 as date) - 7
    group by t.night
),

usual as (
    select sum(n.toned_weight_sum) / sum(n.weight_sum) as toned_share
    from nights as n
    where n.night < cast($1 as date) and n.weight_sum > 0
    having count(*) >= 5
)

select
    round(n.toned_weight_sum / n.weight_sum, 6) as toned_share,
    round(u.toned_share, 6) as usual_share
from nights as n
cross join usual as u
where
    n.night = cast($1 as date)
    and n.weight_sum > 0
    and n.toned_weight_sum < 0.8 * u.toned_share * n.weight_sum
