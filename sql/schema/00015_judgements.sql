-- +goose Up
-- Who a company belongs to, what else speaks for it, and what its names also mean.
alter table seeds.companies
    add column parent_id text,
    add column counts_for text,
    add column valid_from date,
    add column valid_to date;
comment on column seeds.companies.parent_id is 'Company that controls it, if that is followed, too; null otherwise.';
comment on column seeds.companies.counts_for is 'Company its mentions count for: the nearest parent whose brand it is. Null: it counts for itself.';
comment on column seeds.companies.valid_from is 'First night the company is followed: founded, spun off or merged then; null means always.';
comment on column seeds.companies.valid_to is 'Last night it is followed: dissolved or merged away; null means still.';

alter table seeds.company_aliases
    add column kind text not null default 'name' check (kind in ('name', 'brand', 'former', 'other'));
comment on column seeds.company_aliases.kind is 'name; brand: a product or platform that counts for the company; former: a name given up; other: class D, somebody else.';

create table seeds.company_anchors (
    company_id text not null references seeds.companies (company_id),
    anchor text not null,
    kind text not null check (kind in ('executive', 'product', 'place', 'term')),
    valid_from date,
    valid_to date,
    primary key (company_id, anchor)
);
comment on table seeds.company_anchors is 'Words that speak for a company without naming it; one row per company and word.';
comment on column seeds.company_anchors.company_id is 'The company.';
comment on column seeds.company_anchors.anchor is 'The word or words, in any script.';
comment on column seeds.company_anchors.kind is 'executive, product, place or term.';
comment on column seeds.company_anchors.valid_from is 'First night it holds: an executive takes office; null means always.';
comment on column seeds.company_anchors.valid_to is 'Last night it holds; null means still.';

create table seeds.company_senses (
    company_id text not null references seeds.companies (company_id),
    alias text not null,
    sense text not null,
    cues text not null,
    countries text not null,
    primary key (company_id, alias, sense)
);
comment on table seeds.company_senses is 'What else an alias may mean; one row per alias and sense.';
comment on column seeds.company_senses.company_id is 'Company whose alias it is.';
comment on column seeds.company_senses.alias is 'The alias, as seeds.company_aliases has it.';
comment on column seeds.company_senses.sense is 'The other meaning, in words.';
comment on column seeds.company_senses.cues is 'Words separated by | that speak for the other meaning; empty if none are known.';
comment on column seeds.company_senses.countries is 'Countries separated by | whose press means the other by default; empty if none.';

create table seeds.dimension_codes (
    dimension text not null,
    framework text not null check (framework in ('SASB', 'ESG', 'SDG')),
    code text not null,
    name text not null,
    primary key (dimension, framework, code)
);
comment on table seeds.dimension_codes is 'The five dimensions in the words of other frameworks; one row per dimension, framework and code.';
comment on column seeds.dimension_codes.dimension is 'global_layout, global_competitiveness, corporate_culture, social_responsibility or global_governance.';
comment on column seeds.dimension_codes.framework is 'SASB, ESG or SDG.';
comment on column seeds.dimension_codes.code is 'Code in the framework.';
comment on column seeds.dimension_codes.name is 'What the framework calls it.';

create table seeds.tone_confusions (
    language_code text not null,
    true_tone text not null check (true_tone in ('negative', 'neutral', 'positive')),
    judged_tone text not null check (judged_tone in ('negative', 'neutral', 'positive')),
    confusion numeric(9, 8) not null,
    correction numeric(12, 8) not null,
    primary key (language_code, true_tone, judged_tone)
);
comment on table seeds.tone_confusions is 'How the tone model errs in a language, and the matrix that undoes it in counts; nine rows per language.';
comment on column seeds.tone_confusions.language_code is 'Language, BCP 47 primary subtag.';
comment on column seeds.tone_confusions.true_tone is 'What the text says.';
comment on column seeds.tone_confusions.judged_tone is 'What the model says.';
comment on column seeds.tone_confusions.confusion is 'Mean probability the model gives to judged_tone where true_tone is right; the three of a true_tone sum to 1.';
comment on column seeds.tone_confusions.correction is 'Entry of the inverse: true share = sum over judged_tone of correction times judged share (Bella et al. 2010, probabilistic adjusted count).';

create table seeds.quality (
    stage text not null check (stage in ('extraction', 'matching', 'tone', 'dimensions', 'stories')),
    set_name text not null,
    split text not null,
    breakdown text not null,
    part text not null,
    measure text not null,
    value numeric(12, 6),
    value_low numeric(12, 6),
    value_high numeric(12, 6),
    sample_count integer not null,
    measured_on date not null,
    primary key (stage, set_name, split, breakdown, part, measure)
);
comment on table seeds.quality is 'How well each judgement about text was measured to be; one row per stage, set, split, breakdown, part and measure.';
comment on column seeds.quality.stage is 'extraction, matching, tone, dimensions or stories.';
comment on column seeds.quality.set_name is 'Labelled set.';
comment on column seeds.quality.split is 'dev: looked at while building; test: not.';
comment on column seeds.quality.breakdown is 'all, class, language, script, alias, dimension or kind.';
comment on column seeds.quality.part is 'Which class, language and so on; all for all.';
comment on column seeds.quality.measure is 'precision, recall, f1, macro_f1, accuracy, abstained, ...';
comment on column seeds.quality.value is 'The figure; null where there was nothing to measure.';
comment on column seeds.quality.value_low is 'Lower end of its 95 % interval; null where none was computed.';
comment on column seeds.quality.value_high is 'Upper end of its 95 % interval.';
comment on column seeds.quality.sample_count is 'Labelled cases it rests on.';
comment on column seeds.quality.measured_on is 'Day of the measurement.';

-- What is judged of an article and of a mention.
alter table staging.articles add column wire_credit text;
comment on column staging.articles.wire_credit is 'News agency the text is credited to, a short name such as reuters; null if none is.';

alter table staging.mentions
    add column tone_negative numeric(5, 4),
    add column tone_positive numeric(5, 4),
    add column dimensions text[],
    add column dimension_probabilities numeric(4, 3)[],
    add column dimension_evidence text[];
comment on column staging.mentions.tone_negative is 'Probability that the text is negative towards the company; null where the model abstains.';
comment on column staging.mentions.tone_positive is 'Probability that it is positive; what is left of 1 is neutral. Null where the model abstains.';
comment on column staging.mentions.dimensions is 'Dimensions the mention speaks of; empty: none; null: no rules for the language.';
comment on column staging.mentions.dimension_probabilities is 'How sure each of them is, in the same order, 0 to 1.';
comment on column staging.mentions.dimension_evidence is 'The words that show each of them, in the same order.';

alter table staging.article_stories
    add column parent_article_id bigint,
    add column similarity numeric(4, 3),
    add column joined_by text;
comment on column staging.article_stories.parent_article_id is 'Article it was most likely copied from: of those before it in the story the most alike; null for the first.';
comment on column staging.article_stories.similarity is 'Estimated Jaccard similarity with that article, 0 to 1; null for the first.';
comment on column staging.article_stories.joined_by is 'What joined it: text (the same words), cut (a shorter text inside a longer one), equal (the very same), credit (a wire credit and the facts); null for the first.';

create table staging.story_translations (
    night date not null,
    story_id bigint not null,
    original_story_id bigint not null,
    agreement numeric(4, 3) not null,
    primary key (night, story_id)
);
comment on table staging.story_translations is 'Stories that tell in one language what another told in a second one: their numbers and names agree. Kept apart: they are not joined.';
comment on column staging.story_translations.night is 'Night of the story.';
comment on column staging.story_translations.story_id is 'The story.';
comment on column staging.story_translations.original_story_id is 'Earliest story it agrees with.';
comment on column staging.story_translations.agreement is 'Share of numbers and names they have in common, 0 to 1.';

-- Changes of aliases, so that stored text is matched again where it can matter.
create table ops.alias_changes (
    change_id bigint generated always as identity primary key,
    changed_at timestamptz not null,
    company_id text not null,
    alias text not null,
    change text not null check (change in ('added', 'changed', 'removed'))
);
create index alias_changes_changed_at on ops.alias_changes (changed_at);
comment on table ops.alias_changes is 'What changed in the names of companies; one row per change.';
comment on column ops.alias_changes.change_id is 'Number of the change.';
comment on column ops.alias_changes.changed_at is 'When the registry was read that had it, UTC.';
comment on column ops.alias_changes.company_id is 'The company.';
comment on column ops.alias_changes.alias is 'The alias, an anchor or the cue of another sense.';
comment on column ops.alias_changes.change is 'added, changed or removed.';

create table ops.night_matches (
    night date not null primary key,
    matched_at timestamptz not null,
    change_id bigint not null
);
comment on table ops.night_matches is 'Up to which change of the aliases the articles of a night were matched again; one row per night. What was read since is matched with what held then.';
comment on column ops.night_matches.night is 'The night.';
comment on column ops.night_matches.matched_at is 'When, UTC.';
comment on column ops.night_matches.change_id is 'Last change taken into account.';

create table ops.alias_quarantines (
    company_id text not null,
    alias text not null,
    state text not null check (state in ('held', 'released')),
    since_night date not null,
    until_night date,
    reason text not null,
    changed_at timestamptz not null,
    primary key (company_id, alias, since_night)
);
comment on table ops.alias_quarantines is 'What an operator decided about aliases whose volume jumped; one row per decision.';
comment on column ops.alias_quarantines.company_id is 'The company.';
comment on column ops.alias_quarantines.alias is 'The alias.';
comment on column ops.alias_quarantines.state is 'held: not counted whatever it does; released: counted whatever it does.';
comment on column ops.alias_quarantines.since_night is 'First night of the decision.';
comment on column ops.alias_quarantines.until_night is 'Last night of it; null means still.';
comment on column ops.alias_quarantines.reason is 'Why, in the operator''s words.';
comment on column ops.alias_quarantines.changed_at is 'When it was decided, UTC.';

-- +goose Down
drop table ops.alias_quarantines;
drop table ops.night_matches;
drop table ops.alias_changes;
drop table staging.story_translations;
alter table staging.article_stories drop column parent_article_id, drop column similarity, drop column joined_by;
alter table staging.mentions
    drop column tone_negative,
    drop column tone_positive,
    drop column dimensions,
    drop column dimension_probabilities,
    drop column dimension_evidence;
alter table staging.articles drop column wire_credit;
drop table seeds.quality;
drop table seeds.tone_confusions;
drop table seeds.dimension_codes;
drop table seeds.company_senses;
drop table seeds.company_anchors;
alter table seeds.company_aliases drop column kind;
alter table seeds.companies drop column parent_id, drop column counts_for, drop column valid_from, drop column valid_to;
