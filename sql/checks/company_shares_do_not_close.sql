-- Fail: Where and by whom a company is written about does not add up.
-- Stage: publish
-- Reads: marts.company_countries, marts.company_outlets, marts.company_rankings
-- Params: $1 night
--
-- Shares of countries sum to 1, or to 0 where no mention has weight; articles
-- by country are those by outlet and those of the ranking; and every outlet is
-- in one country. The tolerance is the rounding of six decimals.
with
countries as (
    select
        c.company_id,
        count(*) as country_count,
        sum(c.weight_share) as weight_share,
        sum(c.article_count) as article_count,
        sum(c.outlet_count) as outlet_count
    from marts.company_countries as c
    where c.night = cast($1 as date)
    group by c.company_id
),

outlets as (
    select
        o.company_id,
        count(*) as outlet_count,
        sum(o.article_count) as article_count
    from marts.company_outlets as o
    where o.night = cast($1 as date)
    group by o.company_id
),

rankings as (
    select
        r.company_id,
        r.article_count
    from marts.company_rankings as r
    where r.night = cast($1 as date)
),

companies as (
    select c.company_id from countries as c
    union
    select o.company_id from outlets as o
    union
    select r.company_id from rankings as r
)

select
    a.company_id,
    c.weight_share,
    c.article_count as articles_by_country,
    o.article_count as articles_by_outlet,
    r.article_count as articles_in_ranking,
    c.outlet_count as outlets_by_country,
    o.outlet_count
from companies as a
left join countries as c on c.company_id = a.company_id
left join outlets as o on o.company_id = a.company_id
left join rankings as r on r.company_id = a.company_id
where
    (
        c.weight_share <> 0
        and abs(c.weight_share - 1) > 0.000001 * c.country_count
    )
    or coalesce(c.article_count, 0) <> coalesce(o.article_count, 0)
    or coalesce(c.outlet_count, 0) <> coalesce(o.outlet_count, 0)
    or coalesce(r.article_count, c.article_count) <> coalesce(
        c.article_count, 0
    )
