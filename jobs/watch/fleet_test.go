package watch_test

import (
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/watch"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// works is a database with work in it, looked at with the test's clock.
type works struct {
	t   *testing.T
	db  *sqlx.DB
	w   *watch.FleetWatcher
	now time.Time
}

func newWorks(t *testing.T, cfg watch.FleetConfig) *works {
	t.Helper()
	x := &works{t: t, db: warehousetest.NewDB(t), now: time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)}
	x.w = watch.NewFleetWatcher(slog.New(slog.NewTextHandler(t.Output(), nil)), x.db, cfg, func() time.Time { return x.now })
	return x
}

func (x *works) exec(sql string, args ...any) {
	x.t.Helper()
	if _, err := x.db.Exec(sql, args...); err != nil {
		x.t.Fatalf("%v in %s", err, sql)
	}
}

// open looks, and lists what is open then.
func (x *works) open() []string {
	x.t.Helper()
	if _, err := x.w.Look(x.t.Context()); err != nil {
		x.t.Fatal(err)
	}
	list := []string{}
	err := x.db.Select(&list, `select concat_ws(' ', kind, subject, severity) from ops.alerts where state = 'open' order by 1`)
	if err != nil {
		x.t.Fatal(err)
	}
	return list
}

func (x *works) want(when string, want ...string) {
	x.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), x.open()); diff != "" {
		x.t.Errorf("%s (-want +got):\n%s", when, diff)
	}
}

// interval puts a nightly of a night as it stands.
func (x *works) interval(job, scope, night, state string, plannedAt time.Time) {
	x.t.Helper()
	x.exec(`insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at) values ($1, $2, $3, $4, 'schedule', 1, $5)
		on conflict (job, scope, night) do update set state = excluded.state`, job, scope, night, state, plannedAt)
}

func (x *works) publish(night string) {
	x.t.Helper()
	x.exec(`insert into marts.nights values
		(cast($1 as date), 900, 700, 40, 2, 2, 2, 2, 2, 2, 1, false, 'ocpi-v1', 'p1', 1, '2026-03-12Z', '2026-03-12')`, night)
}

func at(text string) time.Time {
	t, err := time.Parse("2006-01-02 15:04", text)
	if err != nil {
		panic(err)
	}
	return t
}

func TestALateNight(t *testing.T) {
	t.Parallel()
	x := newWorks(t, watch.FleetConfig{NightDeadline: 6 * time.Hour, Nights: 7})
	x.now = at("2026-03-10 05:00")
	x.want("before anything was done")
	x.interval("nightly", "", "2026-03-09", "running", at("2026-03-10 02:30")) // the first night of all
	x.now = at("2026-03-10 05:59")
	x.want("before the deadline")
	x.now = at("2026-03-10 06:00")
	x.want("at the deadline", "night_late 2026-03-09 fail")
	x.publish("2026-03-09")
	x.interval("nightly", "", "2026-03-09", "done", x.now)
	x.want("once it is published")
	x.now = at("2026-03-11 06:00")
	x.want("a night of which the ledger never heard", "night_late 2026-03-10 fail")
	// A night stays late when it has left the nights that are looked at.
	x.publish("2026-03-11")
	for _, night := range []string{"2026-03-12", "2026-03-13", "2026-03-14", "2026-03-15", "2026-03-16", "2026-03-17", "2026-03-18"} {
		x.publish(night)
	}
	x.now = at("2026-03-19 12:00")
	x.want("long after", "night_late 2026-03-10 fail")
	x.interval("nightly", "", "2026-03-10", "cancelled", x.now)
	x.want("once it is given up")
}

func TestTheDeadlineIsThatOfTheScheduleAfterTheNightHasEnded(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	angeles, err := time.LoadLocation("America/Los_Angeles")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name             string
		report, schedule *time.Location
		due              time.Time // of the night 2026-03-09, UTC
	}{
		{"one zone", time.UTC, time.UTC, at("2026-03-10 06:00")},
		{"another one zone", shanghai, shanghai, at("2026-03-09 22:00")},
		{"nights of the east, a schedule in UTC", shanghai, time.UTC, at("2026-03-10 06:00")},
		{"nights of the west, a schedule in UTC", angeles, time.UTC, at("2026-03-11 06:00")}, // ends at 07:00 UTC, after the 06:00 of that day
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			x := newWorks(t, watch.FleetConfig{ReportZone: test.report, ScheduleZone: test.schedule, NightDeadline: 6 * time.Hour, Nights: 1})
			x.interval("nightly", "", "2026-03-08", "done", at("2026-03-09 12:00"))
			x.exec(`insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at) values ('nightly', '', '2026-03-07', 'done', 'schedule', 1, '2026-03-08Z')`)
			x.publish("2026-03-07")
			x.publish("2026-03-08")
			x.now = test.due.Add(-time.Minute)
			x.want("a minute before")
			x.now = test.due
			x.want("then", "night_late 2026-03-09 fail")
		})
	}
}

func TestNoDeadlineNoDelay(t *testing.T) {
	t.Parallel()
	x := newWorks(t, watch.FleetConfig{NightDeadline: -1, Nights: 7})
	x.interval("nightly", "", "2026-03-01", "done", at("2026-03-02 02:30"))
	x.want("without a deadline")
}

func TestARefusedAndAFailedNight(t *testing.T) {
	t.Parallel()
	x := newWorks(t, watch.FleetConfig{NightDeadline: -1})
	run := func(state string) (id int64) {
		err := x.db.Get(&id, `insert into ops.runs (job, cause, state, host, process_id, started_at, heartbeat_at, error)
			values ('nightly', 'schedule', $1, 'here', 1, $2, $2, 'coverage is 0.4') returning run_id`, state, x.now)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	set := func(night, state string, runID int64) {
		x.interval("nightly", "", night, state, x.now)
		x.exec(`update ops.intervals set run_id = $2 where night = $1`, night, runID)
	}
	set("2026-03-08", "failed", run("refused"))
	set("2026-03-09", "failed", run("failed"))
	x.interval("backfill", "times", "2026-03-07", "failed", x.now) // its gap report tells that
	x.want("after the night", "night_failed 2026-03-09 fail", "night_refused 2026-03-08 fail")
	var message string
	if err := x.db.Get(&message, `select message from ops.alerts where kind = 'night_refused'`); err != nil || !strings.Contains(message, "coverage is 0.4") {
		t.Errorf("message %q, %v, does not say why", message, err)
	}
	set("2026-03-08", "running", run("running"))
	set("2026-03-09", "queued", run("failed"))
	x.want("while they are tried again", "night_failed 2026-03-09 fail", "night_refused 2026-03-08 fail")
	set("2026-03-09", "planned", run("failed"))
	x.want("between two tries", "night_failed 2026-03-09 fail", "night_refused 2026-03-08 fail")
	set("2026-03-08", "done", run("done"))
	set("2026-03-09", "failed", run("refused"))
	x.want("once one is done, and the other refused", "night_refused 2026-03-09 fail")
}

func TestABackfillThatStandsStill(t *testing.T) {
	t.Parallel()
	x := newWorks(t, watch.FleetConfig{NightDeadline: -1})
	x.exec(`insert into ops.backfills
		(state, first_night, last_night, sources, steps, window_size, interval_count, request_count, byte_count, article_count, estimated_duration, ledger_mark, planned_at, planned_by, applied_at)
		values ('running', '2026-03-01', '2026-03-02', '{live}', '{read}', 8, 2, 0, 0, 0, '1 hour', 'm', $1, 'ada', $1)`, x.now)
	x.interval("backfill", "times", "2026-03-01", "queued", x.now)
	x.interval("backfill", "times", "2026-03-02", "running", x.now)
	x.exec(`update ops.intervals set backfill_id = 1, started_at = case when state = 'running' then cast($1 as timestamptz) end`, x.now)
	x.now = x.now.Add(29 * time.Minute)
	x.want("before long")
	x.now = x.now.Add(time.Minute)
	x.want("after half an hour", "backfill_stuck 1 fail")
	x.exec(`update ops.intervals set state = 'done', finished_at = $1 where night = '2026-03-02'`, x.now)
	x.want("once an interval is settled")
	x.now = x.now.Add(time.Hour)
	x.want("an hour later", "backfill_stuck 1 fail")
	x.exec(`update ops.backfills set state = 'paused', paused_at = $1`, x.now)
	x.want("once it is paused")
	x.exec(`update ops.backfills set state = 'running'`)
	x.want("right after it is resumed")
}

func TestALostWorker(t *testing.T) {
	t.Parallel()
	x := newWorks(t, watch.FleetConfig{NightDeadline: -1})
	for range 3 {
		x.exec(`insert into ops.runs (job, cause, state, host, process_id, started_at, heartbeat_at, finished_at)
			values ('backfill', 'backfill', 'abandoned', 'there', 42, $1, $1, $1)`, x.now)
	}
	x.interval("backfill", "times", "2026-03-01", "failed", x.now)
	x.interval("backfill", "zeitung", "2026-03-01", "failed", x.now)
	x.exec(`update ops.intervals set death_count = 3, backfill_id = 7 where scope = 'times'`)
	x.want("after its death", "worker_lost backfill of backfill 7 fail", "worker_lost there:42 warn")
	x.now = x.now.Add(time.Hour)
	x.exec(`update ops.intervals set state = 'done'`)
	x.want("after an hour, and its work done again")
}

func TestPagesImportsAndArchives(t *testing.T) {
	t.Parallel()
	x := newWorks(t, watch.FleetConfig{NightDeadline: -1})
	x.exec(`insert into ops.suspect_pages (url_hash, url, crash_count, last_seen_at, reason, quarantined_at) values
		(1, 'https://times.example/1', 3, $1, 'the worker died', $1), (2, 'https://times.example/2', 1, $1, 'the worker died', null)`, x.now)
	x.exec(`insert into ops.imports (source, state, file_id, position, started_at, updated_at, error) values
		('https://ada:hunter2@data.example/a.warc.gz', 'failed', 1, 77, $1, $1, 'the disk is full'), ('/b.warc.gz', 'running', 2, 0, $1, $1, null)`, x.now)
	x.exec(`insert into ops.runs (job, cause, state, host, process_id, started_at, heartbeat_at, counts) values
		('collect', 'schedule', 'done_with_failures', 'there', 1, $1, $1, '{"archive_failed": 12}'), ('collect', 'schedule', 'done', 'there', 1, $1, $1, '{"stored": 12}')`, x.now)
	x.want("at first", "archive_failed there fail", "import_failed https://ada:xxxxx@data.example/a.warc.gz fail", "page_quarantined https://times.example/1 warn")
	var secrets int
	if err := x.db.Get(&secrets, `select count(*) from ops.alerts as a where cast(a as text) like '%hunter2%'`); err != nil || secrets > 0 {
		t.Errorf("%d alerts with a password, %v", secrets, err)
	}
	x.exec(`update ops.imports set state = 'running'`)
	x.exec(`delete from ops.suspect_pages`)
	x.now = x.now.Add(3 * time.Hour)
	x.want("while the import goes on", "import_failed https://ada:xxxxx@data.example/a.warc.gz fail")
	x.exec(`update ops.imports set state = 'done'`)
	x.want("once it is done")
}

// TestTheDisk takes the disk of the test as it is, and asks of others' alerts only
// that they stay.
func TestTheDisk(t *testing.T) {
	t.Parallel()
	x := newWorks(t, watch.FleetConfig{NightDeadline: -1, DataDir: t.TempDir()})
	host, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	x.exec(`insert into ops.alerts (kind, subject, severity, state, opened_at, last_seen_at, message, remedy) values
		('disk_full', 'elsewhere: /var/lib/overheard', 'warn', 'open', $1, $1, '', '')`, x.now)
	found := false
	for _, line := range x.open() {
		found = found || line == "disk_full elsewhere: /var/lib/overheard warn"
		if strings.HasPrefix(line, "disk_full "+host) {
			t.Logf("this machine's own disk is nearly full: %s", line)
		}
	}
	if !found {
		t.Error("the alert of another machine was closed")
	}
}

// TestManyLookAtOnceAndRaiseOnce: whichever process looks, there is one alert.
func TestManyLookAtOnceAndRaiseOnce(t *testing.T) {
	t.Parallel()
	x := newWorks(t, watch.FleetConfig{NightDeadline: 0, Nights: 7, DataDir: t.TempDir()})
	x.interval("nightly", "", "2026-03-04", "failed", at("2026-03-05 02:30"))
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 5 {
				if _, err := x.w.Look(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	var n int
	if err := x.db.Get(&n, `select count(*) from ops.alerts where kind in ('night_late', 'night_failed')`); err != nil || n != 7 {
		t.Errorf("%d alerts, %v; want six late nights and a failed one", n, err)
	}
}
