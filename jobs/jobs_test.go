package jobs_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/queue"
	"github.com/overheard-news/overheard/jobs/recheck"
	"github.com/overheard-news/overheard/jobs/watch"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/build"
	"github.com/overheard-news/overheard/transform/canonical"
	"github.com/overheard-news/overheard/transform/match"
)

// The crawler is scripted here, so that a test can make it panic, hang or find
// nothing; the jobs, their ledger, the models and the database are real.

var testNow = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// lastNight is the last finished night of testNow.
const lastNight = "2026-03-09"

// script is four outlets with one article each on every night it knows.
type script struct {
	nights  []string
	onStart func(collect int) // called as each collect begins

	mu       sync.Mutex
	collects int
	polls    int
}

func (s *script) Start(string, int) {
	s.mu.Lock()
	s.collects++
	n := s.collects
	s.mu.Unlock()
	if s.onStart != nil {
		s.onStart(n)
	}
}
func (*script) Advance(string, int, int) {}
func (*script) Finish(string)            {}

func (s *script) PollOutlet(_ context.Context, o outlets.Outlet, _ map[string]discover.ChannelState, _ time.Time, _ discover.Pattern) []discover.Poll {
	if len(o.Channels) == 0 {
		return nil // none is due
	}
	s.mu.Lock()
	s.polls++
	s.mu.Unlock()
	poll := discover.Poll{OutletID: o.ID, URL: o.Channels[0].URL, Kind: "feed", State: "ok", Requests: 1}
	for _, night := range s.nights {
		poll.Items = append(poll.Items, discover.Item{URL: o.HomeURL + night, PublishedAt: day(night).Add(12 * time.Hour)})
	}
	return []discover.Poll{poll}
}

func (*script) Past(context.Context, outlets.Outlet, []string, time.Time, time.Time, discover.Pattern) ([]discover.Poll, error) {
	return nil, nil
}

func (*script) Explore(context.Context, outlets.Outlet, discover.Pattern) ([]discover.Candidate, error) {
	return nil, nil
}

func (*script) Fetch(_ context.Context, req fetch.Request) (*fetch.Response, error) {
	return &fetch.Response{URL: req.URL, FinalURL: req.URL, Status: http.StatusOK, Header: http.Header{}}, nil
}

func (*script) Normalise(_ context.Context, in article.Page) (*article.Article, article.Verdict, error) {
	body := "Acme told " + in.URL + " what it told everybody."
	return &article.Article{
		ID: canonical.ID(in.URL), CanonicalURL: in.URL, URL: in.URL, Title: "Acme speaks to " + in.URL, Body: body,
		Language: "en", Charset: "utf-8", PublishedAt: in.ChannelPublishedAt, PublishedOrigin: "feed", Access: "full",
		CharacterCount: len(body), ContentHash: fmt.Sprint(len(in.URL), in.URL),
	}, article.Verdict{Outcome: "stored"}, nil
}

func (*script) Match(doc match.Document) []match.Mention {
	return []match.Mention{{CompanyID: "huawei", Alias: "Acme", Class: "A", Position: "headline", Salience: 1, Probability: 0.98, Occurrences: 1, Evidence: doc.Title}}
}

// newJobs wires jobs whose last finished night is lastNight.
func newJobs(t *testing.T, db *sqlx.DB, s *script, change func(*jobs.Config)) *jobs.Jobs {
	t.Helper()
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	now := func() time.Time { return testNow }
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	var list []outlets.Outlet
	for _, country := range []string{"GB", "FR", "DE", "IT"} {
		name := strings.ToLower(country) + "-post"
		home := "http://" + name + ".example/"
		list = append(list, outlets.Outlet{
			ID: name, Name: name, Publisher: name, Country: country, Language: "en", Tier: 1, HomeURL: home,
			Channels: []outlets.Channel{{Kind: "feed", URL: home + "feed"}},
		})
	}
	c := collect.New(lg, db, collect.Config{
		Outlets: list, Seeds: set, ReportZone: time.UTC, Concurrency: 2, Extractors: 2, MaxAge: 30 * 24 * time.Hour,
		MaxAttempts: 3, MaxURLsPerOutlet: 1000,
	}, s, s, s, s, s, now)
	b, err := build.New(lg, db)
	if err != nil {
		t.Fatal(err)
	}
	cfg := jobs.Config{
		ReportZone: time.UTC, ScheduleZone: time.UTC, NightlySpec: never, CollectSpec: never, RecheckSpec: never, CatchUpNights: 7,
		Fleet: fleet.Config{DrainTimeout: time.Minute, ReconcileEvery: 200 * time.Millisecond},
	}
	if change != nil {
		change(&cfg)
	}
	parts := jobs.Parts{
		Collector: c, Builder: b, Watcher: watch.New(lg, db, watch.Config{Outlets: list}, now),
		Rechecker: recheck.New(lg, db, recheck.Config{Outlets: list}, c, s, now),
	}
	return jobs.New(lg, db, cfg, parts, now)
}

// join makes jobs work by a queue in their database.
func join(t *testing.T, db *sqlx.DB, j *jobs.Jobs) {
	t.Helper()
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	url := warehousetest.URL(t, db, "")
	if err := queue.Migrate(t.Context(), lg, url); err != nil {
		t.Fatal(err)
	}
	q, err := queue.Open(t.Context(), lg, url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	j.Join(q)
}

// never is a cron spec that does not come while a test runs.
const never = "0 0 1 1 *"

func day(text string) time.Time {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return t
}

func query(t *testing.T, db *sqlx.DB, sql string, args ...any) []string {
	t.Helper()
	lines := []string{}
	if err := db.Select(&lines, sql, args...); err != nil {
		t.Fatalf("%v in %s", err, sql)
	}
	return lines
}

func wantRows(t *testing.T, db *sqlx.DB, what, sql string, want ...string) {
	t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), query(t, db, sql)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const (
	runRows      = `select concat_ws(' ', job, night, cause, state) from ops.runs order by run_id`
	intervalRows = `select concat_ws(' ', night, cause, state, attempt_count) from ops.intervals order by night`
)

func TestANightIsOneRunWithAChildForEachStep(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	j := newJobs(t, db, &script{nights: []string{lastNight}}, nil)
	report, err := j.Nightly(t.Context(), ledger.CauseOperator, j.LastFinishedNight(), false)
	if err != nil {
		t.Fatal(err)
	}
	if report.State != ledger.StateDone || report.Counts["stored"] != 4 {
		t.Errorf("report %+v, want done with the counts of its collect", report)
	}
	wantRows(t, db, "runs and who started them", `
		select concat_ws(' ', r.job, r.night, r.state, 'for', p.job) from ops.runs as r
		left join ops.runs as p on p.run_id = r.parent_run_id order by r.run_id`,
		"nightly 2026-03-09 done for", "collect done for nightly", "build 2026-03-09 done for nightly", "publish 2026-03-09 done for nightly")
	wantRows(t, db, "intervals", intervalRows, "2026-03-09 operator done 1")
	wantRows(t, db, "published nights", `select cast(night as text) from marts.nights`, "2026-03-09")
}

func TestANightThatIsRefusedStaysDue(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	s := &script{} // finds nothing
	j := newJobs(t, db, s, nil)
	report, err := j.Nightly(t.Context(), ledger.CauseOperator, day(lastNight), false)
	if err == nil || report.State != ledger.StateRefused || !strings.Contains(err.Error(), "Nothing was collected for this night") {
		t.Fatalf("state %s, %v; want refused by night_is_empty", report.State, err)
	}
	wantRows(t, db, "runs", runRows,
		"nightly 2026-03-09 operator refused", "collect operator done", "build 2026-03-09 operator refused")
	wantRows(t, db, "intervals", intervalRows, "2026-03-09 operator failed 1")

	s.nights = []string{lastNight} // the outlets are back
	if _, err := j.Nightly(t.Context(), ledger.CauseCatchUp, day(lastNight), false); err != nil {
		t.Fatal(err)
	}
	wantRows(t, db, "intervals", intervalRows, "2026-03-09 operator done 2")
}

// TestAPanicInANightIsAFailedRun panics where nothing else would catch it.
func TestAPanicInANightIsAFailedRun(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	s := &script{nights: []string{lastNight}, onStart: func(n int) {
		if n == 1 {
			panic("no such page")
		}
	}}
	j := newJobs(t, db, s, nil)
	if _, err := j.Nightly(t.Context(), ledger.CauseOperator, day(lastNight), false); err == nil || !strings.Contains(err.Error(), "panic: no such page") {
		t.Errorf("error %v, want the panic", err)
	}
	wantRows(t, db, "runs and their errors", `select concat_ws(' ', job, state, error) from ops.runs order by run_id`,
		"nightly failed collect (run 2): panic: no such page", "collect failed panic: no such page")
	wantRows(t, db, "intervals", intervalRows, "2026-03-09 operator failed 1")
	if _, err := j.Nightly(t.Context(), ledger.CauseOperator, day(lastNight), false); err != nil {
		t.Errorf("the next night: %v", err)
	}
}

// TestANightWaitsForACollectThatIsUnderWay starts a night in the middle of one.
func TestANightWaitsForACollectThatIsUnderWay(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	started, finish := make(chan struct{}), make(chan struct{})
	s := &script{nights: []string{lastNight}, onStart: func(n int) {
		if n == 1 {
			close(started)
			<-finish
		}
	}}
	j := newJobs(t, db, s, nil)
	var both sync.WaitGroup
	both.Go(func() {
		if _, err := j.Collect(t.Context(), ledger.CauseSchedule, true); err != nil {
			t.Error(err)
		}
	})
	<-started
	both.Go(func() {
		if _, err := j.Nightly(t.Context(), ledger.CauseSchedule, day(lastNight), false); err != nil {
			t.Error(err)
		}
	})
	eventually(t, "the night to begin", func() bool {
		return len(query(t, db, `select job from ops.runs where job = 'nightly'`)) == 1
	})
	close(finish)
	both.Wait()
	wantRows(t, db, "runs", runRows,
		"collect schedule done", "nightly 2026-03-09 schedule done", "collect schedule done", "build 2026-03-09 schedule done", "publish 2026-03-09 schedule done")
}

func eventually(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	for end := time.Now().Add(time.Minute); !isSo(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited a minute in vain for %s", what)
		}
	}
}

// TestANightIsNotLostBecauseNobodyCanBeWarned takes away the table of alerts.
func TestANightIsNotLostBecauseNobodyCanBeWarned(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	j := newJobs(t, db, &script{nights: []string{lastNight}}, nil)
	db.MustExec(`alter table ops.alerts rename to gone`)
	report, err := j.Nightly(t.Context(), ledger.CauseOperator, day(lastNight), false)
	if err != nil || report.State != ledger.StateFailures || report.Counts["watch_failed"] != 2 {
		t.Fatalf("state %s, counts %v, %v; want done with both watches counted as failed", report.State, report.Counts, err)
	}
	wantRows(t, db, "published nights", `select cast(night as text) from marts.nights`, "2026-03-09")
}

// TestRecheckIsARun reads the articles of a night again, a day after.
func TestRecheckIsARun(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	j := newJobs(t, db, &script{nights: []string{lastNight}}, nil)
	if _, err := j.Collect(t.Context(), ledger.CauseOperator, false); err != nil {
		t.Fatal(err)
	}
	db.MustExec(`update staging.articles set fetched_at = fetched_at - interval '25 hours'`)
	report, err := j.Recheck(t.Context(), ledger.CauseSchedule)
	if err != nil || report.Counts["due"] != 4 || report.Counts["unchanged"] != 4 {
		t.Fatalf("counts %v, %v; want four that are due and unchanged", report.Counts, err)
	}
	wantRows(t, db, "runs", runRows, "collect operator done", "recheck schedule done")
}
