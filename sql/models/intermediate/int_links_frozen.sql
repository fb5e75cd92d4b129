-- Factors that keep the pillars comparable across a new basis.
-- Grain: night, pillar
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_goalposts_frozen, intermediate.int_indicators_declared,
--     intermediate.int_indicators_scored, intermediate.int_links_frozen,
--     intermediate.int_nights_chained, intermediate.int_objects_selected,
--     intermediate.int_values_rebased
-- Rebuild: night
-- Params: $1 night
--
-- The first night of a quarter to be built links its basis to that of the night
-- built before: the geometric mean of k * P over the objects of study of the
-- last nights is the same by both, tone and reactions as the new norms would
-- have them. Where none of these nights was built, the factors stay. The other
-- nights of the quarter take them over.
with
constants as (
    select
        k.night,
        c.previous_night,
        k.goalpost_cap,
        k.pillar_floor,
        k.link_window_nights,
        make_date(
            cast(extract(year from k.night) as integer),
            cast(extract(quarter from k.night) as integer) * 3 - 2,
            1
        ) as quarter_night
    from intermediate.int_constants_pivoted as k
    inner join intermediate.int_nights_chained as c on c.night = k.night
    where k.night = cast($1 as date)
),

quarter as (
    select min(f.night) as night
    from intermediate.int_links_frozen as f
    inner join constants as k
        on
            f.night >= k.quarter_night
            and f.night < k.quarter_night + interval '3 months'
            and f.night <> k.night
),

frozen as (
    select
        f.pillar,
        f.link_factor
    from intermediate.int_links_frozen as f
    inner join quarter as q on q.night = f.night
),

pillars as (
    select
        d.pillar,
        min(g.reference_id) as reference_id
    from intermediate.int_indicators_declared as d
    inner join intermediate.int_goalposts_frozen as g
        on g.night = d.night and g.indicator = d.indicator
    where d.night = cast($1 as date)
    group by d.pillar
),

before as (
    select
        f.pillar,
        f.link_factor
    from constants as k
    inner join intermediate.int_links_frozen as f on f.night = k.previous_night
),

-- The last nights by both goalposts; the weights are those of the night.
scored as (
    select
        s.night,
        s.company_id,
        s.pillar,
        sum(s.weight * s.normalised_value) as old_score,
        sum(
            s.weight * 100 * least(
                greatest(
                    (coalesce(v.transformed_value, s.transformed_value) - g.low)
                    / (g.high - g.low),
                    0
                ),
                k.goalpost_cap
            )
        ) as new_score
    from constants as k
    inner join intermediate.int_indicators_scored as s
        on
            s.night < cast($1 as date)
            and s.night >= cast($1 as date) - 92
            and s.night >= k.night - k.link_window_nights
    inner join intermediate.int_objects_selected as o
        on
            o.night = s.night
            and o.company_id = s.company_id
            and o.is_object
    inner join intermediate.int_goalposts_frozen as g
        on g.night = k.night and g.indicator = s.indicator
    left join intermediate.int_values_rebased as v
        on
            v.night = k.night
            and v.measured_night = s.night
            and v.company_id = s.company_id
            and v.indicator = s.indicator
    where
        not s.is_missing
        and not exists (select f.pillar from frozen as f)
    group by s.night, s.company_id, s.pillar
),

ratios as (
    select
        s.pillar,
        avg(
            ln(
                l.link_factor * greatest(s.old_score, k.pillar_floor)
                / greatest(s.new_score, k.pillar_floor)
            )
        ) as mean_log
    from scored as s
    inner join intermediate.int_links_frozen as l
        on l.night = s.night and l.pillar = s.pillar
    cross join constants as k
    group by s.pillar
)

select
    cast($1 as date) as night,
    p.pillar,
    cast(
        round(
            coalesce(f.link_factor, exp(r.mean_log), b.link_factor, 1), 12
        ) as numeric(18, 12)
    ) as link_factor,
    p.reference_id
from pillars as p
left join frozen as f on f.pillar = p.pillar
left join ratios as r on r.pillar = p.pillar
left join before as b on b.pillar = p.pillar
