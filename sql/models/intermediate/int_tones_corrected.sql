-- Tone towards a company, corrected for how the model errs.
-- Grain: night, company_id
-- Reads: intermediate.int_company_tones_decayed,
--     intermediate.int_language_tones_corrected
-- Rebuild: night
-- Params: $1 night
--
-- The languages of a company are weighed by how much was said in each.
with
companies as (
    select
        m.company_id,
        sum(m.toned_sum) as toned_count,
        round(
            sum(m.toned_weight_sum * m.negative_share)
            / sum(m.toned_weight_sum),
            6
        ) as negative_share,
        round(
            sum(m.toned_weight_sum * m.positive_share)
            / sum(m.toned_weight_sum),
            6
        ) as positive_share
    from intermediate.int_language_tones_corrected as m
    where m.night = cast($1 as date)
    group by m.company_id
),

coverage as (
    select
        t.company_id,
        round(
            sum(t.toned_weight_sum) / sum(t.weight_sum), 6
        ) as tone_coverage_share
    from intermediate.int_company_tones_decayed as t
    where t.night = cast($1 as date)
    group by t.company_id
)

select
    cast($1 as date) as night,
    v.company_id,
    cast(round(coalesce(c.toned_count, 0), 3) as numeric(12, 3)) as toned_count,
    cast(c.negative_share as numeric(7, 6)) as negative_share,
    cast(c.positive_share as numeric(7, 6)) as positive_share,
    cast(c.positive_share - c.negative_share as numeric(7, 6)) as net_tone,
    cast(v.tone_coverage_share as numeric(7, 6)) as tone_coverage_share
from coverage as v
left join companies as c on c.company_id = v.company_id
