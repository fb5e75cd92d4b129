-- Fail: A dimension, comprehensive score or norm of tone is not on its scale.
-- Stage: build
-- Reads: intermediate.int_companies_comprehended,
--     intermediate.int_constants_pivoted, intermediate.int_dimensions_scored,
--     intermediate.int_mention_dimensions,
--     intermediate.int_reputation_measured, intermediate.int_tone_norms_frozen
-- Params: $1 night
--
-- NaN is above every number in Postgres, so it is found here too. The norm of a
-- sector is a difference of tones.
select
    'label' as what,
    concat(d.company_id, ' ', d.article_id, ' ', d.dimension) as which,
    d.probability as value
from intermediate.int_mention_dimensions as d
where
    d.night = cast($1 as date)
    and not (d.probability > 0 and d.probability <= 1)
union all
select
    'dimension' as what,
    concat(s.company_id, ' ', s.dimension) as which,
    s.score as value
from intermediate.int_dimensions_scored as s
inner join intermediate.int_constants_pivoted as k on k.night = s.night
where
    s.night = cast($1 as date)
    and not (
        s.attention >= 0 and s.attention <= 1
        and s.net_tone >= -1 and s.net_tone <= 1
        and s.score >= 0 and s.score <= 100 * k.goalpost_cap
    )
union all
select
    'comprehensive score' as what,
    e.company_id as which,
    e.score as value
from intermediate.int_companies_comprehended as e
inner join intermediate.int_constants_pivoted as k on k.night = e.night
where
    e.night = cast($1 as date)
    and not (
        e.score >= 1 and e.score <= 100 * k.goalpost_cap
        and e.dimension_count >= 0 and e.dimension_count <= 5
    )
union all
select
    n.scope as what,
    n.scope_key as which,
    n.net_tone as value
from intermediate.int_tone_norms_frozen as n
where
    n.night = cast($1 as date)
    and not (
        abs(n.net_tone) <= case when n.scope = 'sector' then 2 else 1 end
        and n.strong_negative_share >= 0 and n.strong_negative_share <= 1
    )
union all
select
    r.indicator as what,
    r.company_id as which,
    r.raw_value as value
from intermediate.int_reputation_measured as r
where
    r.night = cast($1 as date)
    and not (
        r.raw_value <= case when r.indicator = 'net_tone' then 2 else 1 end
        and r.raw_value >= case when r.indicator = 'net_tone' then -2 else 0 end
    )
