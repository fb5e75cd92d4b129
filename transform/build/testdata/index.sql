-- A small press for the index in memory: twelve outlets of eight publishers in
-- four countries, eight companies, eight nights, of which five are the window.
-- What is printed is drawn from md5, so it is always the same.
update seeds.method_constants set value = 5
where method_version = 'test-v10' and constant_name = 'resample_window_nights';
update seeds.method_constants set value = 3
where method_version = 'test-v10' and constant_name = 'reputation_mentions_min';
insert into seeds.languages (language_code, name)
values ('fr', 'French'), ('es', 'Spanish');

select given.company(concat('c', i), i = 8) from generate_series(1, 8) as i;
select given.outlet(
    concat('o', i), concat('p', i - i / 3),
    (array['GB', 'FR', 'US', 'TV'])[1 + i % 4], 1 + i % 3
)
from generate_series(1, 12) as i;
update seeds.outlets set language_code = 'fr' where country_code = 'FR';
update seeds.outlets set language_code = 'es' where outlet_id in ('o3', 'o7');

-- A number from 0 to n - 1 for a text.
create function given.drawn(text_ text, n integer)
returns integer language sql as $$
    select cast(
        cast(cast(concat('x', left(md5(text_), 7)) as bit(28)) as integer) % n
        as integer
    )
$$;

create temporary table printed as
select
    cast(n.night as date) as night,
    concat('o', o) as outlet_id,
    i,
    row_number() over (order by n.night, o, i) as article_id,
    -- One in three tells one of the stories of the last nights.
    case
        when given.drawn(concat('is wire', n.night, o, i), 3) = 0
            then concat(
                'wire ', given.drawn(concat('which', n.night, o, i), 4), ' ',
                (extract(day from n.night) - 1 + given.drawn(concat('when', n.night, o, i), 2))
            )
        else concat('own ', n.night, ' ', o, ' ', i)
    end as told
from generate_series(cast('2026-11-13' as timestamp), '2026-11-20', '1 day') as n (night)
cross join generate_series(1, 12) as o
cross join generate_series(1, 6) as i
-- An outlet in six is silent on a night.
where given.drawn(concat('silent', n.night, o), 6) > 0;

select given.article(p.night, p.outlet_id, p.article_id, p.told)
from printed as p;
-- Addresses and times do not hang on the numbers of articles.
update staging.articles as a set
    canonical_url = concat('https://', p.outlet_id, '.example/', p.night, '/', p.i)
from printed as p
where p.night = a.night and p.article_id = a.article_id;
update staging.articles set
    language_code = case when outlet_id in ('o1', 'o5', 'o9') then 'fr' else 'en' end,
    published_at = published_at + make_interval(mins => given.drawn(canonical_url, 1200));

select given.mention(
    p.night, concat('c', c), p.article_id,
    (array['headline', 'lead', 'body', 'passing'])[1 + given.drawn(concat('where', p.told, c), 4)],
    0.5 + given.drawn(concat('sure', p.outlet_id, p.night, p.i, c), 5) / 10.0
)
from printed as p
cross join generate_series(1, 8) as c
where given.drawn(concat('names', p.told, c), 6 + 2 * c) < 3;

select given.tone(
    concat('c', c), p.article_id,
    given.drawn(concat('bad', p.told, c), 95) / 100.0,
    given.drawn(concat('good', p.told, c), 5) / 100.0
)
from printed as p
cross join generate_series(1, 8) as c
where given.drawn(concat('toned', p.told, c), 4) > 0;

-- Two mentions in three speak of one or two dimensions.
update staging.mentions as m set
    dimensions = d.names[1 + d.first : 1 + d.last],
    dimension_probabilities = (array[0.9, 0.6])[1 : 1 + d.last - d.first],
    dimension_evidence = d.names[1 + d.first : 1 + d.last]
from (
    select
        p.article_id,
        array[
            'corporate_culture', 'global_competitiveness', 'global_governance',
            'global_layout', 'social_responsibility'
        ] as names,
        given.drawn(concat('dimension', p.told), 4) as first,
        given.drawn(concat('dimension', p.told), 4)
        + given.drawn(concat('two', p.told), 2) as last
    from printed as p
    where given.drawn(concat('labelled', p.told), 3) > 0
) as d
where d.article_id = m.article_id;

insert into staging.platform_nights (night, platform, is_available, collected_at)
select cast(n.night as date), 'agora', true, n.night
from generate_series(cast('2026-11-18' as timestamp), '2026-11-20', '1 day') as n (night);
insert into staging.reactions (night, company_id, platform, likes, shares, comments)
select cast(n.night as date), concat('c', c), 'agora', 40 * c, 7 * c, 300 / c
from generate_series(cast('2026-11-18' as timestamp), '2026-11-20', '1 day') as n (night)
cross join generate_series(1, 7) as c;

-- The model takes one in five for the opposite in English; of French nothing is
-- known.
insert into seeds.tone_confusions (
    language_code, true_tone, judged_tone, confusion, correction
)
values
    ('en', 'negative', 'negative', 0.7, 1.6),
    ('en', 'negative', 'neutral', 0.1, -0.2),
    ('en', 'negative', 'positive', 0.2, -0.4),
    ('en', 'neutral', 'negative', 0.1, -0.2),
    ('en', 'neutral', 'neutral', 0.8, 1.3),
    ('en', 'neutral', 'positive', 0.1, -0.1),
    ('en', 'positive', 'negative', 0.2, -0.4),
    ('en', 'positive', 'neutral', 0.1, -0.1),
    ('en', 'positive', 'positive', 0.7, 1.5);
