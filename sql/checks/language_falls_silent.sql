-- Warn: A language of the panel is hardly heard tonight.
-- Stage: build
-- Reads: intermediate.int_constants_pivoted,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_outlets_weighted
-- Params: $1 night
--
-- Its outlets delivered less than the share at which one outlet would be down
-- of their mean over the week before, of which five nights are needed. One
-- outlet in a language of many is the business of its own state.
with
nights as (
    select
        n.night,
        w.language_code,
        sum(n.article_count) as article_count
    from intermediate.int_outlet_nights_counted as n
    inner join intermediate.int_outlets_weighted as w
        on w.night = cast($1 as date) and w.outlet_id = n.outlet_id
    where
        n.night <= cast($1 as date)
        and n.night >= cast($1 as date) - 7
    group by n.night, w.language_code
),

languages as (
    select
        n.language_code,
        coalesce(
            sum(n.article_count) filter (where n.night = cast($1 as date)), 0
        ) as article_count,
        sum(n.article_count) filter (
            where n.night < cast($1 as date)
        ) as earlier_count,
        count(*) filter (where n.night < cast($1 as date)) as night_count
    from nights as n
    group by n.language_code
)

select
    l.language_code,
    l.article_count,
    round(l.earlier_count / l.night_count, 1) as usual_count
from languages as l
inner join intermediate.int_constants_pivoted as k
    on k.night = cast($1 as date)
where
    l.night_count >= 5
    and l.article_count * l.night_count
    < k.outlet_partial_share * l.earlier_count
