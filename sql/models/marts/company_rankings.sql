-- The nightly ranking: companies by score, ties by attention, then company_id.
-- Grain: night, company_id
-- Reads: intermediate.int_companies_counted,
--     intermediate.int_companies_ranked, intermediate.int_companies_scored,
--     intermediate.int_constants_pivoted, intermediate.int_panels_covered,
--     intermediate.int_ranks_resampled, intermediate.int_ranks_varied,
--     intermediate.int_tones_corrected, marts.company_rankings, marts.nights
-- Rebuild: night
-- Params: $1 night, $2 published_at
with
previous as (
    select
        r.company_id,
        r.rank_position
    from marts.company_rankings as r
    where
        r.night = (
            select max(n.night)
            from marts.nights as n
            where n.night < cast($1 as date)
        )
)

select
    r.night,
    r.company_id,
    r.rank_position,
    b.rank_position as previous_rank_position,
    cast(round(s.score, 6) as numeric(9, 6)) as score,
    cast(round(s.spread_score, 6) as numeric(9, 6)) as spread_score,
    cast(round(s.influence_score, 6) as numeric(9, 6)) as influence_score,
    cast(round(s.reputation_score, 6) as numeric(9, 6)) as reputation_score,
    i.rank_low,
    i.rank_high,
    i.top10_probability,
    i.tie_group,
    coalesce(c.article_count, 0) as article_count,
    coalesce(c.story_count, 0) as story_count,
    coalesce(c.voice_count, 0) as voice_count,
    coalesce(c.outlet_count, 0) as outlet_count,
    coalesce(c.country_count, 0) as country_count,
    coalesce(c.language_count, 0) as language_count,
    t.net_tone,
    t.tone_coverage_share,
    cast(
        round(p.coverage_share, 6) as numeric(7, 6)
    ) as panel_coverage_share,
    p.is_degraded,
    k.method_version,
    p.panel_id,
    cast($2 as timestamptz) as published_at,
    cast(
        cast($2 as timestamptz) at time zone 'UTC' as date
    ) as published_date,
    s.is_reputation_insufficient,
    s.is_influence_partial,
    i.top20_probability,
    cast(round(i.score_low, 6) as numeric(9, 6)) as score_low,
    cast(round(i.score_high, 6) as numeric(9, 6)) as score_high,
    v.rank_low as method_rank_low,
    v.rank_high as method_rank_high,
    v.deciding_indicator,
    v.deciding_outlet_id
from intermediate.int_companies_ranked as r
inner join intermediate.int_constants_pivoted as k on k.night = r.night
inner join intermediate.int_panels_covered as p on p.night = r.night
inner join intermediate.int_companies_scored as s
    on s.night = r.night and s.company_id = r.company_id
left join intermediate.int_companies_counted as c
    on c.night = r.night and c.company_id = r.company_id
left join intermediate.int_tones_corrected as t
    on t.night = r.night and t.company_id = r.company_id
left join intermediate.int_ranks_resampled as i
    on i.night = r.night and i.company_id = r.company_id
left join intermediate.int_ranks_varied as v
    on v.night = r.night and v.company_id = r.company_id
left join previous as b on b.company_id = r.company_id
where r.night = cast($1 as date)
