package recheck_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/recheck"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// The reading of a page is scripted here, so that every outcome can be had at
// will; plan, ledger and database are real. The real reading is tested where it is
// written, in package collect.

var start = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// script is a Reader and a Progress.
type script struct {
	mu      sync.Mutex
	answers map[string][]collect.RereadResult // by address, in their order; the last one stays
	asked   []string                          // addresses, in the order of asking
	hashes  map[string]string                 // by address: the text before, as last asked
	onRead  func(n int)
	current map[string]int // requests under way, by outlet
	most    int
	total   int
}

func newScript() *script {
	return &script{answers: map[string][]collect.RereadResult{}, hashes: map[string]string{}, current: map[string]int{}}
}

func (*script) Alone(ctx context.Context, _ outlets.Outlet) (alone context.Context, leave func(), err error) {
	return ctx, func() {}, nil
}

func (s *script) Reread(_ context.Context, _ *ledger.Run, o outlets.Outlet, r collect.Reread) collect.RereadResult {
	s.mu.Lock()
	s.asked = append(s.asked, r.URL)
	s.hashes[r.URL] = r.ContentHash
	s.current[o.ID]++
	s.most = max(s.most, s.current[o.ID])
	n := len(s.asked)
	res := collect.RereadResult{Outcome: collect.RereadUnchanged, Status: 200, ContentHash: r.ContentHash, Night: r.Night}
	if list := s.answers[r.URL]; len(list) > 0 {
		res = list[0]
		if len(list) > 1 {
			s.answers[r.URL] = list[1:]
		}
	}
	s.mu.Unlock()
	if s.onRead != nil {
		s.onRead(n)
	}
	time.Sleep(time.Millisecond) // long enough for two at once to be seen
	s.mu.Lock()
	s.current[o.ID]--
	s.mu.Unlock()
	return res
}

func (s *script) Start(_ string, total int)                        { s.total = total }
func (*script) Advance(string, int, int)                           {}
func (*script) Finish(string)                                      {}
func (s *script) answer(path string, list ...collect.RereadResult) { s.answers[home+path] = list }

const home = "https://times.example/"

// world is a database with a clock and what reads again.
type world struct {
	t   *testing.T
	db  *sqlx.DB
	s   *script
	now time.Time
	led *ledger.Ledger
	cfg recheck.Config
}

func newWorld(t *testing.T) *world {
	t.Helper()
	x := &world{t: t, db: warehousetest.NewDB(t), s: newScript(), now: start}
	x.led = ledger.New(slog.New(slog.DiscardHandler), x.db, func() time.Time { return x.now })
	x.cfg = recheck.Config{Outlets: []outlets.Outlet{{ID: "times"}, {ID: "gazette"}}, Concurrency: 4, MaxAttempts: 3}
	if err := warehouse.EnsureMonths(t.Context(), x.db, start.AddDate(0, -1, 0), start, start.AddDate(0, 1, 0)); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *world) exec(sql string, args ...any) {
	x.t.Helper()
	if _, err := x.db.Exec(sql, args...); err != nil {
		x.t.Fatalf("%v in %s", err, sql)
	}
}

// article stores one that was fetched at a time; a counted one names a company.
func (x *world) article(id int64, fetchedAt time.Time, isCounted bool) {
	x.t.Helper()
	x.articleOf("times", fmt.Sprint(home, id), id, fetchedAt, isCounted)
}

func (x *world) articleOf(outlet, url string, id int64, fetchedAt time.Time, isCounted bool) {
	x.t.Helper()
	x.exec(`
		insert into staging.articles
			(night, article_id, outlet_id, canonical_url, url, title, body, authors, language_code, charset, published_at,
			 published_origin, is_published_exact, access, character_count, content_hash, sketch, first_seen_at, fetched_at, run_id)
		values (cast(cast($4 as timestamptz) at time zone 'UTC' as date), $1, $2, $3, $3, 'A title', 'A text', '{}', 'en', 'utf-8', $4,
			'feed', true, 'full', 6, 'hash ' || $3, '{}', $4, $4, 1)`, id, outlet, url, fetchedAt)
	x.exec(`
		insert into ops.urls (url_hash, url, outlet_id, channel_url, channel_kind, discovered_at, discovered_run_id, outcome, decided_at, decided_run_id, article_id)
		values (cast($1 as bigint), $3, $2, 'c', 'feed', $4, 1, 'stored', $4, 1, cast($1 as bigint))`, id, outlet, url, fetchedAt)
	if isCounted {
		x.exec(`
			insert into staging.mentions (night, company_id, article_id, outlet_id, alias, alias_class, position, salience, match_probability, occurrence_count, evidence)
			select night, 'huawei', article_id, outlet_id, 'Huawei', 'A', 'headline', 1, 1, 1, '' from staging.articles where article_id = $1`, id)
	}
}

// run rechecks what is due, as a run of the ledger.
func (x *world) run(ctx context.Context) (ledger.Report, error) {
	x.t.Helper()
	lg := slog.New(slog.NewTextHandler(x.t.Output(), nil))
	c := recheck.New(lg, x.db, x.cfg, x.s, x.s, func() time.Time { return x.now })
	return x.led.Execute(ctx, ledger.Spec{Job: "recheck", Cause: ledger.CauseOperator}, c.Recheck)
}

func (x *world) mustRun() ledger.Report {
	x.t.Helper()
	report, err := x.run(x.t.Context())
	if err != nil {
		x.t.Fatal(err)
	}
	return report
}

func (x *world) want(what, sql string, want ...string) {
	x.t.Helper()
	got := []string{}
	if err := x.db.Select(&got, sql); err != nil {
		x.t.Fatalf("%v in %s", err, sql)
	}
	if diff := cmp.Diff(append([]string{}, want...), got); diff != "" {
		x.t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const rows = `
	select concat_ws(' ', article_id, stage, coalesce(outcome, 'waits'), attempt_count, decided_run_id) from ops.rechecks order by due_at, article_id`

func TestCountedArticlesAreReadAfterADayAndAWeek(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	x.article(1, start, true)
	x.article(2, start, false)
	x.now = start.Add(23 * time.Hour)
	x.mustRun()
	x.want("before a day has gone by", rows, "1 day waits 0", "1 week waits 0")
	x.want("when each is due", `select concat_ws(' ', stage, due_at at time zone 'UTC') from ops.rechecks order by due_at`,
		"day 2026-03-11 12:00:00", "week 2026-03-17 12:00:00")
	x.now = start.Add(25 * time.Hour)
	x.mustRun()
	x.want("after a day", rows, "1 day unchanged 1 2", "1 week waits 0")
	x.exec(`update staging.articles set content_hash = 'another'`)
	x.mustRun()
	x.now = start.Add(8 * 24 * time.Hour)
	report := x.mustRun()
	x.want("after a week", rows, "1 day unchanged 1 2", "1 week unchanged 1 4")
	if diff := cmp.Diff([]string{home + "1", home + "1"}, x.s.asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	if got := x.s.hashes[home+"1"]; got != "another" {
		t.Errorf("the week is compared with %q, want the text the day left", got)
	}
	if diff := cmp.Diff(map[string]int64{"planned": 0, "due": 1, "unchanged": 1}, report.Counts); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
}

func TestOutcomesAndWhoIsTriedAgain(t *testing.T) {
	t.Parallel()
	again := func(status int) collect.RereadResult {
		return collect.RereadResult{Status: status, Reason: "as scripted"}
	}
	done := func(outcome string, status int) collect.RereadResult {
		return collect.RereadResult{Outcome: outcome, Status: status}
	}
	tests := []struct {
		name    string
		answers []collect.RereadResult
		waits   []time.Duration // between the runs
		want    string
	}{
		{"edited", []collect.RereadResult{done("edited", 200)}, nil, "edited 1 200"},
		{"deleted", []collect.RereadResult{done("deleted", 410)}, nil, "deleted 1 410"},
		{"redirected", []collect.RereadResult{done("redirected", 200)}, nil, "redirected 1 200"},
		{"robots, which no request went out for", []collect.RereadResult{{Outcome: "robots", IsUnsent: true}}, nil, "robots 0"},
		{"an answer at the second try", []collect.RereadResult{again(503), done("unchanged", 200)}, []time.Duration{time.Hour}, "unchanged 2 200"},
		{"not before its wait is over", []collect.RereadResult{again(503), done("unchanged", 200)}, []time.Duration{59 * time.Minute}, "waits 1 503"},
		{"not before the host's own wait is over", []collect.RereadResult{{Status: 503, RetryAfter: 6 * time.Hour}}, []time.Duration{5 * time.Hour}, "waits 1 503"},
		{"no answer to the end", []collect.RereadResult{again(503)}, []time.Duration{time.Hour, 2 * time.Hour}, "failed 3 503"},
		{"429 to the end", []collect.RereadResult{again(429)}, []time.Duration{time.Hour, 2 * time.Hour}, "blocked 3 429"},
		{"a host that is not asked costs no attempt", []collect.RereadResult{{IsUnsent: true}}, []time.Duration{time.Hour, time.Hour}, "waits 0"},
		{"no answer for three days", []collect.RereadResult{again(503)}, []time.Duration{73 * time.Hour}, "gap 1 503"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			x := newWorld(t)
			x.article(1, start, true)
			x.s.answer("1", tt.answers...)
			x.now = start.Add(24 * time.Hour)
			x.mustRun()
			for _, wait := range tt.waits {
				x.now = x.now.Add(wait)
				x.mustRun()
			}
			x.want("the row", `select concat_ws(' ', coalesce(outcome, 'waits'), attempt_count, http_status) from ops.rechecks where stage = 'day'`, tt.want)
		})
	}
}

// TestDueIsDonePlusWaiting has many articles end in many ways over days, and adds
// up after every run.
func TestDueIsDonePlusWaiting(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	outcomes := []string{"unchanged", "edited", "deleted", "redirected", "robots", "blocked", "failed", ""}
	for i := range int64(60) {
		outlet := "times"
		if i%3 == 0 {
			outlet = "gazette"
		}
		url := fmt.Sprint(home, i)
		x.articleOf(outlet, url, i, start.Add(time.Duration(i)*2*time.Hour), true)
		x.s.answers[url] = []collect.RereadResult{{Status: 503}, {Outcome: outcomes[i%8], Status: 200}}
	}
	var due, done int64
	for range 60 {
		x.now = x.now.Add(5 * time.Hour)
		if x.now.Sub(start) > 100*time.Hour && x.now.Sub(start) < 180*time.Hour {
			continue // three days in which nothing runs
		}
		report := x.mustRun()
		var decided int64
		for name, n := range report.Counts {
			switch name {
			case "due":
				due = n
			case "planned", "waiting":
			default:
				decided += n
			}
		}
		if due != decided+report.Counts["waiting"] {
			t.Errorf("%s: due %d, done %d, waiting %d", x.now, due, decided, report.Counts["waiting"])
		}
		done += decided
	}
	var total, waiting, gaps int64
	if err := x.db.QueryRow(`
		select count(*), count(*) filter (where outcome is null), count(*) filter (where outcome = 'gap') from ops.rechecks`).Scan(&total, &waiting, &gaps); err != nil {
		t.Fatal(err)
	}
	if total != 120 || total != done+waiting || gaps == 0 {
		t.Errorf("%d planned, %d done in all runs, %d waiting, %d gaps; want 120 = done + waiting, and some gaps", total, done, waiting, gaps)
	}
}

func TestOneAfterTheOtherAndNewestFirst(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	for i := range int64(12) {
		x.article(i, start.Add(time.Duration(i)*time.Minute), true)
	}
	x.now = start.Add(25 * time.Hour)
	x.mustRun()
	var want []string
	for i := 11; i >= 0; i-- {
		want = append(want, fmt.Sprint(home, i))
	}
	if diff := cmp.Diff(want, x.s.asked); diff != "" {
		t.Errorf("asked for (-want +got):\n%s", diff)
	}
	if x.s.most != 1 {
		t.Errorf("%d requests to one outlet at a time, want 1", x.s.most)
	}
}

func TestAnOutletThatIsSilentIsLeftForTheNextRun(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	for i := range int64(10) {
		x.article(i, start, true)
		x.s.answer(fmt.Sprint(i), collect.RereadResult{Reason: "no route to host"})
	}
	x.now = start.Add(25 * time.Hour)
	report := x.mustRun()
	if len(x.s.asked) != 3 || report.Counts["waiting"] != 10 {
		t.Errorf("%d asked, counts %v; want 3 asked and 10 waiting", len(x.s.asked), report.Counts)
	}
}

func TestWhenOurNetworkIsDownNothingCounts(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	for i := range int64(10) {
		x.article(i, start, true)
		x.s.answer(fmt.Sprint(i), collect.RereadResult{IsUnsent: true, IsNetworkDown: true})
	}
	x.now = start.Add(25 * time.Hour)
	report := x.mustRun()
	if report.State != ledger.StateFailures || report.Counts["waiting"] != 10 || report.Counts["network_down"] != 1 {
		t.Errorf("report %+v, want a counted failure and 10 waiting", report)
	}
	x.want("attempts", `select distinct concat_ws(' ', attempt_count, coalesce(outcome, 'waits')) from ops.rechecks`, "0 waits")
}

func TestAnOutletThatLeftTheRegistryIsAGap(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	x.articleOf("herald", "https://herald.example/1", 1, start, true)
	x.now = start.Add(25 * time.Hour)
	x.mustRun()
	x.want("rows", `select concat_ws(' ', stage, outcome, reason) from ops.rechecks order by due_at`,
		"day gap the outlet is no longer in the registry", "week")
}

// TestARunThatIsCutOffIsGoneOnWith cancels a run in its middle; the next one does
// the rest and asks for nothing twice.
func TestARunThatIsCutOffIsGoneOnWith(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	for i := range int64(10) {
		x.article(i, start.Add(-time.Duration(i)*time.Second), true)
	}
	x.now = start.Add(25 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	x.s.onRead = func(n int) {
		if n == 4 {
			cancel()
		}
	}
	report, err := x.run(ctx)
	if !errors.Is(err, context.Canceled) || report.State != ledger.StateCancelled {
		t.Fatalf("state %s, %v", report.State, err)
	}
	x.s.onRead = nil
	report = x.mustRun()
	if report.Counts["unchanged"] != 7 || report.Counts["due"] != 7 {
		t.Errorf("counts %v, want the 7 that were not done", report.Counts)
	}
	if got := len(x.s.asked); got != 11 { // the fourth was cut off
		t.Errorf("%d asked for in all, want 11: %s", got, strings.Join(x.s.asked, " "))
	}
}

func TestOnlyOneRecheckAtATime(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	x.article(1, start, true)
	x.now = start.Add(25 * time.Hour)
	var busy *ledger.BusyError
	x.s.onRead = func(int) {
		_, err := x.led.Execute(t.Context(), ledger.Spec{Job: "recheck", Cause: ledger.CauseSchedule, Patience: time.Millisecond},
			func(context.Context, *ledger.Run) error { return nil })
		if !errors.As(err, &busy) {
			t.Errorf("a second recheck: %v, want that one is running", err)
		}
	}
	x.mustRun()
}
