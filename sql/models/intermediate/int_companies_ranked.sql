-- The order of the ranking: companies by score, ties by attention.
-- Grain: night, company_id
-- Reads: intermediate.int_attention_shrunk, intermediate.int_companies_scored,
--     seeds.companies
-- Rebuild: night
-- Params: $1 night
--
-- Ranked are active companies that are no comparators, count for themselves and
-- have a mention that has not faded; one that nobody named has nothing to be
-- ranked by. A foreign company with a Chinese parent whose brand it is not
-- (Volvo Cars) is measured and not ranked. What aliases in quarantine would
-- change is shown of attention alone.
select
    t.night,
    t.company_id,
    cast(
        row_number() over (
            order by
                s.score desc,
                t.attention desc,
                t.company_id collate "C"
        ) as integer
    ) as rank_position,
    cast(
        row_number() over (
            order by t.attention_with_quarantined desc, t.company_id collate "C"
        ) as integer
    ) as rank_position_with_quarantined
from intermediate.int_attention_shrunk as t
inner join intermediate.int_companies_scored as s
    on s.night = t.night and s.company_id = t.company_id
inner join seeds.companies as c on c.company_id = t.company_id
where
    t.night = cast($1 as date)
    and c.is_active
    and not c.is_comparator
    and (c.parent_id is null or c.home_country in ('CN', 'HK', 'MO'))
    and t.attention > 0
