-- Who reprinted or credited whom tonight, between publishers.
-- Grain: night, from_outlet_id, to_outlet_id
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_constants_pivoted, seeds.outlets,
--     staging.article_stories, staging.articles
-- Rebuild: night
-- Params: $1 night
--
-- A text that is credited to an agency, or whose likely original is, was not
-- written by whoever printed it first: it counts for the agency, if the
-- registry has it under its short name, and for nobody if not. Retellings by
-- the same outlet, an owner's own titles and the press of the home country do
-- not count.
with
copies as (
    select
        d.article_id,
        d.outlet_id,
        d.publisher_id,
        a.wire_credit,
        s.parent_article_id
    from intermediate.int_articles_deduplicated as d
    inner join staging.articles as a
        on a.night = d.night and a.article_id = d.article_id
    left join staging.article_stories as s
        on s.night = d.night and s.article_id = d.article_id
    where
        d.night = cast($1 as date)
        and d.is_counted
        and d.is_overseas
        and (a.wire_credit is not null or s.parent_article_id is not null)
),

parents as (
    select
        p.article_id,
        max(p.outlet_id collate "C") as outlet_id,
        max(a.wire_credit collate "C") as wire_credit
    from intermediate.int_articles_deduplicated as p
    inner join staging.articles as a
        on a.night = p.night and a.article_id = p.article_id
    where
        p.night <= cast($1 as date)
        and p.night >= cast($1 as date) - 14
        and a.night <= cast($1 as date)
        and a.night >= cast($1 as date) - 14
        and p.night >= cast($1 as date) - (
            select k.story_window_nights
            from intermediate.int_constants_pivoted as k
            where k.night = cast($1 as date)
        )
        and p.article_id in (select c.parent_article_id from copies as c)
    group by p.article_id
),

sourced as (
    select
        c.outlet_id,
        c.publisher_id,
        coalesce(c.wire_credit, p.wire_credit, p.outlet_id) as source_id
    from copies as c
    left join parents as p on p.article_id = c.parent_article_id
)

select
    cast($1 as date) as night,
    s.outlet_id as from_outlet_id,
    o.outlet_id as to_outlet_id,
    cast(count(*) as integer) as reprint_count
from sourced as s
inner join seeds.outlets as o on o.outlet_id = s.source_id
where o.is_in_panel and o.publisher_id <> s.publisher_id
group by s.outlet_id, o.outlet_id
