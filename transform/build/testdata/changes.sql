-- A small press over a turn of the year, of which everything is drawn from md5
-- of the seed @: outlets are silent or join, a platform comes and goes, a company
-- is named late. The basis is taken anew on New Year's night, from two nights.
update seeds.method_constants set value = case constant_name
    when 'resample_window_nights' then 3
    when 'reputation_mentions_min' then 2
    when 'reference_nights_min' then 2
    when 'link_window_nights' then 2
    -- Influence without reactions stands on the floor.
    when 'goalpost_pickups_low' then 3
    when 'goalpost_pickups_high' then 4
    when 'goalpost_headline_prominence_low' then 6
    when 'goalpost_headline_prominence_high' then 7
    else value
end
where method_version = 'test-v10';

create function given.dice(text_ text, n integer)
returns integer language sql as $$
    select cast(
        cast(cast(concat('x', left(md5(concat('@', text_)), 7)) as bit(28)) as integer) % n
        as integer
    )
$$;

select given.company(concat('c', i), i = 5) from generate_series(1, 6) as i;
select given.outlet(
    concat('o', i), concat('p', i), (array['GB', 'FR', 'US', 'TV'])[1 + i % 4], 1 + i % 3
)
from generate_series(1, 9) as i;
select given.collect(cast(n.night as date), concat('o', i), 1, 1)
from generate_series(cast('2027-01-01' as timestamp), '2027-01-03', '1 day') as n (night)
cross join generate_series(1, 9) as i;
-- One is silent without a reason on some nights, and read only in part on others.
update seeds.outlets set expected_articles_min = 3 where outlet_id in ('o2', 'o5');
update seeds.outlets set is_active = false where outlet_id = 'o9';

create temporary table printed as
select
    cast(n.night as date) as night,
    concat('o', o) as outlet_id,
    row_number() over (order by n.night, o, i) as article_id,
    case
        when given.dice(concat('is wire', n.night, o, i), 3) = 0
            then concat('wire ', given.dice(concat('which', n.night, o, i), 3), ' ', extract(day from n.night))
        else concat('own ', n.night, ' ', o, ' ', i)
    end as told
from generate_series(cast('2026-12-28' as timestamp), '2027-01-02', '1 day') as n (night)
cross join generate_series(1, 9) as o
cross join generate_series(1, 4) as i
where given.dice(concat('silent', n.night, o), 4) > 0;

select given.article(p.night, p.outlet_id, p.article_id, p.told)
from printed as p;
select given.mention(
    p.night, concat('c', c), p.article_id,
    (array['headline', 'lead', 'body', 'passing'])[1 + given.dice(concat('where', p.told, c), 4)]
)
from printed as p
cross join generate_series(1, 6) as c
where
    given.dice(concat('names', p.told, c), 4 + c) < 2
    and (c < 6 or p.night >= '2026-12-30');
select given.tone(
    concat('c', c), p.article_id,
    given.dice(concat('bad', p.told, c), 90) / 100.0,
    given.dice(concat('good', p.told, c), 10) / 100.0
)
from printed as p
cross join generate_series(1, 6) as c;

-- agora is read on every other night, forum from the turn of the year.
insert into staging.platform_nights (night, platform, is_available, collected_at)
select cast(n.night as date), 'agora', extract(day from n.night) <> 30, n.night
from generate_series(cast('2026-12-29' as timestamp), '2027-01-02', '1 day') as n (night);
insert into staging.platform_nights (night, platform, is_available, collected_at)
select cast(n.night as date), 'forum', true, n.night
from generate_series(cast('2027-01-01' as timestamp), '2027-01-02', '1 day') as n (night);
insert into staging.reactions (night, company_id, platform, likes, shares, comments)
select p.night, concat('c', c), p.platform, 300 * c, 700 / c, given.dice(concat(p.night, c), 900)
from staging.platform_nights as p
cross join generate_series(1, 5) as c;
