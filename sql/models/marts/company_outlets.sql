-- Which outlets write about a company.
-- Grain: night, company_id, outlet_id
-- Reads: intermediate.int_mentions_rolled_up,
--     intermediate.int_mentions_weighted, seeds.companies
-- Rebuild: night
-- Params: $1 night
with
tellings as (
    select
        w.company_id,
        w.outlet_id,
        w.story_id,
        sum(w.weight) as weight_sum,
        sum(m.tone_positive - m.tone_negative) as net_sum,
        count(m.tone_negative) as toned_count
    from intermediate.int_mentions_weighted as w
    inner join intermediate.int_mentions_rolled_up as m
        on
            m.night = w.night
            and m.company_id = w.company_id
            and m.article_id = w.article_id
    where w.night = cast($1 as date) and not w.is_quarantined
    group by w.company_id, w.outlet_id, w.story_id
),

outlets as (
    select
        t.company_id,
        t.outlet_id,
        count(*) as article_count,
        sum(t.weight_sum) as weight_sum,
        sum(t.net_sum) as net_sum,
        sum(t.toned_count) as toned_count
    from tellings as t
    group by t.company_id, t.outlet_id
)

select
    cast($1 as date) as night,
    o.company_id,
    o.outlet_id,
    cast(o.article_count as integer) as article_count,
    cast(o.weight_sum as numeric(18, 12)) as weight_sum,
    cast(
        round(o.net_sum / nullif(o.toned_count, 0), 6) as numeric(7, 6)
    ) as net_tone
from outlets as o
inner join seeds.companies as s on s.company_id = o.company_id
where s.is_active
