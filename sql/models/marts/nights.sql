-- The night in one row: what was read, how much of the panel, which revision.
-- Grain: night
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_companies_counted, intermediate.int_companies_ranked,
--     intermediate.int_constants_pivoted, intermediate.int_panels_covered,
--     marts.night_revisions
-- Rebuild: night
-- Params: $1 night, $2 published_at
--
-- A revision is counted from those that were ever published, not from the one
-- that stands: a number is never given twice, even if the night was taken away.
with
articles as (
    select
        count(*) filter (where a.is_counted) as article_count,
        count(distinct a.story_id) as story_count,
        count(distinct a.outlet_id) as outlet_count,
        count(distinct a.country_code) as country_count,
        count(distinct nullif(a.language_code, 'und')) as language_count
    from intermediate.int_articles_deduplicated as a
    where a.night = cast($1 as date)
),

mentions as (
    select coalesce(sum(m.article_count), 0) as mention_count
    from intermediate.int_companies_counted as m
    where m.night = cast($1 as date)
),

companies as (
    select count(*) as company_count
    from intermediate.int_companies_ranked as r
    where r.night = cast($1 as date)
),

revisions as (
    select coalesce(max(n.revision), 0) + 1 as revision
    from marts.night_revisions as n
    where n.night = cast($1 as date)
)

select
    p.night,
    cast(a.article_count as integer) as article_count,
    cast(a.story_count as integer) as story_count,
    cast(m.mention_count as integer) as mention_count,
    cast(c.company_count as integer) as company_count,
    cast(a.outlet_count as integer) as outlet_count,
    cast(a.country_count as integer) as country_count,
    cast(a.language_count as integer) as language_count,
    p.outlet_count as panel_outlet_count,
    p.outlet_up_count as panel_outlet_up_count,
    cast(
        round(p.coverage_share, 6) as numeric(7, 6)
    ) as panel_coverage_share,
    p.is_degraded,
    k.method_version,
    p.panel_id,
    cast(r.revision as integer) as revision,
    cast($2 as timestamptz) as published_at,
    cast(
        cast($2 as timestamptz) at time zone 'UTC' as date
    ) as published_date
from intermediate.int_panels_covered as p
inner join intermediate.int_constants_pivoted as k on k.night = p.night
cross join articles as a
cross join mentions as m
cross join companies as c
cross join revisions as r
where p.night = cast($1 as date)
