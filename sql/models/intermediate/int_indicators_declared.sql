-- The indicators: pillar, weight, transform and declared goalposts of each.
-- Grain: night, indicator
-- Reads: intermediate.int_constants_pivoted, seeds.method_constants
-- Rebuild: night
-- Params: $1 night
--
-- Numbers come by name from the constants of the method in force:
-- weight_<pillar>, weight_<indicator>, goalpost_<indicator>_low and _high. One
-- that is not there comes out null, and the table refuses it.
with
indicators as (
    select
        'attention' as indicator,
        'spread' as pillar,
        'ln' as transform
    union all
    select
        'attention_tier_1' as indicator,
        'spread' as pillar,
        'ln' as transform
    union all
    select
        'outlet_breadth' as indicator,
        'spread' as pillar,
        'logit' as transform
    union all
    select
        'effective_countries' as indicator,
        'spread' as pillar,
        'ln' as transform
    union all
    select
        'effective_languages' as indicator,
        'spread' as pillar,
        'ln' as transform
    union all
    select 'likes' as indicator, 'influence' as pillar, 'none' as transform
    union all
    select 'shares' as indicator, 'influence' as pillar, 'none' as transform
    union all
    select 'comments' as indicator, 'influence' as pillar, 'none' as transform
    union all
    select 'pickups' as indicator, 'influence' as pillar, 'ln1p' as transform
    union all
    select
        'headline_prominence' as indicator,
        'influence' as pillar,
        'logit' as transform
    union all
    select 'net_tone' as indicator, 'reputation' as pillar, 'none' as transform
    union all
    select
        'no_strong_negative' as indicator,
        'reputation' as pillar,
        'logit' as transform
    union all
    select
        'positive_countries' as indicator,
        'reputation' as pillar,
        'logit' as transform
),

constants as (
    select
        c.constant_name,
        c.value
    from intermediate.int_constants_pivoted as k
    inner join seeds.method_constants as c
        on c.method_version = k.method_version
    where k.night = cast($1 as date)
)

select
    cast($1 as date) as night,
    i.indicator,
    i.pillar,
    p.value as pillar_weight,
    w.value as weight,
    i.transform,
    l.value as low,
    h.value as high
from indicators as i
left join constants as p on p.constant_name = concat('weight_', i.pillar)
left join constants as w on w.constant_name = concat('weight_', i.indicator)
left join constants as l
    on l.constant_name = concat('goalpost_', i.indicator, '_low')
left join constants as h
    on h.constant_name = concat('goalpost_', i.indicator, '_high')
