-- +goose Up
alter table staging.article_stories add column story_night date not null;
comment on column staging.article_stories.story_night is 'Night of that article: of two stories an article could join, it joins the older.';

create table intermediate.int_constants_pivoted (
    night date not null,
    method_version text not null,
    salience_headline numeric(18, 9) not null,
    salience_lead numeric(18, 9) not null,
    salience_body numeric(18, 9) not null,
    salience_passing numeric(18, 9) not null,
    copy_credit_log_factor numeric(18, 9) not null,
    decay_half_life_nights numeric(18, 9) not null,
    outlet_prior_articles numeric(18, 9) not null,
    global_prior_articles numeric(18, 9) not null,
    country_weight_cap numeric(18, 9) not null,
    reach_tier_1 numeric(18, 9) not null,
    reach_tier_2 numeric(18, 9) not null,
    reach_tier_3 numeric(18, 9) not null,
    outlet_up_share numeric(18, 9) not null,
    outlet_partial_share numeric(18, 9) not null,
    panel_degraded_share numeric(18, 9) not null,
    panel_publish_share numeric(18, 9) not null,
    story_window_nights integer not null,
    expectation_weeks integer not null,
    expectation_values_min integer not null,
    negligible_sum numeric(18, 9) not null,
    primary key (night)
);
comment on table intermediate.int_constants_pivoted is 'The numbers of the method a night was built with; one row per night, one column per constant.';
comment on column intermediate.int_constants_pivoted.night is 'Report date.';
comment on column intermediate.int_constants_pivoted.method_version is 'Version of the method the numbers belong to.';
comment on column intermediate.int_constants_pivoted.salience_headline is 'Weight of a mention in the headline, ratio.';
comment on column intermediate.int_constants_pivoted.salience_lead is 'Weight of a mention in the lead, ratio.';
comment on column intermediate.int_constants_pivoted.salience_body is 'Weight of two or more mentions in the body, ratio.';
comment on column intermediate.int_constants_pivoted.salience_passing is 'Weight of a single mention in the body, ratio.';
comment on column intermediate.int_constants_pivoted.copy_credit_log_factor is 'Factor f of the copy credit (1 + f * log2 n) / n, ratio.';
comment on column intermediate.int_constants_pivoted.decay_half_life_nights is 'Nights after which an article counts half.';
comment on column intermediate.int_constants_pivoted.outlet_prior_articles is 'Weight of the country''s share in an outlet''s shrunk share, articles.';
comment on column intermediate.int_constants_pivoted.global_prior_articles is 'Weight of the whole panel''s share in a country''s shrunk share, articles.';
comment on column intermediate.int_constants_pivoted.country_weight_cap is 'Most weight one country can have in the panel, share.';
comment on column intermediate.int_constants_pivoted.reach_tier_1 is 'Reach of a tier 1 outlet, relative.';
comment on column intermediate.int_constants_pivoted.reach_tier_2 is 'Reach of a tier 2 outlet, relative.';
comment on column intermediate.int_constants_pivoted.reach_tier_3 is 'Reach of a tier 3 outlet, relative.';
comment on column intermediate.int_constants_pivoted.outlet_up_share is 'Share of its expected articles from which an outlet is up.';
comment on column intermediate.int_constants_pivoted.outlet_partial_share is 'Share of its expected articles from which an outlet is partial; below it is down.';
comment on column intermediate.int_constants_pivoted.panel_degraded_share is 'Panel coverage below which a night is degraded.';
comment on column intermediate.int_constants_pivoted.panel_publish_share is 'Panel coverage below which a night is not published.';
comment on column intermediate.int_constants_pivoted.story_window_nights is 'Nights before this one in which the same story is looked for.';
comment on column intermediate.int_constants_pivoted.expectation_weeks is 'Weeks of the same weekday an outlet''s expectation looks back.';
comment on column intermediate.int_constants_pivoted.expectation_values_min is 'Fewest nights among these that make an expectation.';
comment on column intermediate.int_constants_pivoted.negligible_sum is 'Decayed sums below this are dropped.';

create table intermediate.int_nights_chained (
    night date not null,
    previous_night date,
    decay_factor numeric(19, 18),
    primary key (night)
);
comment on table intermediate.int_nights_chained is 'The night built before a night, and how much of its sums is left; one row per night.';
comment on column intermediate.int_nights_chained.night is 'Report date.';
comment on column intermediate.int_nights_chained.previous_night is 'The night built before; null for the first.';
comment on column intermediate.int_nights_chained.decay_factor is 'Share of its decayed sums that is left, by the nights between and the half-life; null for the first.';

create table intermediate.int_outlets_weighted (
    night date not null,
    outlet_id text not null,
    publisher_id text not null,
    country_code text not null,
    language_code text not null,
    tier smallint not null,
    country_share numeric(13, 12) not null,
    weight numeric(13, 12) not null,
    panel_id text not null,
    primary key (night, outlet_id)
);
comment on table intermediate.int_outlets_weighted is 'The panel: the outlets that count and their weights, frozen for a quarter; one row per night and outlet.';
comment on column intermediate.int_outlets_weighted.night is 'Report date.';
comment on column intermediate.int_outlets_weighted.outlet_id is 'Outlet of the panel.';
comment on column intermediate.int_outlets_weighted.publisher_id is 'Its owner.';
comment on column intermediate.int_outlets_weighted.country_code is 'Its country, ISO 3166-1 alpha-2; ZZ means unknown.';
comment on column intermediate.int_outlets_weighted.language_code is 'Its main language.';
comment on column intermediate.int_outlets_weighted.tier is '1 mainstream, 2 regional or trade, 3 other.';
comment on column intermediate.int_outlets_weighted.country_share is 'Weight of its country: by the root of GDP, capped; share of 1.';
comment on column intermediate.int_outlets_weighted.weight is 'Weight of the outlet: inside the country by the root of reach; all weights of a night sum to 1 exactly.';
comment on column intermediate.int_outlets_weighted.panel_id is 'Quarter and a digest of all outlets with their weights.';

create table intermediate.int_articles_deduplicated (
    night date not null,
    article_id bigint not null,
    outlet_id text not null,
    publisher_id text not null,
    country_code text not null,
    language_code text not null,
    tier smallint not null,
    story_id bigint not null,
    is_counted boolean not null,
    primary key (night, article_id)
);
comment on table intermediate.int_articles_deduplicated is 'Articles with their outlet and story; one row per night and article.';
comment on column intermediate.int_articles_deduplicated.night is 'Night of the article.';
comment on column intermediate.int_articles_deduplicated.article_id is 'The article.';
comment on column intermediate.int_articles_deduplicated.outlet_id is 'Outlet that published it.';
comment on column intermediate.int_articles_deduplicated.publisher_id is 'Owner of the outlet.';
comment on column intermediate.int_articles_deduplicated.country_code is 'Country of the outlet.';
comment on column intermediate.int_articles_deduplicated.language_code is 'Language of the text.';
comment on column intermediate.int_articles_deduplicated.tier is 'Tier of the outlet.';
comment on column intermediate.int_articles_deduplicated.story_id is 'Story it tells.';
comment on column intermediate.int_articles_deduplicated.is_counted is 'True for the first telling of the story by the outlet within the story window; others are duplicates.';

create table intermediate.int_stories_counted (
    night date not null,
    story_id bigint not null,
    article_count integer not null,
    publisher_count integer not null,
    copy_credit numeric(13, 12) not null,
    primary key (night, story_id)
);
comment on table intermediate.int_stories_counted is 'How far a story has spread and what one telling is worth; one row per night and story told that night.';
comment on column intermediate.int_stories_counted.night is 'Report date.';
comment on column intermediate.int_stories_counted.story_id is 'The story.';
comment on column intermediate.int_stories_counted.article_count is 'Articles that tell it on this night.';
comment on column intermediate.int_stories_counted.publisher_count is 'Distinct publishers that told it on this night or before within the story window.';
comment on column intermediate.int_stories_counted.copy_credit is 'What one publisher''s telling is worth: (1 + f * log2 n) / n.';

create table intermediate.int_mentions_weighted (
    night date not null,
    company_id text not null,
    article_id bigint not null,
    outlet_id text not null,
    publisher_id text not null,
    country_code text not null,
    language_code text not null,
    story_id bigint not null,
    salience numeric(4, 3) not null,
    match_probability numeric(4, 3) not null,
    copy_credit numeric(13, 12) not null,
    is_voice boolean not null,
    weight numeric(13, 12) not null,
    primary key (night, company_id, article_id)
);
comment on table intermediate.int_mentions_weighted is 'Mentions and their weight; one row per night, company and article.';
comment on column intermediate.int_mentions_weighted.night is 'Night of the article.';
comment on column intermediate.int_mentions_weighted.company_id is 'Company named.';
comment on column intermediate.int_mentions_weighted.article_id is 'Article it is named in.';
comment on column intermediate.int_mentions_weighted.outlet_id is 'Outlet of the article.';
comment on column intermediate.int_mentions_weighted.publisher_id is 'Owner of the outlet.';
comment on column intermediate.int_mentions_weighted.country_code is 'Country of the outlet.';
comment on column intermediate.int_mentions_weighted.language_code is 'Language of the article.';
comment on column intermediate.int_mentions_weighted.story_id is 'Story of the article.';
comment on column intermediate.int_mentions_weighted.salience is 'Weight of the place the company is named in.';
comment on column intermediate.int_mentions_weighted.match_probability is 'Probability that the name means the company.';
comment on column intermediate.int_mentions_weighted.copy_credit is 'Worth of one telling of the story.';
comment on column intermediate.int_mentions_weighted.is_voice is 'True for the one mention that speaks for its publisher in this story; the publisher''s other tellings carry no weight.';
comment on column intermediate.int_mentions_weighted.weight is 'm = match probability * salience * copy credit; 0 if not a voice.';

create table intermediate.int_companies_counted (
    night date not null,
    company_id text not null,
    article_count integer not null,
    story_count integer not null,
    voice_count integer not null,
    outlet_count integer not null,
    country_count integer not null,
    language_count integer not null,
    primary key (night, company_id)
);
comment on table intermediate.int_companies_counted is 'What was written about a company on one night, in plain counts; one row per night and company named.';
comment on column intermediate.int_companies_counted.night is 'Report date.';
comment on column intermediate.int_companies_counted.company_id is 'Company named.';
comment on column intermediate.int_companies_counted.article_count is 'Articles that name it, duplicates inside an outlet counted once.';
comment on column intermediate.int_companies_counted.story_count is 'Distinct stories that name it.';
comment on column intermediate.int_companies_counted.voice_count is 'Independent voices: distinct pairs of publisher and story, new on this night.';
comment on column intermediate.int_companies_counted.outlet_count is 'Distinct outlets that name it.';
comment on column intermediate.int_companies_counted.country_count is 'Distinct countries of these outlets; unknown counts as one.';
comment on column intermediate.int_companies_counted.language_count is 'Distinct languages of these articles; undetermined is not counted.';

create table intermediate.int_outlet_nights_counted (
    night date not null,
    outlet_id text not null,
    article_count integer not null,
    expected_count integer,
    state text not null check (state in ('up', 'partial', 'down')),
    channel_count integer not null,
    readable_channel_count integer not null,
    primary key (night, outlet_id)
);
comment on table intermediate.int_outlet_nights_counted is 'What each outlet delivered and whether it was up; one row per night and outlet of the panel or with articles.';
comment on column intermediate.int_outlet_nights_counted.night is 'Report date.';
comment on column intermediate.int_outlet_nights_counted.outlet_id is 'The outlet.';
comment on column intermediate.int_outlet_nights_counted.article_count is 'Articles on any topic, duplicates counted once.';
comment on column intermediate.int_outlet_nights_counted.expected_count is 'Articles expected: the median of the same weekday over the last weeks it was not down, else the least the registry declares; null where nothing is known.';
comment on column intermediate.int_outlet_nights_counted.state is 'up, partial or down against the expectation; without one, up if it delivered articles or a channel could be read in the night or the two days after it.';
comment on column intermediate.int_outlet_nights_counted.channel_count is 'Most channels asked in one collect of the night or the two days after it; 0 if none was.';
comment on column intermediate.int_outlet_nights_counted.readable_channel_count is 'Most channels that gave a valid answer in one of these collects, also an empty or unchanged one.';

create table intermediate.int_outlet_company_nights_summed (
    night date not null,
    outlet_id text not null,
    company_id text not null,
    mention_count integer not null,
    weight_sum numeric(18, 12) not null,
    attention numeric(18, 12) not null,
    primary key (night, outlet_id, company_id)
);
comment on table intermediate.int_outlet_company_nights_summed is 'What one outlet said about one company on one night; one row per night, outlet and company with a weighted mention.';
comment on column intermediate.int_outlet_company_nights_summed.night is 'Report date.';
comment on column intermediate.int_outlet_company_nights_summed.outlet_id is 'The outlet.';
comment on column intermediate.int_outlet_company_nights_summed.company_id is 'The company.';
comment on column intermediate.int_outlet_company_nights_summed.mention_count is 'Mentions with weight.';
comment on column intermediate.int_outlet_company_nights_summed.weight_sum is 'Sum of their weights m.';
comment on column intermediate.int_outlet_company_nights_summed.attention is 'x = log2(1 + sum of m): concave, so that no outlet can shout.';

create table intermediate.int_outlet_sums_decayed (
    night date not null,
    outlet_id text not null,
    article_sum numeric(18, 12) not null,
    primary key (night, outlet_id)
);
comment on table intermediate.int_outlet_sums_decayed is 'N: articles of an outlet on any topic, older nights fading; one row per night and outlet.';
comment on column intermediate.int_outlet_sums_decayed.night is 'Report date.';
comment on column intermediate.int_outlet_sums_decayed.outlet_id is 'The outlet.';
comment on column intermediate.int_outlet_sums_decayed.article_sum is 'N = decay * N of the night built before + articles of this night.';

create table intermediate.int_outlet_company_sums_decayed (
    night date not null,
    outlet_id text not null,
    company_id text not null,
    attention_sum numeric(18, 12) not null,
    primary key (night, outlet_id, company_id)
);
comment on table intermediate.int_outlet_company_sums_decayed is 'X: what an outlet said about a company, older nights fading; one row per night, outlet and company.';
comment on column intermediate.int_outlet_company_sums_decayed.night is 'Report date.';
comment on column intermediate.int_outlet_company_sums_decayed.outlet_id is 'The outlet.';
comment on column intermediate.int_outlet_company_sums_decayed.company_id is 'The company.';
comment on column intermediate.int_outlet_company_sums_decayed.attention_sum is 'X = decay * X of the night built before + x of this night.';

create table intermediate.int_attention_shrunk (
    night date not null,
    company_id text not null,
    panel_share numeric(13, 12) not null,
    attention numeric(13, 12) not null,
    attention_tier_1 numeric(13, 12),
    primary key (night, company_id)
);
comment on table intermediate.int_attention_shrunk is 'Attention A: the panel''s weighted, shrunk share of attention for a company; one row per night and company with a decayed mention.';
comment on column intermediate.int_attention_shrunk.night is 'Report date.';
comment on column intermediate.int_attention_shrunk.company_id is 'The company; comparators included.';
comment on column intermediate.int_attention_shrunk.panel_share is 'Prior: sum of X over sum of N of the whole panel, unweighted.';
comment on column intermediate.int_attention_shrunk.attention is 'A = sum over outlets of weight * shrunk share.';
comment on column intermediate.int_attention_shrunk.attention_tier_1 is 'The same over tier 1 outlets alone, their weights scaled to 1; null if the panel has none.';

create table intermediate.int_companies_ranked (
    night date not null,
    company_id text not null,
    rank_position integer not null,
    primary key (night, company_id)
);
comment on table intermediate.int_companies_ranked is 'The order of the ranking; one row per night and active company with attention that is no comparator.';
comment on column intermediate.int_companies_ranked.night is 'Report date.';
comment on column intermediate.int_companies_ranked.company_id is 'Company ranked.';
comment on column intermediate.int_companies_ranked.rank_position is 'Place by attention, from 1; ties by company_id, so no two share one.';

create table intermediate.int_panels_covered (
    night date not null,
    panel_id text not null,
    outlet_count integer not null,
    outlet_up_count integer not null,
    coverage_share numeric(13, 12) not null,
    is_degraded boolean not null,
    primary key (night)
);
comment on table intermediate.int_panels_covered is 'How much of the panel was up; one row per night.';
comment on column intermediate.int_panels_covered.night is 'Report date.';
comment on column intermediate.int_panels_covered.panel_id is 'The panel.';
comment on column intermediate.int_panels_covered.outlet_count is 'Outlets of the panel.';
comment on column intermediate.int_panels_covered.outlet_up_count is 'Of these, outlets that were up.';
comment on column intermediate.int_panels_covered.coverage_share is 'Sum of the weights of outlets that were up.';
comment on column intermediate.int_panels_covered.is_degraded is 'True if coverage is below the declared share.';

-- +goose Down
alter table staging.article_stories drop column story_night;
drop table intermediate.int_panels_covered;
drop table intermediate.int_companies_ranked;
drop table intermediate.int_attention_shrunk;
drop table intermediate.int_outlet_company_sums_decayed;
drop table intermediate.int_outlet_sums_decayed;
drop table intermediate.int_outlet_company_nights_summed;
drop table intermediate.int_outlet_nights_counted;
drop table intermediate.int_companies_counted;
drop table intermediate.int_mentions_weighted;
drop table intermediate.int_stories_counted;
drop table intermediate.int_articles_deduplicated;
drop table intermediate.int_outlets_weighted;
drop table intermediate.int_nights_chained;
drop table intermediate.int_constants_pivoted;
