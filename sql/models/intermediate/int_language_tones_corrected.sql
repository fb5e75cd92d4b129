-- Tone in the articles of a language, corrected for how the model errs there.
-- Grain: night, company_id, language_code
-- Reads: intermediate.int_company_tones_decayed,
--     intermediate.int_constants_pivoted, seeds.tone_confusions
-- Rebuild: night
-- Params: $1 night
--
-- With q the mean probabilities the model gives in a language and C the inverse
-- of its confusion matrix there, the true shares are C q (Bella et al. 2010),
-- cut off at 0 and scaled to sum to 1. A small sample is corrected less: with
-- n toned voices and a prior of a, the corrected shares weigh n / (n + a) and
-- the shares as judged the rest.
with
languages as (
    select
        t.company_id,
        t.language_code,
        sum(t.toned_weight_sum) as toned_weight_sum,
        sum(t.toned_sum) as toned_sum,
        sum(t.negative_sum) as negative_sum,
        sum(t.positive_sum) as positive_sum
    from intermediate.int_company_tones_decayed as t
    where t.night = cast($1 as date)
    group by t.company_id, t.language_code
),

sums as (
    select
        t.company_id,
        t.language_code,
        t.toned_weight_sum,
        t.toned_sum,
        t.negative_sum / t.toned_weight_sum as negative_share,
        t.positive_sum / t.toned_weight_sum as positive_share,
        1 - (t.negative_sum + t.positive_sum)
        / t.toned_weight_sum as neutral_share
    from languages as t
    where t.toned_weight_sum > 0
),

judged as (
    select
        s.company_id,
        s.language_code,
        'negative' as judged_tone,
        s.negative_share as judged_share
    from sums as s
    union all
    select
        s.company_id,
        s.language_code,
        'neutral' as judged_tone,
        s.neutral_share as judged_share
    from sums as s
    union all
    select
        s.company_id,
        s.language_code,
        'positive' as judged_tone,
        s.positive_share as judged_share
    from sums as s
),

corrected as (
    select
        j.company_id,
        j.language_code,
        c.true_tone,
        greatest(sum(c.correction * j.judged_share), 0) as true_share
    from judged as j
    inner join seeds.tone_confusions as c
        on c.language_code = j.language_code and c.judged_tone = j.judged_tone
    group by j.company_id, j.language_code, c.true_tone
),

scaled as (
    select
        c.company_id,
        c.language_code,
        sum(c.true_share) filter (where c.true_tone = 'negative')
        / sum(c.true_share) as negative_share,
        sum(c.true_share) filter (where c.true_tone = 'positive')
        / sum(c.true_share) as positive_share
    from corrected as c
    group by c.company_id, c.language_code
),

mixed as (
    select
        s.company_id,
        s.language_code,
        s.toned_weight_sum,
        s.toned_sum,
        s.negative_share as judged_negative_share,
        s.positive_share as judged_positive_share,
        (
            s.toned_sum * coalesce(c.negative_share, s.negative_share)
            + k.tone_prior_mentions * s.negative_share
        ) / (s.toned_sum + k.tone_prior_mentions) as negative_share,
        (
            s.toned_sum * coalesce(c.positive_share, s.positive_share)
            + k.tone_prior_mentions * s.positive_share
        ) / (s.toned_sum + k.tone_prior_mentions) as positive_share
    from sums as s
    left join scaled as c
        on c.company_id = s.company_id and c.language_code = s.language_code
    cross join intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
)

select
    cast($1 as date) as night,
    m.company_id,
    m.language_code,
    cast(m.toned_weight_sum as numeric(18, 12)) as toned_weight_sum,
    cast(m.toned_sum as numeric(18, 12)) as toned_sum,
    cast(round(m.negative_share, 12) as numeric(18, 12)) as negative_share,
    cast(round(m.positive_share, 12) as numeric(18, 12)) as positive_share,
    cast(
        round(
            m.positive_share - m.negative_share
            - (m.judged_positive_share - m.judged_negative_share),
            12
        ) as numeric(18, 12)
    ) as net_shift
from mixed as m
