-- Warn: A rank or a score lies outside its own interval.
-- Stage: publish
-- Reads: marts.company_rankings
-- Params: $1 night
select
    r.company_id,
    r.rank_position,
    r.rank_low,
    r.rank_high,
    r.method_rank_low,
    r.method_rank_high,
    r.score,
    r.score_low,
    r.score_high
from marts.company_rankings as r
where
    r.night = cast($1 as date)
    and (
        r.rank_position < r.rank_low
        or r.rank_position > r.rank_high
        or r.rank_position < r.method_rank_low
        or r.rank_position > r.method_rank_high
        or r.score < r.score_low
        or r.score > r.score_high
        or r.top10_probability > r.top20_probability
    )
order by r.rank_position
