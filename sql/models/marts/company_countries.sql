-- Where a company is written about.
-- Grain: night, company_id, country_code
-- Reads: intermediate.int_mentions_rolled_up,
--     intermediate.int_mentions_weighted, seeds.companies, seeds.countries
-- Rebuild: night
-- Params: $1 night
with
tellings as (
    select
        w.company_id,
        w.country_code,
        w.outlet_id,
        w.story_id,
        sum(w.weight) as weight_sum,
        count(*) filter (where w.is_voice) as voice_count,
        sum(m.tone_positive - m.tone_negative) filter (
            where w.is_voice
        ) as net_sum,
        count(m.tone_negative) filter (where w.is_voice) as toned_count
    from intermediate.int_mentions_weighted as w
    inner join intermediate.int_mentions_rolled_up as m
        on
            m.night = w.night
            and m.company_id = w.company_id
            and m.article_id = w.article_id
    where w.night = cast($1 as date) and not w.is_quarantined
    group by w.company_id, w.country_code, w.outlet_id, w.story_id
),

countries as (
    select
        t.company_id,
        t.country_code,
        count(*) as article_count,
        sum(t.voice_count) as voice_count,
        count(distinct t.outlet_id) as outlet_count,
        sum(t.weight_sum) as weight_sum,
        sum(t.net_sum) as net_sum,
        sum(t.toned_count) as toned_count
    from tellings as t
    group by t.company_id, t.country_code
),

companies as (
    select
        c.company_id,
        sum(c.weight_sum) as weight_sum
    from countries as c
    group by c.company_id
)

select
    cast($1 as date) as night,
    c.company_id,
    c.country_code,
    n.name as country_name,
    cast(c.article_count as integer) as article_count,
    cast(c.voice_count as integer) as voice_count,
    cast(c.outlet_count as integer) as outlet_count,
    cast(
        round(coalesce(c.weight_sum / nullif(a.weight_sum, 0), 0), 6)
        as numeric(7, 6)
    ) as weight_share,
    cast(
        round(c.net_sum / nullif(c.toned_count, 0), 6) as numeric(7, 6)
    ) as net_tone
from countries as c
inner join companies as a on a.company_id = c.company_id
inner join seeds.countries as n on n.country_code = c.country_code
inner join seeds.companies as s on s.company_id = c.company_id
where s.is_active
