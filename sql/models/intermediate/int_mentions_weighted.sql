-- Mentions and their weight: one voice for a publisher, story and company.
-- Grain: night, company_id, article_id
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_constants_pivoted, intermediate.int_furniture_found,
--     intermediate.int_mentions_weighted, intermediate.int_stories_counted,
--     staging.mentions
-- Rebuild: night
-- Params: $1 night
--
-- The voice is the weightiest telling; among equals the outlet decides before
-- the article does, so that duplicates inside an outlet cannot move the weight
-- from one outlet to another. Who told the story on an earlier night of the
-- window has spoken, and does not speak again.
--
-- A name in a sentence that is furniture of the outlet is no naming: the place
-- of the mention is that of the namings that are left, and without any there is
-- no mention. Mentions stored without their namings are taken as they are.
with
namings as (
    select
        m.company_id,
        m.article_id,
        m.outlet_id,
        unnest(m.sentence_hashes) as sentence_hash,
        unnest(m.sentence_positions) as sentence_position
    from staging.mentions as m
    where m.night = cast($1 as date)
),

placed as (
    select
        n.company_id,
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
    group by n.company_id, n.article_id
),

mentions as (
    select
        m.night,
        m.company_id,
        m.article_id,
        a.outlet_id,
        a.publisher_id,
        a.country_code,
        a.language_code,
        a.tier,
        a.story_id,
        m.match_probability,
        s.copy_credit,
        case
            when coalesce(p.furniture_count, 0) = 0
                then
                    case m.position
                        when 'headline' then k.salience_headline
                        when 'lead' then k.salience_lead
                        when 'body' then k.salience_body
                        else k.salience_passing
                    end
            when p.headline_count > 0 then k.salience_headline
            when p.lead_count > 0 then k.salience_lead
            when p.naming_count - p.furniture_count >= 2 then k.salience_body
            else k.salience_passing
        end as salience
    from staging.mentions as m
    inner join intermediate.int_articles_deduplicated as a
        on a.night = m.night and a.article_id = m.article_id
    inner join intermediate.int_stories_counted as s
        on s.night = a.night and s.story_id = a.story_id
    inner join intermediate.int_constants_pivoted as k on k.night = m.night
    left join placed as p
        on p.company_id = m.company_id and p.article_id = m.article_id
    where
        m.night = cast($1 as date)
        and a.is_overseas
        and (p.naming_count is null or p.naming_count > p.furniture_count)
),

spoken_before as (
    select
        w.publisher_id,
        w.story_id,
        w.company_id
    from intermediate.int_mentions_weighted as w
    where
        w.night < cast($1 as date)
        and w.night >= cast($1 as date) - (
            select k.story_window_nights
            from intermediate.int_constants_pivoted as k
            where k.night = cast($1 as date)
        )
    group by w.publisher_id, w.story_id, w.company_id
),

ordered as (
    select
        m.night,
        m.company_id,
        m.article_id,
        m.outlet_id,
        m.publisher_id,
        m.country_code,
        m.language_code,
        m.story_id,
        m.match_probability,
        m.copy_credit,
        m.salience,
        row_number() over (
            partition by m.company_id, m.publisher_id, m.story_id
            order by
                m.match_probability * m.salience desc,
                m.tier,
                m.outlet_id collate "C",
                m.article_id
        ) as voice_position
    from mentions as m
),

voiced as (
    select
        o.night,
        o.company_id,
        o.article_id,
        o.outlet_id,
        o.publisher_id,
        o.country_code,
        o.language_code,
        o.story_id,
        o.match_probability,
        o.copy_credit,
        o.salience,
        o.voice_position = 1 and b.company_id is null as is_voice
    from ordered as o
    left join spoken_before as b
        on
            b.publisher_id = o.publisher_id
            and b.story_id = o.story_id
            and b.company_id = o.company_id
)

select
    v.night,
    v.company_id,
    v.article_id,
    v.outlet_id,
    v.publisher_id,
    v.country_code,
    v.language_code,
    v.story_id,
    cast(v.salience as numeric(4, 3)) as salience,
    v.match_probability,
    v.copy_credit,
    v.is_voice,
    cast(
        case
            when v.is_voice
                then round(v.match_probability * v.salience * v.copy_credit, 12)
            else 0
        end as numeric(13, 12)
    ) as weight
from voiced as v
