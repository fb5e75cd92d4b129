-- Which company a mention counts for: a brand's mentions are its parent's.
-- Grain: night, named_company_id
-- Reads: seeds.companies
-- Rebuild: night
-- Params: $1 night
--
-- Three steps up at most: a brand of a brand of a company. A company that did
-- not exist on the night is not named on it.
with
companies as (
    select
        c.company_id,
        c.counts_for
    from seeds.companies as c
    where
        c.is_active
        and (c.valid_from is null or c.valid_from <= cast($1 as date))
        and (c.valid_to is null or c.valid_to >= cast($1 as date))
)

select
    cast($1 as date) as night,
    c.company_id as named_company_id,
    coalesce(
        t.company_id, s.company_id, f.company_id, c.company_id
    ) as company_id
from companies as c
left join companies as f on f.company_id = c.counts_for
left join companies as s on s.company_id = f.counts_for
left join companies as t on t.company_id = s.counts_for
