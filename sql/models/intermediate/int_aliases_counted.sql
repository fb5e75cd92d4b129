-- Articles that an alias decided.
-- Grain: night, company_id, alias
-- Reads: intermediate.int_articles_deduplicated, staging.mentions
-- Rebuild: night
-- Params: $1 night
--
-- The alias of a mention is the surest one of its article: what a doubtful one
-- decides, no sure name confirms.
select
    m.night,
    m.company_id,
    m.alias,
    min(m.alias_class) as alias_class,
    cast(count(*) as integer) as mention_count,
    cast(count(distinct a.outlet_id) as integer) as outlet_count,
    cast(count(distinct a.country_code) as integer) as country_count
from staging.mentions as m
inner join intermediate.int_articles_deduplicated as a
    on a.night = m.night and a.article_id = m.article_id
where m.night = cast($1 as date) and a.is_counted and a.is_overseas
group by m.night, m.company_id, m.alias
