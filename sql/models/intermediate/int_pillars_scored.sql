-- The three pillars of a company: weighted means of their indicators.
-- Grain: night, company_id, pillar
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_indicators_declared,
--     intermediate.int_indicators_scored, intermediate.int_links_frozen
-- Rebuild: night
-- Params: $1 night
--
-- A pillar of which every indicator is missing has no score, and its weight is
-- shared out among the others in proportion.
with
declared as (
    select
        d.pillar,
        max(d.pillar_weight) as pillar_weight
    from intermediate.int_indicators_declared as d
    where d.night = cast($1 as date)
    group by d.pillar
),

means as (
    select
        s.company_id,
        s.pillar,
        round(sum(s.weight * s.normalised_value), 12) as mean_value
    from intermediate.int_indicators_scored as s
    where s.night = cast($1 as date)
    group by s.company_id, s.pillar
)

select
    k.night,
    m.company_id,
    m.pillar,
    cast(
        case
            when m.mean_value is not null
                then greatest(m.mean_value, k.pillar_floor)
        end as numeric(18, 12)
    ) as score,
    cast(m.mean_value as numeric(18, 12)) as unfloored_score,
    l.link_factor,
    cast(
        case
            when m.mean_value is null then 0
            else round(
                d.pillar_weight / sum(d.pillar_weight) filter (
                    where m.mean_value is not null
                ) over (partition by m.company_id),
                12
            )
        end as numeric(18, 12)
    ) as weight
from means as m
inner join declared as d on d.pillar = m.pillar
inner join intermediate.int_links_frozen as l
    on l.night = cast($1 as date) and l.pillar = m.pillar
inner join intermediate.int_constants_pivoted as k on k.night = l.night
