-- Fail: A country weighs more in the panel than the cap allows.
-- Stage: build
-- Reads: intermediate.int_constants_pivoted, intermediate.int_outlets_weighted
-- Params: $1 night
--
-- With too few countries for the cap each may weigh 1 / number of countries.
-- The tolerance is what rounding 12 decimals of each outlet can add up to.
with
countries as (
    select
        w.country_code,
        sum(w.weight) as country_share,
        count(*) as outlet_count
    from intermediate.int_outlets_weighted as w
    where w.night = cast($1 as date)
    group by w.country_code
),

panels as (
    select
        1 / nullif(cast(count(*) as numeric), 0) as equal_share,
        sum(c.outlet_count) as outlet_count
    from countries as c
)

select
    c.country_code,
    c.country_share
from countries as c
cross join panels as p
inner join intermediate.int_constants_pivoted as k
    on k.night = cast($1 as date)
where
    c.country_share
    > greatest(k.country_weight_cap, p.equal_share)
    + p.outlet_count * 0.000000000001
