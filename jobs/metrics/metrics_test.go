package metrics_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/jobs/metrics"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func newRecorder(t *testing.T, db *sqlx.DB) *metrics.Recorder {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.warc.gz"), make([]byte, 1234), 0o600); err != nil {
		t.Fatal(err)
	}
	return metrics.New(slog.New(slog.DiscardHandler), db, metrics.Config{Version: "v9", Revision: "abc", ArchiveDir: dir})
}

// scrape reads what the handler says, as lines without those of Go and the process.
func scrape(t *testing.T, r *metrics.Recorder) (lines []string, page string) {
	t.Helper()
	answer := httptest.NewRecorder()
	r.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != 200 {
		t.Fatalf("status %d: %s", answer.Code, answer.Body)
	}
	page = answer.Body.String()
	for _, line := range strings.Split(page, "\n") {
		if strings.HasPrefix(line, "overheard_") && !strings.Contains(line, "_bucket{") && !strings.HasPrefix(line, "overheard_build_info") {
			lines = append(lines, line)
		}
	}
	return lines, page
}

const given = `
insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at) values
	('backfill', 'a', '2026-03-01', 'planned', 'backfill', 0, '2026-03-02Z'), ('backfill', 'b', '2026-03-01', 'planned', 'backfill', 0, '2026-03-02Z'),
	('backfill', 'c', '2026-03-01', 'running', 'backfill', 1, '2026-03-02Z'), ('backfill', 'd', '2026-03-01', 'done', 'backfill', 1, '2026-03-02Z'),
	('nightly', '', '2026-03-01', 'failed', 'schedule', 1, '2026-03-02Z'), ('nightly', '', '2026-02-28', 'done', 'schedule', 1, '2026-03-02Z');
insert into ops.alerts (kind, subject, severity, state, opened_at, last_seen_at, message, remedy) values
	('channel_down', 'a', 'fail', 'open', '2026-03-02Z', '2026-03-02Z', '', ''), ('channel_down', 'b', 'fail', 'open', '2026-03-02Z', '2026-03-02Z', '', ''),
	('channel_down', 'c', 'fail', 'recovered', '2026-03-02Z', '2026-03-02Z', '', '');
insert into marts.nights values
	('2026-03-01', 900, 700, 40, 2, 2, 2, 2, 2, 2, 1, false, 'ocpi-v1', 'p1', 1, '2026-03-02 02:31:00+00', '2026-03-02');`

// fake answers as it is told.
type fake struct {
	metrics.Fetcher
	page *fetch.Response
	err  error
}

func (f fake) Fetch(context.Context, fetch.Request) (*fetch.Response, error) { return f.page, f.err }

func TestWhatIsShown(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	if _, err := db.Exec(given); err != nil {
		t.Fatal(err)
	}
	r := newRecorder(t, db)
	r.RunStarted("collect")
	r.RunEnded("collect", "done", 2*time.Second)
	r.IntervalSettled("backfill", "gap", time.Second)
	r.PickedUp("night", -time.Second)
	r.PageExtracted(time.Millisecond)
	r.BatchLoaded(time.Millisecond, 7)
	r.Archived(99)
	for _, f := range []fake{
		{page: &fetch.Response{Status: 200, WireBytes: 50, Elapsed: time.Second}},
		{page: &fetch.Response{Status: 304, NotModified: true}},
		{err: &fetch.Error{Outcome: fetch.OutcomeGone, Status: 404}},
		{err: &fetch.Error{Outcome: "a word of https://times.example"}},
		{err: &fetch.Error{Outcome: fetch.OutcomeDeferred, IsNetworkDown: true}},
		{err: errors.New("broken")},
	} {
		page, err := r.Fetcher(f).Fetch(t.Context(), fetch.Request{})
		if page != f.page || !errors.Is(err, f.err) {
			t.Errorf("the answer was changed: %v, %v", page, err)
		}
	}
	lines, _ := scrape(t, r)
	var age float64
	lines = slices.DeleteFunc(lines, func(line string) bool {
		name, value, _ := strings.Cut(line, " ")
		if name != "overheard_last_published_night_age_seconds" {
			return false
		}
		age, _ = strconv.ParseFloat(value, 64)
		return true
	})
	want := []string{
		`overheard_alerts_open{kind="channel_down",severity="fail"} 2`,
		`overheard_archive_size_bytes 1234`,
		`overheard_archive_written_bytes_total 99`,
		`overheard_batch_load_duration_seconds_sum 0.001`,
		`overheard_batch_load_duration_seconds_count 1`,
		`overheard_database_up 1`,
		`overheard_fetch_duration_seconds_sum 1`,
		`overheard_fetch_duration_seconds_count 2`,
		`overheard_fetch_received_bytes_total 50`,
		`overheard_fetch_responses_total{status_class="2xx"} 1`,
		`overheard_fetch_responses_total{status_class="3xx"} 1`,
		`overheard_fetch_responses_total{status_class="4xx"} 1`,
		`overheard_fetches_total{outcome="failed"} 1`,
		`overheard_fetches_total{outcome="gone"} 1`,
		`overheard_fetches_total{outcome="network_down"} 1`,
		`overheard_fetches_total{outcome="not_modified"} 1`,
		`overheard_fetches_total{outcome="ok"} 1`,
		`overheard_fetches_total{outcome="other"} 1`,
		`overheard_interval_duration_seconds_sum{job="backfill"} 1`,
		`overheard_interval_duration_seconds_count{job="backfill"} 1`,
		`overheard_interval_pickup_latency_seconds_sum{queue="night"} 0`,
		`overheard_interval_pickup_latency_seconds_count{queue="night"} 1`,
		`overheard_intervals{job="backfill",state="planned"} 2`,
		`overheard_intervals{job="backfill",state="running"} 1`,
		`overheard_intervals{job="nightly",state="failed"} 1`,
		`overheard_intervals_settled_total{job="backfill",state="gap"} 1`,
		`overheard_last_publication_timestamp_seconds 1.77241866e+09`,
		`overheard_last_published_night_timestamp_seconds 1.7724096e+09`,
		`overheard_loaded_articles_total 7`,
		`overheard_page_extraction_duration_seconds_sum 0.001`,
		`overheard_page_extraction_duration_seconds_count 1`,
		`overheard_run_duration_seconds_sum{job="collect"} 2`,
		`overheard_run_duration_seconds_count{job="collect"} 1`,
		`overheard_runs_ended_total{job="collect",state="done"} 1`,
		`overheard_runs_started_total{job="collect"} 1`,
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("metrics (-want +got):\n%s", diff)
	}
	if want := time.Since(time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC)).Seconds(); age < want-60 || age > want+60 {
		t.Errorf("age of the last night %.0f s, want %.0f", age, want)
	}
}

// TestNamesAreAsPrometheusWantsThem lets its own linter judge everything shown.
func TestNamesAreAsPrometheusWantsThem(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	if _, err := db.Exec(given); err != nil {
		t.Fatal(err)
	}
	r := newRecorder(t, db)
	r.RunStarted("collect")
	r.RunEnded("collect", "done", time.Second)
	r.IntervalSettled("backfill", "done", time.Second)
	r.PickedUp("night", time.Second)
	_, page := scrape(t, r)
	if !strings.Contains(page, "go_goroutines") || !strings.Contains(page, "process_open_fds") || !strings.Contains(page, `overheard_build_info{goversion="go`) {
		t.Errorf("Go, the process or the program is missing:\n%s", page)
	}
	problems, err := promlint.New(strings.NewReader(page)).Lint()
	if err != nil || len(problems) > 0 {
		t.Errorf("problems %v, %v", problems, err)
	}
	if found := regexp.MustCompile(`(outlet|host|url|scope|night)="`).FindString(page); found != "" {
		t.Errorf("a label without end: %s", found)
	}
}

func TestNobodyHasToAskWhetherMetricsAreWanted(t *testing.T) {
	t.Parallel()
	var r *metrics.Recorder
	r.RunStarted("collect")
	r.RunEnded("collect", "done", time.Second)
	r.IntervalSettled("backfill", "done", time.Second)
	r.PickedUp("night", time.Second)
	r.PageExtracted(time.Second)
	r.BatchLoaded(time.Second, 1)
	r.Archived(1)
	if f := (fake{err: errors.New("as it is")}); r.Fetcher(f) != metrics.Fetcher(f) {
		t.Error("a nil recorder wraps the fetcher")
	}
	if r.Normaliser(nil) != nil {
		t.Error("a nil recorder wraps the normaliser")
	}
}

func TestADatabaseThatIsGone(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	r := newRecorder(t, db)
	r.RunStarted("collect")
	db.Close()
	lines, _ := scrape(t, r)
	for _, want := range []string{"overheard_database_up 0", `overheard_runs_started_total{job="collect"} 1`} {
		if !slices.Contains(lines, want) {
			t.Errorf("%s is missing in\n%s", want, strings.Join(lines, "\n"))
		}
	}
	if slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "overheard_intervals{") }) {
		t.Error("gauges without a database")
	}
}

// TestManyScrapesAreOneQuestion: what the database said is believed for a while.
func TestManyScrapesAreOneQuestion(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	r := newRecorder(t, db)
	scrape(t, r)
	if _, err := db.Exec(given); err != nil {
		t.Fatal(err)
	}
	lines, _ := scrape(t, r)
	if slices.ContainsFunc(lines, func(line string) bool { return strings.HasPrefix(line, "overheard_intervals{") }) {
		t.Error("the second scrape asked the database again at once")
	}
}

// TestTheQueueIsShownOnceItIsThere stands for River's table with its columns.
func TestTheQueueIsShownOnceItIsThere(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	_, err := db.Exec(`
		create schema if not exists queue;
		do $$ begin
			if to_regclass('queue.river_job') is null then
				create table queue.river_job (id bigint generated always as identity, queue text not null, state text not null,
					kind text not null default '', args jsonb not null default '{}', max_attempts integer not null default 1);
			end if;
		end $$;
		insert into queue.river_job (queue, state, kind, args, max_attempts) values ('night', 'available', 'interval', '{}', 1), ('backfill', 'available', 'interval', '{}', 1), ('backfill', 'available', 'interval', '{}', 1)`)
	if err != nil {
		t.Fatal(err)
	}
	lines, _ := scrape(t, newRecorder(t, db))
	for _, want := range []string{`overheard_queue_jobs{queue="backfill",state="available"} 2`, `overheard_queue_jobs{queue="night",state="available"} 1`} {
		if !slices.Contains(lines, want) {
			t.Errorf("%s is missing in\n%s", want, strings.Join(lines, "\n"))
		}
	}
}
