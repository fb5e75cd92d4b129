-- Aliases whose mentions do not count tonight.
-- Grain: night, company_id, alias
-- Reads: intermediate.int_aliases_counted,
--     intermediate.int_aliases_quarantined,
--     intermediate.int_constants_pivoted, ops.alias_quarantines
-- Rebuild: night
-- Params: $1 night
--
-- A name that can mean something else (class B or C) is quarantined when its
-- volume, or the number of countries it is read in, is several times that of
-- the nights before while the sure names (class A) of the company did not rise
-- as much: news about a company is told by its sure names, too. Nights on which
-- it was in quarantine are not taken for usual, so that it stays there until
-- its volume falls, its sure names follow, or an operator decides. What
-- operators decided holds: held is out, released is in.
with
constants as (
    select
        k.night,
        k.quarantine_window_nights,
        k.quarantine_nights_min,
        k.quarantine_mentions_min,
        k.quarantine_factor
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

nights as (
    select count(*) as night_count
    from intermediate.int_constants_pivoted as n
    cross join constants as k
    where
        n.night < cast($1 as date)
        and n.night >= cast($1 as date) - 92
        and n.night >= k.night - k.quarantine_window_nights
),

tonight as (
    select
        a.company_id,
        a.alias,
        a.alias_class,
        a.mention_count,
        a.country_count
    from intermediate.int_aliases_counted as a
    where a.night = cast($1 as date)
),

doubtful as (
    select
        t.company_id,
        t.alias
    from tonight as t
    where t.alias_class <> 'A'
),

left_out as (
    select
        q.company_id,
        q.alias,
        count(*) as night_count
    from intermediate.int_aliases_quarantined as q
    cross join constants as k
    where
        q.night < cast($1 as date)
        and q.night >= cast($1 as date) - 92
        and q.night >= k.night - k.quarantine_window_nights
    group by q.company_id, q.alias
),

usual as (
    select
        a.company_id,
        a.alias,
        sum(a.mention_count) as mention_count,
        sum(a.country_count) as country_count
    from intermediate.int_aliases_counted as a
    inner join doubtful as d
        on d.company_id = a.company_id and d.alias = a.alias
    cross join constants as k
    left join intermediate.int_aliases_quarantined as q
        on
            q.night = a.night
            and q.company_id = a.company_id
            and q.alias = a.alias
    where
        a.night < cast($1 as date)
        and a.night >= cast($1 as date) - 92
        and a.night >= k.night - k.quarantine_window_nights
        and q.night is null
    group by a.company_id, a.alias
),

sure_tonight as (
    select
        t.company_id,
        sum(t.mention_count) as mention_count
    from tonight as t
    where t.alias_class = 'A'
    group by t.company_id
),

sure_usual as (
    select
        a.company_id,
        sum(a.mention_count) as mention_count
    from intermediate.int_aliases_counted as a
    cross join constants as k
    where
        a.alias_class = 'A'
        and a.night < cast($1 as date)
        and a.night >= cast($1 as date) - 92
        and a.night >= k.night - k.quarantine_window_nights
    group by a.company_id
),

decisions as (
    select
        d.company_id,
        d.alias,
        d.state,
        row_number() over (
            partition by d.company_id, d.alias
            order by d.since_night desc
        ) as decision_position
    from ops.alias_quarantines as d
    where
        d.since_night <= cast($1 as date)
        and (d.until_night is null or d.until_night >= cast($1 as date))
),

compared as (
    select
        t.company_id,
        t.alias,
        t.alias_class,
        t.mention_count,
        t.country_count,
        n.night_count,
        coalesce(
            cast(u.mention_count as numeric)
            / nullif(n.night_count - coalesce(l.night_count, 0), 0),
            0
        ) as expected_mention_count,
        coalesce(
            cast(u.country_count as numeric)
            / nullif(n.night_count - coalesce(l.night_count, 0), 0),
            0
        ) as expected_country_count,
        coalesce(
            cast(v.mention_count as numeric) / nullif(n.night_count, 0), 0
        ) as expected_sure_count,
        coalesce(s.mention_count, 0) as sure_count,
        d.state
    from tonight as t
    cross join nights as n
    left join usual as u on u.company_id = t.company_id and u.alias = t.alias
    left join left_out as l on l.company_id = t.company_id and l.alias = t.alias
    left join sure_tonight as s on s.company_id = t.company_id
    left join sure_usual as v on v.company_id = t.company_id
    left join decisions as d
        on
            d.company_id = t.company_id
            and d.alias = t.alias
            and d.decision_position = 1
),

judged as (
    select
        c.company_id,
        c.alias,
        c.alias_class,
        c.mention_count,
        c.country_count,
        c.expected_mention_count,
        c.expected_country_count,
        case
            when c.state = 'held' then 'held'
            when
                c.state = 'released'
                or c.alias_class = 'A'
                or c.night_count < k.quarantine_nights_min
                or c.mention_count < k.quarantine_mentions_min
                or c.sure_count * 2
                >= k.quarantine_factor * (c.expected_sure_count + 1)
                then null
            when
                c.mention_count
                >= k.quarantine_factor * (c.expected_mention_count + 1)
                then 'volume'
            when
                c.country_count
                >= k.quarantine_factor * (c.expected_country_count + 1)
                then 'spread'
        end as reason
    from compared as c
    cross join constants as k
)

select
    k.night,
    j.company_id,
    j.alias,
    j.alias_class,
    j.mention_count,
    cast(
        round(j.expected_mention_count, 3) as numeric(12, 3)
    ) as expected_mention_count,
    j.country_count,
    cast(
        round(j.expected_country_count, 3) as numeric(12, 3)
    ) as expected_country_count,
    j.reason
from judged as j
cross join constants as k
where j.reason is not null
