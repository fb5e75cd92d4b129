-- The numbers behind the ranking, comparators included.
-- Grain: night, company_id, indicator
-- Reads: intermediate.int_attention_shrunk, seeds.companies
-- Rebuild: night
-- Params: $1 night
with
companies as (
    select
        t.night,
        t.company_id,
        t.attention,
        t.attention_tier_1,
        t.attention_with_quarantined
    from intermediate.int_attention_shrunk as t
    inner join seeds.companies as c on c.company_id = t.company_id
    where t.night = cast($1 as date) and c.is_active
)

select
    c.night,
    c.company_id,
    'attention' as indicator,
    cast(c.attention as numeric(24, 12)) as value,
    cast(null as text) as pillar,
    cast(null as numeric(24, 12)) as transformed_value,
    cast(null as numeric(18, 12)) as normalised_value,
    cast(null as numeric(18, 12)) as weight
from companies as c
union all
select
    c.night,
    c.company_id,
    'attention_tier_1' as indicator,
    cast(c.attention_tier_1 as numeric(24, 12)) as value,
    cast(null as text) as pillar,
    cast(null as numeric(24, 12)) as transformed_value,
    cast(null as numeric(18, 12)) as normalised_value,
    cast(null as numeric(18, 12)) as weight
from companies as c
where c.attention_tier_1 is not null
union all
select
    c.night,
    c.company_id,
    'attention_with_quarantined' as indicator,
    cast(c.attention_with_quarantined as numeric(24, 12)) as value,
    cast(null as text) as pillar,
    cast(null as numeric(24, 12)) as transformed_value,
    cast(null as numeric(18, 12)) as normalised_value,
    cast(null as numeric(18, 12)) as weight
from companies as c
where c.attention_with_quarantined <> c.attention
