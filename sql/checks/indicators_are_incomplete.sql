-- Fail: A company with attention lacks an indicator, a pillar or its score.
-- Stage: build
-- Reads: intermediate.int_attention_shrunk, intermediate.int_companies_scored,
--     intermediate.int_indicators_declared,
--     intermediate.int_indicators_scored, intermediate.int_pillars_scored
-- Params: $1 night
--
-- A missing indicator has a row that says so: what has none was lost.
with
companies as (
    select
        t.night,
        t.company_id
    from intermediate.int_attention_shrunk as t
    where t.night = cast($1 as date) and t.attention > 0
)

select
    c.company_id,
    d.indicator as what
from companies as c
inner join intermediate.int_indicators_declared as d on d.night = c.night
left join intermediate.int_indicators_scored as s
    on
        s.night = d.night
        and s.company_id = c.company_id
        and s.indicator = d.indicator
where s.indicator is null
union all
select
    c.company_id,
    d.pillar as what
from companies as c
inner join intermediate.int_indicators_declared as d on d.night = c.night
left join intermediate.int_pillars_scored as p
    on
        p.night = d.night
        and p.company_id = c.company_id
        and p.pillar = d.pillar
where p.pillar is null
union all
select
    c.company_id,
    'score' as what
from companies as c
left join intermediate.int_companies_scored as s
    on s.night = c.night and s.company_id = c.company_id
where s.company_id is null
