-- The goalposts in force, frozen for a quarter.
-- Grain: night, indicator
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_goalposts_frozen, intermediate.int_indicators_declared,
--     intermediate.int_influence_measured, intermediate.int_objects_selected,
--     intermediate.int_reputation_measured, intermediate.int_spread_measured,
--     intermediate.int_values_rebased
-- Rebuild: night
-- Params: $1 night
--
-- The first night of a quarter to be built takes the 5th and 95th percentile of
-- the objects of study over the nights before the quarter, the others take them
-- over. With too few such nights the declared goalposts hold, and they hold for
-- an indicator that nobody had or all had alike. Percentiles are taken of raw
-- values and then transformed: transforms keep the order, so it is the same,
-- and one logarithm does where there were thousands.
with
constants as (
    select
        k.night,
        k.reference_window_nights,
        k.reference_nights_min,
        make_date(
            cast(extract(year from k.night) as integer),
            cast(extract(quarter from k.night) as integer) * 3 - 2,
            1
        ) as quarter_night
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

quarter as (
    select min(f.night) as night
    from intermediate.int_goalposts_frozen as f
    inner join constants as k
        on
            f.night >= k.quarter_night
            and f.night < k.quarter_night + interval '3 months'
            and f.night <> k.night
),

frozen as (
    select
        f.indicator,
        f.low,
        f.high,
        f.reference_id,
        f.is_declared
    from intermediate.int_goalposts_frozen as f
    inner join quarter as q on q.night = f.night
),

-- The nights of the reference, if they are needed and enough: else null, and
-- none of the tables below is looked at.
reference as (
    select
        min(n.night) as first_night,
        max(n.night) as last_night
    from intermediate.int_constants_pivoted as n
    cross join constants as k
    cross join quarter as q
    where
        q.night is null
        and n.night < k.quarter_night
        and n.night >= k.quarter_night - k.reference_window_nights
    group by k.reference_nights_min
    having count(*) >= k.reference_nights_min
),

objects as (
    select
        o.night,
        o.company_id
    from intermediate.int_objects_selected as o
    where
        o.is_object
        and o.night >= (select r.first_night from reference as r)
        and o.night <= (select r.last_night from reference as r)
),

-- Tone and reactions on the scale of the new quarter.
rebased as (
    select
        v.measured_night,
        v.company_id,
        v.indicator,
        v.raw_value
    from intermediate.int_values_rebased as v
    where v.night = cast($1 as date)
),

raw_values as (
    select
        s.indicator,
        s.raw_value
    from intermediate.int_spread_measured as s
    inner join objects as o
        on o.night = s.night and o.company_id = s.company_id
    where
        s.night >= (select r.first_night from reference as r)
        and s.night <= (select r.last_night from reference as r)
    union all
    select
        i.indicator,
        coalesce(b.raw_value, i.raw_value) as raw_value
    from intermediate.int_influence_measured as i
    inner join objects as o
        on o.night = i.night and o.company_id = i.company_id
    left join rebased as b
        on
            b.measured_night = i.night
            and b.company_id = i.company_id
            and b.indicator = i.indicator
    where
        i.night >= (select r.first_night from reference as r)
        and i.night <= (select r.last_night from reference as r)
    union all
    select
        t.indicator,
        coalesce(b.raw_value, t.raw_value) as raw_value
    from intermediate.int_reputation_measured as t
    inner join objects as o
        on o.night = t.night and o.company_id = t.company_id
    left join rebased as b
        on
            b.measured_night = t.night
            and b.company_id = t.company_id
            and b.indicator = t.indicator
    where
        not t.is_insufficient
        and t.night >= (select r.first_night from reference as r)
        and t.night <= (select r.last_night from reference as r)
),

percentiles as (
    select
        v.indicator,
        percentile_disc(0.05) within group (order by v.raw_value) as low,
        percentile_disc(0.95) within group (order by v.raw_value) as high
    from raw_values as v
    group by v.indicator
),

ends as (
    select
        p.indicator,
        'low' as which_end,
        p.low as raw_value
    from percentiles as p
    where p.high > p.low
    union all
    select
        p.indicator,
        'high' as which_end,
        p.high as raw_value
    from percentiles as p
    where p.high > p.low
),

-- As in int_indicators_scored.
transformed as (
    select
        e.indicator,
        e.which_end,
        round(
            case d.transform
                when 'ln' then ln(greatest(e.raw_value, 0.000000000001))
                when 'ln1p' then ln(1 + e.raw_value)
                when 'logit'
                    then
                        ln(least(greatest(e.raw_value, 0.000001), 0.999999))
                        - ln(
                            1 - least(greatest(e.raw_value, 0.000001), 0.999999)
                        )
                else e.raw_value
            end,
            12
        ) as transformed_value
    from ends as e
    inner join intermediate.int_indicators_declared as d
        on d.night = cast($1 as date) and d.indicator = e.indicator
),

measured as (
    select
        t.indicator,
        max(t.transformed_value) filter (where t.which_end = 'low') as low,
        max(t.transformed_value) filter (where t.which_end = 'high') as high
    from transformed as t
    group by t.indicator
),

posts as (
    select
        d.indicator,
        case when m.high > m.low then m.low else d.low end as low,
        case when m.high > m.low then m.high else d.high end as high,
        coalesce(m.high <= m.low, true) as is_declared
    from intermediate.int_indicators_declared as d
    left join measured as m on m.indicator = d.indicator
    where d.night = cast($1 as date)
),

digests as (
    select
        left(
            md5(
                string_agg(
                    concat(
                        p.indicator,
                        ' ',
                        round(p.low, 12),
                        ' ',
                        round(p.high, 12)
                    ),
                    ',' order by p.indicator collate "C"
                )
            ),
            8
        ) as digest
    from posts as p
)

select
    k.night,
    p.indicator,
    cast(p.low as numeric(24, 12)) as low,
    cast(p.high as numeric(24, 12)) as high,
    concat(
        extract(year from k.night), 'Q', extract(quarter from k.night),
        '-', d.digest
    ) as reference_id,
    p.is_declared
from posts as p
cross join digests as d
cross join constants as k
where not exists (select f.indicator from frozen as f)
union all
select
    cast($1 as date) as night,
    f.indicator,
    f.low,
    f.high,
    f.reference_id,
    f.is_declared
from frozen as f
