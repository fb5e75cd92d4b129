-- +goose Up
-- Reputation, the five dimensions, the hundred companies under study and the cases (sql/METHOD.md, sections 2 and 4), and what BI tools read of countries, outlets and stories.
alter table intermediate.int_constants_pivoted
    add column strong_negative_prior numeric(18, 9) not null default 0.1,
    add column strong_negative_prior_reach numeric(18, 9) not null default 4,
    add column case_count integer not null default 20,
    add column object_count integer not null default 100,
    add column object_window_nights integer not null default 90,
    add column goalpost_dimension_low numeric(18, 9) not null default -13,
    add column goalpost_dimension_high numeric(18, 9) not null default -6,
    add column negligible_dimension_sum numeric(18, 9) not null default 0.01;
alter table intermediate.int_constants_pivoted
    alter column strong_negative_prior drop default,
    alter column strong_negative_prior_reach drop default,
    alter column case_count drop default,
    alter column object_count drop default,
    alter column object_window_nights drop default,
    alter column goalpost_dimension_low drop default,
    alter column goalpost_dimension_high drop default,
    alter column negligible_dimension_sum drop default;
comment on column intermediate.int_constants_pivoted.goalpost_dimension_low is 'Logarithm of the attention in a dimension that scores 0.';
comment on column intermediate.int_constants_pivoted.goalpost_dimension_high is 'Logarithm of the attention in a dimension that scores 100.';
comment on column intermediate.int_constants_pivoted.negligible_dimension_sum is 'Sum of an outlet, company and dimension below which it is dropped.';
comment on column intermediate.int_constants_pivoted.strong_negative_prior is 'Share of strongly negative voices of a sector of which too little is known.';
comment on column intermediate.int_constants_pivoted.strong_negative_prior_reach is 'Weight times reach that outweighs what is usual of strongly negative voices.';
comment on column intermediate.int_constants_pivoted.case_count is 'Number of cases.';
comment on column intermediate.int_constants_pivoted.object_count is 'Number of companies under study.';
comment on column intermediate.int_constants_pivoted.object_window_nights is 'Nights over which their attention is taken.';

-- Tone by country, too; what was summed before is of no known country.
alter table intermediate.int_company_tones_summed drop constraint int_company_tones_summed_pkey;
alter table intermediate.int_company_tones_summed
    add column country_code text not null default 'ZZ',
    add column toned_reach_sum numeric(18, 12) not null default 0,
    add column strong_negative_sum numeric(18, 12) not null default 0,
    add column net_sum numeric(18, 12) not null default 0;
alter table intermediate.int_company_tones_summed
    alter column country_code drop default,
    alter column toned_reach_sum drop default,
    alter column strong_negative_sum drop default,
    alter column net_sum drop default;
alter table intermediate.int_company_tones_summed add primary key (night, company_id, country_code, language_code);
alter table intermediate.int_company_tones_decayed drop constraint int_company_tones_decayed_pkey;
alter table intermediate.int_company_tones_decayed
    add column country_code text not null default 'ZZ',
    add column toned_reach_sum numeric(18, 12) not null default 0,
    add column strong_negative_sum numeric(18, 12) not null default 0,
    add column net_sum numeric(18, 12) not null default 0;
alter table intermediate.int_company_tones_decayed
    alter column country_code drop default,
    alter column toned_reach_sum drop default,
    alter column strong_negative_sum drop default,
    alter column net_sum drop default;
alter table intermediate.int_company_tones_decayed add primary key (night, company_id, country_code, language_code);
comment on table intermediate.int_company_tones_summed is 'Tone of tonight''s voices; one row per night, company, country and language.';
comment on column intermediate.int_company_tones_summed.country_code is 'Country of the outlets; ZZ means unknown.';
comment on column intermediate.int_company_tones_summed.toned_reach_sum is 'Sum of weight times reach of the voices whose tone is known.';
comment on column intermediate.int_company_tones_summed.strong_negative_sum is 'The same of those that are strongly negative.';
comment on column intermediate.int_company_tones_summed.net_sum is 'Sum of the net tones of the voices whose tone is known, each counting the same.';
comment on table intermediate.int_company_tones_decayed is 'Tone of a company, older nights fading; one row per night, company, country and language.';
comment on column intermediate.int_company_tones_decayed.country_code is 'Country of the outlets; ZZ means unknown.';
comment on column intermediate.int_company_tones_decayed.toned_reach_sum is 'Sum of weight times reach of the voices whose tone is known.';
comment on column intermediate.int_company_tones_decayed.strong_negative_sum is 'The same of those that are strongly negative.';
comment on column intermediate.int_company_tones_decayed.net_sum is 'Sum of the net tones of the voices whose tone is known, each counting the same.';

create table intermediate.int_language_tones_corrected (
    night date not null,
    company_id text not null,
    language_code text not null,
    toned_weight_sum numeric(18, 12) not null,
    toned_sum numeric(18, 12) not null,
    negative_share numeric(18, 12) not null,
    positive_share numeric(18, 12) not null,
    net_shift numeric(18, 12) not null,
    primary key (night, company_id, language_code)
);
comment on table intermediate.int_language_tones_corrected is 'Tone towards a company in the articles of a language, corrected for how the model errs there; one row per night, company and language with a known tone.';
comment on column intermediate.int_language_tones_corrected.night is 'Report date.';
comment on column intermediate.int_language_tones_corrected.company_id is 'The company; comparators included.';
comment on column intermediate.int_language_tones_corrected.language_code is 'Language of the articles.';
comment on column intermediate.int_language_tones_corrected.toned_weight_sum is 'Weight of the voices whose tone is known, older ones fading.';
comment on column intermediate.int_language_tones_corrected.toned_sum is 'Number of these voices.';
comment on column intermediate.int_language_tones_corrected.negative_share is 'Share of negative voices by weight, corrected.';
comment on column intermediate.int_language_tones_corrected.positive_share is 'Share of positive voices by weight, corrected.';
comment on column intermediate.int_language_tones_corrected.net_shift is 'What the correction adds to the net tone as judged.';

create table intermediate.int_tone_norms_frozen (
    night date not null,
    scope text not null check (scope in ('country', 'sector')),
    scope_key text not null,
    net_tone numeric(18, 12) not null,
    strong_negative_share numeric(18, 12) not null,
    reference_id text not null,
    is_declared boolean not null,
    primary key (night, scope, scope_key)
);
comment on table intermediate.int_tone_norms_frozen is 'What tone is usual in a country''s press and in a sector, frozen for a quarter; one row per night, scope and country or sector.';
comment on column intermediate.int_tone_norms_frozen.night is 'Report date.';
comment on column intermediate.int_tone_norms_frozen.scope is 'country: press of a country; sector: companies of a sector.';
comment on column intermediate.int_tone_norms_frozen.scope_key is 'ISO 3166-1 alpha-2 code of the country, or name of the sector.';
comment on column intermediate.int_tone_norms_frozen.net_tone is 'Country: mean net tone. Sector: mean net tone above that of the countries it comes from.';
comment on column intermediate.int_tone_norms_frozen.strong_negative_share is 'Sector: share of strongly negative voices. Country: 0.';
comment on column intermediate.int_tone_norms_frozen.reference_id is 'Quarter, and measured or declared.';
comment on column intermediate.int_tone_norms_frozen.is_declared is 'True while too few nights are known: the declared norm holds.';

create table intermediate.int_reputation_measured (
    night date not null,
    company_id text not null,
    indicator text not null,
    raw_value numeric(24, 12) not null,
    is_insufficient boolean not null,
    primary key (night, company_id, indicator)
);
comment on table intermediate.int_reputation_measured is 'Reputation: tone, strongly negative voices, countries that speak well; one row per night, company with attention and indicator.';
comment on column intermediate.int_reputation_measured.night is 'Report date.';
comment on column intermediate.int_reputation_measured.company_id is 'The company; comparators included.';
comment on column intermediate.int_reputation_measured.indicator is 'net_tone, no_strong_negative or positive_countries.';
comment on column intermediate.int_reputation_measured.raw_value is 'Value in the indicator''s own unit (sql/METHOD.md, section 2).';
comment on column intermediate.int_reputation_measured.is_insufficient is 'True if too few toned voices were known on the night before: the value is the prior.';

create table intermediate.int_mention_dimensions (
    night date not null,
    company_id text not null,
    article_id bigint not null,
    dimension text not null,
    probability numeric(5, 4) not null,
    primary key (night, company_id, article_id, dimension)
);
comment on table intermediate.int_mention_dimensions is 'What a mention is about; one row per night, company, article that counts and dimension.';
comment on column intermediate.int_mention_dimensions.night is 'Report date.';
comment on column intermediate.int_mention_dimensions.company_id is 'The company; comparators included.';
comment on column intermediate.int_mention_dimensions.article_id is 'The article.';
comment on column intermediate.int_mention_dimensions.dimension is 'global_layout, global_competitiveness, corporate_culture, social_responsibility or global_governance.';
comment on column intermediate.int_mention_dimensions.probability is 'Probability of the label, of the surest of the company''s names.';

create table intermediate.int_outlet_long_sums_decayed (
    night date not null,
    outlet_id text not null,
    article_sum numeric(18, 12) not null,
    primary key (night, outlet_id)
);
comment on table intermediate.int_outlet_long_sums_decayed is 'Articles of an outlet on any topic, older nights fading slowly; one row per night and outlet.';
comment on column intermediate.int_outlet_long_sums_decayed.night is 'Report date.';
comment on column intermediate.int_outlet_long_sums_decayed.outlet_id is 'The outlet.';
comment on column intermediate.int_outlet_long_sums_decayed.article_sum is 'As int_outlet_sums_decayed, with the half-life of the dimensions.';

create table intermediate.int_outlet_dimension_sums_decayed (
    night date not null,
    outlet_id text not null,
    company_id text not null,
    dimension text not null,
    attention_sum numeric(18, 12) not null,
    mention_sum numeric(18, 12) not null,
    toned_sum numeric(18, 12) not null,
    net_sum numeric(18, 12) not null,
    primary key (night, outlet_id, company_id, dimension)
);
comment on table intermediate.int_outlet_dimension_sums_decayed is 'What an outlet said about a company in a dimension, older nights fading slowly; one row per night, outlet, company and dimension.';
comment on column intermediate.int_outlet_dimension_sums_decayed.night is 'Report date.';
comment on column intermediate.int_outlet_dimension_sums_decayed.outlet_id is 'The outlet.';
comment on column intermediate.int_outlet_dimension_sums_decayed.company_id is 'The company; comparators included.';
comment on column intermediate.int_outlet_dimension_sums_decayed.dimension is 'The dimension.';
comment on column intermediate.int_outlet_dimension_sums_decayed.attention_sum is 'Sum of log2(1 + sum of weights), each weight by the probability of the label.';
comment on column intermediate.int_outlet_dimension_sums_decayed.mention_sum is 'Number of voices.';
comment on column intermediate.int_outlet_dimension_sums_decayed.toned_sum is 'Number of voices whose tone is known.';
comment on column intermediate.int_outlet_dimension_sums_decayed.net_sum is 'Sum of their net tones, as judged.';

create table intermediate.int_dimensions_scored (
    night date not null,
    company_id text not null,
    dimension text not null,
    attention numeric(13, 12) not null,
    net_tone numeric(7, 6) not null,
    mention_sum numeric(18, 12) not null,
    score numeric(18, 12) not null,
    primary key (night, company_id, dimension)
);
comment on table intermediate.int_dimensions_scored is 'The five dimensions of a company; one row per night, company and dimension it is written about in.';
comment on column intermediate.int_dimensions_scored.night is 'Report date.';
comment on column intermediate.int_dimensions_scored.company_id is 'The company; comparators included.';
comment on column intermediate.int_dimensions_scored.dimension is 'The dimension.';
comment on column intermediate.int_dimensions_scored.attention is 'Weighted, shrunk share of the panel''s articles.';
comment on column intermediate.int_dimensions_scored.net_tone is 'Net tone of these mentions, shrunk to 0.';
comment on column intermediate.int_dimensions_scored.mention_sum is 'Voices, older ones fading.';
comment on column intermediate.int_dimensions_scored.score is 'D: the goalposts of attention, times (1 + net tone) / 2.';

create table intermediate.int_companies_comprehended (
    night date not null,
    company_id text not null,
    score numeric(18, 12) not null,
    dimension_count integer not null,
    mention_sum numeric(18, 12) not null,
    primary key (night, company_id)
);
comment on table intermediate.int_companies_comprehended is 'The comprehensive score of a company; one row per night and company with a voice that has not faded.';
comment on column intermediate.int_companies_comprehended.night is 'Report date.';
comment on column intermediate.int_companies_comprehended.company_id is 'The company; comparators included.';
comment on column intermediate.int_companies_comprehended.score is 'E: product of the five dimension scores, at least 1 each, to the power of .2.';
comment on column intermediate.int_companies_comprehended.dimension_count is 'Dimensions with enough mentions to count for a case.';
comment on column intermediate.int_companies_comprehended.mention_sum is 'Voices, older ones fading with the half-life of the dimensions.';

create table intermediate.int_objects_selected (
    night date not null,
    company_id text not null,
    mean_attention numeric(13, 12) not null,
    object_position integer not null,
    nights_in integer not null,
    nights_out integer not null,
    is_object boolean not null,
    primary key (night, company_id)
);
comment on table intermediate.int_objects_selected is 'The hundred companies that are studied; one row per night and company that is ranked or was an object the night before.';
comment on column intermediate.int_objects_selected.night is 'Report date.';
comment on column intermediate.int_objects_selected.company_id is 'The company.';
comment on column intermediate.int_objects_selected.mean_attention is 'Mean attention of the nights of the window that were built, 0 where it had none.';
comment on column intermediate.int_objects_selected.object_position is 'Position by it.';
comment on column intermediate.int_objects_selected.nights_in is 'Nights in a row at the position that lets in.';
comment on column intermediate.int_objects_selected.nights_out is 'Nights in a row behind the position that puts out.';
comment on column intermediate.int_objects_selected.is_object is 'True if the company is one of the hundred.';

create table intermediate.int_naming_articles (
    night date not null,
    article_id bigint not null,
    outlet_id text not null,
    publisher_id text not null,
    country_code text not null,
    language_code text not null,
    story_id bigint not null,
    headline text not null,
    url text not null,
    published_at timestamptz not null,
    primary key (night, article_id)
);
comment on table intermediate.int_naming_articles is 'Articles that name a followed company; one row per night and article.';
comment on column intermediate.int_naming_articles.night is 'Report date.';
comment on column intermediate.int_naming_articles.article_id is 'The article.';
comment on column intermediate.int_naming_articles.outlet_id is 'Its outlet.';
comment on column intermediate.int_naming_articles.publisher_id is 'Owner of the outlet.';
comment on column intermediate.int_naming_articles.country_code is 'Country of the outlet.';
comment on column intermediate.int_naming_articles.language_code is 'Language of the article.';
comment on column intermediate.int_naming_articles.story_id is 'The story it tells.';
comment on column intermediate.int_naming_articles.headline is 'Headline.';
comment on column intermediate.int_naming_articles.url is 'Canonical address.';
comment on column intermediate.int_naming_articles.published_at is 'When it was published, UTC.';

create table intermediate.int_cases_selected (
    night date not null,
    company_id text not null,
    case_position integer not null,
    comprehensive_score numeric(18, 12) not null,
    discounted_score numeric(18, 12) not null,
    reason_code text not null,
    caveat_code text,
    primary key (night, company_id)
);
comment on table intermediate.int_cases_selected is 'The representative companies; one row per night and case. Made in Go (transform/build).';
comment on column intermediate.int_cases_selected.night is 'Report date.';
comment on column intermediate.int_cases_selected.company_id is 'The company.';
comment on column intermediate.int_cases_selected.case_position is 'Order of choice, from 1; who was brought in by an exchange stands last.';
comment on column intermediate.int_cases_selected.comprehensive_score is 'E.';
comment on column intermediate.int_cases_selected.discounted_score is 'E after the discount for others of its sector chosen before.';
comment on column intermediate.int_cases_selected.reason_code is 'score: by its score; sector: brought a sector; ownership: brought a kind of ownership; best_<dimension>: the best company of a dimension.';
comment on column intermediate.int_cases_selected.caveat_code is 'What could not be held to, comma-separated: probability_unknown (its place in front was not computed), count (fewer than asked for), sectors, ownership, best_<dimension>; null if all was.';

create table intermediate.int_case_articles (
    night date not null,
    company_id text not null,
    dimension text not null,
    article_position integer not null,
    article_night date not null,
    article_id bigint not null,
    outlet_id text not null,
    headline text not null,
    url text not null,
    evidence text not null,
    cue text not null,
    primary key (night, company_id, dimension, article_position)
);
comment on table intermediate.int_case_articles is 'Articles that show why a company is a case; one row per night, company, dimension and position.';
comment on column intermediate.int_case_articles.night is 'Report date.';
comment on column intermediate.int_case_articles.company_id is 'The company.';
comment on column intermediate.int_case_articles.dimension is 'The dimension.';
comment on column intermediate.int_case_articles.article_position is '1 to 3, the surest label first.';
comment on column intermediate.int_case_articles.article_night is 'Night of the article.';
comment on column intermediate.int_case_articles.article_id is 'The article.';
comment on column intermediate.int_case_articles.outlet_id is 'Its outlet.';
comment on column intermediate.int_case_articles.headline is 'Headline.';
comment on column intermediate.int_case_articles.url is 'Canonical address.';
comment on column intermediate.int_case_articles.evidence is 'The sentence that names the company.';
comment on column intermediate.int_case_articles.cue is 'The words, there or near it, that speak of the dimension; empty where they were not kept.';

create table marts.company_comprehensive_scores (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    score numeric(9, 6) not null,
    dimension_count smallint not null,
    top40_probability numeric(5, 4),
    primary key (night, company_id)
);
create index company_comprehensive_scores_company_id on marts.company_comprehensive_scores (company_id, night);
comment on table marts.company_comprehensive_scores is 'The comprehensive score over the five dimensions; one row per night and company written about in one.';
comment on column marts.company_comprehensive_scores.night is 'Report date.';
comment on column marts.company_comprehensive_scores.company_id is 'The company.';
comment on column marts.company_comprehensive_scores.score is 'E, 1 to 120: the geometric mean of the five dimension scores, at least 1 each.';
comment on column marts.company_comprehensive_scores.dimension_count is 'Dimensions with enough mentions to count for a case.';
comment on column marts.company_comprehensive_scores.top40_probability is 'Probability of a place among the first 40; null for comparators.';

create table marts.company_objects (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    object_position integer not null,
    mean_attention numeric(13, 12) not null,
    primary key (night, company_id)
);
create index company_objects_company_id on marts.company_objects (company_id, night);
comment on table marts.company_objects is 'The hundred companies under study; one row per night and company.';
comment on column marts.company_objects.night is 'Report date.';
comment on column marts.company_objects.company_id is 'The company.';
comment on column marts.company_objects.object_position is 'Position by mean attention of up to 90 nights; may lie behind 100 for a while: who is in stays until it is out for two weeks.';
comment on column marts.company_objects.mean_attention is 'Mean attention of up to 90 nights, a share, 0 to 1.';

create table marts.company_cases (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    case_position smallint not null,
    comprehensive_score numeric(9, 6) not null,
    discounted_score numeric(9, 6) not null,
    reason_code text not null,
    caveat_code text,
    primary key (night, company_id)
);
create index company_cases_company_id on marts.company_cases (company_id, night);
comment on table marts.company_cases is 'The representative cases; one row per night and company chosen.';
comment on column marts.company_cases.night is 'Report date.';
comment on column marts.company_cases.company_id is 'The company.';
comment on column marts.company_cases.case_position is 'Order of choice, from 1; who was brought in by an exchange stands last.';
comment on column marts.company_cases.comprehensive_score is 'Comprehensive score.';
comment on column marts.company_cases.discounted_score is 'The same after the discount for others of its sector chosen before.';
comment on column marts.company_cases.reason_code is 'score, sector, ownership or best_<dimension>: what the company was chosen for.';
comment on column marts.company_cases.caveat_code is 'Conditions of the choice that could not be met, comma-separated: probability_unknown (its place in front was not computed), count (fewer than asked for), sectors, ownership, best_<dimension>; null if all were.';

create table marts.company_case_articles (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    dimension text not null,
    article_position smallint not null,
    article_night date not null,
    outlet_id text not null references marts.outlets (outlet_id),
    headline text not null,
    url text not null,
    evidence text not null,
    cue text not null,
    primary key (night, company_id, dimension, article_position)
);
create index company_case_articles_company_id on marts.company_case_articles (company_id, night);
create index company_case_articles_outlet_id on marts.company_case_articles (outlet_id);
comment on table marts.company_case_articles is 'Articles that show why a company is a case; one row per night, company, dimension and position.';
comment on column marts.company_case_articles.night is 'Report date.';
comment on column marts.company_case_articles.company_id is 'The company.';
comment on column marts.company_case_articles.dimension is 'The dimension.';
comment on column marts.company_case_articles.article_position is '1 to 3, the surest first.';
comment on column marts.company_case_articles.article_night is 'Night of the article.';
comment on column marts.company_case_articles.outlet_id is 'Outlet of the article.';
comment on column marts.company_case_articles.headline is 'Headline.';
comment on column marts.company_case_articles.url is 'Address.';
comment on column marts.company_case_articles.evidence is 'The sentence that names the company.';
comment on column marts.company_case_articles.cue is 'The words, there or near it, that speak of the dimension; empty where they were not kept.';

create table marts.company_countries (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    country_code text not null,
    country_name text not null,
    article_count integer not null,
    voice_count integer not null,
    outlet_count integer not null,
    weight_share numeric(7, 6) not null,
    net_tone numeric(7, 6),
    primary key (night, company_id, country_code)
);
create index company_countries_company_id on marts.company_countries (company_id, night);
comment on table marts.company_countries is 'Where a company is written about; one row per night, company and country that named it on the night.';
comment on column marts.company_countries.night is 'Report date.';
comment on column marts.company_countries.company_id is 'The company.';
comment on column marts.company_countries.country_code is 'Country of the outlets, ISO 3166-1 alpha-2; ZZ means unknown.';
comment on column marts.company_countries.country_name is 'English name of the country.';
comment on column marts.company_countries.article_count is 'Articles of the night that name it, duplicates inside an outlet counted once.';
comment on column marts.company_countries.voice_count is 'Independent voices, new on this night.';
comment on column marts.company_countries.outlet_count is 'Outlets that named it.';
comment on column marts.company_countries.weight_share is 'Share of the night''s weight of its mentions, 0 to 1; all countries of a company sum to 1, or to 0 if no mention has weight.';
comment on column marts.company_countries.net_tone is 'Net tone of the night''s toned voices as judged, -1 to 1; null where none is known.';

create table marts.company_outlets (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    outlet_id text not null references marts.outlets (outlet_id),
    article_count integer not null,
    weight_sum numeric(18, 12) not null,
    net_tone numeric(7, 6),
    primary key (night, company_id, outlet_id)
);
create index company_outlets_company_id on marts.company_outlets (company_id, night);
create index company_outlets_outlet_id on marts.company_outlets (outlet_id, night);
comment on table marts.company_outlets is 'Which outlets write about a company; one row per night, company and outlet that named it on the night.';
comment on column marts.company_outlets.night is 'Report date.';
comment on column marts.company_outlets.company_id is 'The company.';
comment on column marts.company_outlets.outlet_id is 'The outlet.';
comment on column marts.company_outlets.article_count is 'Articles of the night that name it, duplicates inside the outlet counted once.';
comment on column marts.company_outlets.weight_sum is 'Sum of the weights of its mentions; 0 if others spoke for the publisher.';
comment on column marts.company_outlets.net_tone is 'Net tone of the night''s toned mentions as judged, -1 to 1; null where none is known.';

create table marts.stories (
    night date not null references marts.nights (night),
    story_id text not null,
    headline text not null,
    url text not null,
    outlet_id text not null references marts.outlets (outlet_id),
    language_code text not null,
    first_published_at timestamptz not null,
    first_published_date date not null,
    article_count integer not null,
    publisher_count integer not null,
    country_count integer not null,
    company_count integer not null,
    primary key (night, story_id)
);
create index stories_outlet_id on marts.stories (outlet_id, night);
comment on table marts.stories is 'Stories of the night that name a followed company; one row per night and story.';
comment on column marts.stories.night is 'Report date.';
comment on column marts.stories.story_id is 'The story, as text: its number may be longer than a tool can count. The same on later nights.';
comment on column marts.stories.headline is 'Headline of the first telling of the night.';
comment on column marts.stories.url is 'Its address.';
comment on column marts.stories.outlet_id is 'Its outlet.';
comment on column marts.stories.language_code is 'Its language, BCP 47; und means undetermined.';
comment on column marts.stories.first_published_at is 'When it was published, UTC.';
comment on column marts.stories.first_published_date is 'Date of first_published_at, UTC.';
comment on column marts.stories.article_count is 'Articles of the night that tell the story and name a company.';
comment on column marts.stories.publisher_count is 'Publishers that told the story on this night or the three before, whether they name a company or not.';
comment on column marts.stories.country_count is 'Countries of the articles counted.';
comment on column marts.stories.company_count is 'Followed companies named.';

create table marts.story_companies (
    night date not null references marts.nights (night),
    story_id text not null,
    company_id text not null references marts.companies (company_id),
    article_count integer not null,
    voice_count integer not null,
    weight_sum numeric(18, 12) not null,
    primary key (night, story_id, company_id)
);
create index story_companies_company_id on marts.story_companies (company_id, night);
comment on table marts.story_companies is 'Which companies a story names; one row per night, story and company.';
comment on column marts.story_companies.night is 'Report date.';
comment on column marts.story_companies.story_id is 'The story, as text.';
comment on column marts.story_companies.company_id is 'The company.';
comment on column marts.story_companies.article_count is 'Articles of the night that tell the story and name the company.';
comment on column marts.story_companies.voice_count is 'Independent voices among them.';
comment on column marts.story_companies.weight_sum is 'Sum of the weights of its mentions.';

alter table marts.company_dimensions
    add column attention numeric(13, 12),
    add column net_tone numeric(7, 6),
    add column score numeric(9, 6);
comment on column marts.company_dimensions.attention is 'Weighted, shrunk share of the panel''s articles that speak of the company in this dimension, older nights fading, 0 to 1; null on nights before dimensions were scored.';
comment on column marts.company_dimensions.net_tone is 'Net tone of these mentions, older ones fading, shrunk to 0, -1 to 1; null on such nights.';
comment on column marts.company_dimensions.score is 'Score of the dimension, 0 to 120; null on such nights.';

-- +goose Down
alter table marts.company_dimensions drop column attention, drop column net_tone, drop column score;
drop table marts.story_companies;
drop table marts.stories;
drop table marts.company_outlets;
drop table marts.company_countries;
drop table marts.company_case_articles;
drop table marts.company_cases;
drop table marts.company_objects;
drop table marts.company_comprehensive_scores;
drop table intermediate.int_case_articles;
drop table intermediate.int_cases_selected;
drop table intermediate.int_naming_articles;
drop table intermediate.int_objects_selected;
drop table intermediate.int_companies_comprehended;
drop table intermediate.int_dimensions_scored;
drop table intermediate.int_outlet_dimension_sums_decayed;
drop table intermediate.int_outlet_long_sums_decayed;
drop table intermediate.int_mention_dimensions;
drop table intermediate.int_reputation_measured;
drop table intermediate.int_tone_norms_frozen;
drop table intermediate.int_language_tones_corrected;
alter table intermediate.int_company_tones_decayed drop constraint int_company_tones_decayed_pkey;
delete from intermediate.int_company_tones_decayed;
alter table intermediate.int_company_tones_decayed drop column country_code, drop column toned_reach_sum, drop column strong_negative_sum, drop column net_sum;
alter table intermediate.int_company_tones_decayed add primary key (night, company_id, language_code);
alter table intermediate.int_company_tones_summed drop constraint int_company_tones_summed_pkey;
delete from intermediate.int_company_tones_summed;
alter table intermediate.int_company_tones_summed drop column country_code, drop column toned_reach_sum, drop column strong_negative_sum, drop column net_sum;
alter table intermediate.int_company_tones_summed add primary key (night, company_id, language_code);
alter table intermediate.int_constants_pivoted drop column strong_negative_prior, drop column strong_negative_prior_reach, drop column case_count, drop column object_count, drop column object_window_nights, drop column goalpost_dimension_low, drop column goalpost_dimension_high, drop column negligible_dimension_sum;
