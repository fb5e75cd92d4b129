-- What one outlet said about one company tonight: x = log2(1 + sum of m).
-- Grain: night, outlet_id, company_id
-- Reads: intermediate.int_mentions_weighted
-- Rebuild: night
-- Params: $1 night
--
-- Beside x stands what it would gain if aliases in quarantine counted.
with
sums as (
    select
        m.night,
        m.outlet_id,
        m.company_id,
        count(*) filter (where m.weight > 0) as mention_count,
        sum(m.weight) as weight_sum,
        sum(m.quarantined_weight) as quarantined_sum
    from intermediate.int_mentions_weighted as m
    where
        m.night = cast($1 as date)
        and (m.weight > 0 or m.quarantined_weight > 0)
    group by m.night, m.outlet_id, m.company_id
)

select
    s.night,
    s.outlet_id,
    s.company_id,
    cast(s.mention_count as integer) as mention_count,
    cast(s.weight_sum as numeric(18, 12)) as weight_sum,
    cast(
        round(log(cast(2 as numeric), 1 + s.weight_sum), 12)
        as numeric(18, 12)
    ) as attention,
    cast(
        round(
            log(cast(2 as numeric), 1 + s.weight_sum + s.quarantined_sum)
            - log(cast(2 as numeric), 1 + s.weight_sum),
            12
        ) as numeric(18, 12)
    ) as quarantined_attention
from sums as s
