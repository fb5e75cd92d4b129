-- +goose Up
-- The index: constants, indicators, goalposts, pillars and scores (sql/METHOD.md).
alter table intermediate.int_constants_pivoted
    add column breadth_half_share numeric(18, 9) not null default 0.002,
    add column presence_full_share numeric(18, 9) not null default 0.001,
    add column authority_damping numeric(18, 9) not null default 0.85,
    add column authority_window_nights integer not null default 180,
    add column reaction_cap numeric(18, 9) not null default 4,
    add column pickup_prior_stories numeric(18, 9) not null default 5,
    add column pickup_prior numeric(18, 9) not null default 0.3,
    add column prominence_prior_weight numeric(18, 9) not null default 3,
    add column prominence_prior numeric(18, 9) not null default 0.5,
    add column reputation_prior_mentions numeric(18, 9) not null default 15,
    add column reputation_mentions_min numeric(18, 9) not null default 15,
    add column strongly_negative_probability numeric(18, 9) not null default 0.8,
    add column positive_countries_prior_weight numeric(18, 9) not null default 0.1,
    add column positive_countries_prior numeric(18, 9) not null default 0.5,
    add column goalpost_cap numeric(18, 9) not null default 1.2,
    add column pillar_floor numeric(18, 9) not null default 1,
    add column reference_window_nights integer not null default 90,
    add column reference_nights_min integer not null default 60,
    add column link_window_nights integer not null default 14,
    add column dimension_half_life_nights numeric(18, 9) not null default 30,
    add column object_nights_in integer not null default 7,
    add column object_position_in integer not null default 90,
    add column object_nights_out integer not null default 14,
    add column object_position_out integer not null default 110,
    add column case_mentions_min numeric(18, 9) not null default 30,
    add column case_dimensions_min integer not null default 3,
    add column case_dimension_mentions_min numeric(18, 9) not null default 5,
    add column case_position integer not null default 40,
    add column case_probability_min numeric(18, 9) not null default 0.8,
    add column case_sector_discount numeric(18, 9) not null default 0.15,
    add column case_sector_max integer not null default 4,
    add column case_sectors_min integer not null default 5,
    add column resample_window_nights integer not null default 28,
    add column one_mark_places integer not null default 5;
comment on column intermediate.int_constants_pivoted.breadth_half_share is 'Share of an outlet''s articles at which it counts by half as one that follows the company.';
comment on column intermediate.int_constants_pivoted.presence_full_share is 'Share of a country''s articles from which a company is fully present there.';
comment on column intermediate.int_constants_pivoted.authority_damping is 'Damping of PageRank over who reprints or credits whom.';
comment on column intermediate.int_constants_pivoted.authority_window_nights is 'Nights over which reprints and credits are counted.';
comment on column intermediate.int_constants_pivoted.reaction_cap is 'Most that one platform''s reactions count, ln(1 + reactions / median).';
comment on column intermediate.int_constants_pivoted.pickup_prior_stories is 'Weight of the prior in pickups per story, stories.';
comment on column intermediate.int_constants_pivoted.pickup_prior is 'Pickups per story where nothing is known.';
comment on column intermediate.int_constants_pivoted.prominence_prior_weight is 'Weight of the prior in the share of headlines, in weights of mentions.';
comment on column intermediate.int_constants_pivoted.prominence_prior is 'Share of the weight of mentions that is in headlines where nothing is known.';
comment on column intermediate.int_constants_pivoted.reputation_prior_mentions is 'Weight of the sector in a company''s tone, toned voices.';
comment on column intermediate.int_constants_pivoted.reputation_mentions_min is 'Fewest toned voices from which reputation is computed.';
comment on column intermediate.int_constants_pivoted.strongly_negative_probability is 'Probability of a negative tone from which a voice is strongly negative.';
comment on column intermediate.int_constants_pivoted.positive_countries_prior_weight is 'Weight of the prior in the share of countries with a positive tone, share of the panel.';
comment on column intermediate.int_constants_pivoted.positive_countries_prior is 'Weighted share of countries with a positive tone where nothing is known.';
comment on column intermediate.int_constants_pivoted.goalpost_cap is 'Most an indicator can count, in lengths between its goalposts.';
comment on column intermediate.int_constants_pivoted.pillar_floor is 'Least a pillar counts.';
comment on column intermediate.int_constants_pivoted.reference_window_nights is 'Nights before a quarter from which goalposts, norms and medians are taken.';
comment on column intermediate.int_constants_pivoted.reference_nights_min is 'Fewest nights of that window that make a reference; until then declared values hold.';
comment on column intermediate.int_constants_pivoted.link_window_nights is 'Nights over which a new basis is linked to the old one.';
comment on column intermediate.int_constants_pivoted.dimension_half_life_nights is 'Nights after which an article counts half in the five dimensions.';
comment on column intermediate.int_constants_pivoted.object_nights_in is 'Nights in a row a company must be in front to become an object of study.';
comment on column intermediate.int_constants_pivoted.object_position_in is 'Position by attention that counts as in front.';
comment on column intermediate.int_constants_pivoted.object_nights_out is 'Nights in a row an object must be behind to leave.';
comment on column intermediate.int_constants_pivoted.object_position_out is 'Position by attention that counts as behind.';
comment on column intermediate.int_constants_pivoted.case_mentions_min is 'Fewest mentions of a case, at the half-life of dimensions.';
comment on column intermediate.int_constants_pivoted.case_dimensions_min is 'Fewest dimensions of a case that are told enough of.';
comment on column intermediate.int_constants_pivoted.case_dimension_mentions_min is 'Fewest mentions that tell enough of a dimension.';
comment on column intermediate.int_constants_pivoted.case_position is 'Position by comprehensive score a case must reach.';
comment on column intermediate.int_constants_pivoted.case_probability_min is 'Least probability of that position.';
comment on column intermediate.int_constants_pivoted.case_sector_discount is 'What each case already chosen in a sector takes from the score of the next.';
comment on column intermediate.int_constants_pivoted.case_sector_max is 'Most cases of one sector.';
comment on column intermediate.int_constants_pivoted.case_sectors_min is 'Fewest sectors among the cases.';
comment on column intermediate.int_constants_pivoted.resample_window_nights is 'Nights whose mentions are resampled; older sums stay as they are.';
comment on column intermediate.int_constants_pivoted.one_mark_places is 'Places a rank must move by for a mark, when one indicator or outlet is left out.';

alter table intermediate.int_outlets_weighted
    add column reach numeric(18, 12) not null default 1,
    add column authority numeric(18, 12) not null default 1;
update intermediate.int_outlets_weighted as w
set reach = case w.tier when 1 then k.reach_tier_1 when 2 then k.reach_tier_2 else k.reach_tier_3 end
from intermediate.int_constants_pivoted as k
where k.night = w.night;
comment on column intermediate.int_outlets_weighted.reach is 'Reach by tier, relative to a mainstream title.';
comment on column intermediate.int_outlets_weighted.authority is 'How much others reprint and credit it, mean 1; 1 while nothing is known.';
comment on column intermediate.int_outlets_weighted.weight is 'Weight of the outlet: inside the country by the root of reach times authority; all weights of a night sum to 1 exactly.';

alter table intermediate.int_outlet_company_sums_decayed
    add column mention_sum numeric(18, 12) not null default 0;
comment on column intermediate.int_outlet_company_sums_decayed.mention_sum is 'M: count of mentions with weight, older nights fading.';

create table intermediate.int_companies_summed_decayed (
    night date not null,
    company_id text not null,
    weight_sum numeric(18, 12) not null,
    headline_sum numeric(18, 12) not null,
    story_sum numeric(18, 12) not null,
    pickup_sum numeric(18, 12) not null,
    primary key (night, company_id)
);
comment on table intermediate.int_companies_summed_decayed is 'What was said about a company over the whole panel, older nights fading; one row per night and company.';
comment on column intermediate.int_companies_summed_decayed.night is 'Report date.';
comment on column intermediate.int_companies_summed_decayed.company_id is 'The company; comparators included.';
comment on column intermediate.int_companies_summed_decayed.weight_sum is 'u: weight m of its mentions.';
comment on column intermediate.int_companies_summed_decayed.headline_sum is 'h: the part of it in headlines.';
comment on column intermediate.int_companies_summed_decayed.story_sum is 'Q: stories about it first told on a night.';
comment on column intermediate.int_companies_summed_decayed.pickup_sum is 'P: authorities of the voices beyond the first of each story.';

create table staging.platform_nights (
    night date not null,
    platform text not null,
    is_available boolean not null,
    collected_at timestamptz not null,
    primary key (night, platform)
);
comment on table staging.platform_nights is 'Which platforms were read for a night; one row per night and platform. None is the usual case.';
comment on column staging.platform_nights.night is 'Report date.';
comment on column staging.platform_nights.platform is 'Platform, in small letters.';
comment on column staging.platform_nights.is_available is 'False if it could not be read: nothing fades then.';
comment on column staging.platform_nights.collected_at is 'When it was read, UTC.';

create table staging.reactions (
    night date not null,
    company_id text not null,
    platform text not null,
    likes bigint not null check (likes >= 0),
    shares bigint not null check (shares >= 0),
    comments bigint not null check (comments >= 0),
    primary key (night, company_id, platform)
);
comment on table staging.reactions is 'Reactions to what was posted about a company on a night; one row per night, company and platform.';
comment on column staging.reactions.night is 'Report date.';
comment on column staging.reactions.company_id is 'Company named.';
comment on column staging.reactions.platform is 'Platform, in small letters.';
comment on column staging.reactions.likes is 'Likes and their like.';
comment on column staging.reactions.shares is 'Shares, reposts, quotes.';
comment on column staging.reactions.comments is 'Comments and replies.';

create table intermediate.int_reactions_decayed (
    night date not null,
    company_id text not null,
    platform text not null,
    measure text not null,
    reaction_sum numeric(24, 12) not null,
    primary key (night, company_id, platform, measure)
);
comment on table intermediate.int_reactions_decayed is 'R: reactions to a company on a platform, older nights fading; one row per night, company, platform and measure. A platform that is missing on a night does not fade.';
comment on column intermediate.int_reactions_decayed.night is 'Report date.';
comment on column intermediate.int_reactions_decayed.company_id is 'The company; comparators included.';
comment on column intermediate.int_reactions_decayed.platform is 'Platform.';
comment on column intermediate.int_reactions_decayed.measure is 'likes, shares or comments.';
comment on column intermediate.int_reactions_decayed.reaction_sum is 'R = decay * R of the night built before + reactions of this night.';

create table intermediate.int_reaction_norms_frozen (
    night date not null,
    platform text not null,
    measure text not null,
    median_value numeric(24, 12) not null,
    reference_id text not null,
    is_declared boolean not null,
    primary key (night, platform, measure)
);
comment on table intermediate.int_reaction_norms_frozen is 'What is usual on a platform, frozen for a quarter; one row per night, platform and measure.';
comment on column intermediate.int_reaction_norms_frozen.night is 'Report date.';
comment on column intermediate.int_reaction_norms_frozen.platform is 'Platform.';
comment on column intermediate.int_reaction_norms_frozen.measure is 'likes, shares or comments.';
comment on column intermediate.int_reaction_norms_frozen.median_value is 'Median of R over companies with any reaction and the nights of the reference.';
comment on column intermediate.int_reaction_norms_frozen.reference_id is 'Quarter it was taken for; declared where too few nights were known.';
comment on column intermediate.int_reaction_norms_frozen.is_declared is 'True if the median is the declared one.';

create table intermediate.int_indicators_declared (
    night date not null,
    indicator text not null,
    pillar text not null,
    pillar_weight numeric(18, 9) not null,
    weight numeric(18, 9) not null,
    transform text not null,
    low numeric(18, 9) not null,
    high numeric(18, 9) not null,
    primary key (night, indicator)
);
comment on table intermediate.int_indicators_declared is 'The indicators, their pillars, weights and declared goalposts; one row per night and indicator.';
comment on column intermediate.int_indicators_declared.night is 'Report date.';
comment on column intermediate.int_indicators_declared.indicator is 'The indicator, as sql/METHOD.md names it.';
comment on column intermediate.int_indicators_declared.pillar is 'spread, influence or reputation.';
comment on column intermediate.int_indicators_declared.pillar_weight is 'Weight of the pillar; those of the three sum to 1.';
comment on column intermediate.int_indicators_declared.weight is 'Weight in its pillar; those of a pillar sum to 1.';
comment on column intermediate.int_indicators_declared.transform is 'What is done to the raw value: ln, ln1p (ln of 1 + value), logit or none.';
comment on column intermediate.int_indicators_declared.low is 'Declared lower goalpost, of the transformed value.';
comment on column intermediate.int_indicators_declared.high is 'Declared upper goalpost.';

create table intermediate.int_goalposts_frozen (
    night date not null,
    indicator text not null,
    low numeric(24, 12) not null,
    high numeric(24, 12) not null,
    reference_id text not null,
    is_declared boolean not null,
    primary key (night, indicator)
);
comment on table intermediate.int_goalposts_frozen is 'Goalposts in force, frozen for a quarter; one row per night and indicator.';
comment on column intermediate.int_goalposts_frozen.night is 'Report date.';
comment on column intermediate.int_goalposts_frozen.indicator is 'The indicator, as sql/METHOD.md names it.';
comment on column intermediate.int_goalposts_frozen.low is 'Transformed value that scores 0: 5th percentile of the reference.';
comment on column intermediate.int_goalposts_frozen.high is 'Transformed value that scores 100: 95th percentile.';
comment on column intermediate.int_goalposts_frozen.reference_id is 'Quarter and a digest of all goalposts of the night.';
comment on column intermediate.int_goalposts_frozen.is_declared is 'True if the goalposts are the declared ones: too few nights or values were known.';

create table intermediate.int_links_frozen (
    night date not null,
    pillar text not null,
    link_factor numeric(18, 12) not null,
    reference_id text not null,
    primary key (night, pillar)
);
comment on table intermediate.int_links_frozen is 'Factors that keep pillars comparable across a new basis, frozen for a quarter; one row per night and pillar.';
comment on column intermediate.int_links_frozen.night is 'Report date.';
comment on column intermediate.int_links_frozen.pillar is 'spread, influence or reputation.';
comment on column intermediate.int_links_frozen.link_factor is 'k: the pillar is multiplied by it; 1 until the first new basis.';
comment on column intermediate.int_links_frozen.reference_id is 'Basis it leads to, as in int_goalposts_frozen.';

create table intermediate.int_spread_measured (
    night date not null,
    company_id text not null,
    indicator text not null,
    raw_value numeric(24, 12) not null,
    primary key (night, company_id, indicator)
);
comment on table intermediate.int_spread_measured is 'How far a company is spread: the raw indicators of the pillar; one row per night, company and indicator that could be measured.';
comment on column intermediate.int_spread_measured.night is 'Report date.';
comment on column intermediate.int_spread_measured.company_id is 'The company; comparators included.';
comment on column intermediate.int_spread_measured.indicator is 'The indicator, as sql/METHOD.md names it.';
comment on column intermediate.int_spread_measured.raw_value is 'Value in its own unit, see sql/METHOD.md.';

create table intermediate.int_influence_measured (
    night date not null,
    company_id text not null,
    indicator text not null,
    raw_value numeric(24, 12) not null,
    primary key (night, company_id, indicator)
);
comment on table intermediate.int_influence_measured is 'How much is made of what is said about a company: the raw indicators of the pillar; one row per night, company and indicator that could be measured.';
comment on column intermediate.int_influence_measured.night is 'Report date.';
comment on column intermediate.int_influence_measured.company_id is 'The company; comparators included.';
comment on column intermediate.int_influence_measured.indicator is 'The indicator, as sql/METHOD.md names it.';
comment on column intermediate.int_influence_measured.raw_value is 'Value in its own unit, see sql/METHOD.md.';

create table intermediate.int_values_rebased (
    night date not null,
    measured_night date not null,
    company_id text not null,
    indicator text not null,
    raw_value numeric(24, 12) not null,
    transformed_value numeric(24, 12) not null,
    primary key (night, measured_night, company_id, indicator)
);
comment on table intermediate.int_values_rebased is 'What earlier nights would have measured by the norms of a new quarter; rows only on the first night of a quarter to be built: one per earlier night, object of study and indicator that norms touch.';
comment on column intermediate.int_values_rebased.night is 'Report date: the first night of a quarter to be built.';
comment on column intermediate.int_values_rebased.measured_night is 'The earlier night.';
comment on column intermediate.int_values_rebased.company_id is 'The company.';
comment on column intermediate.int_values_rebased.indicator is 'net_tone, no_strong_negative, likes, shares or comments.';
comment on column intermediate.int_values_rebased.raw_value is 'Value of that night by the norms and medians of the new quarter.';
comment on column intermediate.int_values_rebased.transformed_value is 'f: its logit or itself.';

create table intermediate.int_indicators_scored (
    night date not null,
    company_id text not null,
    indicator text not null,
    pillar text not null,
    raw_value numeric(24, 12),
    transformed_value numeric(24, 12),
    normalised_value numeric(18, 12),
    weight numeric(18, 12) not null,
    is_missing boolean not null,
    primary key (night, company_id, indicator)
);
comment on table intermediate.int_indicators_scored is 'Every indicator of every company on its scale; one row per night, company with attention, and indicator.';
comment on column intermediate.int_indicators_scored.night is 'Report date.';
comment on column intermediate.int_indicators_scored.company_id is 'The company; comparators included.';
comment on column intermediate.int_indicators_scored.indicator is 'The indicator, as sql/METHOD.md names it.';
comment on column intermediate.int_indicators_scored.pillar is 'spread, influence or reputation.';
comment on column intermediate.int_indicators_scored.raw_value is 'Value in its own unit; null if missing.';
comment on column intermediate.int_indicators_scored.transformed_value is 'f: its ln, logit or itself; null if missing.';
comment on column intermediate.int_indicators_scored.normalised_value is 'y: 0 at the lower goalpost, 100 at the upper, at most 100 times the cap; null if missing.';
comment on column intermediate.int_indicators_scored.weight is 'v: weight in the pillar after those of missing indicators are shared out; 0 if missing.';
comment on column intermediate.int_indicators_scored.is_missing is 'True if it could not be measured tonight.';

create table intermediate.int_pillars_scored (
    night date not null,
    company_id text not null,
    pillar text not null,
    score numeric(18, 12),
    unfloored_score numeric(18, 12),
    link_factor numeric(18, 12) not null,
    weight numeric(18, 12) not null,
    primary key (night, company_id, pillar)
);
comment on table intermediate.int_pillars_scored is 'The three pillars of a company; one row per night, company and pillar.';
comment on column intermediate.int_pillars_scored.night is 'Report date.';
comment on column intermediate.int_pillars_scored.company_id is 'The company; comparators included.';
comment on column intermediate.int_pillars_scored.pillar is 'spread, influence or reputation.';
comment on column intermediate.int_pillars_scored.score is 'P: weighted mean of the indicators, not below the floor; null if all are missing.';
comment on column intermediate.int_pillars_scored.unfloored_score is 'The mean itself.';
comment on column intermediate.int_pillars_scored.link_factor is 'k of the night.';
comment on column intermediate.int_pillars_scored.weight is 'Weight of the pillar after that of missing ones is shared out; 0 if missing.';

create table intermediate.int_companies_scored (
    night date not null,
    company_id text not null,
    score numeric(18, 12) not null,
    spread_score numeric(18, 12),
    influence_score numeric(18, 12),
    reputation_score numeric(18, 12),
    is_reputation_insufficient boolean not null,
    is_influence_partial boolean not null,
    primary key (night, company_id)
);
comment on table intermediate.int_companies_scored is 'The index of a company; one row per night and company with attention, comparators included.';
comment on column intermediate.int_companies_scored.night is 'Report date.';
comment on column intermediate.int_companies_scored.company_id is 'The company; comparators included.';
comment on column intermediate.int_companies_scored.score is 'Product over the pillars of (k * P) to the power of its weight.';
comment on column intermediate.int_companies_scored.spread_score is 'k * P of spread; null if missing.';
comment on column intermediate.int_companies_scored.influence_score is 'k * P of influence; null if missing.';
comment on column intermediate.int_companies_scored.reputation_score is 'k * P of reputation; null if missing.';
comment on column intermediate.int_companies_scored.is_reputation_insufficient is 'True if too few toned voices are known: reputation is that of the sector, or missing.';
comment on column intermediate.int_companies_scored.is_influence_partial is 'True if an indicator of influence is missing: its weight is shared out.';

comment on table intermediate.int_companies_ranked is 'The order of the ranking; one row per night and active company with attention that is no comparator.';
comment on column intermediate.int_companies_ranked.rank_position is 'Place by score, from 1; ties by attention, then by company_id, so no two share one.';
comment on column intermediate.int_companies_ranked.rank_position_with_quarantined is 'Place by attention alone if aliases in quarantine counted.';

-- The results.
alter table marts.company_rankings
    add column is_reputation_insufficient boolean,
    add column is_influence_partial boolean;
comment on table marts.company_rankings is 'The nightly ranking by score; one row per night and company with at least one mention that has not faded. Comparators are not ranked.';
comment on column marts.company_rankings.rank_position is 'Position, 1 is best; no two companies share one: by score, ties by attention, then by company_id.';
comment on column marts.company_rankings.score is 'Overall index: weighted geometric mean of the three pillars, 1 to about 120; null on nights published before it was computed.';
comment on column marts.company_rankings.spread_score is 'Spread pillar, 1 to about 120; null if missing.';
comment on column marts.company_rankings.influence_score is 'Influence pillar, 1 to about 120; null if missing.';
comment on column marts.company_rankings.reputation_score is 'Reputation pillar, 1 to about 120; null if missing.';
comment on column marts.company_rankings.is_reputation_insufficient is 'True if too few toned voices are known and reputation is that of the sector, or missing; null on nights published before it was computed.';
comment on column marts.company_rankings.is_influence_partial is 'True if an indicator of influence is missing, such as reactions on platforms, and its weight is shared out; null on nights published before it was computed.';
alter table marts.company_indicators
    add column pillar text,
    add column transformed_value numeric(24, 12),
    add column normalised_value numeric(18, 12),
    add column weight numeric(18, 12);
comment on table marts.company_indicators is 'The numbers behind the ranking; one row per night, company and indicator that could be measured, comparators included.';
comment on column marts.company_indicators.indicator is 'The indicator, as sql/METHOD.md names it; and attention_with_quarantined: attention with aliases in quarantine counted, where there are any.';
comment on column marts.company_indicators.pillar is 'spread, influence or reputation; null for a value that is in no pillar.';
comment on column marts.company_indicators.transformed_value is 'The value as it is held against the goalposts: its ln, logit or itself; null for a value that is in no pillar.';
comment on column marts.company_indicators.normalised_value is '0 at the lower goalpost, 100 at the upper, at most 120; null for a value that is in no pillar.';
comment on column marts.company_indicators.weight is 'Weight in the pillar tonight, those of missing indicators shared out; null for a value that is in no pillar.';

create or replace view marts.company_rankings_latest as
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
    r.published_date,
    r.is_reputation_insufficient,
    r.is_influence_partial
from marts.company_rankings as r
inner join marts.companies as c on c.company_id = r.company_id
where r.night = (select max(n.night) from marts.nights as n);
comment on column marts.company_rankings_latest.rank_position is 'Position, 1 is best; no two companies share one: by score, ties by attention, then by company_id.';
comment on column marts.company_rankings_latest.score is 'Overall index: weighted geometric mean of the three pillars, 1 to about 120.';
comment on column marts.company_rankings_latest.spread_score is 'Spread pillar, 1 to about 120; null if missing.';
comment on column marts.company_rankings_latest.influence_score is 'Influence pillar, 1 to about 120; null if missing.';
comment on column marts.company_rankings_latest.reputation_score is 'Reputation pillar, 1 to about 120; null if missing.';
comment on column marts.company_rankings_latest.is_reputation_insufficient is 'True if too few toned voices are known and reputation is that of the sector, or missing.';
comment on column marts.company_rankings_latest.is_influence_partial is 'True if an indicator of influence is missing and its weight is shared out.';
comment on column marts.company_ranking_revisions.attention is 'Attention, as company_indicators has it: a share, 0 to 1; null where it was not kept.';

-- +goose Down
drop view marts.company_rankings_latest;
alter table marts.company_indicators drop column pillar, drop column transformed_value, drop column normalised_value, drop column weight;
alter table marts.company_rankings drop column is_reputation_insufficient, drop column is_influence_partial;
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
drop table intermediate.int_companies_scored;
drop table intermediate.int_pillars_scored;
drop table intermediate.int_indicators_scored;
drop table intermediate.int_values_rebased;
drop table intermediate.int_influence_measured;
drop table intermediate.int_spread_measured;
drop table intermediate.int_links_frozen;
drop table intermediate.int_goalposts_frozen;
drop table intermediate.int_indicators_declared;
drop table intermediate.int_reaction_norms_frozen;
drop table intermediate.int_reactions_decayed;
drop table staging.reactions;
drop table staging.platform_nights;
drop table intermediate.int_companies_summed_decayed;
alter table intermediate.int_outlet_company_sums_decayed drop column mention_sum;
alter table intermediate.int_outlets_weighted drop column reach, drop column authority;
alter table intermediate.int_constants_pivoted
    drop column breadth_half_share,
    drop column presence_full_share,
    drop column authority_damping,
    drop column authority_window_nights,
    drop column reaction_cap,
    drop column pickup_prior_stories,
    drop column pickup_prior,
    drop column prominence_prior_weight,
    drop column prominence_prior,
    drop column reputation_prior_mentions,
    drop column reputation_mentions_min,
    drop column strongly_negative_probability,
    drop column positive_countries_prior_weight,
    drop column positive_countries_prior,
    drop column goalpost_cap,
    drop column pillar_floor,
    drop column reference_window_nights,
    drop column reference_nights_min,
    drop column link_window_nights,
    drop column dimension_half_life_nights,
    drop column object_nights_in,
    drop column object_position_in,
    drop column object_nights_out,
    drop column object_position_out,
    drop column case_mentions_min,
    drop column case_dimensions_min,
    drop column case_dimension_mentions_min,
    drop column case_position,
    drop column case_probability_min,
    drop column case_sector_discount,
    drop column case_sector_max,
    drop column case_sectors_min,
    drop column resample_window_nights,
    drop column one_mark_places;
