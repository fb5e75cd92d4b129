-- What each outlet delivered tonight, and whether it was up.
-- Grain: night, outlet_id
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_constants_pivoted,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_outlets_weighted, ops.outlet_runs, seeds.outlets,
--     staging.articles
-- Rebuild: night
-- Params: $1 night
--
-- The expectation is the median (the lower one of an even number) of the same
-- weekday over the last weeks; nights on which the outlet was down say nothing
-- about what it writes and are left out. A median of 0 expects nothing: whether
-- such an outlet is up is for its channels to say, as collects found them that
-- finished in the night, whose days are taken in UTC, or in the two days after.
-- Later ones say nothing about this night, however often it is built.
--
-- An outlet whose texts come out broken is down as well, whatever it delivered:
-- half as long as usual, or mostly suspect. What names a company may be lost,
-- or be somebody else's. A few articles are no sign of either.
with
constants as (
    select
        k.night,
        k.outlet_up_share,
        k.outlet_partial_share,
        k.expectation_values_min,
        k.broken_text_share,
        k.broken_articles_min
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

articles as (
    select
        a.outlet_id,
        count(*) filter (where a.is_counted) as article_count,
        count(*) as text_count,
        count(*) filter (
            where s.extraction_quality = 'suspect'
        ) as suspect_count,
        percentile_disc(0.5) within group (
            order by s.character_count
        ) as median_character_count
    from intermediate.int_articles_deduplicated as a
    inner join staging.articles as s
        on s.night = a.night and s.article_id = a.article_id
    where a.night = cast($1 as date)
    group by a.outlet_id
),

channels as (
    select
        r.outlet_id,
        max(r.polled_channel_count) as channel_count,
        max(r.readable_channel_count) as readable_channel_count
    from ops.outlet_runs as r
    where
        r.finished_at
        >= cast(cast($1 as date) as timestamp) at time zone 'UTC'
        and r.finished_at
        < cast(cast($1 as date) + 3 as timestamp) at time zone 'UTC'
    group by r.outlet_id
),

weekdays as (
    select
        n.outlet_id,
        count(*) as value_count,
        percentile_disc(0.5) within group (
            order by n.article_count
        ) as article_count
    from intermediate.int_outlet_nights_counted as n
    where
        n.night < cast($1 as date)
        and n.night >= cast($1 as date) - 7 * (
            select k.expectation_weeks
            from intermediate.int_constants_pivoted as k
            where k.night = cast($1 as date)
        )
        and mod(cast($1 as date) - n.night, 7) = 0
        and n.state <> 'down'
    group by n.outlet_id
),

lengths as (
    select
        n.outlet_id,
        count(*) as value_count,
        percentile_disc(0.5) within group (
            order by n.median_character_count
        ) as character_count
    from intermediate.int_outlet_nights_counted as n
    where
        n.night < cast($1 as date)
        and n.night >= cast($1 as date) - 7 * (
            select k.expectation_weeks
            from intermediate.int_constants_pivoted as k
            where k.night = cast($1 as date)
        )
        and n.median_character_count is not null
        and n.state <> 'down'
    group by n.outlet_id
),

outlets as (
    select
        k.night,
        o.outlet_id,
        coalesce(a.article_count, 0) as article_count,
        case
            when
                w.value_count >= k.expectation_values_min
                and w.article_count > 0
                then w.article_count
            when o.expected_articles_min > 0
                then o.expected_articles_min
        end as expected_count,
        coalesce(c.channel_count, 0) as channel_count,
        coalesce(c.readable_channel_count, 0) as readable_channel_count,
        coalesce(a.text_count, 0) as text_count,
        coalesce(a.suspect_count, 0) as suspect_count,
        a.median_character_count,
        case
            when l.value_count >= k.expectation_values_min
                then l.character_count
        end as usual_character_count,
        k.outlet_up_share,
        k.outlet_partial_share,
        k.broken_text_share,
        k.broken_articles_min
    from seeds.outlets as o
    cross join constants as k
    left join intermediate.int_outlets_weighted as p
        on p.night = k.night and p.outlet_id = o.outlet_id
    left join articles as a on a.outlet_id = o.outlet_id
    left join channels as c on c.outlet_id = o.outlet_id
    left join weekdays as w on w.outlet_id = o.outlet_id
    left join lengths as l on l.outlet_id = o.outlet_id
    where p.outlet_id is not null or a.outlet_id is not null
)

select
    o.night,
    o.outlet_id,
    cast(o.article_count as integer) as article_count,
    cast(o.expected_count as integer) as expected_count,
    case
        when
            o.text_count >= o.broken_articles_min
            and (
                o.suspect_count > (1 - o.broken_text_share) * o.text_count
                or o.median_character_count
                < o.broken_text_share * o.usual_character_count
            )
            then 'down'
        when o.expected_count is null
            then
                case
                    when o.article_count > 0 then 'up'
                    when o.readable_channel_count > 0 then 'up'
                    else 'down'
                end
        when o.article_count >= o.outlet_up_share * o.expected_count then 'up'
        when o.article_count >= o.outlet_partial_share * o.expected_count
            then 'partial'
        else 'down'
    end as state,
    cast(o.channel_count as integer) as channel_count,
    cast(o.readable_channel_count as integer) as readable_channel_count,
    cast(o.suspect_count as integer) as suspect_count,
    o.median_character_count,
    o.usual_character_count
from outlets as o
