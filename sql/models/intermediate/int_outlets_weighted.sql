-- The panel: the outlets that count and their weights, frozen for a quarter.
-- Grain: night, outlet_id
-- Reads: intermediate.int_authorities_ranked,
--     intermediate.int_constants_pivoted, intermediate.int_outlets_weighted,
--     seeds.countries, seeds.outlets
-- Rebuild: night
-- Params: $1 night
--
-- The first night of a quarter to be built, whichever it is, takes every active
-- outlet but those of the home country; the other nights take over its panel as
-- it is. So an outlet that is added moves nobody's weight until the next
-- quarter, and one that is removed keeps its own and counts as down.
-- sql/README.md tells how to start anew.
--
-- Inside a country an outlet weighs by the root of reach times authority: how
-- much others reprint and credit it, 1 for one of which nothing is known.
--
-- A country weighs by the root of its GDP, and no more than the cap: what a
-- capped country gives up is shared by the others in proportion, until none is
-- above (water-filling, solved in one pass over the countries by mass). With
-- too few countries for the cap all weigh the same. A country without a GDP,
-- unknown included, weighs as much as the poorest one the seeds know. The
-- rounding remainder goes to the heaviest outlet, so weights sum to 1 exactly.
with
frozen as (
    select
        w.outlet_id,
        w.publisher_id,
        w.country_code,
        w.language_code,
        w.tier,
        w.country_share,
        w.weight,
        w.panel_id,
        w.reach,
        w.authority
    from intermediate.int_outlets_weighted as w
    where
        w.night = (
            select min(p.night)
            from intermediate.int_outlets_weighted as p
            where
                p.night <> cast($1 as date)
                and p.night > cast($1 as date) - 92
                and p.night < cast($1 as date) + 92
                and extract(quarter from p.night)
                = extract(quarter from cast($1 as date))
        )
),

constants as (
    select
        k.night,
        k.country_weight_cap,
        k.reach_tier_1,
        k.reach_tier_2,
        k.reach_tier_3
    from intermediate.int_constants_pivoted as k
    where k.night = cast($1 as date)
),

outlets as (
    select
        o.outlet_id,
        o.publisher_id,
        o.country_code,
        o.language_code,
        o.tier,
        case
            when o.tier = 1 then k.reach_tier_1
            when o.tier = 2 then k.reach_tier_2
            else k.reach_tier_3
        end as reach,
        coalesce(a.authority, 1) as authority
    from seeds.outlets as o
    cross join constants as k
    left join intermediate.int_authorities_ranked as a
        on a.night = k.night and a.outlet_id = o.outlet_id
    where o.is_active and o.is_in_panel
),

rooted as (
    select
        o.outlet_id,
        o.publisher_id,
        o.country_code,
        o.language_code,
        o.tier,
        o.reach,
        o.authority,
        sqrt(o.reach * o.authority) as voice_root
    from outlets as o
),

poorest as (
    select min(c.gdp_musd) as gdp_musd
    from seeds.countries as c
    where c.gdp_musd > 0
),

countries as (
    select
        o.country_code,
        sum(o.voice_root) as voice_root,
        max(
            round(
                sqrt(
                    case
                        when c.gdp_musd > 0 then c.gdp_musd
                        else coalesce(p.gdp_musd, 1)
                    end
                ),
                6
            )
        ) as mass
    from rooted as o
    inner join seeds.countries as c on c.country_code = o.country_code
    cross join poorest as p
    group by o.country_code
),

ordered as (
    select
        c.country_code,
        c.voice_root,
        c.mass,
        count(*) over () as country_count,
        row_number() over (
            order by c.mass desc, c.country_code collate "C"
        ) - 1 as heavier_count,
        sum(c.mass) over (
            order by c.mass desc, c.country_code collate "C"
            rows between current row and unbounded following
        ) as mass_from_here
    from countries as c
),

filled as (
    select
        o.country_code,
        o.voice_root,
        o.mass,
        o.country_count,
        o.heavier_count,
        o.mass_from_here,
        k.country_weight_cap as cap,
        o.mass * (1 - o.heavier_count * k.country_weight_cap)
        > k.country_weight_cap * o.mass_from_here as is_capped
    from ordered as o
    cross join constants as k
),

scales as (
    select
        (1 - f.heavier_count * f.cap) / f.mass_from_here as scale,
        row_number() over (order by f.heavier_count) as scale_position
    from filled as f
    where not f.is_capped
),

shares as (
    select
        f.country_code,
        f.voice_root,
        case
            when f.country_count * f.cap <= 1
                then round(1 / cast(f.country_count as numeric), 24)
            when f.is_capped then f.cap
            else round(f.mass * s.scale, 24)
        end as country_share
    from filled as f
    left join scales as s on s.scale_position = 1
),

rounded as (
    select
        o.outlet_id,
        o.publisher_id,
        o.country_code,
        o.language_code,
        o.tier,
        o.reach,
        o.authority,
        s.country_share,
        round(s.country_share * o.voice_root / s.voice_root, 12) as weight
    from rooted as o
    inner join shares as s on s.country_code = o.country_code
),

weighted as (
    select
        r.outlet_id,
        r.publisher_id,
        r.country_code,
        r.language_code,
        r.tier,
        r.reach,
        r.authority,
        r.country_share,
        r.weight + case
            when
                row_number() over (
                    order by r.weight desc, r.outlet_id collate "C"
                ) = 1
                then 1 - sum(r.weight) over ()
            else 0
        end as weight
    from rounded as r
),

panels as (
    select
        left(
            md5(
                string_agg(
                    concat(w.outlet_id, ' ', w.weight),
                    ',' order by w.outlet_id collate "C"
                )
            ),
            8
        ) as digest
    from weighted as w
)

select
    k.night,
    w.outlet_id,
    w.publisher_id,
    w.country_code,
    w.language_code,
    w.tier,
    cast(round(w.country_share, 12) as numeric(13, 12)) as country_share,
    cast(w.weight as numeric(13, 12)) as weight,
    concat(
        extract(year from k.night), 'Q', extract(quarter from k.night),
        '-', p.digest
    ) as panel_id,
    cast(w.reach as numeric(18, 12)) as reach,
    cast(w.authority as numeric(18, 12)) as authority
from weighted as w
cross join panels as p
cross join constants as k
where not exists (select f.outlet_id from frozen as f)
union all
select
    cast($1 as date) as night,
    f.outlet_id,
    f.publisher_id,
    f.country_code,
    f.language_code,
    f.tier,
    f.country_share,
    f.weight,
    f.panel_id,
    f.reach,
    f.authority
from frozen as f
