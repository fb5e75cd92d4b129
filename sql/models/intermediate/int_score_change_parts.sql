-- What each indicator did to a score since the night built before, exactly.
-- Grain: night, company_id, indicator
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_indicators_held, intermediate.int_indicators_scored,
--     intermediate.int_nights_chained, intermediate.int_pillars_scored
-- Rebuild: night
-- Params: $1 night
--
-- ln score is the sum of W ln(k P) over the pillars. With W the mean of both
-- nights and L the logarithmic mean of both P (LMDI-I):
--     indicator  W * change of v y / L
--     floor      W * change of (P - sum of v y) / L
--     link       W * change of ln k
--     weight     change of W * mean of ln(k P)
-- They add up to the change of ln score, whatever was missing on a night. A
-- pillar that is there on one night alone has its whole W ln(k P) in weight.
--
-- Two nights stand between: tonight's sums on the basis of the night before (B)
-- and these with all held that was not up on both nights (H). Method is what
-- differs between tonight and B, coverage between B and H, news between H and
-- the night before; links and weights are method.
with
nights as (
    select
        c.night,
        c.previous_night,
        k.pillar_floor
    from intermediate.int_nights_chained as c
    inner join intermediate.int_constants_pivoted as k on k.night = c.night
    where c.night = cast($1 as date) and c.previous_night is not null
),

differences as (
    select
        s.company_id,
        s.pillar,
        s.indicator,
        s.raw_value,
        s.weight,
        s.weight * coalesce(s.normalised_value, 0) as points,
        coalesce(h.method_difference, 0) as method_points,
        coalesce(h.coverage_difference, 0) as coverage_points
    from nights as n
    inner join intermediate.int_indicators_scored as s on s.night = n.night
    left join intermediate.int_indicators_held as h
        on
            h.night = s.night
            and h.company_id = s.company_id
            and h.indicator = s.indicator
),

indicators as materialized (
    select
        d.company_id,
        d.pillar,
        d.indicator,
        b.raw_value as previous_value,
        d.raw_value,
        b.weight + d.weight as both_weights,
        d.points - b.weight * coalesce(b.normalised_value, 0) as points,
        d.method_points,
        d.coverage_points
    from differences as d
    cross join nights as n
    inner join intermediate.int_indicators_scored as b
        on
            b.night = n.previous_night
            and b.company_id = d.company_id
            and b.indicator = d.indicator
),

pillar_points as (
    select
        i.company_id,
        i.pillar,
        sum(i.method_points) as method_points,
        sum(i.coverage_points) as coverage_points
    from indicators as i
    group by i.company_id, i.pillar
),

-- What the floor adds to the pillar: on both nights, and on B and H between.
floors as (
    select
        p.company_id,
        p.pillar,
        b.score as previous_score,
        p.score,
        b.weight as previous_weight,
        p.weight,
        b.link_factor as previous_link_factor,
        p.link_factor,
        b.score - b.unfloored_score as previous_floor,
        p.score - p.unfloored_score as floor,
        greatest(
            n.pillar_floor - (p.unfloored_score - d.method_points), 0
        ) as rebased_floor,
        greatest(
            n.pillar_floor
            - (p.unfloored_score - d.method_points - d.coverage_points),
            0
        ) as held_floor
    from nights as n
    inner join intermediate.int_pillars_scored as p on p.night = n.night
    inner join intermediate.int_pillars_scored as b
        on
            b.night = n.previous_night
            and b.company_id = p.company_id
            and b.pillar = p.pillar
    inner join pillar_points as d
        on d.company_id = p.company_id and d.pillar = p.pillar
),

-- Factor: what one point of the pillar is worth, W / L; 0 where the pillar is
-- not there on both nights. Close to each other, L is the plain mean: the
-- logarithms would lose their digits, and it differs by less than 1e-9 of it.
pillars as materialized (
    select
        f.company_id,
        f.pillar,
        f.previous_weight,
        f.weight,
        f.previous_link_factor,
        f.link_factor,
        f.previous_floor,
        f.floor,
        f.rebased_floor,
        f.held_floor,
        case
            when f.previous_score is null or f.score is null then 0
            else
                (f.previous_weight + f.weight) / 2 / case
                    when
                        abs(f.score - f.previous_score)
                        <= f.previous_score * 0.0001
                        then (f.score + f.previous_score) / 2
                    else
                        (f.score - f.previous_score)
                        / (ln(f.score) - ln(f.previous_score))
                end
        end as factor,
        case
            when f.previous_score is null or f.score is null then 0
            else
                (f.previous_weight + f.weight) / 2
                * (ln(f.link_factor) - ln(f.previous_link_factor))
        end as link_contribution,
        case
            when f.previous_score is null or f.score is null
                then
                    f.weight * coalesce(ln(f.link_factor * f.score), 0)
                    - f.previous_weight * coalesce(
                        ln(f.previous_link_factor * f.previous_score), 0
                    )
            else
                (f.weight - f.previous_weight)
                * (
                    ln(f.link_factor * f.score)
                    + ln(f.previous_link_factor * f.previous_score)
                ) / 2
        end as weight_contribution
    from floors as f
),

parts as (
    select
        i.company_id,
        i.indicator,
        i.pillar,
        'indicator' as part_type,
        i.previous_value,
        i.raw_value as value,
        round(p.factor * i.points, 12) as contribution,
        round(p.factor * i.coverage_points, 12) as coverage_effect,
        round(p.factor * i.method_points, 12) as method_effect
    from indicators as i
    inner join pillars as p
        on p.company_id = i.company_id and p.pillar = i.pillar
    where i.both_weights > 0
    union all
    select
        p.company_id,
        concat(p.pillar, '_floor') as indicator,
        p.pillar,
        'floor' as part_type,
        round(p.previous_floor, 12) as previous_value,
        round(p.floor, 12) as value,
        round(p.factor * (p.floor - p.previous_floor), 12) as contribution,
        round(
            p.factor * (p.rebased_floor - p.held_floor), 12
        ) as coverage_effect,
        round(p.factor * (p.floor - p.rebased_floor), 12) as method_effect
    from pillars as p
    where p.factor > 0 and (p.previous_floor > 0 or p.floor > 0)
    union all
    select
        p.company_id,
        concat(p.pillar, '_link') as indicator,
        p.pillar,
        'link' as part_type,
        p.previous_link_factor as previous_value,
        p.link_factor as value,
        round(p.link_contribution, 12) as contribution,
        0 as coverage_effect,
        round(p.link_contribution, 12) as method_effect
    from pillars as p
    where p.factor > 0 and p.link_factor <> p.previous_link_factor
    union all
    select
        p.company_id,
        concat(p.pillar, '_weight') as indicator,
        p.pillar,
        'weight' as part_type,
        p.previous_weight as previous_value,
        p.weight as value,
        round(p.weight_contribution, 12) as contribution,
        0 as coverage_effect,
        round(p.weight_contribution, 12) as method_effect
    from pillars as p
    where p.weight <> p.previous_weight
)

select
    cast($1 as date) as night,
    p.company_id,
    p.indicator,
    p.pillar,
    p.part_type,
    cast(p.previous_value as numeric(24, 12)) as previous_value,
    cast(p.value as numeric(24, 12)) as value,
    cast(p.contribution as numeric(18, 12)) as contribution,
    cast(
        p.contribution - p.coverage_effect - p.method_effect
        as numeric(18, 12)
    ) as news_effect,
    cast(p.coverage_effect as numeric(18, 12)) as coverage_effect,
    cast(p.method_effect as numeric(18, 12)) as method_effect
from parts as p
