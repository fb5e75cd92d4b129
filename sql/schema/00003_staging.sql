-- +goose Up
create table staging.articles (
    night date not null,
    article_id bigint not null,
    outlet_id text not null,
    canonical_url text not null,
    url text not null,
    title text not null,
    body text compression lz4 not null,
    authors text[] not null,
    language_code text not null,
    charset text not null,
    published_at timestamptz not null,
    published_origin text not null,
    is_published_exact boolean not null,
    access text not null check (access in ('full', 'stub')),
    character_count integer not null,
    content_hash text not null,
    sketch integer[] not null,
    first_seen_at timestamptz not null,
    fetched_at timestamptz not null,
    run_id bigint not null,
    primary key (night, article_id)
) partition by range (night);
create index articles_article_id on staging.articles (article_id);
create index articles_outlet_id on staging.articles (night, outlet_id);
comment on table staging.articles is 'Articles as crawled; one row per canonical URL, in the month of its night.';
comment on column staging.articles.night is 'Report date the article belongs to: the publication date in the report time zone.';
comment on column staging.articles.article_id is 'First 63 bits of the SHA-256 of the canonical URL.';
comment on column staging.articles.outlet_id is 'Outlet that published it.';
comment on column staging.articles.canonical_url is 'The one address of the article, tracking and variants removed.';
comment on column staging.articles.url is 'Address the text was fetched from, after redirects.';
comment on column staging.articles.title is 'Headline; empty if none was found.';
comment on column staging.articles.body is 'Text of the article, paragraphs separated by line feeds; empty if none was found.';
comment on column staging.articles.authors is 'Names in the by-line; empty array if none was found.';
comment on column staging.articles.language_code is 'Language of the text, BCP 47 primary subtag; und where too short to tell.';
comment on column staging.articles.charset is 'Character set the page was decoded from, lower-case IANA name.';
comment on column staging.articles.published_at is 'Time of publication, UTC; midnight in the outlet''s day where only a date is known.';
comment on column staging.articles.published_origin is 'Where the time comes from: json_ld, meta, time, text, url, feed, sitemap or first_seen.';
comment on column staging.articles.is_published_exact is 'True if the source gives a time of day with its zone.';
comment on column staging.articles.access is 'full, or stub where only a teaser stands outside a paywall.';
comment on column staging.articles.character_count is 'Length of the body in Unicode code points.';
comment on column staging.articles.content_hash is 'SHA-256, hexadecimal, of title, line feed, body.';
comment on column staging.articles.sketch is 'One-permutation MinHash (64 values) of 5-token shingles of the body; empty if the body is too short to compare.';
comment on column staging.articles.first_seen_at is 'When the URL was first discovered, UTC.';
comment on column staging.articles.fetched_at is 'When this text was fetched, UTC.';
comment on column staging.articles.run_id is 'Run that stored this text.';

create table staging.mentions (
    night date not null,
    company_id text not null,
    article_id bigint not null,
    outlet_id text not null,
    alias text not null,
    alias_class text not null,
    position text not null check (position in ('headline', 'lead', 'body', 'passing')),
    salience numeric(4, 3) not null,
    match_probability numeric(4, 3) not null,
    occurrence_count integer not null,
    evidence text compression lz4 not null,
    primary key (night, company_id, article_id)
) partition by range (night);
create index mentions_article_id on staging.mentions (article_id);
comment on table staging.mentions is 'Companies named in articles; one row per article and company.';
comment on column staging.mentions.night is 'Night of the article.';
comment on column staging.mentions.company_id is 'Company named.';
comment on column staging.mentions.article_id is 'Article it is named in.';
comment on column staging.mentions.outlet_id is 'Outlet of the article.';
comment on column staging.mentions.alias is 'The alias that decided, as the seed file writes it.';
comment on column staging.mentions.alias_class is 'Class of that alias: A, B or C.';
comment on column staging.mentions.position is 'Most prominent place: headline, lead (first three sentences or 15 % of the text), body (twice or more), passing.';
comment on column staging.mentions.salience is 'Weight of the place (METHOD 2): headline 1.0, lead 0.6, body 0.35, passing 0.15.';
comment on column staging.mentions.match_probability is 'Probability that the name means the company.';
comment on column staging.mentions.occurrence_count is 'How often the company is named in headline and body.';
comment on column staging.mentions.evidence is 'The sentence that shows it.';

create table staging.article_stories (
    night date not null,
    article_id bigint not null,
    story_id bigint not null,
    primary key (night, article_id)
);
create index article_stories_story_id on staging.article_stories (story_id);
comment on table staging.article_stories is 'Which story an article tells: clusters of near-identical articles within 72 hours; one row per article.';
comment on column staging.article_stories.night is 'Night of the article.';
comment on column staging.article_stories.article_id is 'The article.';
comment on column staging.article_stories.story_id is 'Article that stands for the story: the earliest of its cluster, ties by article_id.';

-- +goose Down
drop table staging.article_stories;
drop table staging.mentions;
drop table staging.articles;
