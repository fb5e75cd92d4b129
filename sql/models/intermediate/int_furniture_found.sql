-- Sentences that recur on many pages of an outlet: promotion, not reporting.
-- Grain: night, outlet_id, sentence_hash
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_sentences_counted
-- Rebuild: night
-- Params: $1 night
--
-- Counted over the nights of the window up to tonight, in stories and not in
-- pages, so that a much updated article is not taken for furniture; and against
-- what the outlet wrote in that time, so that a background sentence a large
-- outlet repeats now and then is not either.
with
constants as (
    select
        k.furniture_window_nights,
        k.furniture_stories_min,
        k.furniture_share_min
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

tonight as (
    select
        s.outlet_id,
        s.sentence_hash
    from intermediate.int_sentences_counted as s
    where s.night = cast($1 as date)
),

recurring as (
    select
        t.outlet_id,
        t.sentence_hash,
        sum(s.story_count) as story_count
    from tonight as t
    inner join intermediate.int_sentences_counted as s
        on s.outlet_id = t.outlet_id and s.sentence_hash = t.sentence_hash
    where
        s.night <= cast($1 as date)
        and s.night > cast($1 as date) - 31
        and s.night > cast($1 as date) - (
            select k.furniture_window_nights
            from constants as k
        )
    group by t.outlet_id, t.sentence_hash
),

written as (
    select
        n.outlet_id,
        sum(n.article_count) as article_count
    from intermediate.int_outlet_nights_counted as n
    where
        n.night <= cast($1 as date)
        and n.night > cast($1 as date) - 31
        and n.night > cast($1 as date) - (
            select k.furniture_window_nights
            from constants as k
        )
    group by n.outlet_id
)

select
    cast($1 as date) as night,
    r.outlet_id,
    r.sentence_hash,
    cast(r.story_count as integer) as story_count,
    cast(w.article_count as integer) as article_count
from recurring as r
inner join written as w on w.outlet_id = r.outlet_id
cross join constants as k
where
    r.story_count >= k.furniture_stories_min
    and r.story_count >= k.furniture_share_min * w.article_count
