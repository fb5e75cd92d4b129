-- Names that did not count, with the ranking as it is and as it would be.
-- Grain: night, company_id, alias
-- Reads: intermediate.int_aliases_quarantined,
--     intermediate.int_attention_shrunk, intermediate.int_companies_ranked,
--     intermediate.int_companies_rolled_up
-- Rebuild: night
-- Params: $1 night
select
    q.night,
    q.company_id,
    q.alias,
    r.company_id as counts_for_company_id,
    q.alias_class,
    q.reason,
    q.mention_count,
    q.expected_mention_count,
    q.country_count,
    q.expected_country_count,
    t.attention,
    t.attention_with_quarantined,
    p.rank_position,
    p.rank_position_with_quarantined
from intermediate.int_aliases_quarantined as q
inner join intermediate.int_companies_rolled_up as r
    on r.night = q.night and r.named_company_id = q.company_id
left join intermediate.int_attention_shrunk as t
    on t.night = q.night and t.company_id = r.company_id
left join intermediate.int_companies_ranked as p
    on p.night = q.night and p.company_id = r.company_id
where q.night = cast($1 as date)
