-- The numbers behind the ranking, comparators included.
-- Grain: night, company_id, indicator
-- Reads: intermediate.int_attention_shrunk,
--     intermediate.int_indicators_scored, seeds.companies
-- Rebuild: night
-- Params: $1 night
--
-- An indicator that could not be measured has no row: its weight is in the
-- others.
select
    s.night,
    s.company_id,
    s.indicator,
    cast(s.raw_value as numeric(24, 12)) as value,
    s.pillar,
    s.transformed_value,
    s.normalised_value,
    s.weight
from intermediate.int_indicators_scored as s
inner join seeds.companies as c on c.company_id = s.company_id
where s.night = cast($1 as date) and c.is_active and not s.is_missing
union all
select
    t.night,
    t.company_id,
    'attention_with_quarantined' as indicator,
    cast(t.attention_with_quarantined as numeric(24, 12)) as value,
    cast(null as text) as pillar,
    cast(null as numeric(24, 12)) as transformed_value,
    cast(null as numeric(18, 12)) as normalised_value,
    cast(null as numeric(18, 12)) as weight
from intermediate.int_attention_shrunk as t
inner join seeds.companies as c on c.company_id = t.company_id
where
    t.night = cast($1 as date)
    and c.is_active
    and t.attention_with_quarantined <> t.attention
