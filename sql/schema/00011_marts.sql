-- +goose Up
create table marts.companies (
    company_id text not null,
    name text not null,
    name_zh text,
    sector text not null,
    ownership text not null,
    home_country text not null,
    hq_city text,
    ticker text,
    wikidata_id text,
    is_comparator boolean not null,
    is_active boolean not null,
    primary key (company_id)
);
comment on table marts.companies is 'The companies that are followed; one row per company.';
comment on column marts.companies.company_id is 'Stable identifier of the company, never reused.';
comment on column marts.companies.name is 'English name.';
comment on column marts.companies.name_zh is 'Chinese name in simplified characters; null for companies without one.';
comment on column marts.companies.sector is 'Sector.';
comment on column marts.companies.ownership is 'state, state_backed, private or foreign.';
comment on column marts.companies.home_country is 'Country of the headquarters, ISO 3166-1 alpha-2.';
comment on column marts.companies.hq_city is 'City of the headquarters; null where not known.';
comment on column marts.companies.ticker is 'Main listing as EXCHANGE:CODE; null if unlisted or not known.';
comment on column marts.companies.wikidata_id is 'Wikidata item; null where not known.';
comment on column marts.companies.is_comparator is 'True for foreign companies that are measured beside the ranking and not ranked.';
comment on column marts.companies.is_active is 'False once the company is no longer followed; its history stays.';

create table marts.outlets (
    outlet_id text not null,
    name text not null,
    publisher_id text not null,
    country_code text not null,
    country_name text not null,
    region text not null,
    language_code text not null,
    language_name text,
    tier smallint not null,
    home_url text not null,
    is_active boolean not null,
    primary key (outlet_id)
);
comment on table marts.outlets is 'The outlets that are read; one row per outlet.';
comment on column marts.outlets.outlet_id is 'Stable identifier of the outlet, never reused.';
comment on column marts.outlets.name is 'Name of the title as its readers know it.';
comment on column marts.outlets.publisher_id is 'Owner of the title: the unit of independence.';
comment on column marts.outlets.country_code is 'Country the outlet publishes from, ISO 3166-1 alpha-2; ZZ means unknown.';
comment on column marts.outlets.country_name is 'English name of that country.';
comment on column marts.outlets.region is 'World region of that country.';
comment on column marts.outlets.language_code is 'Main language, BCP 47; und means undetermined.';
comment on column marts.outlets.language_name is 'English name of that language; null where the code is not in the list.';
comment on column marts.outlets.tier is '1 mainstream, 2 regional or trade, 3 other.';
comment on column marts.outlets.home_url is 'Address of the front page.';
comment on column marts.outlets.is_active is 'False once the outlet has left the registry; its history stays.';

create table marts.nights (
    night date not null,
    article_count integer not null,
    story_count integer not null,
    mention_count integer not null,
    company_count integer not null,
    outlet_count integer not null,
    country_count integer not null,
    language_count integer not null,
    panel_outlet_count integer not null,
    panel_outlet_up_count integer not null,
    panel_coverage_share numeric(7, 6) not null,
    is_degraded boolean not null,
    method_version text not null,
    panel_id text not null,
    revision integer not null,
    published_at timestamptz not null,
    published_date date not null,
    primary key (night)
);
comment on table marts.nights is 'The published nights; one row per night. A night missing here was refused by a check or never built.';
comment on column marts.nights.night is 'Report date.';
comment on column marts.nights.article_count is 'Articles on any topic, duplicates inside an outlet counted once.';
comment on column marts.nights.story_count is 'Distinct stories told.';
comment on column marts.nights.mention_count is 'Mentions of followed companies, comparators included, duplicates inside an outlet counted once.';
comment on column marts.nights.company_count is 'Companies ranked.';
comment on column marts.nights.outlet_count is 'Outlets that delivered articles.';
comment on column marts.nights.country_count is 'Countries of these outlets; unknown counts as one.';
comment on column marts.nights.language_count is 'Languages of the articles; undetermined is not counted.';
comment on column marts.nights.panel_outlet_count is 'Outlets of the panel.';
comment on column marts.nights.panel_outlet_up_count is 'Of these, outlets that were up.';
comment on column marts.nights.panel_coverage_share is 'Weight of the panel''s outlets that were up, 0 to 1.';
comment on column marts.nights.is_degraded is 'True if coverage is too low to compare this night with others without care.';
comment on column marts.nights.method_version is 'Version of the method.';
comment on column marts.nights.panel_id is 'Panel of outlets and weights the night was measured with.';
comment on column marts.nights.revision is '1 when first published, one more each time a republication changed a number.';
comment on column marts.nights.published_at is 'When this revision was published, UTC.';
comment on column marts.nights.published_date is 'Date of published_at, UTC.';

create table marts.company_rankings (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    rank_position integer not null,
    previous_rank_position integer,
    score numeric(9, 6),
    spread_score numeric(9, 6),
    influence_score numeric(9, 6),
    reputation_score numeric(9, 6),
    rank_low integer,
    rank_high integer,
    top10_probability numeric(5, 4),
    tie_group integer,
    article_count integer not null,
    story_count integer not null,
    voice_count integer not null,
    outlet_count integer not null,
    country_count integer not null,
    language_count integer not null,
    net_tone numeric(7, 6),
    tone_coverage_share numeric(7, 6),
    panel_coverage_share numeric(7, 6) not null,
    is_degraded boolean not null,
    method_version text not null,
    panel_id text not null,
    published_at timestamptz not null,
    published_date date not null,
    primary key (night, company_id)
);
create index company_rankings_company_id on marts.company_rankings (company_id, night);
comment on table marts.company_rankings is 'The nightly ranking; one row per night and company with at least one mention that has not faded. Comparators are not ranked. Ranked by attention until a later version of the method computes the score.';
comment on column marts.company_rankings.night is 'Report date.';
comment on column marts.company_rankings.company_id is 'The company.';
comment on column marts.company_rankings.rank_position is 'Position, 1 is best; no two companies share one: equal attention is ordered by company_id.';
comment on column marts.company_rankings.previous_rank_position is 'Position on the last night published before this one; null if the company was not ranked then or there was none.';
comment on column marts.company_rankings.score is 'Overall index; null: a later version of the method computes it.';
comment on column marts.company_rankings.spread_score is 'Spread pillar; null: a later version of the method computes it.';
comment on column marts.company_rankings.influence_score is 'Influence pillar; null: a later version of the method computes it.';
comment on column marts.company_rankings.reputation_score is 'Reputation pillar; null: a later version of the method computes it.';
comment on column marts.company_rankings.rank_low is 'Best position of the 90 % interval; null: a later version of the method computes it.';
comment on column marts.company_rankings.rank_high is 'Worst position of the 90 % interval; null: a later version of the method computes it.';
comment on column marts.company_rankings.top10_probability is 'Probability of a place among the first ten, 0 to 1; null: a later version of the method computes it.';
comment on column marts.company_rankings.tie_group is 'Companies with the same number cannot be told apart; null: a later version of the method computes it.';
comment on column marts.company_rankings.article_count is 'Articles of the night that name the company, duplicates inside an outlet counted once.';
comment on column marts.company_rankings.story_count is 'Distinct stories of the night that name it.';
comment on column marts.company_rankings.voice_count is 'Independent voices: distinct pairs of publisher and story, new on this night.';
comment on column marts.company_rankings.outlet_count is 'Outlets that named it on this night.';
comment on column marts.company_rankings.country_count is 'Countries of these outlets; unknown counts as one.';
comment on column marts.company_rankings.language_count is 'Languages of these articles; undetermined is not counted.';
comment on column marts.company_rankings.net_tone is 'Tone, -1 to 1; null: a later version of the method computes it.';
comment on column marts.company_rankings.tone_coverage_share is 'Share of mentions whose tone is known, 0 to 1; null: a later version of the method computes it.';
comment on column marts.company_rankings.panel_coverage_share is 'Weight of the panel''s outlets that were up on this night, 0 to 1.';
comment on column marts.company_rankings.is_degraded is 'True if coverage is too low to compare this night with others without care.';
comment on column marts.company_rankings.method_version is 'Version of the method.';
comment on column marts.company_rankings.panel_id is 'Panel of outlets and weights the night was measured with.';
comment on column marts.company_rankings.published_at is 'When this revision of the night was published, UTC.';
comment on column marts.company_rankings.published_date is 'Date of published_at, UTC.';

create table marts.company_indicators (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    indicator text not null,
    value numeric(24, 12) not null,
    primary key (night, company_id, indicator)
);
create index company_indicators_company_id on marts.company_indicators (company_id, night);
comment on table marts.company_indicators is 'The numbers behind the ranking; one row per night, company and indicator, comparators included.';
comment on column marts.company_indicators.night is 'Report date.';
comment on column marts.company_indicators.company_id is 'The company.';
comment on column marts.company_indicators.indicator is 'attention: weighted, shrunk share of the panel''s articles; attention_tier_1: the same over tier 1 outlets alone.';
comment on column marts.company_indicators.value is 'Value in the indicator''s own unit; attention is a share, 0 to 1.';

create table marts.outlet_health (
    night date not null references marts.nights (night),
    outlet_id text not null references marts.outlets (outlet_id),
    article_count integer not null,
    expected_article_count integer,
    state text not null,
    weight_share numeric(13, 12) not null,
    channel_count integer not null,
    readable_channel_count integer not null,
    primary key (night, outlet_id)
);
create index outlet_health_outlet_id on marts.outlet_health (outlet_id, night);
comment on table marts.outlet_health is 'What each outlet delivered and whether it was up; one row per night and outlet.';
comment on column marts.outlet_health.night is 'Report date.';
comment on column marts.outlet_health.outlet_id is 'The outlet.';
comment on column marts.outlet_health.article_count is 'Articles on any topic, duplicates counted once.';
comment on column marts.outlet_health.expected_article_count is 'Articles expected on such a weekday; null where nothing is known.';
comment on column marts.outlet_health.state is 'up, partial or down.';
comment on column marts.outlet_health.weight_share is 'Weight in the panel, 0 to 1; 0 for an outlet that is not in it.';
comment on column marts.outlet_health.channel_count is 'Most feeds and sitemaps asked in one collect of the night or the two days after it; 0 if none was.';
comment on column marts.outlet_health.readable_channel_count is 'Most feeds and sitemaps that could be read in one of these collects.';

create view marts.company_rankings_latest as
select
    r.night,
    r.company_id,
    c.name as company_name,
    c.name_zh as company_name_zh,
    c.sector,
    r.rank_position,
    r.previous_rank_position,
    cast(r.score as numeric(9, 6)) as score,
    cast(r.spread_score as numeric(9, 6)) as spread_score,
    cast(r.influence_score as numeric(9, 6)) as influence_score,
    cast(r.reputation_score as numeric(9, 6)) as reputation_score,
    r.rank_low,
    r.rank_high,
    cast(r.top10_probability as numeric(5, 4)) as top10_probability,
    r.tie_group,
    r.article_count,
    r.story_count,
    r.voice_count,
    r.outlet_count,
    r.country_count,
    r.language_count,
    cast(r.net_tone as numeric(7, 6)) as net_tone,
    cast(r.tone_coverage_share as numeric(7, 6)) as tone_coverage_share,
    cast(r.panel_coverage_share as numeric(7, 6)) as panel_coverage_share,
    r.is_degraded,
    r.method_version,
    r.panel_id,
    r.published_at,
    r.published_date
from marts.company_rankings as r
inner join marts.companies as c on c.company_id = r.company_id
where r.night = (select max(n.night) from marts.nights as n);
comment on view marts.company_rankings_latest is 'The ranking of the last published night, with the names of the companies; one row per company.';
comment on column marts.company_rankings_latest.night is 'Report date: the last one published.';
comment on column marts.company_rankings_latest.company_id is 'The company.';
comment on column marts.company_rankings_latest.company_name is 'English name.';
comment on column marts.company_rankings_latest.company_name_zh is 'Chinese name in simplified characters; null for companies without one.';
comment on column marts.company_rankings_latest.sector is 'Sector.';
comment on column marts.company_rankings_latest.rank_position is 'Position, 1 is best; no two companies share one.';
comment on column marts.company_rankings_latest.previous_rank_position is 'Position on the last night published before; null if not ranked then.';
comment on column marts.company_rankings_latest.score is 'Overall index; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.spread_score is 'Spread pillar; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.influence_score is 'Influence pillar; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.reputation_score is 'Reputation pillar; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.rank_low is 'Best position of the 90 % interval; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.rank_high is 'Worst position of the 90 % interval; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.top10_probability is 'Probability of a place among the first ten; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.tie_group is 'Companies that cannot be told apart; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.article_count is 'Articles of the night that name the company.';
comment on column marts.company_rankings_latest.story_count is 'Distinct stories of the night that name it.';
comment on column marts.company_rankings_latest.voice_count is 'Independent voices: distinct pairs of publisher and story, new on this night.';
comment on column marts.company_rankings_latest.outlet_count is 'Outlets that named it on this night.';
comment on column marts.company_rankings_latest.country_count is 'Countries of these outlets.';
comment on column marts.company_rankings_latest.language_count is 'Languages of these articles.';
comment on column marts.company_rankings_latest.net_tone is 'Tone; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.tone_coverage_share is 'Share of mentions whose tone is known; null: a later version of the method computes it.';
comment on column marts.company_rankings_latest.panel_coverage_share is 'Weight of the panel''s outlets that were up, 0 to 1.';
comment on column marts.company_rankings_latest.is_degraded is 'True if coverage is too low to compare this night with others without care.';
comment on column marts.company_rankings_latest.method_version is 'Version of the method.';
comment on column marts.company_rankings_latest.panel_id is 'Panel the night was measured with.';
comment on column marts.company_rankings_latest.published_at is 'When this revision was published, UTC.';
comment on column marts.company_rankings_latest.published_date is 'Date of published_at, UTC.';

-- +goose Down
drop view marts.company_rankings_latest;
drop table marts.outlet_health;
drop table marts.company_indicators;
drop table marts.company_rankings;
drop table marts.nights;
drop table marts.outlets;
drop table marts.companies;
