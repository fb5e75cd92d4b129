-- +goose Up
alter table ops.runs drop constraint runs_cause_check;
alter table ops.runs
    add column backfill_id bigint,
    add column scope text,
    add constraint runs_cause_check check (cause in ('schedule', 'operator', 'catch_up', 'demo', 'backfill'));
create index runs_backfill_id on ops.runs (backfill_id) where backfill_id is not null;
create index runs_parent_run_id on ops.runs (parent_run_id) where parent_run_id is not null;
create index runs_night on ops.runs (night, job) where night is not null;
comment on column ops.runs.job is 'collect, recheck, build, publish, nightly, demo, import, prune; backfill (an outlet''s night) or rebuild (a night), which work on an interval of a backfill.';
comment on column ops.runs.cause is 'schedule (cron), operator (command line), catch_up (a missed night), backfill or demo.';
comment on column ops.runs.backfill_id is 'Backfill the run works for; null if none.';
comment on column ops.runs.scope is 'Scope of the interval the run works on, such as an outlet; null without an interval.';
comment on column ops.host_manners.failure_count is 'Answers that did not come, broke off, or were of status 5xx.';

alter table ops.intervals
    add column backfill_id bigint,
    add column worker text,
    add column queued_at timestamptz,
    add column started_at timestamptz,
    add column next_attempt_at timestamptz,
    add column death_count integer not null default 0,
    add column request_count bigint not null default 0,
    add column byte_count bigint not null default 0,
    add column article_count bigint not null default 0,
    add column elapsed interval,
    add column counts jsonb not null default '{}';
create index intervals_open on ops.intervals (job, night, scope) where state in ('planned', 'queued', 'running');
create index intervals_backfill_id on ops.intervals (backfill_id, state) where backfill_id is not null;
-- what metrics and alerts count: the settled, of which there may be millions, are left out
create index intervals_unsettled on ops.intervals (job, state) where state in ('planned', 'queued', 'running', 'failed');
-- what dispatch looks for: what comes next of a backfill, and what is under way
create index intervals_waiting on ops.intervals (backfill_id, job, night desc, scope) where state = 'planned';
create index intervals_taken on ops.intervals (backfill_id, job, state) where state in ('queued', 'running');
create index intervals_planned on ops.intervals (job) where state = 'planned';
create index runs_open on ops.runs (job, heartbeat_at) where state = 'running';
create index runs_abandoned on ops.runs (finished_at) where state = 'abandoned';
comment on column ops.intervals.job is 'Job the interval belongs to: nightly, collect, recheck, backfill or rebuild.';
comment on column ops.intervals.scope is 'Part of the job: the outlet of a backfill, the time HH:MM (UTC) of a collect or recheck; empty for the whole.';
comment on column ops.intervals.state is 'planned (due); queued (handed to the queue); running; done; failed; cancelled; gap (cannot be had any more). Of these only planned, queued and running are left by themselves.';
comment on column ops.intervals.cause is 'Why it was planned: schedule, operator, catch_up, backfill or demo.';
comment on column ops.intervals.attempt_count is 'How often it was started since it was planned last; what was put off does not count.';
comment on column ops.intervals.error is 'Error of the last attempt, or why it is a gap or cancelled; null if none.';
comment on column ops.intervals.heartbeat_at is 'Last sign of life of the worker that runs it, UTC by the clock of the database; null before the first.';
comment on column ops.intervals.backfill_id is 'Backfill that asked for it last; null if none did.';
comment on column ops.intervals.worker is 'Process that runs it, as host:process:number; null unless running.';
comment on column ops.intervals.queued_at is 'When it was last handed to the queue, UTC; null before.';
comment on column ops.intervals.started_at is 'Start of the last attempt, UTC; null before the first.';
comment on column ops.intervals.next_attempt_at is 'Not before this time, UTC; null means now.';
comment on column ops.intervals.death_count is 'Attempts that ended with the death of their worker.';
comment on column ops.intervals.request_count is 'HTTP requests of the last attempt.';
comment on column ops.intervals.byte_count is 'Bytes received or read from an archive in the last attempt.';
comment on column ops.intervals.article_count is 'Articles stored or changed by the last attempt.';
comment on column ops.intervals.elapsed is 'Time the last attempt took; null before the first ended.';
comment on column ops.intervals.counts is 'Counters of the last attempt, as one JSON object.';

create table ops.backfills (
    backfill_id bigint generated always as identity,
    state text not null check (state in ('planned', 'running', 'paused', 'cancelled', 'done', 'done_with_failures')),
    first_night date not null,
    last_night date not null,
    sources text[] not null,
    steps text[] not null,
    arguments jsonb not null default '{}',
    window_size integer not null check (window_size > 0),
    interval_count integer not null,
    request_count bigint not null,
    byte_count bigint not null,
    article_count bigint not null,
    estimated_duration interval not null,
    ledger_mark text not null,
    planned_at timestamptz not null,
    planned_by text not null,
    applied_at timestamptz,
    paused_at timestamptz,
    finished_at timestamptz,
    run_id bigint,
    gap_report jsonb,
    ranking_diff jsonb,
    error text,
    primary key (backfill_id)
);
comment on table ops.backfills is 'Plans to make up or renew nights, and what became of them; one row per plan.';
comment on column ops.backfills.backfill_id is 'Number of the plan, which apply takes.';
comment on column ops.backfills.state is 'planned (nothing done yet); running; paused (starts nothing new); cancelled; done; done_with_failures (some intervals failed; gaps are no failures).';
comment on column ops.backfills.first_night is 'Oldest night.';
comment on column ops.backfills.last_night is 'Newest night.';
comment on column ops.backfills.sources is 'Where pages may come from: live, archive, warc.';
comment on column ops.backfills.steps is 'What is done: read (fetch or take from an archive, extract, match), match (match stored articles again), build (SQL and publication).';
comment on column ops.backfills.arguments is 'What the operator asked for, as one JSON object.';
comment on column ops.backfills.window_size is 'Intervals handed to the queue at a time.';
comment on column ops.backfills.interval_count is 'Intervals of the plan.';
comment on column ops.backfills.request_count is 'Requests estimated.';
comment on column ops.backfills.byte_count is 'Bytes estimated.';
comment on column ops.backfills.article_count is 'Articles estimated.';
comment on column ops.backfills.estimated_duration is 'Duration estimated from what such work took before.';
comment on column ops.backfills.ledger_mark is 'Digest of what the plan rests on; apply refuses if it has changed.';
comment on column ops.backfills.planned_at is 'When it was planned, UTC.';
comment on column ops.backfills.planned_by is 'Who planned it: user and machine.';
comment on column ops.backfills.applied_at is 'When it was first applied, UTC; null before.';
comment on column ops.backfills.paused_at is 'When it was last paused, UTC; null if never.';
comment on column ops.backfills.finished_at is 'When its last interval ended or it was cancelled, UTC; null before.';
comment on column ops.backfills.run_id is 'Run all of its runs belong to; null before it is applied.';
comment on column ops.backfills.gap_report is 'What could not be had, and why; null before the end.';
comment on column ops.backfills.ranking_diff is 'Which published nights changed, which companies moved, and by which articles; null before the end.';
comment on column ops.backfills.error is 'Why it could not be ended; null if it could.';

-- what a plan asks: which addresses of its nights still can be read
create index urls_open_published_at on ops.urls (channel_published_at, outlet_id) include (outcome)
    where outcome is null or outcome in ('too_old', 'failed', 'blocked');
create table ops.backfill_items (
    backfill_id bigint not null,
    job text not null,
    scope text not null,
    night date not null,
    source text not null check (source in ('live', 'archive', 'warc', 'stored', 'sql', 'none')),
    request_count bigint not null,
    byte_count bigint not null,
    article_count bigint not null,
    estimated_duration interval not null,
    reason text,
    revision_before integer,
    state text,
    attempt_count integer,
    actual_request_count bigint,
    actual_byte_count bigint,
    actual_article_count bigint,
    actual_duration interval,
    error text,
    primary key (backfill_id, job, night, scope)
);
create index backfill_items_night on ops.backfill_items (night, job);
comment on table ops.backfill_items is 'Intervals of a plan with their estimated cost, and once it has ended how they ended; one row per plan and interval.';
comment on column ops.backfill_items.backfill_id is 'The plan.';
comment on column ops.backfill_items.job is 'backfill (an outlet''s night) or rebuild (a night).';
comment on column ops.backfill_items.scope is 'The outlet; empty for a night.';
comment on column ops.backfill_items.night is 'The night.';
comment on column ops.backfill_items.source is 'What serves it: live (sitemap by date, addresses known), archive (our own), warc (imported files), stored (articles in staging), sql, or none.';
comment on column ops.backfill_items.request_count is 'Requests estimated.';
comment on column ops.backfill_items.byte_count is 'Bytes estimated.';
comment on column ops.backfill_items.article_count is 'Articles estimated.';
comment on column ops.backfill_items.estimated_duration is 'Duration estimated.';
comment on column ops.backfill_items.reason is 'Why this source, or why none; null where it needs no word.';
comment on column ops.backfill_items.revision_before is 'Revision of the published night when the plan was applied; null if it was not published, and for outlets.';
comment on column ops.backfill_items.state is 'State its interval ended in; null before the end.';
comment on column ops.backfill_items.attempt_count is 'Attempts it took; null before the end.';
comment on column ops.backfill_items.actual_request_count is 'Requests it took; null before the end.';
comment on column ops.backfill_items.actual_byte_count is 'Bytes it took; null before the end.';
comment on column ops.backfill_items.actual_article_count is 'Articles stored or changed; null before the end.';
comment on column ops.backfill_items.actual_duration is 'Time it took; null before the end.';
comment on column ops.backfill_items.error is 'Error or reason of the gap; null if none.';

create table ops.backfill_changes (
    backfill_id bigint not null,
    night date not null,
    article_id bigint not null,
    company_id text not null,
    change text not null check (change in ('article_added', 'article_changed', 'article_removed', 'mention_added', 'mention_changed', 'mention_removed')),
    run_id bigint not null,
    primary key (backfill_id, night, article_id, company_id)
);
comment on table ops.backfill_changes is 'Articles and mentions that a backfill changed; one row per backfill, article and company.';
comment on column ops.backfill_changes.backfill_id is 'The backfill.';
comment on column ops.backfill_changes.night is 'Night of the article.';
comment on column ops.backfill_changes.article_id is 'The article.';
comment on column ops.backfill_changes.company_id is 'Company whose mention changed; empty for the article itself.';
comment on column ops.backfill_changes.change is 'article_added, article_changed, article_removed, or the same of a mention.';
comment on column ops.backfill_changes.run_id is 'Run that changed it.';

create table ops.backfill_outlets (
    backfill_id bigint not null,
    outlet_id text not null,
    discovered_at timestamptz,
    url_count integer not null,
    request_count integer not null,
    read_count integer not null,
    first_night date,
    failure_count integer not null default 0,
    failed_at timestamptz,
    error text,
    primary key (backfill_id, outlet_id)
);
comment on table ops.backfill_outlets is 'Outlets whose sitemaps a backfill has read for all its nights; one row per backfill and outlet.';
comment on column ops.backfill_outlets.backfill_id is 'The backfill.';
comment on column ops.backfill_outlets.outlet_id is 'The outlet.';
comment on column ops.backfill_outlets.discovered_at is 'When they were read, UTC; null if none could be yet.';
comment on column ops.backfill_outlets.url_count is 'Addresses they gave for the nights.';
comment on column ops.backfill_outlets.request_count is 'Requests it took.';
comment on column ops.backfill_outlets.read_count is 'Sitemaps and files of sitemaps that could be read.';
comment on column ops.backfill_outlets.first_night is 'Oldest of its nights of which they gave an address; null if of none.';
comment on column ops.backfill_outlets.failure_count is 'Times in a row that none could be read.';
comment on column ops.backfill_outlets.failed_at is 'When that happened last, UTC; null if never.';
comment on column ops.backfill_outlets.error is 'What could not be read; null if all could.';

alter table ops.urls add column backfill_id bigint;
comment on column ops.urls.backfill_id is 'Backfill that reads it: while that is open no collect does; null if none was needed.';
comment on column ops.outlet_runs.discovered_count is 'Distinct URLs before the run: named by its channels now, or waiting from earlier runs; of a backfill those of its night. Counted by the crawler.';
comment on column ops.outlet_runs.decided_count is 'URLs this run gave an outcome, less those that a backfill gave back to wait since. Counted in ops.urls.';
comment on column ops.outlet_runs.deferred_count is 'URLs left for a later run: a retry is due, the run was stopped, or a backfill gave them back. Counted in ops.urls.';

alter table ops.url_attempts drop constraint url_attempts_purpose_check;
alter table ops.url_attempts
    add constraint url_attempts_purpose_check check (purpose in ('first', 'recheck', 'backfill'));
comment on column ops.url_attempts.purpose is 'first (a URL that waited), recheck (an article read again) or backfill.';

create table ops.archive_files (
    file_id bigint generated always as identity,
    name text not null,
    kind text not null check (kind in ('own', 'import')),
    host text not null,
    opened_at timestamptz not null,
    primary key (file_id)
);
create unique index archive_files_name on ops.archive_files (name);
comment on table ops.archive_files is 'WARC files whose pages we know by position; one row per file.';
comment on column ops.archive_files.file_id is 'Number of the file.';
comment on column ops.archive_files.name is 'Of an own file its name in the archive folder; of an imported one its path or URL.';
comment on column ops.archive_files.kind is 'own (written by our crawler) or import.';
comment on column ops.archive_files.host is 'Machine that wrote or imported it.';
comment on column ops.archive_files.opened_at is 'When it was begun or first imported, UTC.';

create table ops.archive_records (
    fetched_on date not null,
    url_hash bigint not null,
    fetched_at timestamptz not null,
    file_id bigint not null,
    position bigint not null,
    byte_count integer not null,
    url text not null,
    outlet_id text not null,
    night date,
    http_status integer not null,
    primary key (fetched_on, file_id, position)
) partition by range (fetched_on);
create index archive_records_url_hash on ops.archive_records (url_hash);
create index archive_records_outlet_id on ops.archive_records (outlet_id, night);
comment on table ops.archive_records is 'Where each kept page lies; one row per page and fetch.';
comment on column ops.archive_records.fetched_on is 'Date of the fetch, UTC.';
comment on column ops.archive_records.url_hash is 'The URL, as ops.urls has it.';
comment on column ops.archive_records.fetched_at is 'When it was fetched, UTC.';
comment on column ops.archive_records.file_id is 'File it lies in.';
comment on column ops.archive_records.position is 'First byte of its record in the file.';
comment on column ops.archive_records.byte_count is 'Bytes of the record in the file, compressed.';
comment on column ops.archive_records.url is 'Address it was fetched from.';
comment on column ops.archive_records.outlet_id is 'Outlet it was fetched for.';
comment on column ops.archive_records.night is 'Night of the article found in it; null if none was.';
comment on column ops.archive_records.http_status is 'HTTP status of the answer.';

create table ops.imports (
    source text not null,
    state text not null check (state in ('running', 'done', 'failed', 'cancelled')),
    file_id bigint not null,
    byte_count bigint,
    validator text,
    position bigint not null,
    record_count bigint not null default 0,
    page_count bigint not null default 0,
    stored_count bigint not null default 0,
    damaged_count bigint not null default 0,
    foreign_count bigint not null default 0,
    started_at timestamptz not null,
    updated_at timestamptz not null,
    finished_at timestamptz,
    run_id bigint,
    error text,
    primary key (source)
);
comment on table ops.imports is 'WARC files that are or were imported, and how far; one row per file.';
comment on column ops.imports.source is 'Path or URL of the file.';
comment on column ops.imports.state is 'running, done, failed or cancelled; an import that is not done goes on at its position.';
comment on column ops.imports.file_id is 'The file, as ops.archive_files has it.';
comment on column ops.imports.byte_count is 'Size of the file; null if not known.';
comment on column ops.imports.validator is 'ETag, or size and time of change: another file under the same name begins anew; null if not known.';
comment on column ops.imports.position is 'First byte not yet done: everything before is stored.';
comment on column ops.imports.record_count is 'Records read.';
comment on column ops.imports.page_count is 'Of these, pages of outlets we know.';
comment on column ops.imports.stored_count is 'Of these, articles stored or changed.';
comment on column ops.imports.damaged_count is 'Records that were damaged and passed over.';
comment on column ops.imports.foreign_count is 'Records of hosts that belong to no outlet.';
comment on column ops.imports.started_at is 'First start, UTC.';
comment on column ops.imports.updated_at is 'Last step, UTC.';
comment on column ops.imports.finished_at is 'End, UTC; null before.';
comment on column ops.imports.run_id is 'Last run that worked on it; null before the first.';
comment on column ops.imports.error is 'Why it stopped; null if it did not.';

create table ops.suspect_pages (
    url_hash bigint not null,
    url text not null,
    crash_count integer not null default 0,
    crash_journals text[] not null default '{}',
    hang_count integer not null default 0,
    last_seen_at timestamptz not null,
    reason text not null,
    quarantined_at timestamptz,
    primary key (url_hash, url)
);
comment on table ops.suspect_pages is 'Pages that were being read when a worker died or hung; one row per URL. At three, a page is quarantined.';
comment on column ops.suspect_pages.url_hash is 'The URL, as ops.urls has it.';
comment on column ops.suspect_pages.url is 'The URL, as ops.urls has it.';
comment on column ops.suspect_pages.crash_count is 'Workers that died while they read it.';
comment on column ops.suspect_pages.crash_journals is 'What these workers left behind, by file name: each is counted once.';
comment on column ops.suspect_pages.hang_count is 'Times that reading it did not end in its time.';
comment on column ops.suspect_pages.last_seen_at is 'When that last happened, UTC.';
comment on column ops.suspect_pages.reason is 'What happened last, in a sentence.';
comment on column ops.suspect_pages.quarantined_at is 'When it was given up, UTC; null before. Delete the row to have it read again.';

create table ops.night_changes (
    night date not null,
    transaction_id numeric(20) not null,
    run_id bigint not null,
    primary key (night, transaction_id)
);
comment on table ops.night_changes is 'Nights whose articles or mentions changed since they were last built; one row per night and transaction. A build removes what it sees.';
comment on column ops.night_changes.night is 'The night.';
comment on column ops.night_changes.transaction_id is 'Transaction that changed it.';
comment on column ops.night_changes.run_id is 'Run that changed it.';

create table ops.alert_deliveries (
    alert_id bigint not null,
    event text not null check (event in ('opened', 'closed')),
    channel text not null check (channel in ('log', 'webhook', 'email')),
    attempt_count integer not null default 0,
    next_attempt_at timestamptz,
    delivered_at timestamptz,
    error text,
    primary key (alert_id, event, channel)
);
create index alert_deliveries_due on ops.alert_deliveries (channel) where delivered_at is null;
create index alerts_subject on ops.alerts (kind, subject, closed_at);
create index alerts_closed_at on ops.alerts (closed_at) where closed_at is not null;
comment on table ops.alert_deliveries is 'What was told of an alert, and by which way; one row per alert, event and channel.';
comment on column ops.alert_deliveries.alert_id is 'The alert.';
comment on column ops.alert_deliveries.event is 'opened, or closed (recovered, accepted or dismissed).';
comment on column ops.alert_deliveries.channel is 'log, webhook or email.';
comment on column ops.alert_deliveries.attempt_count is 'How often it was tried.';
comment on column ops.alert_deliveries.next_attempt_at is 'Not before this time, UTC; null means now.';
comment on column ops.alert_deliveries.delivered_at is 'When it was delivered, UTC; null before.';
comment on column ops.alert_deliveries.error is 'Error of the last try; null if none.';

comment on column intermediate.int_outlet_nights_counted.channel_count is 'Most channels asked in one collect of the night or the two days after it, or in a backfill of the night; 0 if none was.';
comment on column intermediate.int_outlet_nights_counted.readable_channel_count is 'Most channels that gave a valid answer in one of these, also an empty or unchanged one.';
comment on column intermediate.int_outlet_nights_counted.state is 'up, partial or down against the expectation; without one, up if it delivered articles, if a channel could be read in the night or the two days after it, or if a backfill has read the night. Down, too, if extraction is broken: texts far shorter than usual, or mostly suspect.';
comment on column marts.outlet_health.channel_count is 'Most feeds and sitemaps asked in one collect of the night or the two days after it, or in a backfill of the night; 0 if none was.';
comment on column marts.outlet_health.readable_channel_count is 'Most feeds and sitemaps that could be read in one of these.';

create table marts.night_revisions (
    night date not null,
    revision integer not null,
    published_at timestamptz not null,
    article_count integer not null,
    story_count integer not null,
    mention_count integer not null,
    company_count integer not null,
    outlet_count integer not null,
    panel_coverage_share numeric(7, 6) not null,
    is_degraded boolean not null,
    method_version text not null,
    panel_id text not null,
    primary key (night, revision)
);
comment on table marts.night_revisions is 'Every publication of a night, the standing one included; one row per night and revision.';
comment on column marts.night_revisions.night is 'Report date.';
comment on column marts.night_revisions.revision is '1 for the first publication, one more for each that changed anything.';
comment on column marts.night_revisions.published_at is 'When this revision was published, UTC. It stood until the next one''s.';
comment on column marts.night_revisions.article_count is 'Articles, duplicates counted once.';
comment on column marts.night_revisions.story_count is 'Stories.';
comment on column marts.night_revisions.mention_count is 'Mentions of companies.';
comment on column marts.night_revisions.company_count is 'Companies ranked.';
comment on column marts.night_revisions.outlet_count is 'Outlets that delivered.';
comment on column marts.night_revisions.panel_coverage_share is 'Share of the panel, by weight, that was up.';
comment on column marts.night_revisions.is_degraded is 'True if less of the panel was up than a night should have.';
comment on column marts.night_revisions.method_version is 'Version of the method.';
comment on column marts.night_revisions.panel_id is 'Panel the night was counted with.';

create table marts.company_ranking_revisions (
    night date not null,
    revision integer not null,
    company_id text not null,
    rank_position integer not null,
    previous_rank_position integer,
    score numeric(9, 6),
    article_count integer not null,
    story_count integer not null,
    voice_count integer not null,
    outlet_count integer not null,
    country_count integer not null,
    language_count integer not null,
    published_at timestamptz not null,
    attention numeric(24, 12),
    primary key (night, revision, company_id)
);
create index company_ranking_revisions_company_id on marts.company_ranking_revisions (company_id, night);
comment on table marts.company_ranking_revisions is 'The ranking of every publication of a night: what readers saw at any time; one row per night, revision and company.';
comment on column marts.company_ranking_revisions.night is 'Report date.';
comment on column marts.company_ranking_revisions.revision is 'Revision of the night, see night_revisions.';
comment on column marts.company_ranking_revisions.company_id is 'Company.';
comment on column marts.company_ranking_revisions.rank_position is 'Position, 1 is first.';
comment on column marts.company_ranking_revisions.previous_rank_position is 'Position on the published night before; null if it had none.';
comment on column marts.company_ranking_revisions.score is 'Score; null where none is computed.';
comment on column marts.company_ranking_revisions.article_count is 'Articles that name the company, duplicates counted once.';
comment on column marts.company_ranking_revisions.story_count is 'Stories.';
comment on column marts.company_ranking_revisions.voice_count is 'Independent publishers.';
comment on column marts.company_ranking_revisions.outlet_count is 'Outlets.';
comment on column marts.company_ranking_revisions.country_count is 'Countries of these outlets.';
comment on column marts.company_ranking_revisions.language_count is 'Languages of these articles.';
comment on column marts.company_ranking_revisions.published_at is 'When this revision was published, UTC.';
comment on column marts.company_ranking_revisions.attention is 'Attention by which it was ranked, as company_indicators has it: a share, 0 to 1; null where it was not kept.';

insert into marts.night_revisions
select
    n.night, n.revision, n.published_at, n.article_count, n.story_count, n.mention_count, n.company_count,
    n.outlet_count, n.panel_coverage_share, n.is_degraded, n.method_version, n.panel_id
from marts.nights as n;
insert into marts.company_ranking_revisions
select
    r.night, n.revision, r.company_id, r.rank_position, r.previous_rank_position, r.score, r.article_count,
    r.story_count, r.voice_count, r.outlet_count, r.country_count, r.language_count, r.published_at,
    i.value as attention
from marts.company_rankings as r
inner join marts.nights as n on n.night = r.night
left join marts.company_indicators as i
    on i.night = r.night and i.company_id = r.company_id and i.indicator = 'attention';

-- +goose Down
drop table marts.company_ranking_revisions;
drop table marts.night_revisions;
drop index ops.alerts_closed_at;
drop index ops.alerts_subject;
drop table ops.alert_deliveries;
drop table ops.night_changes;
drop table ops.suspect_pages;
drop table ops.imports;
drop table ops.archive_records;
drop table ops.archive_files;
alter table ops.url_attempts drop constraint url_attempts_purpose_check;
delete from ops.url_attempts where purpose = 'backfill';
alter table ops.url_attempts
    add constraint url_attempts_purpose_check check (purpose in ('first', 'recheck'));
alter table ops.urls drop column backfill_id;
drop table ops.backfill_outlets;
drop table ops.backfill_changes;
drop table ops.backfill_items;
drop table ops.backfills;
drop index ops.runs_open;
drop index ops.runs_abandoned;
drop index ops.intervals_unsettled;
drop index ops.intervals_backfill_id;
drop index ops.intervals_planned;
drop index ops.intervals_taken;
drop index ops.intervals_waiting;
drop index ops.intervals_open;
alter table ops.intervals
    drop column backfill_id,
    drop column worker,
    drop column queued_at,
    drop column started_at,
    drop column next_attempt_at,
    drop column death_count,
    drop column request_count,
    drop column byte_count,
    drop column article_count,
    drop column elapsed,
    drop column counts;
update ops.runs set cause = 'operator' where cause = 'backfill';
drop index ops.urls_open_published_at;
drop index ops.runs_parent_run_id;
drop index ops.runs_night;
drop index ops.runs_backfill_id;
alter table ops.runs drop constraint runs_cause_check;
alter table ops.runs
    drop column backfill_id,
    drop column scope,
    add constraint runs_cause_check check (cause in ('schedule', 'operator', 'catch_up', 'demo'));
