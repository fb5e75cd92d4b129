-- Names that did not count, with the ranking as it is and as it would be.
-- Grain: night, company_id, alias
-- Reads: intermediate.int_aliases_quarantined,
--     intermediate.int_attention_shrunk, intermediate.int_companies_ranked,
--     intermediate.int_companies_rolled_up
-- Rebuild: night
-- Params: $1 night
with
attentions as materialized (
    select
        a.company_id,
        a.attention,
        a.attention_with_quarantined
    from intermediate.int_attention_shrunk as a
    where a.night = cast($1 as date)
),

ranks as materialized (
    select
        c.company_id,
        c.rank_position,
        c.rank_position_with_quarantined
    from intermediate.int_companies_ranked as c
    where c.night = cast($1 as date)
)

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
left join attentions as t on t.company_id = r.company_id
left join ranks as p on p.company_id = r.company_id
where q.night = cast($1 as date)
