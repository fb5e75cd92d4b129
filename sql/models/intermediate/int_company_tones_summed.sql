-- Tone of tonight's voices.
-- Grain: night, company_id, language_code
-- Reads: intermediate.int_mentions_rolled_up,
--     intermediate.int_mentions_weighted
-- Rebuild: night
-- Params: $1 night
select
    w.night,
    w.company_id,
    w.language_code,
    cast(sum(w.weight) as numeric(18, 12)) as weight_sum,
    cast(
        coalesce(
            sum(w.weight) filter (where m.tone_negative is not null), 0
        ) as numeric(18, 12)
    ) as toned_weight_sum,
    cast(
        round(coalesce(sum(w.weight * m.tone_negative), 0), 12)
        as numeric(18, 12)
    ) as negative_sum,
    cast(
        round(coalesce(sum(w.weight * m.tone_positive), 0), 12)
        as numeric(18, 12)
    ) as positive_sum,
    cast(count(m.tone_negative) as numeric(18, 12)) as toned_sum
from intermediate.int_mentions_weighted as w
inner join intermediate.int_mentions_rolled_up as m
    on
        m.night = w.night
        and m.company_id = w.company_id
        and m.article_id = w.article_id
where w.night = cast($1 as date) and w.is_voice
group by w.night, w.company_id, w.language_code
