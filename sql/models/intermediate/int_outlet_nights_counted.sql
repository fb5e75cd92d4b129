-- What each outlet delivered tonight, and whether it was up.
-- Grain: night, outlet_id
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_constants_pivoted,
--     intermediate.int_outlet_nights_counted,
--     intermediate.int_outlets_weighted, ops.backfill_items, ops.intervals,
--     ops.outlet_runs, ops.runs, seeds.outlets, staging.articles
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
-- A night of the past has no collects near it. There it is for backfills to
-- say: one that has read the outlet for this night, from its sitemaps or from
-- archived pages, and found nothing, has found it up. A gap tells nothing, and
-- leaves it down. Matching stored articles again reads nothing either. What a
-- backfill asks on its way says nothing about the night it happens to run in.
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

polls as (
    select
        l.outlet_id,
        l.polled_channel_count,
        l.readable_channel_count,
        l.readable_channel_count > 0 as is_readable
    from ops.outlet_runs as l
    left join ops.runs as r on r.run_id = l.run_id and r.job = 'backfill'
    where
        l.finished_at
        >= cast(cast($1 as date) as timestamp) at time zone 'UTC'
        and l.finished_at
        < cast(cast($1 as date) + 3 as timestamp) at time zone 'UTC'
        and r.run_id is null
    union all
    select
        l.outlet_id,
        l.polled_channel_count,
        l.readable_channel_count,
        false as is_readable
    from ops.runs as r
    inner join ops.outlet_runs as l
        on l.run_id = r.run_id and l.outlet_id = r.scope
    where r.job = 'backfill' and r.night = cast($1 as date)
    union all
    select
        b.scope as outlet_id,
        0 as polled_channel_count,
        0 as readable_channel_count,
        true as is_readable
    from ops.backfill_items as b
    left join ops.intervals as i
        on
            i.job = b.job
            and i.scope = b.scope
            and i.night = b.night
            and i.backfill_id = b.backfill_id
    where
        b.job = 'backfill'
        and b.night = cast($1 as date)
        and b.source in ('live', 'archive', 'warc')
        and coalesce(i.state, b.state) = 'done'
),

channels as (
    select
        p.outlet_id,
        max(p.polled_channel_count) as channel_count,
        max(p.readable_channel_count) as readable_channel_count,
        bool_or(p.is_readable) as is_readable
    from polls as p
    group by p.outlet_id
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
        and n.night >= cast($1 as date) - 183
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
        and n.night >= cast($1 as date) - 183
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
        coalesce(c.is_readable, false) as is_readable,
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
                    when o.is_readable then 'up'
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
