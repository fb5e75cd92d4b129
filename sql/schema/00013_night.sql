-- +goose Up
alter table intermediate.int_constants_pivoted
    add column furniture_window_nights integer not null default 7,
    add column furniture_stories_min integer not null default 5,
    add column furniture_share_min numeric(18, 9) not null default 0.02,
    add column broken_text_share numeric(18, 9) not null default 0.5,
    add column broken_articles_min integer not null default 5;
comment on column intermediate.int_constants_pivoted.furniture_window_nights is 'Nights, this one included, over which recurring sentences of an outlet are counted.';
comment on column intermediate.int_constants_pivoted.furniture_stories_min is 'Fewest stories of an outlet a sentence stands in to be furniture.';
comment on column intermediate.int_constants_pivoted.furniture_share_min is 'Least share of the outlet''s articles of the window a sentence stands in to be furniture.';
comment on column intermediate.int_constants_pivoted.broken_text_share is 'Share of the usual text length, and of texts that are not suspect, below which extraction is broken.';
comment on column intermediate.int_constants_pivoted.broken_articles_min is 'Fewest articles of a night from which broken extraction can be told.';

alter table intermediate.int_articles_deduplicated add column is_overseas boolean not null default true;
comment on column intermediate.int_articles_deduplicated.is_overseas is 'False for articles of outlets of the home country: they count for nothing.';

create table intermediate.int_sentences_counted (
    night date not null,
    outlet_id text not null,
    sentence_hash bigint not null,
    story_count integer not null,
    primary key (night, outlet_id, sentence_hash)
);
comment on table intermediate.int_sentences_counted is 'Sentences that name a company and the stories they stand in; one row per night, outlet and sentence.';
comment on column intermediate.int_sentences_counted.night is 'Report date.';
comment on column intermediate.int_sentences_counted.outlet_id is 'Outlet that printed it.';
comment on column intermediate.int_sentences_counted.sentence_hash is 'The sentence, as staging.mentions has it.';
comment on column intermediate.int_sentences_counted.story_count is 'Stories the outlet told first on this night that hold the sentence.';

create table intermediate.int_furniture_found (
    night date not null,
    outlet_id text not null,
    sentence_hash bigint not null,
    story_count integer not null,
    article_count integer not null,
    primary key (night, outlet_id, sentence_hash)
);
comment on table intermediate.int_furniture_found is 'Sentences of tonight that recur on so many pages of an outlet that they are part of its furniture; one row per night, outlet and sentence.';
comment on column intermediate.int_furniture_found.night is 'Report date.';
comment on column intermediate.int_furniture_found.outlet_id is 'Outlet that printed it.';
comment on column intermediate.int_furniture_found.sentence_hash is 'The sentence, as staging.mentions has it. A name in it is no mention.';
comment on column intermediate.int_furniture_found.story_count is 'Stories of the window it stands in.';
comment on column intermediate.int_furniture_found.article_count is 'Articles of the outlet in the window, duplicates counted once.';

alter table intermediate.int_outlet_nights_counted
    add column suspect_count integer not null default 0,
    add column median_character_count integer,
    add column usual_character_count integer;
comment on column intermediate.int_outlet_nights_counted.article_count is 'Articles on any topic, duplicates counted once.';
comment on column intermediate.int_outlet_nights_counted.state is 'up, partial or down against the expectation; without one, up if it delivered articles or a channel could be read in the night or the two days after it. Down, too, if extraction is broken: texts far shorter than usual, or mostly suspect.';
comment on column intermediate.int_outlet_nights_counted.suspect_count is 'Of the articles, those whose text is probably not the article''s.';
comment on column intermediate.int_outlet_nights_counted.median_character_count is 'Median length of the texts in characters; null without articles.';
comment on column intermediate.int_outlet_nights_counted.usual_character_count is 'Median of that over the last weeks the outlet was not down; null while too few are known.';

create table intermediate.int_outlet_captures_counted (
    night date not null,
    outlet_id text not null,
    article_count integer not null,
    feed_count integer not null,
    sitemap_count integer not null,
    shared_count integer not null,
    estimated_count integer,
    missed_share numeric(7, 6),
    primary key (night, outlet_id)
);
comment on table intermediate.int_outlet_captures_counted is 'How many articles of an outlet both kinds of channels announced, and what that says of those neither did; one row per night and outlet with articles.';
comment on column intermediate.int_outlet_captures_counted.night is 'Report date.';
comment on column intermediate.int_outlet_captures_counted.outlet_id is 'The outlet.';
comment on column intermediate.int_outlet_captures_counted.article_count is 'Articles stored, retellings included.';
comment on column intermediate.int_outlet_captures_counted.feed_count is 'Of these, articles a feed announced.';
comment on column intermediate.int_outlet_captures_counted.sitemap_count is 'Of these, articles a sitemap announced.';
comment on column intermediate.int_outlet_captures_counted.shared_count is 'Of these, articles both announced.';
comment on column intermediate.int_outlet_captures_counted.estimated_count is 'Articles the outlet published, estimated from the overlap (Chapman 1951), as if the two were independent; null unless both announced something.';
comment on column intermediate.int_outlet_captures_counted.missed_share is 'Share of the estimated articles that are not stored, 0 to 1; null where there is no estimate.';

alter table marts.outlet_health
    add column suspect_article_count integer not null default 0,
    add column median_character_count integer,
    add column feed_article_count integer not null default 0,
    add column sitemap_article_count integer not null default 0,
    add column shared_article_count integer not null default 0,
    add column estimated_article_count integer,
    add column estimated_missed_share numeric(7, 6);
comment on column marts.outlet_health.state is 'up, partial or down; down, too, where the texts came out broken.';
comment on column marts.outlet_health.suspect_article_count is 'Articles whose text is probably not the article''s.';
comment on column marts.outlet_health.median_character_count is 'Median length of the texts in characters; null without articles.';
comment on column marts.outlet_health.feed_article_count is 'Articles stored that a feed announced, retellings included.';
comment on column marts.outlet_health.sitemap_article_count is 'Articles stored that a sitemap announced, retellings included.';
comment on column marts.outlet_health.shared_article_count is 'Articles stored that both announced.';
comment on column marts.outlet_health.estimated_article_count is 'Articles published, estimated from the overlap of feed and sitemap; null unless both announced something.';
comment on column marts.outlet_health.estimated_missed_share is 'Share of these that are not stored, 0 to 1; null where there is no estimate.';

-- +goose Down
alter table marts.outlet_health
    drop column suspect_article_count,
    drop column median_character_count,
    drop column feed_article_count,
    drop column sitemap_article_count,
    drop column shared_article_count,
    drop column estimated_article_count,
    drop column estimated_missed_share;
drop table intermediate.int_outlet_captures_counted;
alter table intermediate.int_outlet_nights_counted
    drop column suspect_count,
    drop column median_character_count,
    drop column usual_character_count;
drop table intermediate.int_furniture_found;
drop table intermediate.int_sentences_counted;
alter table intermediate.int_articles_deduplicated drop column is_overseas;
alter table intermediate.int_constants_pivoted
    drop column furniture_window_nights,
    drop column furniture_stories_min,
    drop column furniture_share_min,
    drop column broken_text_share,
    drop column broken_articles_min;
