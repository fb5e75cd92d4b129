-- What feeds and sitemaps announced of an outlet, and what both have missed.
-- Grain: night, outlet_id
-- Reads: ops.urls, staging.articles
-- Rebuild: night
-- Params: $1 night
--
-- Capture and recapture: of n1 articles a feed announced and n2 a sitemap did,
-- m are the same. If the two choose independently, the outlet published about
-- (n1 + 1)(n2 + 1) / (m + 1) - 1 (Chapman 1951). Channels that choose alike
-- make it an underestimate: what neither ever names cannot be seen.
with
announced as materialized (
    select
        a.article_id,
        bool_or(u.is_in_feed) as is_in_feed,
        bool_or(u.is_in_sitemap) as is_in_sitemap
    from staging.articles as a
    inner join ops.urls as u on u.article_id = a.article_id
    where a.night = cast($1 as date)
    group by a.article_id
),

articles as (
    select
        a.outlet_id,
        a.article_id,
        coalesce(n.is_in_feed, false) as is_in_feed,
        coalesce(n.is_in_sitemap, false) as is_in_sitemap
    from staging.articles as a
    left join announced as n on n.article_id = a.article_id
    where a.night = cast($1 as date)
),

outlets as (
    select
        a.outlet_id,
        count(*) as article_count,
        count(*) filter (where a.is_in_feed) as feed_count,
        count(*) filter (where a.is_in_sitemap) as sitemap_count,
        count(*) filter (
            where a.is_in_feed and a.is_in_sitemap
        ) as shared_count
    from articles as a
    group by a.outlet_id
),

estimates as (
    select
        o.outlet_id,
        o.article_count,
        o.feed_count,
        o.sitemap_count,
        o.shared_count,
        case
            when o.feed_count > 0 and o.sitemap_count > 0
                then greatest(
                    o.article_count,
                    cast(
                        (o.feed_count + 1) * (o.sitemap_count + 1) as numeric
                    ) / (o.shared_count + 1) - 1
                )
        end as estimate
    from outlets as o
)

select
    cast($1 as date) as night,
    e.outlet_id,
    cast(e.article_count as integer) as article_count,
    cast(e.feed_count as integer) as feed_count,
    cast(e.sitemap_count as integer) as sitemap_count,
    cast(e.shared_count as integer) as shared_count,
    cast(round(e.estimate) as integer) as estimated_count,
    cast(
        round(1 - e.article_count / e.estimate, 6) as numeric(7, 6)
    ) as missed_share
from estimates as e
