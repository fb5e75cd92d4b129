-- +goose Up
-- How sure scores and ranks are: by resampling, and by other methods (sql/METHOD.md, section 5).
create table intermediate.int_voices_described (
    night date not null,
    company_id text not null,
    article_id bigint not null,
    outlet_id text not null,
    country_code text not null,
    language_code text not null,
    story_id bigint not null,
    story_hash text not null,
    publisher_count integer not null,
    weight numeric(13, 12) not null,
    is_headline boolean not null,
    is_first boolean not null,
    pickup numeric(18, 12) not null,
    reach numeric(18, 12) not null,
    tone_negative numeric(5, 4),
    tone_positive numeric(5, 4),
    primary key (night, company_id, article_id)
);
comment on table intermediate.int_voices_described is 'Voices of a night with all that resampling asks of them, so that the last nights are read from one small table; one row per night, company and article that is a voice of the panel.';
comment on column intermediate.int_voices_described.night is 'Report date.';
comment on column intermediate.int_voices_described.company_id is 'The company; comparators included.';
comment on column intermediate.int_voices_described.article_id is 'The article.';
comment on column intermediate.int_voices_described.outlet_id is 'Its outlet, of the panel of the night.';
comment on column intermediate.int_voices_described.country_code is 'Country of the outlet; ZZ means unknown.';
comment on column intermediate.int_voices_described.language_code is 'Language of the article.';
comment on column intermediate.int_voices_described.story_id is 'The story it tells.';
comment on column intermediate.int_voices_described.story_hash is 'First 16 hexadecimal digits of the md5 of the address of the article the story is named for, of the number of the story if that article is gone: the same however often articles are numbered anew.';
comment on column intermediate.int_voices_described.publisher_count is 'Publishers that carry the story, as its copy credit was made.';
comment on column intermediate.int_voices_described.weight is 'm: match probability, salience and copy credit.';
comment on column intermediate.int_voices_described.is_headline is 'True if the company is named in the headline.';
comment on column intermediate.int_voices_described.is_first is 'True if no voice told the story of the company before.';
comment on column intermediate.int_voices_described.pickup is 'Authority of the outlet if it picked the story up; 0 if it was first.';
comment on column intermediate.int_voices_described.reach is 'Reach of the outlet.';
comment on column intermediate.int_voices_described.tone_negative is 'Probability that the tone towards the company is negative; null: unknown.';
comment on column intermediate.int_voices_described.tone_positive is 'Probability that it is positive; null: unknown.';

create table intermediate.int_ranks_resampled (
    night date not null,
    company_id text not null,
    rank_low integer,
    rank_high integer,
    top10_probability numeric(5, 4),
    top20_probability numeric(5, 4),
    score_low numeric(18, 12) not null,
    score_high numeric(18, 12) not null,
    log_score_error numeric(18, 12) not null,
    tie_group integer,
    comprehensive_top40_probability numeric(5, 4),
    primary key (night, company_id)
);
comment on table intermediate.int_ranks_resampled is 'How far ranks and scores would differ had other outlets and stories been read; one row per night and company with attention, comparators included. Made in Go (transform/index), 500 replicates.';
comment on column intermediate.int_ranks_resampled.night is 'Report date.';
comment on column intermediate.int_ranks_resampled.company_id is 'The company; comparators included.';
comment on column intermediate.int_ranks_resampled.rank_low is 'Best position of the 90 % interval; null for a comparator.';
comment on column intermediate.int_ranks_resampled.rank_high is 'Worst position of the 90 % interval; null for a comparator.';
comment on column intermediate.int_ranks_resampled.top10_probability is 'Probability of a place among the first ten; null for a comparator.';
comment on column intermediate.int_ranks_resampled.top20_probability is 'Probability of a place among the first twenty; null for a comparator.';
comment on column intermediate.int_ranks_resampled.score_low is 'Lower end of the 90 % interval of the score.';
comment on column intermediate.int_ranks_resampled.score_high is 'Upper end of the 90 % interval of the score.';
comment on column intermediate.int_ranks_resampled.log_score_error is 'Standard error of ln score.';
comment on column intermediate.int_ranks_resampled.tie_group is 'Group of neighbours of which none is above the next with a probability of 0.9, numbered from the top; null for a comparator.';
comment on column intermediate.int_ranks_resampled.comprehensive_top40_probability is 'Probability that the comprehensive score is among the first 40 (case_position); null for a comparator and where nothing is labelled with a dimension.';

create table intermediate.int_ranks_varied (
    night date not null,
    company_id text not null,
    rank_low integer not null,
    rank_high integer not null,
    is_one_indicator boolean not null,
    is_one_outlet boolean not null,
    deciding_indicator text,
    deciding_outlet_id text,
    primary key (night, company_id)
);
comment on table intermediate.int_ranks_varied is 'Where a company would stand by other methods; one row per night and ranked company. Made in Go (transform/index).';
comment on column intermediate.int_ranks_varied.night is 'Report date.';
comment on column intermediate.int_ranks_varied.company_id is 'The company.';
comment on column intermediate.int_ranks_varied.rank_low is 'Best position over the variants of the method.';
comment on column intermediate.int_ranks_varied.rank_high is 'Worst position over the variants of the method.';
comment on column intermediate.int_ranks_varied.is_one_indicator is 'True if the position moves by more than one_mark_places when one indicator is left out.';
comment on column intermediate.int_ranks_varied.is_one_outlet is 'True if the position moves by more than one_mark_places when one outlet is left out.';
comment on column intermediate.int_ranks_varied.deciding_indicator is 'The indicator without which the position moves furthest, if that is further than one_mark_places; null otherwise.';
comment on column intermediate.int_ranks_varied.deciding_outlet_id is 'The outlet without which the position moves furthest, if that is further than one_mark_places; null otherwise.';

create table intermediate.int_methods_varied (
    night date not null,
    variant text not null,
    kendall_tau numeric(7, 6) not null,
    rank_change_mean numeric(9, 3) not null,
    rank_change_max integer not null,
    primary key (night, variant)
);
comment on table intermediate.int_methods_varied is 'How far the ranking by another method differs from the published one; one row per night and variant. Made in Go (transform/index).';
comment on column intermediate.int_methods_varied.night is 'Report date.';
comment on column intermediate.int_methods_varied.variant is 'arithmetic, copeland, copy_credit_3, copy_credit_7, half_life_5, half_life_10, percentiles, weights or z_scores, see sql/METHOD.md.';
comment on column intermediate.int_methods_varied.kendall_tau is 'Agreement of the two orders: 1 is the same, 0 none, -1 reversed. For weights, the mean over the draws.';
comment on column intermediate.int_methods_varied.rank_change_mean is 'Mean distance of the positions, places. For weights, the mean over the draws.';
comment on column intermediate.int_methods_varied.rank_change_max is 'Largest distance of the positions, places. For weights, over all draws.';

create table marts.method_variants (
    night date not null references marts.nights (night),
    variant text not null,
    kendall_tau numeric(7, 6) not null,
    rank_change_mean numeric(9, 3) not null,
    rank_change_max integer not null,
    primary key (night, variant)
);
comment on table marts.method_variants is 'How much the ranking owes to choices of the method: how far it differs if one is made otherwise; one row per night and variant.';
comment on column marts.method_variants.night is 'Report date.';
comment on column marts.method_variants.variant is 'arithmetic: means instead of a geometric mean of the pillars; copeland: pairs won; copy_credit_3, copy_credit_7: copies of a story count less, more; half_life_5, half_life_10: nights after which an article counts half; percentiles, z_scores: instead of goalposts; weights: all weights with a quarter of noise.';
comment on column marts.method_variants.kendall_tau is 'Agreement of the two orders: 1 is the same, 0 none, -1 reversed. For weights, the mean over many draws.';
comment on column marts.method_variants.rank_change_mean is 'Mean distance of the positions, places.';
comment on column marts.method_variants.rank_change_max is 'Largest distance of the positions, places.';

alter table marts.company_rankings
    add column top20_probability numeric(5, 4),
    add column score_low numeric(9, 6),
    add column score_high numeric(9, 6),
    add column method_rank_low integer,
    add column method_rank_high integer,
    add column deciding_indicator text,
    add column deciding_outlet_id text;
comment on column marts.company_rankings.rank_low is 'Best position of the 90 % interval, had other outlets and stories been read; null on nights published before it was computed.';
comment on column marts.company_rankings.rank_high is 'Worst position of the 90 % interval; null on nights published before it was computed.';
comment on column marts.company_rankings.top10_probability is 'Probability of a place among the first ten, 0 to 1; null on nights published before it was computed.';
comment on column marts.company_rankings.tie_group is 'Companies with the same number follow each other and cannot be told apart: none is above the next with a probability of 0.9; null on nights published before it was computed.';
comment on column marts.company_rankings.top20_probability is 'Probability of a place among the first twenty, 0 to 1; null on nights published before it was computed.';
comment on column marts.company_rankings.score_low is 'Lower end of the 90 % interval of the score; null on nights published before it was computed.';
comment on column marts.company_rankings.score_high is 'Upper end of the 90 % interval of the score; null on nights published before it was computed.';
comment on column marts.company_rankings.method_rank_low is 'Best position by any variant of the method, see method_variants; null on nights published before it was computed.';
comment on column marts.company_rankings.method_rank_high is 'Worst position by any variant of the method; null on nights published before it was computed.';
comment on column marts.company_rankings.deciding_indicator is 'Indicator the position hangs on: without it the company would stand more than five places off; null if there is none.';
comment on column marts.company_rankings.deciding_outlet_id is 'Outlet the position hangs on: without it the company would stand more than five places off; null if there is none.';

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
    r.is_influence_partial,
    cast(r.top20_probability as numeric(5, 4)) as top20_probability,
    cast(r.score_low as numeric(9, 6)) as score_low,
    cast(r.score_high as numeric(9, 6)) as score_high,
    r.method_rank_low,
    r.method_rank_high,
    r.deciding_indicator,
    r.deciding_outlet_id
from marts.company_rankings as r
inner join marts.companies as c on c.company_id = r.company_id
where r.night = (select max(n.night) from marts.nights as n);
comment on column marts.company_rankings_latest.rank_low is 'Best position of the 90 % interval, had other outlets and stories been read.';
comment on column marts.company_rankings_latest.rank_high is 'Worst position of the 90 % interval.';
comment on column marts.company_rankings_latest.top10_probability is 'Probability of a place among the first ten, 0 to 1.';
comment on column marts.company_rankings_latest.tie_group is 'Companies with the same number follow each other and cannot be told apart.';
comment on column marts.company_rankings_latest.top20_probability is 'Probability of a place among the first twenty, 0 to 1.';
comment on column marts.company_rankings_latest.score_low is 'Lower end of the 90 % interval of the score.';
comment on column marts.company_rankings_latest.score_high is 'Upper end of the 90 % interval of the score.';
comment on column marts.company_rankings_latest.method_rank_low is 'Best position by any variant of the method.';
comment on column marts.company_rankings_latest.method_rank_high is 'Worst position by any variant of the method.';
comment on column marts.company_rankings_latest.deciding_indicator is 'Indicator the position hangs on: without it the company would stand more than five places off; null if there is none.';
comment on column marts.company_rankings_latest.deciding_outlet_id is 'Outlet the position hangs on; null if there is none.';

-- +goose Down
drop view marts.company_rankings_latest;
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
    r.published_date,
    r.is_reputation_insufficient,
    r.is_influence_partial
from marts.company_rankings as r
inner join marts.companies as c on c.company_id = r.company_id
where r.night = (select max(n.night) from marts.nights as n);
alter table marts.company_rankings
    drop column top20_probability,
    drop column score_low,
    drop column score_high,
    drop column method_rank_low,
    drop column method_rank_high,
    drop column deciding_indicator,
    drop column deciding_outlet_id;
drop table marts.method_variants;
drop table intermediate.int_methods_varied;
drop table intermediate.int_ranks_varied;
drop table intermediate.int_ranks_resampled;
drop table intermediate.int_voices_described;
