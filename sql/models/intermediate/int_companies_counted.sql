-- What was written about a company on one night, in plain counts.
-- Grain: night, company_id
-- Reads: intermediate.int_mentions_weighted
-- Rebuild: night
-- Params: $1 night
with
tellings as (
    select
        m.night,
        m.company_id,
        m.outlet_id,
        m.story_id,
        max(case when m.is_voice then 1 else 0 end) as voice_count,
        min(m.country_code) as country_code
    from intermediate.int_mentions_weighted as m
    where m.night = cast($1 as date) and not m.is_quarantined
    group by m.night, m.company_id, m.outlet_id, m.story_id
),

companies as (
    select
        t.night,
        t.company_id,
        count(*) as article_count,
        count(distinct t.story_id) as story_count,
        sum(t.voice_count) as voice_count,
        count(distinct t.outlet_id) as outlet_count,
        count(distinct t.country_code) as country_count
    from tellings as t
    group by t.night, t.company_id
),

languages as (
    select
        m.company_id,
        count(distinct nullif(m.language_code, 'und')) as language_count
    from intermediate.int_mentions_weighted as m
    where m.night = cast($1 as date) and not m.is_quarantined
    group by m.company_id
)

select
    c.night,
    c.company_id,
    cast(c.article_count as integer) as article_count,
    cast(c.story_count as integer) as story_count,
    cast(c.voice_count as integer) as voice_count,
    cast(c.outlet_count as integer) as outlet_count,
    cast(c.country_count as integer) as country_count,
    cast(l.language_count as integer) as language_count
from companies as c
inner join languages as l on l.company_id = c.company_id
