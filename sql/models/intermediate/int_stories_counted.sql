-- How far each story told tonight has spread, and what one telling is worth.
-- Grain: night, story_id
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_constants_pivoted
-- Rebuild: night
-- Params: $1 night
--
-- Publishers are counted over the story window up to tonight; the logarithm is
-- taken once for each number of publishers, not once for each story. The press
-- of the home country is no voice from overseas and spreads nothing.
with
constants as (
    select
        k.night,
        k.copy_credit_log_factor
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

tonight as (
    select
        a.story_id,
        count(*) as article_count
    from intermediate.int_articles_deduplicated as a
    where a.night = cast($1 as date) and a.is_overseas
    group by a.story_id
),

tellings as (
    select
        a.story_id,
        a.publisher_id,
        max(t.article_count) as article_count
    from tonight as t
    inner join intermediate.int_articles_deduplicated as a
        on a.story_id = t.story_id
    where
        a.is_overseas
        and a.night <= cast($1 as date)
        and a.night >= cast($1 as date) - 14
        and a.night >= cast($1 as date) - (
            select k.story_window_nights
            from intermediate.int_constants_pivoted as k
            where k.night = cast($1 as date)
        )
    group by a.story_id, a.publisher_id
),

stories as (
    select
        w.story_id,
        max(w.article_count) as article_count,
        count(*) as publisher_count
    from tellings as w
    group by w.story_id
),

sizes as (
    select s.publisher_count
    from stories as s
    group by s.publisher_count
),

credits as (
    select
        z.publisher_count,
        (
            1 + k.copy_credit_log_factor
            * log(cast(2 as numeric), cast(z.publisher_count as numeric))
        ) / z.publisher_count as copy_credit
    from sizes as z
    cross join constants as k
)

select
    k.night,
    s.story_id,
    cast(s.article_count as integer) as article_count,
    cast(s.publisher_count as integer) as publisher_count,
    cast(round(c.copy_credit, 12) as numeric(13, 12)) as copy_credit
from stories as s
inner join credits as c on c.publisher_count = s.publisher_count
cross join constants as k
