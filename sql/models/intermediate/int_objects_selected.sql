-- The hundred companies that are studied.
-- Grain: night, company_id
-- Reads: intermediate.int_attention_shrunk,
--     intermediate.int_constants_pivoted, intermediate.int_nights_chained,
--     intermediate.int_objects_selected, seeds.companies
-- Rebuild: night
-- Params: $1 night
--
-- A company comes in when it has stood in front for a while, and goes when it
-- has stood behind for longer: no single story moves it in or out. Who is in or
-- has earned a place goes first, then whoever comes next, until the list is
-- full. Candidates are those that int_companies_ranked ranks.
with
constants as (
    select
        k.night,
        c.previous_night,
        k.object_count,
        k.object_window_nights,
        k.object_nights_in,
        k.object_position_in,
        k.object_nights_out,
        k.object_position_out
    from intermediate.int_constants_pivoted as k
    inner join intermediate.int_nights_chained as c on c.night = k.night
    where k.night = cast($1 as date)
),

nights as (
    select n.night
    from intermediate.int_constants_pivoted as n
    cross join constants as k
    where
        n.night <= cast($1 as date)
        and n.night > cast($1 as date) - 183
        and n.night > k.night - k.object_window_nights
),

candidates as (
    select t.company_id
    from intermediate.int_attention_shrunk as t
    inner join seeds.companies as c on c.company_id = t.company_id
    where
        t.night = cast($1 as date)
        and t.attention > 0
        and c.is_active
        and not c.is_comparator
        and (c.parent_id is null or c.home_country in ('CN', 'HK', 'MO'))
),

means as (
    select
        a.company_id,
        round(
            sum(a.attention) / (select count(*) from nights), 12
        ) as mean_attention
    from intermediate.int_attention_shrunk as a
    inner join nights as n on n.night = a.night
    inner join candidates as c on c.company_id = a.company_id
    group by a.company_id
),

positions as (
    select
        m.company_id,
        m.mean_attention,
        row_number() over (
            order by m.mean_attention desc, m.company_id collate "C"
        ) as object_position
    from means as m
),

streaks as (
    select
        p.company_id,
        p.mean_attention,
        p.object_position,
        case
            when p.object_position <= k.object_position_in
                then coalesce(b.nights_in, 0) + 1
            else 0
        end as nights_in,
        case
            when p.object_position > k.object_position_out
                then coalesce(b.nights_out, 0) + 1
            else 0
        end as nights_out,
        coalesce(b.is_object, false) as was_object,
        k.object_count,
        k.object_nights_in,
        k.object_nights_out
    from positions as p
    cross join constants as k
    left join intermediate.int_objects_selected as b
        on b.night = k.previous_night and b.company_id = p.company_id
),

ordered as (
    select
        s.company_id,
        s.mean_attention,
        s.object_position,
        s.nights_in,
        s.nights_out,
        s.object_count,
        row_number() over (
            order by
                case
                    when s.was_object and s.nights_out < s.object_nights_out
                        then 0
                    when s.nights_in >= s.object_nights_in then 0
                    else 1
                end,
                s.object_position
        ) as place
    from streaks as s
)

select
    cast($1 as date) as night,
    o.company_id,
    cast(o.mean_attention as numeric(13, 12)) as mean_attention,
    cast(o.object_position as integer) as object_position,
    cast(o.nights_in as integer) as nights_in,
    cast(o.nights_out as integer) as nights_out,
    o.place <= o.object_count as is_object
from ordered as o
