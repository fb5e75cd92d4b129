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
alter table staging.articles add column facts integer[];
comment on column staging.articles.facts is 'Hashes of the numbers and names of headline and body, by which copies and translations are known; null if they were not read.';

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

-- The calculation.
alter table intermediate.int_constants_pivoted
    add column quarantine_window_nights integer not null default 28,
    add column quarantine_nights_min integer not null default 7,
    add column quarantine_mentions_min integer not null default 10,
    add column quarantine_factor numeric(18, 9) not null default 5,
    add column tone_prior_mentions numeric(18, 9) not null default 15;
comment on column intermediate.int_constants_pivoted.quarantine_window_nights is 'Nights an alias is compared with, in calendar nights.';
comment on column intermediate.int_constants_pivoted.quarantine_nights_min is 'Nights that must have been built before an alias is judged.';
comment on column intermediate.int_constants_pivoted.quarantine_mentions_min is 'Mentions below which no jump is seen.';
comment on column intermediate.int_constants_pivoted.quarantine_factor is 'How many times its usual volume, or spread, an alias may have.';
comment on column intermediate.int_constants_pivoted.tone_prior_mentions is 'Toned mentions at which a company''s own tone weighs as much as that of all.';

create table intermediate.int_companies_rolled_up (
    night date not null,
    named_company_id text not null,
    company_id text not null,
    primary key (night, named_company_id)
);
comment on table intermediate.int_companies_rolled_up is 'Which company a mention counts for; one row per night and company that may be named.';
comment on column intermediate.int_companies_rolled_up.night is 'Report date.';
comment on column intermediate.int_companies_rolled_up.named_company_id is 'The company named.';
comment on column intermediate.int_companies_rolled_up.company_id is 'The company it counts for: itself, or the last of its counts_for.';

create table intermediate.int_aliases_counted (
    night date not null,
    company_id text not null,
    alias text not null,
    alias_class text not null,
    mention_count integer not null,
    outlet_count integer not null,
    country_count integer not null,
    primary key (night, company_id, alias)
);
comment on table intermediate.int_aliases_counted is 'Articles that an alias decided; one row per night, company named and alias.';
comment on column intermediate.int_aliases_counted.night is 'Report date.';
comment on column intermediate.int_aliases_counted.company_id is 'Company named.';
comment on column intermediate.int_aliases_counted.alias is 'The alias: the surest one of the article.';
comment on column intermediate.int_aliases_counted.alias_class is 'A, B or C.';
comment on column intermediate.int_aliases_counted.mention_count is 'Articles, retellings inside an outlet counted once.';
comment on column intermediate.int_aliases_counted.outlet_count is 'Outlets of them.';
comment on column intermediate.int_aliases_counted.country_count is 'Countries of these outlets.';

create table intermediate.int_aliases_quarantined (
    night date not null,
    company_id text not null,
    alias text not null,
    alias_class text not null,
    mention_count integer not null,
    expected_mention_count numeric(12, 3) not null,
    country_count integer not null,
    expected_country_count numeric(12, 3) not null,
    reason text not null check (reason in ('volume', 'spread', 'held')),
    primary key (night, company_id, alias)
);
comment on table intermediate.int_aliases_quarantined is 'Aliases whose mentions do not count on a night, because their volume or spread jumped while the sure names of the company did not; one row per night, company named and alias.';
comment on column intermediate.int_aliases_quarantined.night is 'Report date.';
comment on column intermediate.int_aliases_quarantined.company_id is 'Company named.';
comment on column intermediate.int_aliases_quarantined.alias is 'The alias.';
comment on column intermediate.int_aliases_quarantined.alias_class is 'A, B or C.';
comment on column intermediate.int_aliases_quarantined.mention_count is 'Articles it decided.';
comment on column intermediate.int_aliases_quarantined.expected_mention_count is 'Mean of the nights before that were not quarantined.';
comment on column intermediate.int_aliases_quarantined.country_count is 'Countries it was read in.';
comment on column intermediate.int_aliases_quarantined.expected_country_count is 'Mean of these nights.';
comment on column intermediate.int_aliases_quarantined.reason is 'volume, spread, or held: by an operator.';

create table intermediate.int_mentions_rolled_up (
    night date not null,
    company_id text not null,
    article_id bigint not null,
    named_company_id text not null,
    alias text not null,
    position text not null,
    match_probability numeric(4, 3) not null,
    is_quarantined boolean not null,
    tone_negative numeric(5, 4),
    tone_positive numeric(5, 4),
    primary key (night, company_id, article_id)
);
comment on table intermediate.int_mentions_rolled_up is 'Mentions by the company they count for, without those that are furniture; one row per night, company and article.';
comment on column intermediate.int_mentions_rolled_up.night is 'Report date.';
comment on column intermediate.int_mentions_rolled_up.company_id is 'Company the mention counts for.';
comment on column intermediate.int_mentions_rolled_up.article_id is 'The article.';
comment on column intermediate.int_mentions_rolled_up.named_company_id is 'Company that is named, the surest if there are several.';
comment on column intermediate.int_mentions_rolled_up.alias is 'Alias it is named by.';
comment on column intermediate.int_mentions_rolled_up.position is 'Most prominent place of any of them: headline, lead, body or passing.';
comment on column intermediate.int_mentions_rolled_up.match_probability is 'Probability that the company is meant, of the surest.';
comment on column intermediate.int_mentions_rolled_up.is_quarantined is 'True if every alias that names it is in quarantine: it is kept and does not count.';
comment on column intermediate.int_mentions_rolled_up.tone_negative is 'Probability of a negative tone towards the surest; null where no model judges.';
comment on column intermediate.int_mentions_rolled_up.tone_positive is 'Probability of a positive tone.';

alter table intermediate.int_mentions_weighted
    add column is_quarantined boolean not null default false,
    add column quarantined_weight numeric(13, 12) not null default 0;
comment on column intermediate.int_mentions_weighted.is_quarantined is 'True if only aliases in quarantine name the company: the weight is 0.';
comment on column intermediate.int_mentions_weighted.quarantined_weight is 'Weight it would have if it counted; 0 if it does.';
alter table intermediate.int_outlet_company_nights_summed
    add column quarantined_attention numeric(18, 12) not null default 0;
comment on column intermediate.int_outlet_company_nights_summed.quarantined_attention is 'What attention would gain if aliases in quarantine counted.';
alter table intermediate.int_outlet_company_sums_decayed
    add column quarantined_sum numeric(18, 12) not null default 0;
comment on column intermediate.int_outlet_company_sums_decayed.quarantined_sum is 'What the sum would gain if aliases in quarantine counted.';
alter table intermediate.int_attention_shrunk
    add column attention_with_quarantined numeric(13, 12) not null default 0;
comment on column intermediate.int_attention_shrunk.attention_with_quarantined is 'Attention if aliases in quarantine counted; the same where there are none.';
alter table intermediate.int_companies_ranked
    add column rank_position_with_quarantined integer not null default 0;
comment on column intermediate.int_companies_ranked.rank_position_with_quarantined is 'Position if aliases in quarantine counted.';

create table intermediate.int_company_tones_summed (
    night date not null,
    company_id text not null,
    language_code text not null,
    weight_sum numeric(18, 12) not null,
    toned_weight_sum numeric(18, 12) not null,
    negative_sum numeric(18, 12) not null,
    positive_sum numeric(18, 12) not null,
    toned_sum numeric(18, 12) not null,
    primary key (night, company_id, language_code)
);
comment on table intermediate.int_company_tones_summed is 'Tone of tonight''s voices; one row per night, company and language.';
comment on column intermediate.int_company_tones_summed.night is 'Report date.';
comment on column intermediate.int_company_tones_summed.company_id is 'The company.';
comment on column intermediate.int_company_tones_summed.language_code is 'Language of the articles.';
comment on column intermediate.int_company_tones_summed.weight_sum is 'Weight of all voices.';
comment on column intermediate.int_company_tones_summed.toned_weight_sum is 'Weight of the voices whose tone is known.';
comment on column intermediate.int_company_tones_summed.negative_sum is 'Sum of weight times probability of a negative tone.';
comment on column intermediate.int_company_tones_summed.positive_sum is 'Sum of weight times probability of a positive tone.';
comment on column intermediate.int_company_tones_summed.toned_sum is 'Number of voices whose tone is known.';

create table intermediate.int_company_tones_decayed (
    night date not null,
    company_id text not null,
    language_code text not null,
    weight_sum numeric(18, 12) not null,
    toned_weight_sum numeric(18, 12) not null,
    negative_sum numeric(18, 12) not null,
    positive_sum numeric(18, 12) not null,
    toned_sum numeric(18, 12) not null,
    primary key (night, company_id, language_code)
);
comment on table intermediate.int_company_tones_decayed is 'Tone of a company, older nights fading; one row per night, company and language.';
comment on column intermediate.int_company_tones_decayed.night is 'Report date.';
comment on column intermediate.int_company_tones_decayed.company_id is 'The company.';
comment on column intermediate.int_company_tones_decayed.language_code is 'Language of the articles.';
comment on column intermediate.int_company_tones_decayed.weight_sum is 'Weight of all voices.';
comment on column intermediate.int_company_tones_decayed.toned_weight_sum is 'Weight of the voices whose tone is known.';
comment on column intermediate.int_company_tones_decayed.negative_sum is 'Sum of weight times probability of a negative tone.';
comment on column intermediate.int_company_tones_decayed.positive_sum is 'Sum of weight times probability of a positive tone.';
comment on column intermediate.int_company_tones_decayed.toned_sum is 'Number of voices whose tone is known.';

create table intermediate.int_tones_corrected (
    night date not null,
    company_id text not null,
    toned_count numeric(12, 3) not null,
    negative_share numeric(7, 6),
    positive_share numeric(7, 6),
    net_tone numeric(7, 6),
    tone_coverage_share numeric(7, 6) not null,
    primary key (night, company_id)
);
comment on table intermediate.int_tones_corrected is 'Tone towards a company, corrected for how the model errs; one row per night and company.';
comment on column intermediate.int_tones_corrected.night is 'Report date.';
comment on column intermediate.int_tones_corrected.company_id is 'The company.';
comment on column intermediate.int_tones_corrected.toned_count is 'Toned voices the figure rests on, older ones fading.';
comment on column intermediate.int_tones_corrected.negative_share is 'Share of negative voices, corrected; null where no tone is known.';
comment on column intermediate.int_tones_corrected.positive_share is 'Share of positive voices, corrected.';
comment on column intermediate.int_tones_corrected.net_tone is 'positive_share minus negative_share, -1 to 1.';
comment on column intermediate.int_tones_corrected.tone_coverage_share is 'Share of the weight of voices whose tone is known, 0 to 1.';

create table intermediate.int_company_dimensions_counted (
    night date not null,
    company_id text not null,
    dimension text not null,
    article_count integer not null,
    story_count integer not null,
    weight_sum numeric(18, 12) not null,
    primary key (night, company_id, dimension)
);
comment on table intermediate.int_company_dimensions_counted is 'What a company is written about for; one row per night, company and dimension.';
comment on column intermediate.int_company_dimensions_counted.night is 'Report date.';
comment on column intermediate.int_company_dimensions_counted.company_id is 'The company.';
comment on column intermediate.int_company_dimensions_counted.dimension is 'The dimension.';
comment on column intermediate.int_company_dimensions_counted.article_count is 'Articles, retellings inside an outlet counted once.';
comment on column intermediate.int_company_dimensions_counted.story_count is 'Distinct stories.';
comment on column intermediate.int_company_dimensions_counted.weight_sum is 'Sum of weight times probability of the dimension, over voices.';

-- The results.
alter table marts.companies
    add column parent_company_id text,
    add column counts_for_company_id text;
comment on column marts.companies.parent_company_id is 'Company that controls it, if that is followed, too; null otherwise.';
comment on column marts.companies.counts_for_company_id is 'Company its mentions count for; null: itself.';

create table marts.company_dimensions (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    dimension text not null,
    article_count integer not null,
    story_count integer not null,
    weight_sum numeric(18, 12) not null,
    primary key (night, company_id, dimension)
);
create index company_dimensions_company_id on marts.company_dimensions (company_id, night);
comment on table marts.company_dimensions is 'The five dimensions a company is written about in; one row per night, company and dimension that was found.';
comment on column marts.company_dimensions.night is 'Report date.';
comment on column marts.company_dimensions.company_id is 'The company.';
comment on column marts.company_dimensions.dimension is 'global_layout, global_competitiveness, corporate_culture, social_responsibility or global_governance.';
comment on column marts.company_dimensions.article_count is 'Articles that speak of it, retellings inside an outlet counted once.';
comment on column marts.company_dimensions.story_count is 'Distinct stories.';
comment on column marts.company_dimensions.weight_sum is 'Weight of the voices that speak of it, times how sure that is.';

create table marts.quarantined_aliases (
    night date not null references marts.nights (night),
    company_id text not null references marts.companies (company_id),
    alias text not null,
    counts_for_company_id text not null references marts.companies (company_id),
    alias_class text not null,
    reason text not null,
    mention_count integer not null,
    expected_mention_count numeric(12, 3) not null,
    country_count integer not null,
    expected_country_count numeric(12, 3) not null,
    attention numeric(13, 12),
    attention_with_quarantined numeric(13, 12),
    rank_position integer,
    rank_position_with_quarantined integer,
    primary key (night, company_id, alias)
);
create index quarantined_aliases_company_id on marts.quarantined_aliases (company_id, night);
create index quarantined_aliases_counts_for_company_id on marts.quarantined_aliases (counts_for_company_id, night);
comment on table marts.quarantined_aliases is 'Names that did not count on a night because their volume or spread jumped, with the ranking as it is and as it would be; one row per night, company and alias.';
comment on column marts.quarantined_aliases.night is 'Report date.';
comment on column marts.quarantined_aliases.company_id is 'Company the alias names.';
comment on column marts.quarantined_aliases.alias is 'The alias.';
comment on column marts.quarantined_aliases.counts_for_company_id is 'Company its mentions would count for.';
comment on column marts.quarantined_aliases.alias_class is 'A, B or C.';
comment on column marts.quarantined_aliases.reason is 'volume, spread, or held: by an operator.';
comment on column marts.quarantined_aliases.mention_count is 'Articles it decided on this night.';
comment on column marts.quarantined_aliases.expected_mention_count is 'Mean of the nights before that were not quarantined.';
comment on column marts.quarantined_aliases.country_count is 'Countries it was read in.';
comment on column marts.quarantined_aliases.expected_country_count is 'Mean of these nights.';
comment on column marts.quarantined_aliases.attention is 'Attention of the company as published, 0 to 1; null if it has none.';
comment on column marts.quarantined_aliases.attention_with_quarantined is 'Attention if aliases in quarantine counted.';
comment on column marts.quarantined_aliases.rank_position is 'Position as published; null if not ranked.';
comment on column marts.quarantined_aliases.rank_position_with_quarantined is 'Position if aliases in quarantine counted.';

create table marts.quality (
    stage text not null,
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
comment on table marts.quality is 'How well each judgement about text was measured to be, of the release that publishes; one row per stage, set, split, breakdown, part and measure.';
comment on column marts.quality.stage is 'extraction, matching, tone, dimensions or stories.';
comment on column marts.quality.set_name is 'Labelled set.';
comment on column marts.quality.split is 'dev: looked at while building; test: not.';
comment on column marts.quality.breakdown is 'all, class, language, script, alias, dimension or kind.';
comment on column marts.quality.part is 'Which class, language and so on; all for all.';
comment on column marts.quality.measure is 'precision, recall, f1, macro_f1, accuracy, abstained and so on.';
comment on column marts.quality.value is 'The figure; null where there was nothing to measure.';
comment on column marts.quality.value_low is 'Lower end of its 95 % interval; null where none was computed.';
comment on column marts.quality.value_high is 'Upper end of its 95 % interval.';
comment on column marts.quality.sample_count is 'Labelled cases it rests on.';
comment on column marts.quality.measured_on is 'Day of the measurement.';

comment on column marts.company_rankings.net_tone is 'Tone of the voices towards the company, older nights fading and corrected for how the model errs, -1 to 1; null where none is known.';
comment on column marts.company_rankings.tone_coverage_share is 'Share of the weight of these voices whose tone is known, 0 to 1; null if there is none.';
comment on column marts.company_rankings_latest.net_tone is 'Tone of the voices towards the company, -1 to 1; null where none is known.';
comment on column marts.company_rankings_latest.tone_coverage_share is 'Share of the weight of these voices whose tone is known, 0 to 1.';
comment on column marts.company_indicators.indicator is 'attention: weighted, shrunk share of the panel''s articles; attention_tier_1: the same over tier 1 outlets alone; attention_with_quarantined: the same with aliases in quarantine counted, where there are any.';

-- +goose Down
alter table marts.companies drop column parent_company_id, drop column counts_for_company_id;
drop table marts.quality;
drop table marts.quarantined_aliases;
drop table marts.company_dimensions;
drop table intermediate.int_company_dimensions_counted;
drop table intermediate.int_tones_corrected;
drop table intermediate.int_company_tones_decayed;
drop table intermediate.int_company_tones_summed;
alter table intermediate.int_companies_ranked drop column rank_position_with_quarantined;
alter table intermediate.int_attention_shrunk drop column attention_with_quarantined;
alter table intermediate.int_outlet_company_sums_decayed drop column quarantined_sum;
alter table intermediate.int_outlet_company_nights_summed drop column quarantined_attention;
alter table intermediate.int_mentions_weighted drop column is_quarantined, drop column quarantined_weight;
drop table intermediate.int_mentions_rolled_up;
drop table intermediate.int_aliases_quarantined;
drop table intermediate.int_aliases_counted;
drop table intermediate.int_companies_rolled_up;
alter table intermediate.int_constants_pivoted
    drop column quarantine_window_nights,
    drop column quarantine_nights_min,
    drop column quarantine_mentions_min,
    drop column quarantine_factor,
    drop column tone_prior_mentions;
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
alter table staging.articles drop column wire_credit, drop column facts;
drop table seeds.quality;
drop table seeds.tone_confusions;
drop table seeds.dimension_codes;
drop table seeds.company_senses;
drop table seeds.company_anchors;
alter table seeds.company_aliases drop column kind;
alter table seeds.companies drop column parent_id, drop column counts_for, drop column valid_from, drop column valid_to;
