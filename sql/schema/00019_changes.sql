-- +goose Up
-- Why a score and a rank moved (sql/METHOD.md, section 6).
create table intermediate.int_indicators_held (
    night date not null,
    company_id text not null,
    indicator text not null,
    coverage_difference numeric(18, 12) not null,
    method_difference numeric(18, 12) not null,
    primary key (night, company_id, indicator)
);
comment on table intermediate.int_indicators_held is 'What an indicator would have been if outlets had stood still, and on the basis of the night before; one row per night, company of both nights, and indicator of which either differs.';
comment on column intermediate.int_indicators_held.night is 'Report date.';
comment on column intermediate.int_indicators_held.company_id is 'The company; comparators included.';
comment on column intermediate.int_indicators_held.indicator is 'The indicator, as sql/METHOD.md names it.';
comment on column intermediate.int_indicators_held.coverage_difference is 'Weight times normalised value, minus the same with outlets and platforms that were not up on both nights held as they were the night before; points of the pillar, on the basis of the night before.';
comment on column intermediate.int_indicators_held.method_difference is 'Weight times normalised value, minus the same with goalposts, norms, weights and panel of the night before; points of the pillar.';

create table intermediate.int_changes_resampled (
    night date not null,
    company_id text not null,
    log_change_error numeric(18, 12) not null,
    primary key (night, company_id)
);
comment on table intermediate.int_changes_resampled is 'How far the change of a score would differ by chance; one row per night and company of both nights.';
comment on column intermediate.int_changes_resampled.night is 'Report date.';
comment on column intermediate.int_changes_resampled.company_id is 'The company; comparators included.';
comment on column intermediate.int_changes_resampled.log_change_error is 'Standard deviation of the change of ln score over replicates that weigh outlets and stories alike on both nights.';

create table intermediate.int_score_change_parts (
    night date not null,
    company_id text not null,
    indicator text not null,
    pillar text not null,
    part_type text not null check (part_type in ('indicator', 'floor', 'link', 'weight')),
    previous_value numeric(24, 12),
    value numeric(24, 12),
    contribution numeric(18, 12) not null,
    news_effect numeric(18, 12) not null,
    coverage_effect numeric(18, 12) not null,
    method_effect numeric(18, 12) not null,
    primary key (night, company_id, indicator)
);
comment on table intermediate.int_score_change_parts is 'What each indicator did to a score since the night built before; one row per night, company of both nights, and indicator that has a weight on either, and per pillar what its floor, a new link and a new weight did.';
comment on column intermediate.int_score_change_parts.night is 'Report date.';
comment on column intermediate.int_score_change_parts.company_id is 'The company; comparators included.';
comment on column intermediate.int_score_change_parts.indicator is 'The indicator, as sql/METHOD.md names it; or the name of a pillar with _floor, _link or _weight.';
comment on column intermediate.int_score_change_parts.pillar is 'spread, influence or reputation.';
comment on column intermediate.int_score_change_parts.part_type is 'indicator; floor: the least a pillar counts held on one of the nights; link: a new basis was linked; weight: the pillar weighs otherwise.';
comment on column intermediate.int_score_change_parts.previous_value is 'Raw value of the indicator on the night before; points of a floor; factor of a link; share of a weight; null if missing.';
comment on column intermediate.int_score_change_parts.value is 'The same on this night.';
comment on column intermediate.int_score_change_parts.contribution is 'Part of the change of ln score: those of a company sum to it; news, coverage and method sum to it.';
comment on column intermediate.int_score_change_parts.news_effect is 'Of the contribution, what outlets that were up on both nights wrote, and what faded.';
comment on column intermediate.int_score_change_parts.coverage_effect is 'Of the contribution, what outlets and platforms did that were not up on both nights.';
comment on column intermediate.int_score_change_parts.method_effect is 'Of the contribution, what new goalposts, norms, links, weights or a new panel did.';

create table intermediate.int_score_changes (
    night date not null,
    company_id text not null,
    previous_night date not null,
    previous_score numeric(18, 12) not null,
    score numeric(18, 12) not null,
    log_score_change numeric(18, 12) not null,
    news_effect numeric(18, 12) not null,
    coverage_effect numeric(18, 12) not null,
    method_effect numeric(18, 12) not null,
    previous_rank_position integer,
    rank_position integer,
    rank_change integer,
    own_rank_effect integer,
    others_rank_effect integer,
    log_change_error numeric(18, 12),
    is_within_noise boolean,
    primary key (night, company_id)
);
comment on table intermediate.int_score_changes is 'How a score and a rank moved since the night built before; one row per night and company scored on both. One that is new or gone has no row.';
comment on column intermediate.int_score_changes.night is 'Report date.';
comment on column intermediate.int_score_changes.company_id is 'The company; comparators included.';
comment on column intermediate.int_score_changes.previous_night is 'The night built before.';
comment on column intermediate.int_score_changes.previous_score is 'Score on that night.';
comment on column intermediate.int_score_changes.score is 'Score on this night.';
comment on column intermediate.int_score_changes.log_score_change is 'ln(score / previous score): the sum of the contributions of int_score_change_parts.';
comment on column intermediate.int_score_changes.news_effect is 'Of the change, what outlets that were up on both nights wrote, and what faded.';
comment on column intermediate.int_score_changes.coverage_effect is 'Of the change, what outlets and platforms did that were not up on both nights.';
comment on column intermediate.int_score_changes.method_effect is 'Of the change, what new goalposts, norms, links, weights or a new panel did.';
comment on column intermediate.int_score_changes.previous_rank_position is 'Rank on that night; null if not ranked then.';
comment on column intermediate.int_score_changes.rank_position is 'Rank on this night; null if not ranked, as comparators are not.';
comment on column intermediate.int_score_changes.rank_change is 'Places won, negative: lost; null if not ranked on both nights.';
comment on column intermediate.int_score_changes.own_rank_effect is 'Places it would have won if all others had kept their scores.';
comment on column intermediate.int_score_changes.others_rank_effect is 'Places the others'' changes gave it: rank_change minus own_rank_effect.';
comment on column intermediate.int_score_changes.log_change_error is 'Standard error of log_score_change; null where it is not known.';
comment on column intermediate.int_score_changes.is_within_noise is 'True if the change is less than 1.64 standard errors; null where these are not known.';

create table intermediate.int_score_change_stories (
    night date not null,
    company_id text not null,
    direction text not null check (direction in ('up', 'down')),
    position smallint not null,
    story_id bigint not null,
    effect numeric(18, 12) not null,
    is_new boolean not null,
    headline text not null,
    url text not null,
    outlet_id text not null,
    published_at timestamptz not null,
    article_count integer not null,
    primary key (night, company_id, direction, position)
);
comment on table intermediate.int_score_change_stories is 'The stories that moved a score most since the night built before; at most three up and three down per night and company.';
comment on column intermediate.int_score_change_stories.night is 'Report date.';
comment on column intermediate.int_score_change_stories.company_id is 'The company; comparators included.';
comment on column intermediate.int_score_change_stories.direction is 'up or down.';
comment on column intermediate.int_score_change_stories.position is '1 for the strongest in its direction.';
comment on column intermediate.int_score_change_stories.story_id is 'The story.';
comment on column intermediate.int_score_change_stories.effect is 'Change of ln score, minus the change if the story is left out of both nights.';
comment on column intermediate.int_score_change_stories.is_new is 'True if nobody told it of the company before this night; false for one that is told on, or fades.';
comment on column intermediate.int_score_change_stories.headline is 'Headline of its first telling that names the company; empty if none was found.';
comment on column intermediate.int_score_change_stories.url is 'Address of that article.';
comment on column intermediate.int_score_change_stories.outlet_id is 'Outlet of that article.';
comment on column intermediate.int_score_change_stories.published_at is 'When that article appeared, UTC.';
comment on column intermediate.int_score_change_stories.article_count is 'Articles of this story that name the company, this night and the nights of the window.';

create table marts.company_rank_changes (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    previous_night date not null,
    rank_position integer,
    previous_rank_position integer,
    rank_change integer,
    own_rank_effect integer,
    others_rank_effect integer,
    score numeric(9, 6) not null,
    previous_score numeric(9, 6) not null,
    log_score_change numeric(18, 12) not null,
    news_effect numeric(18, 12) not null,
    coverage_effect numeric(18, 12) not null,
    method_effect numeric(18, 12) not null,
    log_change_error numeric(18, 12),
    is_within_noise boolean,
    is_degraded boolean not null,
    primary key (night, company_id)
);
create index company_rank_changes_company_id on marts.company_rank_changes (company_id, night);
comment on table marts.company_rank_changes is 'Why a rank moved: score and rank against the night built before; one row per night and company scored on both, comparators included. A company that is new or gone has no row.';
comment on column marts.company_rank_changes.night is 'Report date.';
comment on column marts.company_rank_changes.company_id is 'The company.';
comment on column marts.company_rank_changes.previous_night is 'The night it is compared with: the one built before, published or not.';
comment on column marts.company_rank_changes.rank_position is 'Position on this night; null for a comparator.';
comment on column marts.company_rank_changes.previous_rank_position is 'Position on the night before; null if not ranked then.';
comment on column marts.company_rank_changes.rank_change is 'Places won, negative: lost; null if not ranked on both nights.';
comment on column marts.company_rank_changes.own_rank_effect is 'Places it would have won if all others had kept their scores.';
comment on column marts.company_rank_changes.others_rank_effect is 'Places the others'' changes gave it; with own_rank_effect it sums to rank_change.';
comment on column marts.company_rank_changes.score is 'Score on this night.';
comment on column marts.company_rank_changes.previous_score is 'Score on the night before.';
comment on column marts.company_rank_changes.log_score_change is 'ln(score / previous_score): 0.01 is about one per cent. The sum of news, coverage and method, and of the contributions of company_rank_change_indicators.';
comment on column marts.company_rank_changes.news_effect is 'Of the change, what outlets that were up on both nights wrote, and what faded.';
comment on column marts.company_rank_changes.coverage_effect is 'Of the change, what outlets and platforms did that were not up on both nights.';
comment on column marts.company_rank_changes.method_effect is 'Of the change, what new goalposts, norms, links, weights or a new panel did; 0 within a quarter.';
comment on column marts.company_rank_changes.log_change_error is 'Standard error of log_score_change; null where it is not known.';
comment on column marts.company_rank_changes.is_within_noise is 'True if the change is less than 1.64 standard errors; null where these are not known.';
comment on column marts.company_rank_changes.is_degraded is 'True if coverage was too low on this night or the night before: compare with care.';

create table marts.company_rank_change_indicators (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    indicator text not null,
    pillar text not null,
    part_type text not null,
    previous_value numeric(24, 12),
    value numeric(24, 12),
    contribution numeric(18, 12) not null,
    news_effect numeric(18, 12) not null,
    coverage_effect numeric(18, 12) not null,
    method_effect numeric(18, 12) not null,
    primary key (night, company_id, indicator)
);
create index company_rank_change_indicators_company_id on marts.company_rank_change_indicators (company_id, night);
comment on table marts.company_rank_change_indicators is 'What each indicator did to a score since the night built before; one row per night, company and indicator. Contributions of a company sum to company_rank_changes.log_score_change.';
comment on column marts.company_rank_change_indicators.night is 'Report date.';
comment on column marts.company_rank_change_indicators.company_id is 'The company.';
comment on column marts.company_rank_change_indicators.indicator is 'The indicator, as company_indicators has it; or the name of a pillar with _floor, _link or _weight.';
comment on column marts.company_rank_change_indicators.pillar is 'spread, influence or reputation.';
comment on column marts.company_rank_change_indicators.part_type is 'indicator; floor: the least a pillar counts held on one of the nights; link: a new basis was linked; weight: the pillar weighs otherwise.';
comment on column marts.company_rank_change_indicators.previous_value is 'Value of the indicator on the night before, in its own unit; points of a floor; factor of a link; share of a weight; null if missing.';
comment on column marts.company_rank_change_indicators.value is 'The same on this night.';
comment on column marts.company_rank_change_indicators.contribution is 'Part of the change of ln score; 0.01 is about one per cent. News, coverage and method sum to it.';
comment on column marts.company_rank_change_indicators.news_effect is 'Of the contribution, what outlets that were up on both nights wrote, and what faded.';
comment on column marts.company_rank_change_indicators.coverage_effect is 'Of the contribution, what outlets and platforms did that were not up on both nights.';
comment on column marts.company_rank_change_indicators.method_effect is 'Of the contribution, what new goalposts, norms, links, weights or a new panel did.';

create table marts.company_rank_change_stories (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    direction text not null,
    position smallint not null,
    story_id text not null,
    effect numeric(18, 12) not null,
    is_new boolean not null,
    headline text not null,
    url text not null,
    outlet_id text not null references marts.outlets (outlet_id),
    published_at timestamptz not null,
    published_date date not null,
    article_count integer not null,
    primary key (night, company_id, direction, position)
);
create index company_rank_change_stories_company_id on marts.company_rank_change_stories (company_id, night);
comment on table marts.company_rank_change_stories is 'The stories that moved a score most since the night built before; at most three up and three down per night and company.';
comment on column marts.company_rank_change_stories.night is 'Report date.';
comment on column marts.company_rank_change_stories.company_id is 'The company.';
comment on column marts.company_rank_change_stories.direction is 'up or down.';
comment on column marts.company_rank_change_stories.position is '1 for the strongest in its direction.';
comment on column marts.company_rank_change_stories.story_id is 'The story, as text: its number may be longer than a tool can count.';
comment on column marts.company_rank_change_stories.effect is 'Change of ln score, minus the change if the story is left out of both nights; 0.01 is about one per cent. Effects of stories that meet in one sum do not add up exactly.';
comment on column marts.company_rank_change_stories.is_new is 'True if nobody told it of the company before this night; false for one that is told on, or fades.';
comment on column marts.company_rank_change_stories.headline is 'Headline of its first telling that names the company; empty if none was found.';
comment on column marts.company_rank_change_stories.url is 'Address of that article.';
comment on column marts.company_rank_change_stories.outlet_id is 'Outlet of that article.';
comment on column marts.company_rank_change_stories.published_at is 'When that article appeared, UTC.';
comment on column marts.company_rank_change_stories.published_date is 'Date of published_at, UTC.';
comment on column marts.company_rank_change_stories.article_count is 'Articles of the story that name the company, on this night and the nights before it that are looked at.';

-- +goose Down
drop table marts.company_rank_change_stories;
drop table marts.company_rank_change_indicators;
drop table marts.company_rank_changes;
drop table intermediate.int_score_change_stories;
drop table intermediate.int_score_changes;
drop table intermediate.int_score_change_parts;
drop table intermediate.int_changes_resampled;
drop table intermediate.int_indicators_held;
