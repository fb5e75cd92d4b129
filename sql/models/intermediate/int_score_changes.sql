-- How a score and a rank moved since the night built before.
-- Grain: night, company_id
-- Reads: intermediate.int_attention_shrunk,
--     intermediate.int_changes_resampled, intermediate.int_companies_ranked,
--     intermediate.int_companies_scored, intermediate.int_nights_chained,
--     intermediate.int_score_change_parts
-- Rebuild: night
-- Params: $1 night
--
-- Own effect: the places a company would have won among the scores of the night
-- before with its score of tonight. The rest of the way is the others'.
with
nights as (
    select
        c.night,
        c.previous_night
    from intermediate.int_nights_chained as c
    where c.night = cast($1 as date) and c.previous_night is not null
),

scores as materialized (
    select
        s.company_id,
        s.score,
        t.attention,
        r.rank_position
    from nights as n
    inner join intermediate.int_companies_scored as s on s.night = n.night
    inner join intermediate.int_attention_shrunk as t
        on t.night = s.night and t.company_id = s.company_id
    left join intermediate.int_companies_ranked as r
        on r.night = s.night and r.company_id = s.company_id
),

previous_scores as materialized (
    select
        s.company_id,
        s.score,
        t.attention,
        r.rank_position
    from nights as n
    inner join intermediate.int_companies_scored as s
        on s.night = n.previous_night
    inner join intermediate.int_attention_shrunk as t
        on t.night = s.night and t.company_id = s.company_id
    left join intermediate.int_companies_ranked as r
        on r.night = s.night and r.company_id = s.company_id
),

own_positions as (
    select
        s.company_id,
        1 + count(o.company_id) as rank_position
    from scores as s
    left join previous_scores as o
        on
            o.company_id <> s.company_id
            and o.rank_position is not null
            and (
                o.score > s.score
                or (
                    o.score = s.score
                    and (
                        o.attention > s.attention
                        or (
                            o.attention = s.attention
                            and o.company_id collate "C"
                            < s.company_id collate "C"
                        )
                    )
                )
            )
    where s.rank_position is not null
    group by s.company_id
),

effects as (
    select
        p.company_id,
        sum(p.news_effect) as news_effect,
        sum(p.coverage_effect) as coverage_effect,
        sum(p.method_effect) as method_effect
    from intermediate.int_score_change_parts as p
    where p.night = cast($1 as date)
    group by p.company_id
),

changes as (
    select
        n.night,
        s.company_id,
        n.previous_night,
        b.score as previous_score,
        s.score,
        round(ln(s.score) - ln(b.score), 12) as log_score_change,
        b.rank_position as previous_rank_position,
        s.rank_position,
        b.rank_position - s.rank_position as rank_change,
        b.rank_position - o.rank_position as own_rank_effect,
        e.log_change_error
    from nights as n
    cross join scores as s
    inner join previous_scores as b on b.company_id = s.company_id
    left join own_positions as o on o.company_id = s.company_id
    left join intermediate.int_changes_resampled as e
        on e.night = n.night and e.company_id = s.company_id
)

select
    c.night,
    c.company_id,
    c.previous_night,
    c.previous_score,
    c.score,
    cast(c.log_score_change as numeric(18, 12)) as log_score_change,
    cast(e.news_effect as numeric(18, 12)) as news_effect,
    cast(e.coverage_effect as numeric(18, 12)) as coverage_effect,
    cast(e.method_effect as numeric(18, 12)) as method_effect,
    c.previous_rank_position,
    c.rank_position,
    c.rank_change,
    cast(c.own_rank_effect as integer) as own_rank_effect,
    cast(c.rank_change - c.own_rank_effect as integer) as others_rank_effect,
    cast(c.log_change_error as numeric(18, 12)) as log_change_error,
    abs(c.log_score_change) < 1.64 * c.log_change_error as is_within_noise
from changes as c
inner join effects as e on e.company_id = c.company_id
