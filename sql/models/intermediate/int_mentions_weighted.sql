-- Mentions and their weight: one voice for a publisher, story and company.
-- Grain: night, company_id, article_id
-- Reads: intermediate.int_articles_deduplicated,
--     intermediate.int_constants_pivoted, intermediate.int_mentions_rolled_up,
--     intermediate.int_mentions_weighted, intermediate.int_stories_counted
-- Rebuild: night
-- Params: $1 night
--
-- The voice is the weightiest telling that counts; among equals the outlet
-- decides before the article does, so that duplicates inside an outlet cannot
-- move the weight from one outlet to another. Who told the story on an earlier
-- night of the window has spoken, and does not speak again. A mention whose
-- names are all in quarantine has no weight; what it would have stands beside.
with
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
        m.is_quarantined,
        s.copy_credit,
        case m.position
            when 'headline' then k.salience_headline
            when 'lead' then k.salience_lead
            when 'body' then k.salience_body
            else k.salience_passing
        end as salience
    from intermediate.int_mentions_rolled_up as m
    inner join intermediate.int_articles_deduplicated as a
        on a.night = m.night and a.article_id = m.article_id
    inner join intermediate.int_stories_counted as s
        on s.night = a.night and s.story_id = a.story_id
    inner join intermediate.int_constants_pivoted as k on k.night = m.night
    where m.night = cast($1 as date)
),

spoken_before as (
    select
        w.publisher_id,
        w.story_id,
        w.company_id
    from intermediate.int_mentions_weighted as w
    where
        w.night < cast($1 as date)
        and w.night >= cast($1 as date) - 14
        and w.night >= cast($1 as date) - (
            select k.story_window_nights
            from intermediate.int_constants_pivoted as k
            where k.night = cast($1 as date)
        )
        and not w.is_quarantined
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
        m.is_quarantined,
        m.copy_credit,
        m.salience,
        row_number() over (
            partition by m.company_id, m.publisher_id, m.story_id
            order by
                m.is_quarantined,
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
        o.is_quarantined,
        o.copy_credit,
        o.salience,
        o.voice_position = 1 and b.company_id is null as has_voice
    from ordered as o
    left join spoken_before as b
        on
            b.publisher_id = o.publisher_id
            and b.story_id = o.story_id
            and b.company_id = o.company_id
),

weighed as (
    select
        v.night,
        v.company_id,
        v.article_id,
        v.outlet_id,
        v.publisher_id,
        v.country_code,
        v.language_code,
        v.story_id,
        v.salience,
        v.match_probability,
        v.copy_credit,
        v.is_quarantined,
        v.has_voice and not v.is_quarantined as is_voice,
        case
            when v.has_voice
                then round(v.match_probability * v.salience * v.copy_credit, 12)
            else 0
        end as weight
    from voiced as v
)

select
    w.night,
    w.company_id,
    w.article_id,
    w.outlet_id,
    w.publisher_id,
    w.country_code,
    w.language_code,
    w.story_id,
    cast(w.salience as numeric(4, 3)) as salience,
    w.match_probability,
    w.copy_credit,
    w.is_voice,
    cast(
        case when w.is_quarantined then 0 else w.weight end
        as numeric(13, 12)
    ) as weight,
    w.is_quarantined,
    cast(
        case when w.is_quarantined then w.weight else 0 end
        as numeric(13, 12)
    ) as quarantined_weight
from weighed as w
