-- +goose Up
alter table seeds.outlets
    add column time_zone text not null default 'UTC',
    add column reach text not null default 'national' check (reach in ('global', 'national', 'regional', 'local')),
    add column is_in_panel boolean not null default true;
comment on column seeds.outlets.is_in_panel is 'False for outlets of the home country (CN, HK, MO): they are read, and never counted.';
comment on column seeds.outlets.time_zone is 'Zone in which the outlet writes times without one, IANA name.';
comment on column seeds.outlets.reach is 'How far it is read: global, national, regional (a part of a country, or a trade) or local.';

alter table staging.articles
    add column page_type text not null default 'article' check (page_type in ('article', 'live_blog', 'video', 'stub')),
    add column section text,
    add column extraction_quality text not null default 'good' check (extraction_quality in ('good', 'suspect')),
    add column extraction_reason text,
    add column published_candidates jsonb not null default '[]',
    add column edited_at timestamptz,
    add column deleted_at timestamptz;
comment on column staging.articles.page_type is 'article; live_blog; video (a text beside a film); stub (a teaser outside a paywall).';
comment on column staging.articles.section is 'Section of the outlet as the page or its address names it; null if neither does.';
comment on column staging.articles.extraction_quality is 'good, or suspect where the text is probably not the article''s.';
comment on column staging.articles.extraction_reason is 'Why the text is suspect; null if it is good.';
comment on column staging.articles.published_candidates is 'Every date found, best first: objects with at, origin, is_exact, is_plausible and, where it was refused, reason.';
comment on column staging.articles.edited_at is 'When a recheck last found another text, UTC; null if never.';
comment on column staging.articles.deleted_at is 'When a recheck found the article gone, UTC; null if it is there. It stays counted: it was published.';

create table staging.article_versions (
    article_id bigint not null,
    replaced_at timestamptz not null,
    night date not null,
    content_hash text not null,
    title text not null,
    character_count integer not null,
    published_at timestamptz not null,
    fetched_at timestamptz not null,
    run_id bigint not null,
    primary key (article_id, replaced_at)
);
comment on table staging.article_versions is 'Earlier texts of articles that were edited, without the text; one row per article and edit.';
comment on column staging.article_versions.article_id is 'The article.';
comment on column staging.article_versions.replaced_at is 'When a later text took its place, UTC.';
comment on column staging.article_versions.night is 'Night the article belonged to with this text.';
comment on column staging.article_versions.content_hash is 'SHA-256, hexadecimal, of title, line feed, body.';
comment on column staging.article_versions.title is 'Headline.';
comment on column staging.article_versions.character_count is 'Length of the body in Unicode code points.';
comment on column staging.article_versions.published_at is 'Time of publication as this text had it, UTC.';
comment on column staging.article_versions.fetched_at is 'When this text was fetched, UTC.';
comment on column staging.article_versions.run_id is 'Run that found the later text.';

alter table staging.mentions
    add column sentence_hashes bigint[] not null default '{}',
    add column sentence_positions text[] not null default '{}';
comment on column staging.mentions.sentence_hashes is 'The sentence of each place that names the company, as the first 63 bits of its SHA-256; at most 100.';
comment on column staging.mentions.sentence_positions is 'Where each of these places stands, in the same order: headline, lead or body.';

alter table ops.urls
    add column is_in_feed boolean not null default false,
    add column is_in_sitemap boolean not null default false,
    add column is_in_page boolean not null default false,
    add column page_type text;
comment on column ops.urls.is_in_feed is 'True once a feed of the outlet has named it.';
comment on column ops.urls.is_in_sitemap is 'True once a sitemap of the outlet has named it.';
comment on column ops.urls.is_in_page is 'True once a section page of the outlet has named it.';
comment on column ops.urls.page_type is 'What the page is: article, live_blog, video, stub, listing, soft_404, consent_wall or other; null if it was not read.';
comment on column ops.urls.channel_kind is 'feed, sitemap or page.';
update ops.urls set is_in_feed = channel_kind = 'feed', is_in_sitemap = channel_kind = 'sitemap';
-- what came of late, of all outlets and of one
create index urls_discovered_at on ops.urls (discovered_at);
create index urls_outlet_id on ops.urls (outlet_id, discovered_at);

alter table ops.channels
    add column origin text not null default 'declared' check (origin in ('declared', 'discovered', 'accepted', 'child')),
    add column parent_url text,
    add column replaced_by text,
    add column final_url text,
    add column byte_count bigint not null default 0,
    add column new_item_count integer not null default 0,
    add column items_per_day numeric(10, 3),
    add column poll_interval interval;
comment on column ops.channels.kind is 'feed, sitemap or page.';
comment on column ops.channels.origin is 'declared (in the registry), discovered (found by the crawler and in use), accepted (an operator took a proposed repair) or child (named by a sitemap index).';
comment on column ops.channels.parent_url is 'Index that names it; null unless a child.';
comment on column ops.channels.replaced_by is 'Channel an operator put in its place; null while it is in use.';
comment on column ops.channels.final_url is 'Where redirects led at the last poll; null if nowhere else.';
comment on column ops.channels.byte_count is 'Bytes of the last full answer as sent: what a 304 saves.';
comment on column ops.channels.new_item_count is 'Items of the last poll that no channel of its kind had named before; for an index with those of its children.';
comment on column ops.channels.items_per_day is 'Smoothed yield: new items a day; null while it is not known.';
comment on column ops.channels.poll_interval is 'Wait until the next poll, from the yield; null before the first.';

create table ops.url_attempts (
    attempted_on date not null,
    url_hash bigint not null,
    attempted_at timestamptz not null,
    purpose text not null check (purpose in ('first', 'recheck')),
    run_id bigint not null,
    http_status integer,
    outcome text,
    reason text,
    byte_count bigint not null,
    elapsed interval,
    primary key (attempted_on, url_hash, attempted_at)
) partition by range (attempted_on);
create index url_attempts_url_hash on ops.url_attempts (url_hash);
comment on table ops.url_attempts is 'Every fetch of a page; one row per URL and fetch, in the month it happened.';
comment on column ops.url_attempts.attempted_on is 'Day of the fetch, UTC.';
comment on column ops.url_attempts.url_hash is 'The URL, as ops.urls has it.';
comment on column ops.url_attempts.attempted_at is 'When the answer or the failure came, UTC.';
comment on column ops.url_attempts.purpose is 'first (until it has an outcome) or recheck.';
comment on column ops.url_attempts.run_id is 'Run that fetched.';
comment on column ops.url_attempts.http_status is 'HTTP status; null if no answer came.';
comment on column ops.url_attempts.outcome is 'What it decided; null if the page is to be tried again.';
comment on column ops.url_attempts.reason is 'The outcome in detail, or what went wrong; null if nothing.';
comment on column ops.url_attempts.byte_count is 'Bytes of the body as sent.';
comment on column ops.url_attempts.elapsed is 'From request to last byte, without the wait for the turn of the host; null if no page came.';

create table ops.rechecks (
    article_id bigint not null,
    stage text not null check (stage in ('day', 'week')),
    outlet_id text not null,
    night date not null,
    url_hash bigint not null,
    url text not null,
    due_at timestamptz not null,
    attempt_count integer not null default 0,
    next_attempt_at timestamptz,
    outcome text check (outcome in ('unchanged', 'edited', 'deleted', 'redirected', 'robots', 'blocked', 'failed', 'gap')),
    reason text,
    http_status integer,
    earlier_content_hash text,
    content_hash text,
    decided_at timestamptz,
    decided_run_id bigint,
    primary key (article_id, stage)
);
create index rechecks_due_at on ops.rechecks (due_at) where outcome is null;
create index rechecks_decided_run_id on ops.rechecks (decided_run_id);
comment on table ops.rechecks is 'Counted articles are read again a day and a week after they were first fetched; one row per article and stage.';
comment on column ops.rechecks.article_id is 'The article.';
comment on column ops.rechecks.stage is 'day (24 hours) or week (7 days).';
comment on column ops.rechecks.outlet_id is 'Its outlet.';
comment on column ops.rechecks.night is 'Night it belonged to when the recheck was planned.';
comment on column ops.rechecks.url_hash is 'URL that is fetched, as ops.urls has it.';
comment on column ops.rechecks.url is 'Address that is fetched.';
comment on column ops.rechecks.due_at is 'Not before this time, UTC.';
comment on column ops.rechecks.attempt_count is 'Fetches tried.';
comment on column ops.rechecks.next_attempt_at is 'Not before this time, UTC; null means at due_at.';
comment on column ops.rechecks.outcome is 'unchanged; edited (another text, stored and matched anew); deleted (404, 410, or a page that says so); redirected (leads to another article or to a front page); robots; blocked; failed; gap (too late to be worth a visit). Null while it waits.';
comment on column ops.rechecks.reason is 'The outcome in detail; null where it says it all.';
comment on column ops.rechecks.http_status is 'Last HTTP status; null if no answer came.';
comment on column ops.rechecks.earlier_content_hash is 'Hash of the text before, noted at the first try; null before that.';
comment on column ops.rechecks.content_hash is 'Hash of the text found; null if none was.';
comment on column ops.rechecks.decided_at is 'When the outcome was written, UTC.';
comment on column ops.rechecks.decided_run_id is 'Run that decided it.';

create table ops.outlet_explorations (
    outlet_id text not null,
    explored_at timestamptz,
    next_at timestamptz,
    article_pattern text,
    pattern_url_count integer not null default 0,
    candidates jsonb not null default '[]',
    error text,
    primary key (outlet_id)
);
comment on table ops.outlet_explorations is 'What the crawler found out about an outlet by itself: candidate channels and the shape of its article addresses; one row per outlet.';
comment on column ops.outlet_explorations.outlet_id is 'The outlet.';
comment on column ops.outlet_explorations.explored_at is 'Last exploration, UTC; null before the first.';
comment on column ops.outlet_explorations.next_at is 'Not before this time, UTC; null means now.';
comment on column ops.outlet_explorations.article_pattern is 'Learned shape of the addresses of articles; null while too few are known.';
comment on column ops.outlet_explorations.pattern_url_count is 'Addresses it was learned from.';
comment on column ops.outlet_explorations.candidates is 'Channels found: objects with kind, url, origin, item_count, newest_at, is_verified and reason.';
comment on column ops.outlet_explorations.error is 'Why the last exploration failed; null if it did not.';

create table ops.host_manners (
    day date not null,
    host text not null,
    request_count integer not null,
    smallest_gap interval,
    largest_concurrency integer not null,
    crawl_delay interval,
    robots_refusal_count integer not null,
    budget_refusal_count integer not null,
    throttled_count integer not null,
    failure_count integer not null,
    not_modified_count integer not null,
    byte_count bigint not null,
    saved_byte_count bigint not null,
    primary key (day, host)
);
comment on table ops.host_manners is 'How we behaved towards each host; one row per UTC day and host.';
comment on column ops.host_manners.day is 'Day, UTC.';
comment on column ops.host_manners.host is 'Host as in an address, with the port if it is not the usual one.';
comment on column ops.host_manners.request_count is 'Requests sent, robots.txt and redirects included.';
comment on column ops.host_manners.smallest_gap is 'Least time between two requests going out; null if there were fewer than two.';
comment on column ops.host_manners.largest_concurrency is 'Most requests under way at a time.';
comment on column ops.host_manners.crawl_delay is 'What its robots.txt asks for; null if nothing.';
comment on column ops.host_manners.robots_refusal_count is 'Requests not sent because its robots.txt forbids them.';
comment on column ops.host_manners.budget_refusal_count is 'Requests not sent because the budget of the day was spent.';
comment on column ops.host_manners.throttled_count is 'Answers 429, or 503 with Retry-After.';
comment on column ops.host_manners.failure_count is 'Requests that failed: no answer, or 5xx.';
comment on column ops.host_manners.not_modified_count is 'Answers 304.';
comment on column ops.host_manners.byte_count is 'Bytes of bodies received, compressed as sent.';
comment on column ops.host_manners.saved_byte_count is 'Bytes not sent again thanks to 304, by the size of the last full answers.';

create table ops.alerts (
    alert_id bigint generated always as identity,
    kind text not null,
    subject text not null,
    outlet_id text,
    severity text not null check (severity in ('warn', 'fail')),
    state text not null check (state in ('open', 'accepted', 'dismissed', 'recovered')),
    opened_at timestamptz not null,
    last_seen_at timestamptz not null,
    closed_at timestamptz,
    closed_by text,
    recovered_at timestamptz,
    run_id bigint,
    message text not null,
    remedy text not null,
    evidence jsonb not null default '{}',
    proposal jsonb,
    primary key (alert_id)
);
create unique index alerts_open on ops.alerts (kind, subject) where state = 'open';
create index alerts_outlet_id on ops.alerts (outlet_id);
comment on table ops.alerts is 'What an operator should know; one row per occurrence, and never two open ones of a kind and subject.';
comment on column ops.alerts.alert_id is 'Number of the alert.';
comment on column ops.alerts.kind is 'channel_down, outlet_silent, below_expectation, extraction_broken, feed_moved, pattern_changed or another word of the code that raises it.';
comment on column ops.alerts.subject is 'What it is about: an outlet, the address of a channel, a night.';
comment on column ops.alerts.outlet_id is 'Outlet concerned; null if none is.';
comment on column ops.alerts.severity is 'warn or fail.';
comment on column ops.alerts.state is 'open; accepted (an operator took the proposed repair); dismissed (an operator knows better); recovered (the cause is gone).';
comment on column ops.alerts.opened_at is 'When it was raised, UTC.';
comment on column ops.alerts.last_seen_at is 'When its cause was last seen, UTC.';
comment on column ops.alerts.closed_at is 'When it left the state open, UTC; null while open.';
comment on column ops.alerts.closed_by is 'Who closed it: an operator''s name, or the job that saw the recovery; null while open.';
comment on column ops.alerts.recovered_at is 'When its cause was seen to be gone, UTC; null while it lasts. A dismissed alert is not raised again before.';
comment on column ops.alerts.run_id is 'Run that raised it; null if none did.';
comment on column ops.alerts.message is 'What is wrong, in a sentence.';
comment on column ops.alerts.remedy is 'What to do about it, in a sentence.';
comment on column ops.alerts.evidence is 'The figures behind it.';
comment on column ops.alerts.proposal is 'Repair that can be accepted: action, kind, url, replaces; null if there is none.';

-- +goose Down
drop table ops.alerts;
drop table ops.host_manners;
drop table ops.outlet_explorations;
drop table ops.rechecks;
drop table ops.url_attempts;
alter table ops.channels
    drop column origin,
    drop column parent_url,
    drop column replaced_by,
    drop column final_url,
    drop column byte_count,
    drop column new_item_count,
    drop column items_per_day,
    drop column poll_interval;
drop index ops.urls_outlet_id;
drop index ops.urls_discovered_at;
alter table ops.urls
    drop column is_in_feed,
    drop column is_in_sitemap,
    drop column is_in_page,
    drop column page_type;
alter table staging.mentions drop column sentence_hashes, drop column sentence_positions;
drop table staging.article_versions;
alter table staging.articles
    drop column page_type,
    drop column section,
    drop column extraction_quality,
    drop column extraction_reason,
    drop column published_candidates,
    drop column edited_at,
    drop column deleted_at;
alter table seeds.outlets drop column time_zone, drop column reach, drop column is_in_panel;
