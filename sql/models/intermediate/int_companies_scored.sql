-- The index: the product of the pillars, each to the power of its weight.
-- Grain: night, company_id
-- Reads: intermediate.int_indicators_scored,
--     intermediate.int_pillars_scored, intermediate.int_reputation_measured
-- Rebuild: night
-- Params: $1 night
--
-- A geometric mean: what is lacking in one pillar, another cannot buy back.
with
pillars as (
    select
        p.company_id,
        p.pillar,
        p.link_factor * p.score as score,
        p.weight
    from intermediate.int_pillars_scored as p
    where p.night = cast($1 as date)
),

scores as (
    select
        p.company_id,
        exp(sum(p.weight * ln(p.score))) as score,
        max(p.score) filter (where p.pillar = 'spread') as spread_score,
        max(p.score) filter (where p.pillar = 'influence') as influence_score,
        max(p.score) filter (where p.pillar = 'reputation') as reputation_score
    from pillars as p
    group by p.company_id
),

partial as (
    select
        s.company_id,
        bool_or(s.is_missing) as is_influence_partial
    from intermediate.int_indicators_scored as s
    where s.night = cast($1 as date) and s.pillar = 'influence'
    group by s.company_id
),

insufficient as (
    select
        r.company_id,
        bool_or(r.is_insufficient) as is_insufficient
    from intermediate.int_reputation_measured as r
    where r.night = cast($1 as date)
    group by r.company_id
)

select
    cast($1 as date) as night,
    s.company_id,
    cast(round(s.score, 12) as numeric(18, 12)) as score,
    cast(round(s.spread_score, 12) as numeric(18, 12)) as spread_score,
    cast(round(s.influence_score, 12) as numeric(18, 12)) as influence_score,
    cast(round(s.reputation_score, 12) as numeric(18, 12)) as reputation_score,
    coalesce(r.is_insufficient, true) as is_reputation_insufficient,
    p.is_influence_partial
from scores as s
inner join partial as p on p.company_id = s.company_id
left join insufficient as r on r.company_id = s.company_id
