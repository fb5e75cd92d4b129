-- Mentions by the company they count for, without those that are furniture.
-- Grain: night, company_id, article_id
-- Reads: intermediate.int_aliases_quarantined,
--     intermediate.int_articles_deduplicated,
--     intermediate.int_companies_rolled_up, intermediate.int_furniture_found,
--     staging.mentions
-- Rebuild: night
-- Params: $1 night
--
-- An article that names a company and its brands is one mention: the surest
-- name stands for it, one in quarantine only if there is no other.
--
-- A name in a sentence that is furniture of the outlet is no naming: the place
-- of the mention is that of the namings that are left, and without any there is
-- no mention. Mentions stored without their namings are taken as they are.
with
overseas as materialized (
    select a.article_id
    from intermediate.int_articles_deduplicated as a
    where
        a.night = cast($1 as date)
        and a.is_overseas
        and a.article_id in (
            select m.article_id
            from staging.mentions as m
            where m.night = cast($1 as date)
        )
),

mentions as (
    select
        m.night,
        r.company_id,
        m.article_id,
        m.company_id as named_company_id,
        m.outlet_id,
        m.alias,
        m.position,
        m.match_probability,
        m.sentence_hashes,
        m.sentence_positions,
        m.tone_negative,
        m.tone_positive,
        q.night is not null as is_quarantined
    from staging.mentions as m
    inner join intermediate.int_companies_rolled_up as r
        on r.night = m.night and r.named_company_id = m.company_id
    inner join overseas as a on a.article_id = m.article_id
    left join intermediate.int_aliases_quarantined as q
        on
            q.night = m.night
            and q.company_id = m.company_id
            and q.alias = m.alias
    where m.night = cast($1 as date)
),

namings as (
    select
        m.named_company_id,
        m.article_id,
        m.outlet_id,
        unnest(m.sentence_hashes) as sentence_hash,
        unnest(m.sentence_positions) as sentence_position
    from mentions as m
),

placed as (
    select
        n.named_company_id,
        n.article_id,
        count(*) as naming_count,
        count(f.sentence_hash) as furniture_count,
        count(*) filter (
            where f.sentence_hash is null and n.sentence_position = 'headline'
        ) as headline_count,
        count(*) filter (
            where f.sentence_hash is null and n.sentence_position = 'lead'
        ) as lead_count
    from namings as n
    left join intermediate.int_furniture_found as f
        on
            f.night = cast($1 as date)
            and f.outlet_id = n.outlet_id
            and f.sentence_hash = n.sentence_hash
    group by n.named_company_id, n.article_id
),

left_over as (
    select
        m.night,
        m.company_id,
        m.article_id,
        m.named_company_id,
        m.alias,
        m.match_probability,
        m.is_quarantined,
        m.tone_negative,
        m.tone_positive,
        case
            when coalesce(p.furniture_count, 0) = 0
                then
                    case m.position
                        when 'headline' then 1
                        when 'lead' then 2
                        when 'body' then 3
                        else 4
                    end
            when p.headline_count > 0 then 1
            when p.lead_count > 0 then 2
            when p.naming_count - p.furniture_count >= 2 then 3
            else 4
        end as place
    from mentions as m
    left join placed as p
        on
            p.named_company_id = m.named_company_id
            and p.article_id = m.article_id
    where p.naming_count is null or p.naming_count > p.furniture_count
),

ordered as (
    select
        o.night,
        o.company_id,
        o.article_id,
        o.named_company_id,
        o.alias,
        o.match_probability,
        o.is_quarantined,
        o.tone_negative,
        o.tone_positive,
        min(o.place) over (
            partition by o.company_id, o.article_id, o.is_quarantined
        ) as best_place,
        row_number() over (
            partition by o.company_id, o.article_id
            order by
                o.is_quarantined,
                o.match_probability desc,
                o.place,
                o.named_company_id collate "C"
        ) as name_position
    from left_over as o
)

select
    o.night,
    o.company_id,
    o.article_id,
    o.named_company_id,
    o.alias,
    case
        when o.best_place = 1 then 'headline'
        when o.best_place = 2 then 'lead'
        when o.best_place = 3 then 'body'
        else 'passing'
    end as position,
    o.match_probability,
    o.is_quarantined,
    o.tone_negative,
    o.tone_positive
from ordered as o
where o.name_position = 1
