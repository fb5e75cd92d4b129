-- Warn: A company moved further than its history and its error allow.
-- Stage: build
-- Reads: intermediate.int_attention_shrunk, intermediate.int_nights_chained,
--     intermediate.int_score_changes
-- Params: $1 night
--
-- News, a name that has caught another meaning, or a fault: its stories tell. A
-- score jumps if it moved by more than five standard errors, more than a tenth
-- and three times as far as on any of the last 28 nights; attention, whose
-- error nobody knows, if it doubled or halved and moved three times as far.
-- Without seven nights of history nothing is a jump.
with
scores as (
    select
        c.night,
        c.company_id,
        'score' as what,
        abs(c.log_score_change) as log_change,
        coalesce(c.log_change_error, 0) as log_change_error
    from intermediate.int_score_changes as c
    where
        c.night <= cast($1 as date)
        and c.night >= cast($1 as date) - 28
),

attentions as (
    select
        t.night,
        t.company_id,
        'attention' as what,
        abs(ln(t.attention / b.attention)) as log_change,
        cast(0 as numeric) as log_change_error
    from intermediate.int_nights_chained as n
    inner join intermediate.int_attention_shrunk as t on t.night = n.night
    inner join intermediate.int_attention_shrunk as b
        on b.night = n.previous_night and b.company_id = t.company_id
    where
        n.night <= cast($1 as date)
        and n.night >= cast($1 as date) - 28
        and t.attention > 0
        and b.attention > 0
),

changes as (
    select
        s.night,
        s.company_id,
        s.what,
        s.log_change,
        s.log_change_error
    from scores as s
    union all
    select
        a.night,
        a.company_id,
        a.what,
        a.log_change,
        a.log_change_error
    from attentions as a
),

histories as (
    select
        c.company_id,
        c.what,
        max(c.log_change) as widest_log_change
    from changes as c
    where c.night < cast($1 as date)
    group by c.company_id, c.what
    having count(*) >= 7
)

select
    c.company_id,
    c.what,
    round(c.log_change, 6) as log_change,
    round(h.widest_log_change, 6) as widest_log_change,
    round(c.log_change_error, 6) as log_change_error
from changes as c
inner join histories as h
    on h.company_id = c.company_id and h.what = c.what
where
    c.night = cast($1 as date)
    and c.log_change > 3 * h.widest_log_change
    and c.log_change > 5 * c.log_change_error
    and c.log_change > case when c.what = 'score' then 0.1 else ln(2.0) end
