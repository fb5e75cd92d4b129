-- Every indicator of every company on its scale, and what it weighs tonight.
-- Grain: night, company_id, indicator
-- Reads: intermediate.int_attention_shrunk,
--     intermediate.int_constants_pivoted,
--     intermediate.int_goalposts_frozen, intermediate.int_indicators_declared,
--     intermediate.int_influence_measured,
--     intermediate.int_reputation_measured, intermediate.int_spread_measured
-- Rebuild: night
-- Params: $1 night
--
-- f is the transformed value, y = 100 * clip((f - low) / (high - low), 0, cap).
-- The weight of an indicator that is missing is shared out among the others of
-- its pillar in proportion. Raw values are cut to where their transform is
-- defined: ln at the last decimal that is kept, logit a millionth from 0 and 1.
with
companies as (
    select t.company_id
    from intermediate.int_attention_shrunk as t
    where t.night = cast($1 as date) and t.attention > 0
),

indicators as (
    select
        d.indicator,
        d.pillar,
        d.weight,
        d.transform,
        g.low,
        g.high,
        k.goalpost_cap
    from intermediate.int_indicators_declared as d
    inner join intermediate.int_constants_pivoted as k on k.night = d.night
    inner join intermediate.int_goalposts_frozen as g
        on g.night = d.night and g.indicator = d.indicator
    where d.night = cast($1 as date)
),

measured as (
    select
        s.company_id,
        s.indicator,
        s.raw_value
    from intermediate.int_spread_measured as s
    where s.night = cast($1 as date)
    union all
    select
        i.company_id,
        i.indicator,
        i.raw_value
    from intermediate.int_influence_measured as i
    where i.night = cast($1 as date)
    union all
    select
        r.company_id,
        r.indicator,
        r.raw_value
    from intermediate.int_reputation_measured as r
    where r.night = cast($1 as date)
),

transformed as materialized (
    select
        m.company_id,
        m.indicator,
        m.raw_value,
        round(
            case i.transform
                when 'ln' then ln(greatest(m.raw_value, 0.000000000001))
                when 'ln1p' then ln(1 + m.raw_value)
                when 'logit'
                    then
                        ln(least(greatest(m.raw_value, 0.000001), 0.999999))
                        - ln(
                            1 - least(greatest(m.raw_value, 0.000001), 0.999999)
                        )
                else m.raw_value
            end,
            12
        ) as transformed_value
    from measured as m
    inner join indicators as i on i.indicator = m.indicator
),

scored as (
    select
        c.company_id,
        i.indicator,
        i.pillar,
        i.weight,
        t.raw_value,
        t.transformed_value,
        100 * least(
            greatest((t.transformed_value - i.low) / (i.high - i.low), 0),
            i.goalpost_cap
        ) as normalised_value
    from companies as c
    cross join indicators as i
    left join transformed as t
        on t.company_id = c.company_id and t.indicator = i.indicator
)

select
    cast($1 as date) as night,
    s.company_id,
    s.indicator,
    s.pillar,
    cast(s.raw_value as numeric(24, 12)) as raw_value,
    cast(s.transformed_value as numeric(24, 12)) as transformed_value,
    cast(
        case
            when s.raw_value is not null then round(s.normalised_value, 12)
        end as numeric(18, 12)
    ) as normalised_value,
    cast(
        case
            when s.raw_value is null then 0
            else round(
                s.weight / sum(s.weight) filter (
                    where s.raw_value is not null
                ) over (partition by s.company_id, s.pillar),
                12
            )
        end as numeric(18, 12)
    ) as weight,
    s.raw_value is null as is_missing
from scored as s
