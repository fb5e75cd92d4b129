-- How far sums of a country fade tonight: as those of its outlets do.
-- Grain: night, country_code
-- Reads: intermediate.int_constants_pivoted, intermediate.int_nights_chained,
--     intermediate.int_outlet_sums_decayed, intermediate.int_outlets_faded,
--     intermediate.int_outlets_weighted
-- Rebuild: night
-- Params: $1 night
--
-- Tone, headlines and stories are summed by country, not by outlet. What is
-- left of such a sum is the mean of what is left of its outlets', each by the
-- articles it has written so far.
with
chained as (
    select
        k.night,
        c.previous_night,
        c.decay_factor,
        k.decay_half_life_nights
    from intermediate.int_constants_pivoted as k
    inner join intermediate.int_nights_chained as c on c.night = k.night
    where k.night = cast($1 as date) and c.previous_night is not null
),

outlets as (
    select
        w.country_code,
        coalesce(f.decay_factor, c.decay_factor) as decay_factor,
        coalesce(n.article_sum, 0) as article_sum
    from intermediate.int_outlets_weighted as w
    inner join chained as c on c.night = w.night
    left join intermediate.int_outlets_faded as f
        on f.night = w.night and f.outlet_id = w.outlet_id
    left join intermediate.int_outlet_sums_decayed as n
        on n.night = c.previous_night and n.outlet_id = w.outlet_id
),

countries as (
    select
        o.country_code,
        round(
            sum(o.article_sum * o.decay_factor) / sum(o.article_sum), 18
        ) as decay_factor
    from outlets as o
    group by o.country_code
    having sum(o.article_sum) > 0
)

select
    k.night,
    c.country_code,
    cast(
        round(
            -k.decay_half_life_nights
            * log(cast(2 as numeric), c.decay_factor),
            12
        ) as numeric(18, 12)
    ) as fading_nights,
    cast(c.decay_factor as numeric(19, 18)) as decay_factor
from countries as c
cross join chained as k
