-- +goose Up
create table ops.runs (
    run_id bigint generated always as identity,
    job text not null,
    night date,
    cause text not null check (cause in ('schedule', 'operator', 'catch_up', 'demo')),
    state text not null check (state in ('running', 'done', 'done_with_failures', 'failed', 'refused', 'cancelled', 'abandoned')),
    parent_run_id bigint,
    host text not null,
    process_id integer not null,
    started_at timestamptz not null,
    heartbeat_at timestamptz not null,
    finished_at timestamptz,
    error text,
    counts jsonb not null default '{}',
    primary key (run_id)
);
create index runs_started_at on ops.runs (started_at);
comment on table ops.runs is 'Every execution of a job, one row per run.';
comment on column ops.runs.run_id is 'Number of the run.';
comment on column ops.runs.job is 'collect, build, publish, nightly or demo.';
comment on column ops.runs.night is 'Night the run works on; null for jobs without one.';
comment on column ops.runs.cause is 'schedule (cron), operator (command line), catch_up (a missed night) or demo.';
comment on column ops.runs.state is 'running; done; done_with_failures (counted failures); failed (error); refused (a check or the publish gate); cancelled (stopped by an operator); abandoned (its process died).';
comment on column ops.runs.parent_run_id is 'Run that started this one; null if started directly.';
comment on column ops.runs.host is 'Name of the machine.';
comment on column ops.runs.process_id is 'Process on that machine.';
comment on column ops.runs.started_at is 'Start, UTC.';
comment on column ops.runs.heartbeat_at is 'Last sign of life, UTC.';
comment on column ops.runs.finished_at is 'End, UTC; null while running.';
comment on column ops.runs.error is 'Why it did not end well; null if it did.';
comment on column ops.runs.counts is 'Counters of the run, such as articles stored, as one JSON object.';

create table ops.intervals (
    job text not null,
    scope text not null,
    night date not null,
    state text not null check (state in ('planned', 'queued', 'running', 'done', 'failed', 'cancelled', 'gap')),
    cause text not null,
    attempt_count integer not null,
    run_id bigint,
    heartbeat_at timestamptz,
    planned_at timestamptz not null,
    finished_at timestamptz,
    error text,
    primary key (job, scope, night)
);
comment on table ops.intervals is 'What is due and what is done: the truth about every (job, scope, night), one row each.';
comment on column ops.intervals.job is 'Job the interval belongs to.';
comment on column ops.intervals.scope is 'Part of the job, such as an outlet; empty for the whole.';
comment on column ops.intervals.night is 'Night it works on; retries use this, never the clock.';
comment on column ops.intervals.state is 'planned, queued, running, done, failed, cancelled, or gap (cannot be had any more).';
comment on column ops.intervals.cause is 'Why it was planned: schedule, operator, catch_up or demo.';
comment on column ops.intervals.attempt_count is 'How often it was started.';
comment on column ops.intervals.run_id is 'Last run that worked on it; null before the first.';
comment on column ops.intervals.heartbeat_at is 'Last sign of life of that run, UTC; null before the first.';
comment on column ops.intervals.planned_at is 'When it became due, UTC.';
comment on column ops.intervals.finished_at is 'When it reached a final state, UTC; null before.';
comment on column ops.intervals.error is 'Error of the last attempt; null if none.';

create table ops.channels (
    outlet_id text not null,
    channel_url text not null,
    kind text not null,
    state text not null check (state in ('new', 'ok', 'empty', 'unchanged', 'blocked', 'not_a_feed', 'gone', 'failed')),
    etag text,
    last_modified text,
    last_polled_at timestamptz,
    last_ok_at timestamptz,
    next_poll_at timestamptz,
    failure_count integer not null default 0,
    item_count integer not null default 0,
    error text,
    primary key (outlet_id, channel_url)
);
comment on table ops.channels is 'Feeds and sitemaps and how the last poll went; one row per outlet and channel address, children of sitemap indexes included.';
comment on column ops.channels.outlet_id is 'Outlet it belongs to.';
comment on column ops.channels.channel_url is 'Its address.';
comment on column ops.channels.kind is 'feed or sitemap.';
comment on column ops.channels.state is 'new (never polled), ok, empty (valid, no items), unchanged (304), blocked (robots, 401, 403, 429), not_a_feed, gone (404, 410), failed (network, 5xx, unreadable).';
comment on column ops.channels.etag is 'ETag of the last full answer, sent back as If-None-Match; null if none.';
comment on column ops.channels.last_modified is 'Last-Modified of the last full answer; null if none.';
comment on column ops.channels.last_polled_at is 'Last poll, UTC; null before the first.';
comment on column ops.channels.last_ok_at is 'Last poll that gave a full answer we could read (200, not 304), UTC; null if never.';
comment on column ops.channels.next_poll_at is 'When it is due again, UTC; null means now.';
comment on column ops.channels.failure_count is 'Polls failed in a row.';
comment on column ops.channels.item_count is 'Items in the last full answer.';
comment on column ops.channels.error is 'What went wrong at the last poll; null if nothing.';

create table ops.urls (
    url_hash bigint not null,
    url text not null,
    announced_url text,
    outlet_id text not null,
    channel_url text not null,
    channel_kind text not null,
    channel_published_at timestamptz,
    is_channel_time_modified boolean not null default false,
    channel_title text,
    discovered_at timestamptz not null,
    discovered_run_id bigint not null,
    outcome text check (outcome in (
        'stored', 'stub', 'duplicate', 'unchanged', 'not_article', 'robots',
        'blocked', 'gone', 'failed', 'too_large', 'too_old', 'offsite', 'refused'
    )),
    reason text,
    http_status integer,
    attempt_count integer not null default 0,
    next_attempt_at timestamptz,
    decided_at timestamptz,
    decided_run_id bigint,
    article_id bigint,
    primary key (url_hash, url)
);
create index urls_pending on ops.urls (outlet_id) where outcome is null;
create index urls_decided_run_id on ops.urls (decided_run_id, outlet_id);
create index urls_article_id on ops.urls (article_id);
comment on table ops.urls is 'The fate of every address ever discovered; one row per URL.';
comment on column ops.urls.url_hash is 'First 63 bits of the SHA-256 of url.';
comment on column ops.urls.url is 'Address in normal form, tracking removed: what it is known by.';
comment on column ops.urls.announced_url is 'Address as the channel wrote it, which is fetched; null if the same.';
comment on column ops.urls.outlet_id is 'Outlet whose channel named it first.';
comment on column ops.urls.channel_url is 'Channel that named it first.';
comment on column ops.urls.channel_kind is 'feed or sitemap.';
comment on column ops.urls.channel_published_at is 'Publication time the channel gave, UTC; null if none.';
comment on column ops.urls.is_channel_time_modified is 'True if that time is only the last change, as sitemaps without news dates have it.';
comment on column ops.urls.channel_title is 'Headline the channel gave; null if none.';
comment on column ops.urls.discovered_at is 'First sight, UTC.';
comment on column ops.urls.discovered_run_id is 'Run that saw it first.';
comment on column ops.urls.outcome is 'How it ended; null while it waits. stored; stub (stored, paywalled teaser); duplicate (another address of a stored article); unchanged (read again, same text); not_article; robots (forbidden); blocked (401, 403, 429 beyond retries); gone (404, 410); failed (network, 5xx beyond retries); too_large; too_old; offsite (redirected to another outlet''s page); refused (private address, scheme we do not fetch).';
comment on column ops.urls.reason is 'The outcome in detail; null where the outcome says it all.';
comment on column ops.urls.http_status is 'Last HTTP status; null if no answer came.';
comment on column ops.urls.attempt_count is 'Fetches tried.';
comment on column ops.urls.next_attempt_at is 'Not before this time, UTC; null means now.';
comment on column ops.urls.decided_at is 'When the outcome was written, UTC; null while it waits.';
comment on column ops.urls.decided_run_id is 'Run that decided it; null while it waits.';
comment on column ops.urls.article_id is 'Article it led to; null if none.';

create table ops.outlet_runs (
    run_id bigint not null,
    outlet_id text not null,
    discovered_count integer not null,
    known_count integer not null,
    decided_count integer not null,
    deferred_count integer not null,
    request_count integer not null,
    not_modified_count integer not null,
    byte_count bigint not null,
    error text,
    finished_at timestamptz not null,
    polled_channel_count integer not null default 0,
    readable_channel_count integer not null default 0,
    primary key (run_id, outlet_id)
);
create index outlet_runs_finished_at on ops.outlet_runs (finished_at);
comment on table ops.outlet_runs is 'What one collect did for one outlet. discovered = known + decided + deferred, or the night is not published.';
comment on column ops.outlet_runs.run_id is 'The collect run.';
comment on column ops.outlet_runs.outlet_id is 'The outlet.';
comment on column ops.outlet_runs.discovered_count is 'Distinct URLs before the run: named by its channels now, or waiting from earlier runs. Counted by the crawler.';
comment on column ops.outlet_runs.known_count is 'Of these, URLs that need nothing more from this outlet: decided by an earlier run, or on another outlet''s host.';
comment on column ops.outlet_runs.decided_count is 'URLs this run gave an outcome. Counted in ops.urls.';
comment on column ops.outlet_runs.deferred_count is 'URLs left for a later run: a retry is due, or the run was stopped. Counted in ops.urls.';
comment on column ops.outlet_runs.request_count is 'HTTP requests sent.';
comment on column ops.outlet_runs.not_modified_count is 'Answers 304.';
comment on column ops.outlet_runs.byte_count is 'Bytes of bodies received, compressed as sent.';
comment on column ops.outlet_runs.error is 'Why the outlet could not be read; null if it could.';
comment on column ops.outlet_runs.finished_at is 'When the outlet was done, UTC.';
comment on column ops.outlet_runs.polled_channel_count is 'Channels asked, children of sitemap indexes included; 0 if none was due.';
comment on column ops.outlet_runs.readable_channel_count is 'Of these, channels that gave a valid answer, also an empty or unchanged one.';

create table ops.check_results (
    run_id bigint not null,
    night date not null,
    check_name text not null,
    severity text not null check (severity in ('fail', 'warn')),
    offending_count integer not null,
    message text not null,
    sample text,
    primary key (run_id, night, check_name)
);
comment on table ops.check_results is 'What the checks found; one row per run, night and check.';
comment on column ops.check_results.run_id is 'Build or publish run.';
comment on column ops.check_results.night is 'Night checked.';
comment on column ops.check_results.check_name is 'File name of the check without .sql.';
comment on column ops.check_results.severity is 'fail: the night is not published; warn: it is.';
comment on column ops.check_results.offending_count is 'Rows the check returned; 0 means passed.';
comment on column ops.check_results.message is 'The sentence an operator sees.';
comment on column ops.check_results.sample is 'Up to five offending rows as JSON; null if none.';

-- +goose Down
drop table ops.check_results;
drop table ops.outlet_runs;
drop table ops.urls;
drop table ops.channels;
drop table ops.intervals;
drop table ops.runs;
