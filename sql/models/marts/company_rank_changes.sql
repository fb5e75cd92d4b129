-- Why a rank moved: score and rank against the night built before.
-- Grain: night, company_id
-- Reads: intermediate.int_panels_covered, intermediate.int_score_changes,
--     seeds.companies
-- Rebuild: night
-- Params: $1 night
select
    s.night,
    s.company_id,
    s.previous_night,
    s.rank_position,
    s.previous_rank_position,
    s.rank_change,
    s.own_rank_effect,
    s.others_rank_effect,
    cast(round(s.score, 6) as numeric(9, 6)) as score,
    cast(round(s.previous_score, 6) as numeric(9, 6)) as previous_score,
    s.log_score_change,
    s.news_effect,
    s.coverage_effect,
    s.method_effect,
    s.log_change_error,
    s.is_within_noise,
    p.is_degraded or b.is_degraded as is_degraded
from intermediate.int_score_changes as s
inner join seeds.companies as c on c.company_id = s.company_id
inner join intermediate.int_panels_covered as p on p.night = s.night
inner join intermediate.int_panels_covered as b on b.night = s.previous_night
where s.night = cast($1 as date) and c.is_active
