-- Fail: A share or weight is not between 0 and 1.
-- Stage: build
-- Reads: intermediate.int_attention_shrunk, intermediate.int_mentions_weighted,
--     intermediate.int_outlets_weighted, intermediate.int_panels_covered,
--     intermediate.int_stories_counted, intermediate.int_tones_corrected
-- Params: $1 night
--
-- NaN is above every number in Postgres, so it is found here too.
select
    'outlet weight' as what,
    w.outlet_id as which,
    w.weight as value
from intermediate.int_outlets_weighted as w
where
    w.night = cast($1 as date)
    and not (w.weight >= 0 and w.weight <= 1)
union all
select
    'copy credit' as what,
    cast(s.story_id as text) as which,
    s.copy_credit as value
from intermediate.int_stories_counted as s
where
    s.night = cast($1 as date)
    and not (s.copy_credit > 0 and s.copy_credit <= 1)
union all
select
    'mention weight' as what,
    concat(m.company_id, ' ', m.article_id) as which,
    m.weight as value
from intermediate.int_mentions_weighted as m
where
    m.night = cast($1 as date)
    and not (m.weight >= 0 and m.weight <= 1)
union all
select
    'attention' as what,
    t.company_id as which,
    t.attention as value
from intermediate.int_attention_shrunk as t
where
    t.night = cast($1 as date)
    and not (
        t.attention >= 0 and t.attention <= 1
        and t.panel_share >= 0 and t.panel_share <= 1
        and coalesce(t.attention_tier_1, 0) >= 0
        and coalesce(t.attention_tier_1, 0) <= 1
        and t.attention_with_quarantined >= t.attention
        and t.attention_with_quarantined <= 1
    )
union all
select
    'panel coverage' as what,
    p.panel_id as which,
    p.coverage_share as value
from intermediate.int_panels_covered as p
where
    p.night = cast($1 as date)
    and not (p.coverage_share >= 0 and p.coverage_share <= 1)
union all
select
    'tone' as what,
    v.company_id as which,
    v.net_tone as value
from intermediate.int_tones_corrected as v
where
    v.night = cast($1 as date)
    and not (
        v.tone_coverage_share >= 0 and v.tone_coverage_share <= 1
        and coalesce(v.negative_share, 0) >= 0
        and coalesce(v.positive_share, 0) >= 0
        and coalesce(v.negative_share + v.positive_share, 0) <= 1.000001
    )
