-- The comprehensive score of a company.
-- Grain: night, company_id
-- Reads: intermediate.int_companies_comprehended,
--     intermediate.int_constants_pivoted, intermediate.int_dimensions_scored,
--     intermediate.int_mentions_weighted, intermediate.int_nights_chained
-- Rebuild: night
-- Params: $1 night
--
-- A dimension without mentions counts 1, so whoever is written about for one
-- thing alone scores little.
with
constants as (
    select
        k.night,
        c.previous_night,
        k.negligible_sum,
        k.case_dimension_mentions_min,
        round(
            power(
                cast(2 as numeric),
                (c.previous_night - k.night) / k.dimension_half_life_nights
            ),
            18
        ) as decay_factor
    from intermediate.int_constants_pivoted as k
    inner join intermediate.int_nights_chained as c on c.night = k.night
    where k.night = cast($1 as date)
),

parts as (
    select
        s.company_id,
        s.mention_sum * k.decay_factor as mention_sum
    from constants as k
    inner join intermediate.int_companies_comprehended as s
        on s.night = k.previous_night
    union all
    select
        w.company_id,
        count(*) as mention_sum
    from intermediate.int_mentions_weighted as w
    where w.night = cast($1 as date) and w.is_voice
    group by w.company_id
),

sums as (
    select
        p.company_id,
        round(sum(p.mention_sum), 12) as mention_sum
    from parts as p
    group by p.company_id
),

dimensions as (
    select
        d.company_id,
        exp(
            sum(ln(greatest(d.score, 1))) / cast(5 as numeric)
        ) as score,
        count(*) filter (
            where d.mention_sum >= k.case_dimension_mentions_min
        ) as dimension_count
    from intermediate.int_dimensions_scored as d
    inner join constants as k on k.night = d.night
    where d.night = cast($1 as date)
    group by d.company_id
)

select
    k.night,
    s.company_id,
    cast(round(coalesce(d.score, 1), 12) as numeric(18, 12)) as score,
    cast(coalesce(d.dimension_count, 0) as integer) as dimension_count,
    cast(s.mention_sum as numeric(18, 12)) as mention_sum
from sums as s
cross join constants as k
left join dimensions as d on d.company_id = s.company_id
where s.mention_sum >= k.negligible_sum
