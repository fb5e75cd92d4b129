-- A replicate of the bootstrap in plain SQL: what transform/index computes, as
-- sql/METHOD.md has it, for six of the indicators. given.replicate(night, n) has
-- the raw values of the replicate n.

-- Numbers of 64 bits as numeric, 0 to 2^64 - 1.
create function given.unsigned(value bigint)
returns numeric language sql immutable as $$
    select case when value < 0 then value + 18446744073709551616 else value end
$$;

create function given.signed(value numeric)
returns bigint language sql immutable as $$
    select cast(
        case
            when value >= 9223372036854775808 then value - 18446744073709551616
            else value
        end as bigint
    )
$$;

create function given.xor(a numeric, b numeric)
returns numeric language sql immutable as $$
    select given.unsigned(given.signed(a) # given.signed(b))
$$;

create function given.times(a numeric, b numeric)
returns numeric language sql immutable as $$
    select mod(a * b, 18446744073709551616)
$$;

create function given.mixed(x numeric)
returns numeric language plpgsql immutable as $$
declare
    z numeric := mod(x + 11400714819323198485, 18446744073709551616);
begin
    z := given.times(given.xor(z, div(z, 1073741824)), 13787848793156543929);
    z := given.times(given.xor(z, div(z, 134217728)), 10723151780598845931);
    return given.xor(z, div(z, 2147483648));
end
$$;

-- The hash is the first 16 digits of an md5. A count is how many values of the
-- distribution function of Poisson(1) are not above u.
create function given.poisson(hash text, replicate integer)
returns integer language sql immutable as $$
    with recursive
    bounds as (
        select 0 as k, exp(cast(-1 as numeric(60, 50))) as term, exp(cast(-1 as numeric(60, 50))) as bound
        union all
        select b.k + 1, b.term / (b.k + 1), b.bound + b.term / (b.k + 1)
        from bounds as b
        where b.k < 20
    )
    select cast(count(*) as integer)
    from bounds as b
    where
        given.mixed(given.xor(
            given.unsigned(cast(cast(concat('x', hash) as bit(64)) as bigint)),
            given.times(replicate, 11400714819323198485)
        )) / 18446744073709551616 >= b.bound
$$;

create function given.replicate(night_ date, replicate integer)
returns table (company_id text, indicator text, raw_value numeric) language sql as $$
with
constants as (
    select * from intermediate.int_constants_pivoted as k where k.night = night_
),
outlets as (
    select
        w.outlet_id, w.country_code, w.tier, w.weight * c.times as weight, c.times,
        coalesce(n.article_sum, 0) as articles,
        sum(coalesce(n.article_sum, 0) * c.times) over (partition by w.country_code) as country_articles,
        sum(w.weight * c.times) over () as all_weight,
        sum(w.weight * c.times) filter (where w.tier = 1) over () as tier_1_weight
    from intermediate.int_outlets_weighted as w
    cross join lateral (select given.poisson(left(md5(w.outlet_id), 16), replicate) as times) as c
    left join intermediate.int_outlet_sums_decayed as n
        on n.night = w.night and n.outlet_id = w.outlet_id
    where w.night = night_
),
stories as (
    select v.story_id, given.poisson(min(v.story_hash collate "C"), replicate) as times
    from intermediate.int_voices_described as v
    cross join constants as k
    where v.night <= night_ and v.night > night_ - k.resample_window_nights
    group by v.story_id
),
voices as (
    select
        v.*, s.times as story_times, o.times * s.times as times,
        power(cast(2 as numeric), -f.own_nights / k.decay_half_life_nights) as own_fade,
        power(cast(2 as numeric), -f.country_nights / k.decay_half_life_nights) as fade
    from intermediate.int_voices_described as v
    cross join constants as k
    cross join lateral (
        select
            sum(coalesce(u.fading_nights, c.night - c.previous_night)) as own_nights,
            sum(coalesce(g.fading_nights, c.night - c.previous_night)) as country_nights
        from (
            select n.night, n.previous_night from intermediate.int_nights_chained as n
            where n.night > v.night and n.night <= night_
            union all
            select v.night, v.night
        ) as c
        left join intermediate.int_outlets_faded as u
            on u.night = c.night and u.outlet_id = v.outlet_id and c.night > c.previous_night
        left join intermediate.int_countries_faded as g
            on g.night = c.night and g.country_code = v.country_code and c.night > c.previous_night
    ) as f
    inner join stories as s on s.story_id = v.story_id
    inner join outlets as o on o.outlet_id = v.outlet_id
    where v.night <= night_ and v.night > night_ - k.resample_window_nights
),
-- Of each cell and night: what was said, and what is said in the replicate.
nights as (
    select
        v.company_id, v.outlet_id, v.own_fade as fade,
        ln(1 + sum(v.weight)) / ln(cast(2 as numeric)) as as_published,
        ln(1 + sum(v.weight * v.story_times)) / ln(cast(2 as numeric)) as as_drawn
    from voices as v
    group by v.company_id, v.outlet_id, v.own_fade, v.night
),
cells as (
    select
        x.company_id, x.outlet_id,
        greatest(x.attention_sum + coalesce(sum(n.fade * (n.as_drawn - n.as_published)), 0), 0) as x
    from intermediate.int_outlet_company_sums_decayed as x
    left join nights as n on n.company_id = x.company_id and n.outlet_id = x.outlet_id
    where x.night = night_ and x.attention_sum > 0
    group by x.company_id, x.outlet_id, x.attention_sum
),
companies as (
    select s.company_id from intermediate.int_companies_scored as s where s.night = night_
),
-- q written out for every company and outlet, as the method has it.
shares as (
    select
        c.company_id, o.outlet_id, o.tier, o.times, o.weight, o.all_weight, o.tier_1_weight, o.articles, o.country_articles,
        coalesce(x.x, 0) as x,
        sum(coalesce(x.x, 0) * o.times) over (partition by c.company_id, o.country_code) as country_x,
        sum(coalesce(x.x, 0) * o.times) over (partition by c.company_id)
        / sum(o.articles * o.times) over (partition by c.company_id) as p
    from companies as c
    cross join outlets as o
    left join cells as x on x.company_id = c.company_id and x.outlet_id = o.outlet_id
),
shrunk as (
    select
        s.company_id, s.tier, s.weight, s.all_weight, s.tier_1_weight,
        (s.x + k.outlet_prior_articles * (s.country_x + k.global_prior_articles * s.p)
            / (s.country_articles + k.global_prior_articles))
        / (s.articles + k.outlet_prior_articles) as q,
        s.x / nullif(s.x + k.breadth_half_share * (s.articles + k.outlet_prior_articles), 0) as follows
    from shares as s
    cross join constants as k
),
sums as (
    select
        t.company_id,
        t.weight_sum + coalesce(sum(v.fade * v.weight * (v.times - 1)), 0) as u,
        t.headline_sum + coalesce(sum(v.fade * v.weight * (v.times - 1)) filter (where v.is_headline), 0) as h,
        t.story_sum + coalesce(sum(v.fade * (v.times - 1)) filter (where v.is_first), 0) as q,
        t.pickup_sum + coalesce(sum(v.fade * v.pickup * (v.times - 1)), 0) as p
    from (
        select
            s.company_id, sum(s.weight_sum) as weight_sum, sum(s.headline_sum) as headline_sum,
            sum(s.story_sum) as story_sum, sum(s.pickup_sum) as pickup_sum
        from intermediate.int_companies_summed_decayed as s
        where s.night = night_
        group by s.company_id
    ) as t
    left join voices as v on v.company_id = t.company_id
    group by t.company_id, t.weight_sum, t.headline_sum, t.story_sum, t.pickup_sum
),
tones as (
    select
        t.company_id,
        t.n + coalesce(sum(v.fade * (v.times - 1)), 0) as n,
        t.reach + coalesce(sum(v.fade * v.weight * v.reach * (v.times - 1)), 0) as reach,
        t.strong + coalesce(sum(v.fade * v.weight * v.reach * (v.times - 1)) filter (where v.tone_negative >= k.strongly_negative_probability), 0) as strong
    from (
        select d.company_id, sum(d.toned_sum) as n, sum(d.toned_reach_sum) as reach, sum(d.strong_negative_sum) as strong
        from intermediate.int_company_tones_decayed as d
        where d.night = night_
        group by d.company_id
    ) as t
    cross join constants as k
    left join voices as v on v.company_id = t.company_id and v.tone_negative is not null
    group by t.company_id, t.n, t.reach, t.strong
)
select s.company_id, 'attention', sum(s.weight / s.all_weight * s.q)
from shrunk as s group by s.company_id
union all
select s.company_id, 'attention_tier_1', sum(s.weight / s.tier_1_weight * s.q)
from shrunk as s where s.tier = 1 group by s.company_id
union all
select s.company_id, 'outlet_breadth', sum(s.weight / s.all_weight * coalesce(s.follows, 0))
from shrunk as s group by s.company_id
union all
select s.company_id, 'pickups', (s.p + k.pickup_prior_stories * k.pickup_prior) / (s.q + k.pickup_prior_stories)
from sums as s cross join constants as k
union all
select s.company_id, 'headline_prominence',
    (s.h + k.prominence_prior_weight * k.prominence_prior) / (s.u + k.prominence_prior_weight)
from sums as s cross join constants as k
union all
select t.company_id, 'no_strong_negative',
    1 - (t.strong + k.strong_negative_prior_reach * f.strong_negative_share)
    / (t.reach + k.strong_negative_prior_reach)
from tones as t
cross join constants as k
inner join seeds.companies as c on c.company_id = t.company_id
inner join intermediate.int_tone_norms_frozen as f
    on f.night = night_ and f.scope = 'sector' and f.scope_key = c.sector
inner join intermediate.int_reputation_measured as r
    on r.night = night_ and r.company_id = t.company_id and r.indicator = 'no_strong_negative' and not r.is_insufficient
$$;
