-- Values of earlier nights as the norms of a new quarter would have them.
-- Grain: night, measured_night, company_id, indicator
-- Reads: intermediate.int_company_tones_decayed,
--     intermediate.int_constants_pivoted, intermediate.int_indicators_declared,
--     intermediate.int_objects_selected,
--     intermediate.int_reaction_norms_frozen,
--     intermediate.int_reactions_decayed,
--     intermediate.int_reputation_measured,
--     intermediate.int_tone_norms_frozen, seeds.companies,
--     staging.platform_nights
-- Rebuild: night
-- Params: $1 night
--
-- Norms of tone and medians of reactions change with the quarter, as goalposts
-- do. So that these are taken, and linked, on the scale of the new quarter, its
-- first night measures the nights before it anew: tone is moved by what the
-- norms moved, reactions are held against the new medians. Other nights have no
-- rows.
with
constants as (
    select
        k.night,
        k.reaction_cap,
        k.reputation_prior_mentions,
        k.strong_negative_prior_reach,
        least(
            make_date(
                cast(extract(year from k.night) as integer),
                cast(extract(quarter from k.night) as integer) * 3 - 2,
                1
            ) - k.reference_window_nights,
            k.night - k.link_window_nights
        ) as first_night
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

-- The first night of its quarter to be built, or none.
openings as (
    select
        k.night,
        k.first_night
    from constants as k
    where not exists (
        select n.night
        from intermediate.int_constants_pivoted as n
        where
            n.night <> cast($1 as date)
            and n.night > cast($1 as date) - 92
            and n.night < cast($1 as date) + 92
            and extract(quarter from n.night)
            = extract(quarter from cast($1 as date))
    )
),

objects as materialized (
    select
        o.night,
        o.company_id,
        c.sector
    from intermediate.int_objects_selected as o
    inner join seeds.companies as c on c.company_id = o.company_id
    where
        o.is_object
        and o.night >= (select p.first_night from openings as p)
        and o.night < (select p.night from openings as p)
),

tones as (
    select
        t.night,
        t.company_id,
        sum(t.toned_sum) as toned_sum,
        sum(t.toned_reach_sum) as toned_reach_sum,
        sum(
            t.toned_weight_sum
            * (coalesce(b.net_tone, 0) - coalesce(a.net_tone, 0))
        ) / nullif(sum(t.toned_weight_sum), 0) as country_shift
    from intermediate.int_company_tones_decayed as t
    inner join objects as o
        on o.night = t.night and o.company_id = t.company_id
    left join intermediate.int_tone_norms_frozen as b
        on
            b.night = t.night
            and b.scope = 'country'
            and b.scope_key = t.country_code
    left join intermediate.int_tone_norms_frozen as a
        on
            a.night = cast($1 as date)
            and a.scope = 'country'
            and a.scope_key = t.country_code
    where
        t.night >= (select p.first_night from openings as p)
        and t.night < (select p.night from openings as p)
    group by t.night, t.company_id
),

-- What the norms of country and sector moved, and how many voices weigh it.
sectors as (
    select
        o.night,
        o.company_id,
        coalesce(t.toned_sum, 0) as toned_sum,
        coalesce(t.toned_reach_sum, 0) as toned_reach_sum,
        coalesce(t.country_shift, 0) as country_shift,
        coalesce(a.net_tone, 0) - coalesce(b.net_tone, 0) as net_shift,
        coalesce(a.strong_negative_share, 0)
        - coalesce(b.strong_negative_share, 0) as strong_shift
    from objects as o
    left join tones as t on t.night = o.night and t.company_id = o.company_id
    left join intermediate.int_tone_norms_frozen as b
        on
            b.night = o.night
            and b.scope = 'sector'
            and b.scope_key = o.sector
    left join intermediate.int_tone_norms_frozen as a
        on
            a.night = cast($1 as date)
            and a.scope = 'sector'
            and a.scope_key = o.sector
),

voices as (
    select
        r.night,
        r.company_id,
        r.indicator,
        r.raw_value,
        s.country_shift,
        s.net_shift,
        s.strong_shift,
        case when r.is_insufficient then 0 else s.toned_sum end as toned_sum,
        case
            when r.is_insufficient then 0 else s.toned_reach_sum
        end as toned_reach_sum
    from intermediate.int_reputation_measured as r
    inner join sectors as s
        on s.night = r.night and s.company_id = r.company_id
    where
        r.night >= (select p.first_night from openings as p)
        and r.night < (select p.night from openings as p)
        and r.indicator in ('net_tone', 'no_strong_negative')
),

norms as (
    select
        p.night,
        o.platform,
        o.measure,
        coalesce(a.median_value, o.median_value) as median_value,
        count(*) over (partition by p.night, o.measure) as platform_count
    from staging.platform_nights as p
    inner join intermediate.int_reaction_norms_frozen as o
        on o.night = p.night and o.platform = p.platform
    left join intermediate.int_reaction_norms_frozen as a
        on
            a.night = cast($1 as date)
            and a.platform = o.platform
            and a.measure = o.measure
    where
        p.is_available
        and p.night >= (select q.first_night from openings as q)
        and p.night < (select q.night from openings as q)
),

shifted as (
    select
        v.night,
        v.company_id,
        v.indicator,
        v.raw_value + case
            when v.indicator = 'net_tone'
                then
                    (
                        v.toned_sum * v.country_shift
                        + k.reputation_prior_mentions * v.net_shift
                    ) / (v.toned_sum + k.reputation_prior_mentions)
            else
                -k.strong_negative_prior_reach * v.strong_shift
                / (v.toned_reach_sum + k.strong_negative_prior_reach)
        end as raw_value
    from voices as v
    cross join constants as k
    union all
    select
        o.night,
        o.company_id,
        n.measure as indicator,
        sum(
            least(
                ln(1 + coalesce(r.reaction_sum, 0) / n.median_value),
                k.reaction_cap
            )
        ) / max(n.platform_count) as raw_value
    from objects as o
    inner join norms as n on n.night = o.night
    cross join constants as k
    left join intermediate.int_reactions_decayed as r
        on
            r.night = o.night
            and r.company_id = o.company_id
            and r.platform = n.platform
            and r.measure = n.measure
    group by o.night, o.company_id, n.measure
)

-- Transformed as in int_indicators_scored.
select
    cast($1 as date) as night,
    v.night as measured_night,
    v.company_id,
    v.indicator,
    cast(round(v.raw_value, 12) as numeric(24, 12)) as raw_value,
    cast(
        round(
            case d.transform
                when 'logit'
                    then
                        ln(least(greatest(v.raw_value, 0.000001), 0.999999))
                        - ln(
                            1 - least(greatest(v.raw_value, 0.000001), 0.999999)
                        )
                else v.raw_value
            end,
            12
        ) as numeric(24, 12)
    ) as transformed_value
from shifted as v
inner join intermediate.int_indicators_declared as d
    on d.night = cast($1 as date) and d.indicator = v.indicator
