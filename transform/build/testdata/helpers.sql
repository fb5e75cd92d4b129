-- Short words for the fixtures: given.outlet, given.company, given.article,
-- given.mention; and the constants of the method, with round numbers.
create schema given;

insert into seeds.method_constants (
    method_version, constant_name, value, unit, reason
)
values
    ('test-v9', 'salience_headline', 9, 'ratio', 'an older version'),
    ('test-v10', 'salience_headline', 1, 'ratio', 'test'),
    ('test-v10', 'salience_lead', 0.6, 'ratio', 'test'),
    ('test-v10', 'salience_body', 0.35, 'ratio', 'test'),
    ('test-v10', 'salience_passing', 0.15, 'ratio', 'test'),
    ('test-v10', 'copy_credit_log_factor', 0.5, 'ratio', 'test'),
    ('test-v10', 'decay_half_life_nights', 7, 'nights', 'test'),
    ('test-v10', 'outlet_prior_articles', 100, 'articles', 'test'),
    ('test-v10', 'global_prior_articles', 500, 'articles', 'test'),
    ('test-v10', 'country_weight_cap', 0.08, 'share', 'test'),
    ('test-v10', 'reach_tier_1', 16, 'ratio', 'test'),
    ('test-v10', 'reach_tier_2', 4, 'ratio', 'test'),
    ('test-v10', 'reach_tier_3', 1, 'ratio', 'test'),
    ('test-v10', 'outlet_up_share', 0.7, 'share', 'test'),
    ('test-v10', 'outlet_partial_share', 0.2, 'share', 'test'),
    ('test-v10', 'panel_degraded_share', 0.8, 'share', 'test'),
    ('test-v10', 'panel_publish_share', 0.5, 'share', 'test'),
    ('test-v10', 'story_window_nights', 3, 'nights', 'test'),
    ('test-v10', 'breadth_half_share', 0.002, 'share', 'test'),
    ('test-v10', 'presence_full_share', 0.001, 'share', 'test'),
    ('test-v10', 'authority_damping', 0.85, 'ratio', 'test'),
    ('test-v10', 'authority_window_nights', 180, 'nights', 'test'),
    ('test-v10', 'reaction_cap', 4, 'ratio', 'test'),
    ('test-v10', 'pickup_prior_stories', 5, 'stories', 'test'),
    ('test-v10', 'pickup_prior', 0.3, 'ratio', 'test'),
    ('test-v10', 'prominence_prior_weight', 3, 'articles', 'test'),
    ('test-v10', 'prominence_prior', 0.5, 'share', 'test'),
    ('test-v10', 'reputation_prior_mentions', 15, 'articles', 'test'),
    ('test-v10', 'reputation_mentions_min', 15, 'articles', 'test'),
    ('test-v10', 'strongly_negative_probability', 0.8, 'ratio', 'test'),
    ('test-v10', 'positive_countries_prior_weight', 0.1, 'share', 'test'),
    ('test-v10', 'positive_countries_prior', 0.5, 'share', 'test'),
    ('test-v10', 'goalpost_cap', 1.2, 'ratio', 'test'),
    ('test-v10', 'pillar_floor', 1, 'points', 'test'),
    ('test-v10', 'reference_window_nights', 90, 'nights', 'test'),
    ('test-v10', 'reference_nights_min', 60, 'nights', 'test'),
    ('test-v10', 'link_window_nights', 14, 'nights', 'test'),
    ('test-v10', 'dimension_half_life_nights', 30, 'nights', 'test'),
    ('test-v10', 'object_nights_in', 7, 'nights', 'test'),
    ('test-v10', 'object_position_in', 90, 'position', 'test'),
    ('test-v10', 'object_nights_out', 14, 'nights', 'test'),
    ('test-v10', 'object_position_out', 110, 'position', 'test'),
    ('test-v10', 'case_mentions_min', 30, 'articles', 'test'),
    ('test-v10', 'case_dimensions_min', 3, 'dimensions', 'test'),
    ('test-v10', 'case_dimension_mentions_min', 5, 'articles', 'test'),
    ('test-v10', 'case_position', 40, 'position', 'test'),
    ('test-v10', 'case_probability_min', 0.8, 'ratio', 'test'),
    ('test-v10', 'case_sector_discount', 0.15, 'ratio', 'test'),
    ('test-v10', 'case_sector_max', 4, 'companies', 'test'),
    ('test-v10', 'case_sectors_min', 5, 'sectors', 'test'),
    ('test-v10', 'resample_window_nights', 28, 'nights', 'test'),
    ('test-v10', 'one_mark_places', 5, 'places', 'test'),
    ('test-v10', 'strong_negative_prior', 0.1, 'share', 'test'),
    ('test-v10', 'strong_negative_prior_reach', 4, 'articles', 'test'),
    ('test-v10', 'goalpost_dimension_low', -13, 'ln', 'test'),
    ('test-v10', 'goalpost_dimension_high', -6, 'ln', 'test'),
    ('test-v10', 'negligible_dimension_sum', 0.01, 'articles', 'test'),
    ('test-v10', 'case_count', 20, 'companies', 'test'),
    ('test-v10', 'object_count', 100, 'companies', 'test'),
    ('test-v10', 'object_window_nights', 90, 'nights', 'test'),
    ('test-v10', 'weight_spread', 0.4, 'share', 'test'),
    ('test-v10', 'weight_influence', 0.3, 'share', 'test'),
    ('test-v10', 'weight_reputation', 0.3, 'share', 'test'),
    ('test-v10', 'weight_attention', 0.3, 'share', 'test'),
    ('test-v10', 'weight_attention_tier_1', 0.2, 'share', 'test'),
    ('test-v10', 'weight_outlet_breadth', 0.2, 'share', 'test'),
    ('test-v10', 'weight_effective_countries', 0.2, 'share', 'test'),
    ('test-v10', 'weight_effective_languages', 0.1, 'share', 'test'),
    ('test-v10', 'weight_likes', 0.2, 'share', 'test'),
    ('test-v10', 'weight_shares', 0.25, 'share', 'test'),
    ('test-v10', 'weight_comments', 0.25, 'share', 'test'),
    ('test-v10', 'weight_pickups', 0.2, 'share', 'test'),
    ('test-v10', 'weight_headline_prominence', 0.1, 'share', 'test'),
    ('test-v10', 'weight_net_tone', 0.5, 'share', 'test'),
    ('test-v10', 'weight_no_strong_negative', 0.25, 'share', 'test'),
    ('test-v10', 'weight_positive_countries', 0.25, 'share', 'test'),
    ('test-v10', 'reaction_median_likes', 100, 'reactions', 'test'),
    ('test-v10', 'reaction_median_shares', 100, 'reactions', 'test'),
    ('test-v10', 'reaction_median_comments', 100, 'reactions', 'test'),
    ('test-v10', 'goalpost_attention_low', -10, 'goalpost', 'test'),
    ('test-v10', 'goalpost_attention_high', 0, 'goalpost', 'test'),
    ('test-v10', 'goalpost_attention_tier_1_low', -10, 'goalpost', 'test'),
    ('test-v10', 'goalpost_attention_tier_1_high', 0, 'goalpost', 'test'),
    ('test-v10', 'goalpost_outlet_breadth_low', -10, 'goalpost', 'test'),
    ('test-v10', 'goalpost_outlet_breadth_high', 10, 'goalpost', 'test'),
    ('test-v10', 'goalpost_effective_countries_low', 0, 'goalpost', 'test'),
    ('test-v10', 'goalpost_effective_countries_high', 4, 'goalpost', 'test'),
    ('test-v10', 'goalpost_effective_languages_low', 0, 'goalpost', 'test'),
    ('test-v10', 'goalpost_effective_languages_high', 2, 'goalpost', 'test'),
    ('test-v10', 'goalpost_likes_low', 0, 'goalpost', 'test'),
    ('test-v10', 'goalpost_likes_high', 4, 'goalpost', 'test'),
    ('test-v10', 'goalpost_shares_low', 0, 'goalpost', 'test'),
    ('test-v10', 'goalpost_shares_high', 4, 'goalpost', 'test'),
    ('test-v10', 'goalpost_comments_low', 0, 'goalpost', 'test'),
    ('test-v10', 'goalpost_comments_high', 4, 'goalpost', 'test'),
    ('test-v10', 'goalpost_pickups_low', 0, 'goalpost', 'test'),
    ('test-v10', 'goalpost_pickups_high', 1, 'goalpost', 'test'),
    ('test-v10', 'goalpost_headline_prominence_low', -5, 'goalpost', 'test'),
    ('test-v10', 'goalpost_headline_prominence_high', 5, 'goalpost', 'test'),
    ('test-v10', 'goalpost_net_tone_low', -1, 'goalpost', 'test'),
    ('test-v10', 'goalpost_net_tone_high', 1, 'goalpost', 'test'),
    ('test-v10', 'goalpost_no_strong_negative_low', -5, 'goalpost', 'test'),
    ('test-v10', 'goalpost_no_strong_negative_high', 5, 'goalpost', 'test'),
    ('test-v10', 'goalpost_positive_countries_low', -5, 'goalpost', 'test'),
    ('test-v10', 'goalpost_positive_countries_high', 5, 'goalpost', 'test');

insert into seeds.countries (country_code, name, region, gdp_musd)
values
    ('GB', 'United Kingdom', 'Europe', 3600),
    ('FR', 'France', 'Europe', 2500),
    ('US', 'United States', 'Americas', 90000),
    ('TV', 'Tuvalu', 'Oceania', 100),
    ('CN', 'China', 'Asia', 40000),
    ('KP', 'North Korea', 'Asia', null),
    ('ZZ', 'Unknown', 'Unknown', null);

insert into seeds.languages (language_code, name) values ('en', 'English');

create function given.company(id text, is_comparator boolean default false)
returns void language sql as $$
    insert into seeds.companies (
        company_id, name, sector, ownership, home_country, is_comparator,
        is_active
    )
    values (id, upper(id), 'test', 'private', 'CN', is_comparator, true)
$$;

-- How a collect found the channels of an outlet.
create function given.collect(
    day date, outlet text, polled integer, readable integer
)
returns void language sql as $$
    insert into ops.outlet_runs (
        run_id, outlet_id, discovered_count, known_count, decided_count,
        deferred_count, request_count, not_modified_count, byte_count, error,
        finished_at, polled_channel_count, readable_channel_count
    )
    values (
        1000 + day - cast('2026-01-01' as date), outlet, 0, 0, 0,
        0, polled, 0, 0, case when readable = 0 then 'HTTP 500' end,
        cast(day as timestamp) at time zone 'UTC', polled, readable
    )
$$;

-- An outlet whose channel can be read every night: up, as long as nothing is
-- expected of it.
create function given.outlet(
    id text, publisher text, country text default 'GB', tier integer default 1,
    articles_min integer default null
)
returns void language sql as $$
    insert into seeds.outlets (
        outlet_id, name, publisher_id, country_code, language_code, tier,
        home_url, expected_articles_min, is_active
    )
    values (
        id, id, publisher, country, 'en', tier,
        concat('https://', id, '.example/'), articles_min, true
    );
    select given.collect(cast(day as date), id, 1, 1)
    from generate_series(
        cast('2026-10-01' as timestamp), '2026-12-31', '1 day'
    ) as day
$$;

-- Tests cluster by content_hash: articles with the same text tell one story.
create function given.article(night date, outlet text, id bigint, text_ text)
returns void language sql as $$
    insert into staging.articles (
        night, article_id, outlet_id, canonical_url, url, title, body, authors,
        language_code, charset, published_at, published_origin,
        is_published_exact, access, character_count, content_hash, sketch,
        first_seen_at, fetched_at, run_id
    )
    values (
        night, id, outlet, concat('https://', outlet, '.example/', id),
        concat('https://', outlet, '.example/', id), text_, text_, '{}', 'en',
        'utf-8', cast(night as timestamp) at time zone 'UTC', 'meta', true,
        'full', length(text_), text_, '{}',
        cast(night as timestamp) at time zone 'UTC',
        cast(night as timestamp) at time zone 'UTC', 1
    )
$$;

create function given.mention(
    night_ date, company text, article bigint, place text default 'headline',
    probability numeric default 1
)
returns void language sql as $$
    insert into staging.mentions (
        night, company_id, article_id, outlet_id, alias, alias_class, position,
        salience, match_probability, occurrence_count, evidence
    )
    select
        night_, company, article, a.outlet_id, company, 'A', place,
        0.5, probability, 1, 'test'
    from staging.articles as a
    where a.night = night_ and a.article_id = article
$$;

-- A mention with its namings: hashes of sentences and where they stand.
create function given.naming(
    night_ date, company text, article bigint, place text,
    hashes bigint[], places text[]
)
returns void language sql as $$
    select given.mention(night_, company, article, place);
    update staging.mentions
    set sentence_hashes = hashes, sentence_positions = places
    where night = night_ and company_id = company and article_id = article
$$;

-- How the text of an article came out.
create function given.text_(article bigint, characters integer, quality text)
returns void language sql as $$
    update staging.articles
    set character_count = characters, extraction_quality = quality
    where article_id = article
$$;

-- Which kinds of channels announced an article.
create function given.announced(article bigint, by_feed boolean, by_sitemap boolean)
returns void language sql as $$
    insert into ops.urls (
        url_hash, url, outlet_id, channel_url, channel_kind, discovered_at,
        discovered_run_id, outcome, article_id, is_in_feed, is_in_sitemap
    )
    select
        article, a.url, a.outlet_id, 'x', 'feed', a.first_seen_at,
        1, 'stored', article, by_feed, by_sitemap
    from staging.articles as a
    where a.article_id = article
$$;

-- A backfill of one outlet's night: its plan, its interval and what its run asked.
create function given.backfill(
    night_ date, outlet text, source_ text, state_ text, polled integer,
    ran_on date default '2026-12-24'
)
returns void language sql as $$
    with runs as (
        insert into ops.runs (
            job, night, cause, state, host, process_id, started_at,
            heartbeat_at, backfill_id, scope
        )
        values (
            'backfill', night_, 'backfill', 'done', 'h', 1, ran_on, ran_on, 1,
            outlet
        )
        returning run_id
    )
    insert into ops.outlet_runs (
        run_id, outlet_id, discovered_count, known_count, decided_count,
        deferred_count, request_count, not_modified_count, byte_count,
        finished_at, polled_channel_count, readable_channel_count
    )
    select
        r.run_id, outlet, 0, 0, 0, 0, polled, 0, 0,
        cast(ran_on as timestamp) at time zone 'UTC', polled, polled
    from runs as r;
    insert into ops.backfill_items (
        backfill_id, job, scope, night, source, request_count, byte_count,
        article_count, estimated_duration
    )
    values (1, 'backfill', outlet, night_, source_, 0, 0, 0, '0');
    insert into ops.intervals (
        job, scope, night, state, cause, attempt_count, planned_at, backfill_id
    )
    values ('backfill', outlet, night_, state_, 'backfill', 1, ran_on, 1)
$$;

-- A company whose mentions count for another one.
create function given.brand(id text, owner text)
returns void language sql as $$
    select given.company(id);
    update seeds.companies set parent_id = owner, counts_for = owner
    where company_id = id
$$;

-- By which alias a mention was decided.
create function given.named(night_ date, company text, article bigint, name text, class_ text)
returns void language sql as $$
    update staging.mentions set alias = name, alias_class = class_
    where night = night_ and company_id = company and article_id = article
$$;

-- n articles of a night in an outlet, each a story of its own, that name a
-- company by an alias.
create function given.namings(
    night_ date, outlet text, company text, name text, class_ text, n integer
)
returns void language sql as $$
    select
        given.article(night_, outlet, i.id, concat(outlet, night_, name, i.id)),
        given.mention(night_, company, i.id, 'lead'),
        given.named(night_, company, i.id, name, class_)
    from (
        select
            (night_ - cast('2026-01-01' as date)) * 1000000
            + abs(hashtext(concat(outlet, name))) % 9000 * 100 + k as id
        from generate_series(1, n) as k
    ) as i
$$;

-- What the tone model says of a mention.
create function given.tone(company text, article bigint, negative numeric, positive numeric)
returns void language sql as $$
    update staging.mentions set tone_negative = negative, tone_positive = positive
    where company_id = company and article_id = article
$$;

-- Dimensions of a mention, all as sure as can be.
create function given.dimensions(company text, article bigint, names text[])
returns void language sql as $$
    update staging.mentions set
        dimensions = names,
        dimension_probabilities = array_fill(1.0, array[cardinality(names)]),
        dimension_evidence = names
    where company_id = company and article_id = article
$$;

-- Whether a platform could be read for a night, and reactions found there.
create function given.platform(
    night_ date, name text, is_available boolean default true
)
returns void language sql as $$
    insert into staging.platform_nights (
        night, platform, is_available, collected_at
    )
    values (night_, name, is_available, cast(night_ as timestamp) at time zone 'UTC')
$$;

create function given.reactions(
    night_ date, company text, name text, likes bigint, shares bigint,
    comments bigint
)
returns void language sql as $$
    insert into staging.reactions (
        night, company_id, platform, likes, shares, comments
    )
    values (night_, company, name, likes, shares, comments)
$$;
