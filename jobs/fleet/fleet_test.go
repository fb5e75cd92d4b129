package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/queue"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// site is a database with a queue, at which any number of fleets may work.
type site struct {
	db     *sqlx.DB
	url    string
	lg     *slog.Logger
	ledger *ledger.Ledger
}

func newSite(t testing.TB) *site {
	t.Helper()
	db := warehousetest.NewDB(t)
	s := &site{db: db, url: warehousetest.URL(t, db, ""), lg: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelInfo}))}
	s.ledger = ledger.New(s.lg, db, time.Now)
	if err := queue.Migrate(t.Context(), s.lg, s.url); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) fleet(t testing.TB, cfg fleet.Config, handlers map[string]fleet.Handler) *fleet.Fleet {
	t.Helper()
	q, err := queue.Open(t.Context(), s.lg, s.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	if cfg.ReconcileEvery == 0 {
		cfg.ReconcileEvery = 200 * time.Millisecond
	}
	return fleet.New(s.lg, s.db, s.ledger, q, cfg, handlers)
}

// work has a fleet work until stop, which waits for its end.
func work(t testing.TB, f *fleet.Fleet) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	var g sync.WaitGroup
	g.Go(func() {
		if err := f.Work(ctx); err != nil {
			t.Error(err)
		}
	})
	g.Go(func() { _ = f.Reconcile(ctx) })
	stop = sync.OnceFunc(func() { cancel(); g.Wait() })
	t.Cleanup(stop)
	return stop
}

// outlet names the only outlet of the nth interval of a backfill.
func outlet(id int64, n int) string { return fmt.Sprintf("outlet-%d-%05d", id, n) }

// backfill makes a backfill that runs, with n outlets' nights, each of another
// outlet.
func (s *site) backfill(t testing.TB, id int64, window, n int) {
	t.Helper()
	s.db.MustExec(`
		insert into ops.backfills overriding system value
		select $1, 'running', '2026-01-01', '2026-01-31', '{archive}', '{read}', '{}', $2, $3, 0, 0, 0, interval '0', '', now(), 'test', now()`, id, window, n)
	var keys []ledger.Key
	for i := range n {
		keys = append(keys, ledger.Key{Job: ledger.JobBackfill, Scope: outlet(id, i), Night: night(1 + i%31)})
	}
	s.plan(t, ledger.Reason{Cause: ledger.CauseBackfill, BackfillID: id}, keys...)
}

func (s *site) plan(t testing.TB, why ledger.Reason, keys ...ledger.Key) {
	t.Helper()
	got, err := s.ledger.Plan(t.Context(), nil, why, keys)
	if err != nil || got != int64(len(keys)) {
		t.Fatalf("%d of %d intervals planned: %v", got, len(keys), err)
	}
}

func night(day int) time.Time { return time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC) }

// states counts the intervals of a job by state.
func (s *site) states(job string) map[string]int {
	var rows []struct {
		State string
		N     int
	}
	_ = s.db.Select(&rows, `select state, count(*) as n from ops.intervals where job = $1 group by state`, job)
	counts := map[string]int{}
	for _, r := range rows {
		counts[r.State] = r.N
	}
	return counts
}

func eventually(t testing.TB, what string, isSo func() bool) {
	t.Helper()
	for end := time.Now().Add(90 * time.Second); !isSo(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

func nothing(context.Context, ledger.Interval, *ledger.Run) error { return nil }

var asSchedule = ledger.Reason{Cause: ledger.CauseSchedule}

// TestAnIntervalEndsAsItsHandlerDoes walks every end an attempt can have.
func TestAnIntervalEndsAsItsHandlerDoes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		tries int
		do    fleet.Handler
		state string // of the interval
		run   string // state of its run
		says  string
		tried int
		later bool
	}{
		{"well", 1, func(_ context.Context, _ ledger.Interval, run *ledger.Run) error { run.Count("stored", 2); return nil }, "done", "done", "", 1, false},
		{"with failures counted", 1, func(_ context.Context, _ ledger.Interval, run *ledger.Run) error { run.Fail(1); return nil }, "done", "done_with_failures", "", 1, false},
		{"as a gap", 3, func(context.Context, ledger.Interval, *ledger.Run) error {
			return &ledger.GapError{Reason: "the archive begins later"}
		}, "gap", "done", "the archive begins later", 1, false},
		{"put off", 1, func(context.Context, ledger.Interval, *ledger.Run) error {
			return &ledger.PostponeError{Reason: "its host is busy", After: time.Hour}
		}, "planned", "cancelled", "its host is busy", 0, true},
		{"beside another", 1, func(context.Context, ledger.Interval, *ledger.Run) error { return &ledger.BusyError{Job: "build"} }, "planned", "cancelled", "build is already running elsewhere", 0, true},
		{"with an error, to be tried again", 2, func(context.Context, ledger.Interval, *ledger.Run) error { return errors.New("no route") }, "planned", "failed", "no route", 1, true},
		{"with an error, for good", 1, func(context.Context, ledger.Interval, *ledger.Run) error { return errors.New("no route") }, "failed", "failed", "no route", 1, false},
		{"with a panic", 1, func(context.Context, ledger.Interval, *ledger.Run) error { panic("no such page") }, "failed", "failed", "panic: no such page", 1, false},
		{"with an error that quotes a zero byte", 1, func(context.Context, ledger.Interval, *ledger.Run) error { return errors.New("odd \x00\xff page") }, "failed", "failed", "odd ", 1, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t)
			work(t, s.fleet(t, fleet.Config{Rules: map[string]fleet.Rule{"nightly": {Tries: tt.tries, Wait: time.Hour}}}, map[string]fleet.Handler{"nightly": tt.do}))
			s.plan(t, asSchedule, ledger.Key{Job: "nightly", Night: night(1)})
			var got ledger.Row
			eventually(t, "the run to end", func() bool {
				return s.db.Get(&got, `select run_id, job, night, cause, state, host, process_id, started_at, heartbeat_at, finished_at, error, counts from ops.runs where state <> 'running'`) == nil
			})
			var iv struct {
				State    string
				Tried    int     `db:"attempt_count"`
				Error    *string `db:"error"`
				IsLater  bool    `db:"is_later"`
				Worker   *string
				Articles int `db:"article_count"`
			}
			if err := s.db.Get(&iv, `select state, attempt_count, error, coalesce(next_attempt_at > now(), false) as is_later, worker, article_count from ops.intervals`); err != nil {
				t.Fatal(err)
			}
			if iv.State != tt.state || string(got.State) != tt.run || iv.Tried != tt.tried || iv.IsLater != tt.later || iv.Worker != nil {
				t.Errorf("interval %+v, run %s; want %s, %s after %d attempts, due later: %t", iv, got.State, tt.state, tt.run, tt.tried, tt.later)
			}
			if text := errText(iv.Error); (tt.says == "") != (text == "") || !strings.Contains(text, tt.says) {
				t.Errorf("error %q, want %q", text, tt.says)
			}
			if tt.name == "well" && iv.Articles != 2 {
				t.Errorf("%d articles, want the 2 that were counted", iv.Articles)
			}
		})
	}
}

func errText(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// TestAHandlerThatHangsIsGivenUp has work that does not heed its context.
func TestAHandlerThatHangsIsGivenUp(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	stop := work(t, s.fleet(t, fleet.Config{Grace: 100 * time.Millisecond}, map[string]fleet.Handler{
		"nightly": func(context.Context, ledger.Interval, *ledger.Run) error { <-release; return nil },
	}))
	s.plan(t, asSchedule, ledger.Key{Job: "nightly", Night: night(1)})
	eventually(t, "the night to run", func() bool { return s.states("nightly")["running"] == 1 })
	stop()
	if diff := cmp.Diff(map[string]int{"planned": 1}, s.states("nightly")); diff != "" {
		t.Errorf("after the drain (-want +got):\n%s", diff)
	}
}

// TestEachIntervalIsDoneOnce has two schedulers and three workers for 50 nights,
// and hands every ticket to the queue twice.
func TestEachIntervalIsDoneOnce(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const nights = 50
	var mu sync.Mutex
	starts := map[string]int{}
	var open, most atomic.Int32
	do := func(_ context.Context, iv ledger.Interval, _ *ledger.Run) error {
		most.Store(max(most.Load(), open.Add(1)))
		mu.Lock()
		starts[iv.Night.String()]++
		mu.Unlock()
		open.Add(-1)
		return nil
	}
	for range 3 {
		work(t, s.fleet(t, fleet.Config{}, map[string]fleet.Handler{"nightly": do}))
	}
	var both sync.WaitGroup
	for range 2 {
		f := s.fleet(t, fleet.Config{}, nil)
		q, err := queue.Open(t.Context(), s.lg, s.url)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(q.Close)
		both.Go(func() {
			for d := range nights {
				key := ledger.Key{Job: "nightly", Night: night(1).AddDate(0, 0, d)}
				if _, err := s.ledger.Plan(t.Context(), nil, asSchedule, []ledger.Key{key}); err != nil {
					t.Error(err)
				}
				// A second ticket, such as a crash between ledger and queue leaves.
				if err := q.Enqueue(t.Context(), queue.Night, []ledger.Ticket{{Job: key.Job, Night: ledger.Date{Time: key.Night}}}); err != nil {
					t.Error(err)
				}
				if err := f.Dispatch(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	both.Wait()
	eventually(t, "all nights to be done", func() bool { return s.states("nightly")["done"] == nights })
	for n, times := range starts {
		if times != 1 {
			t.Errorf("night %s was done %d times", n, times)
		}
	}
	if len(starts) != nights || most.Load() != 1 {
		t.Errorf("%d nights, %d at a time; want %d, one at a time", len(starts), most.Load(), nights)
	}
	var runs int
	if err := s.db.Get(&runs, `select count(*) from ops.runs where state = 'done'`); err != nil || runs != nights {
		t.Errorf("%d runs (%v), want %d", runs, err, nights)
	}
}

// TestTheOrderOfWork: the newest night, then the oldest; of a backfill the newest
// night first, then the outlet; rebuilds from the oldest on, after all outlets.
func TestTheOrderOfWork(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	for _, d := range []int{3, 1, 4, 2} {
		s.plan(t, asSchedule, ledger.Key{Job: "nightly", Night: night(d)})
	}
	s.db.MustExec(`
		insert into ops.backfills overriding system value
		select 1, 'running', '2026-01-01', '2026-01-31', '{archive}', '{read}', '{}', 1, 0, 0, 0, 0, interval '0', '', now(), 'test', now()`)
	past := ledger.Reason{Cause: ledger.CauseBackfill, BackfillID: 1}
	s.plan(t, past, ledger.Key{Job: "rebuild", Night: night(2)}, ledger.Key{Job: "rebuild", Night: night(1)},
		ledger.Key{Job: "backfill", Scope: "b", Night: night(1)}, ledger.Key{Job: "backfill", Scope: "b", Night: night(2)},
		ledger.Key{Job: "backfill", Scope: "a", Night: night(2)}, ledger.Key{Job: "backfill", Scope: "a", Night: night(1)})
	work(t, s.fleet(t, fleet.Config{}, map[string]fleet.Handler{"nightly": nothing, "backfill": nothing, "rebuild": nothing}))
	eventually(t, "all to be done", func() bool { return s.states("nightly")["done"] == 4 && s.states("rebuild")["done"] == 2 })
	for job, want := range map[string][]string{
		"nightly":  {"4 ", "1 ", "2 ", "3 "},
		"backfill": {"2 a", "2 b", "1 a", "1 b"},
		"rebuild":  {"1 ", "2 "},
	} {
		var got []string
		if err := s.db.Select(&got, `select extract(day from night) || ' ' || coalesce(scope, '') from ops.runs where job = $1 order by run_id`, job); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", job, diff)
		}
	}
	var early int
	if err := s.db.Get(&early, `
		select count(*) from ops.runs as r where r.job = 'rebuild'
			and r.started_at < (select max(b.finished_at) from ops.runs as b where b.job = 'backfill')`); err != nil || early > 0 {
		t.Errorf("%d rebuilds began before the last outlet had ended (%v)", early, err)
	}
}

// TestTheWindowIsNeverExceeded counts what three workers have under way, in the
// ledger and in the handlers, while many places dispatch at once; a night in the
// middle makes it shrink.
func TestTheWindowIsNeverExceeded(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const window, count = 5, 300
	s.backfill(t, 1, window, count)
	var open, most atomic.Int32
	do := func(context.Context, ledger.Interval, *ledger.Run) error {
		for n := open.Add(1); ; {
			if was := most.Load(); was >= n || most.CompareAndSwap(was, n) {
				break
			}
		}
		time.Sleep(5 * time.Millisecond)
		open.Add(-1)
		return nil
	}
	var fleets []*fleet.Fleet
	for range 3 {
		f := s.fleet(t, fleet.Config{BackfillSlots: 8}, map[string]fleet.Handler{"backfill": do})
		fleets = append(fleets, f)
		work(t, f)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var crowd sync.WaitGroup
	for _, f := range fleets {
		crowd.Go(func() {
			for ctx.Err() == nil {
				_ = f.Dispatch(ctx)
			}
		})
	}
	for end := time.Now().Add(time.Minute); s.states("backfill")["done"] < count && time.Now().Before(end); {
		if got := s.states("backfill"); got["queued"]+got["running"] > window {
			t.Errorf("%v under way, the window is %d", got, window)
			break
		}
	}
	cancel()
	crowd.Wait()
	if got := s.states("backfill")["done"]; got != count || most.Load() > window || most.Load() < 2 {
		t.Errorf("%d done, %d at a time; want %d, at most %d and more than one", got, most.Load(), count, window)
	}
}

// TestNeitherStarvesTheOther has 5,000 outlets' nights wait when a night comes.
func TestNeitherStarvesTheOther(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.backfill(t, 1, 8, 5000)
	began, finish := make(chan struct{}), make(chan struct{})
	var duringNight atomic.Int32
	var isNight atomic.Bool
	work(t, s.fleet(t, fleet.Config{BackfillSlots: 4}, map[string]fleet.Handler{
		"nightly": func(context.Context, ledger.Interval, *ledger.Run) error { close(began); <-finish; return nil },
		"backfill": func(context.Context, ledger.Interval, *ledger.Run) error {
			if isNight.Load() {
				duringNight.Add(1)
			}
			time.Sleep(5 * time.Millisecond)
			return nil
		},
	}))
	eventually(t, "the backfill to go", func() bool { return s.states("backfill")["done"] > 20 })
	s.plan(t, asSchedule, ledger.Key{Job: "nightly", Night: night(1)})
	planned := time.Now()
	<-began
	if took := time.Since(planned); took > 5*time.Second {
		t.Errorf("the night waited %s behind the backfill", took)
	}
	isNight.Store(true)
	eventually(t, "the window to shrink", func() bool {
		got := s.states("backfill")
		return got["queued"]+got["running"] <= 1
	})
	before := duringNight.Load()
	eventually(t, "the backfill to go on with what is reserved", func() bool { return duringNight.Load() > before+10 })
	if got := s.states("backfill"); got["queued"]+got["running"] > 1 {
		t.Errorf("%v under way during the night, want the reserved one", got)
	}
	close(finish)
}

// TestCancelStopsRunningWork within two seconds; what waits is never begun.
func TestCancelStopsRunningWork(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.backfill(t, 1, 8, 20)
	stopped := make(chan time.Time, 8)
	work(t, s.fleet(t, fleet.Config{BackfillSlots: 4}, map[string]fleet.Handler{
		"backfill": func(ctx context.Context, _ ledger.Interval, _ *ledger.Run) error {
			<-ctx.Done()
			stopped <- time.Now()
			return ctx.Err()
		},
	}))
	eventually(t, "four to run", func() bool { return s.states("backfill")["running"] == 4 })
	var keys []ledger.Key
	for i := range 20 {
		keys = append(keys, ledger.Key{Job: "backfill", Scope: outlet(1, i), Night: night(1 + i)})
	}
	at := time.Now()
	if n, err := s.ledger.Cancel(t.Context(), "the operator said so", keys); err != nil || n != 20 {
		t.Fatalf("%d cancelled: %v", n, err)
	}
	for range 4 {
		if took := (<-stopped).Sub(at); took > 2*time.Second {
			t.Errorf("running work stopped after %s, want 2 s at most", took)
		}
	}
	eventually(t, "the runs to end", func() bool {
		var n int
		return s.db.Get(&n, `select count(*) from ops.runs where state = 'cancelled'`) == nil && n == 4
	})
	if diff := cmp.Diff(map[string]int{"cancelled": 20}, s.states("backfill")); diff != "" {
		t.Errorf("intervals (-want +got):\n%s", diff)
	}
	if n, err := s.ledger.Retry(t.Context(), keys[:3]); err != nil || n != 3 {
		t.Fatalf("%d retried: %v", n, err)
	}
	eventually(t, "the retried to run", func() bool { return s.states("backfill")["running"] == 3 })
}

// TestWhatTheQueueLostIsEnqueuedAgain cuts between ledger and queue.
func TestWhatTheQueueLostIsEnqueuedAgain(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.plan(t, asSchedule, ledger.Key{Job: "nightly", Night: night(1)})
	if tickets, err := s.ledger.Dispatch(t.Context(), 1); err != nil || len(tickets) != 1 { // and then it died
		t.Fatalf("%v, %v", tickets, err)
	}
	work(t, s.fleet(t, fleet.Config{LostAfter: 500 * time.Millisecond}, map[string]fleet.Handler{"nightly": nothing}))
	eventually(t, "the night to be done", func() bool { return s.states("nightly")["done"] == 1 })
}

// TestWhatAProcessDoesNotDoItLeaves has a process that knows backfills only, as
// who applies one does, beside a night that is due.
func TestWhatAProcessDoesNotDoItLeaves(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.plan(t, asSchedule, ledger.Key{Job: "nightly", Night: night(1)}, ledger.Key{Job: "prune", Night: night(1)})
	f := s.fleet(t, fleet.Config{}, map[string]fleet.Handler{"prune": nothing})
	work(t, f)
	eventually(t, "its own work to be done", func() bool { return s.states("prune")["done"] == 1 })
	if err := f.Dispatch(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := s.states("nightly")["planned"]; got != 1 {
		t.Errorf("the night is no longer planned: %v", s.states("nightly"))
	}
}

// TestAnOrphanComesBackUntilItHasCostTooManyWorkers writes the trace of dead
// workers. A page that kills is quarantined at the third death: there is a fourth
// attempt, and more, before the interval has failed.
func TestAnOrphanComesBackUntilItHasCostTooManyWorkers(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.plan(t, asSchedule, ledger.Key{Job: "nightly", Night: night(1)})
	for death := 1; death <= 6; death++ {
		tickets, err := s.ledger.Dispatch(t.Context(), 1)
		if err != nil || len(tickets) != 1 {
			t.Fatalf("death %d: %v, %v", death, tickets, err)
		}
		got, err := s.ledger.Claim(t.Context(), "dead:1:1", tickets)
		if err != nil || len(got) != 1 || got[0].AttemptCount != death {
			t.Fatalf("death %d: %+v, %v", death, got, err)
		}
		if early, err := s.ledger.Rescue(t.Context(), time.Minute); err != nil || len(early) != 0 {
			t.Fatalf("death %d: rescued %v before its time, %v", death, early, err)
		}
		s.db.MustExec(`update ops.intervals set heartbeat_at = null, started_at = now() - interval '2 minutes'`)
		orphans, err := s.ledger.Rescue(t.Context(), time.Minute)
		if err != nil || len(orphans) != 1 || orphans[0].DeathCount != death {
			t.Fatalf("death %d: %+v, %v", death, orphans, err)
		}
		// He was only slow: nothing he says counts any more.
		if own, err := s.ledger.Settle(t.Context(), "dead:1:1", []ledger.Outcome{{Run: got[0].Run}}); err != nil || len(own) != 0 {
			t.Errorf("death %d: a late worker has settled %v, %v", death, own, err)
		}
		if own, err := s.ledger.Beat(t.Context(), "dead:1:1", []*ledger.Run{got[0].Run}); err != nil || len(own) != 0 {
			t.Errorf("death %d: a late worker still has %v, %v", death, own, err)
		}
	}
	if tickets, err := s.ledger.Dispatch(t.Context(), 1); err != nil || len(tickets) != 0 {
		t.Errorf("what has failed was dispatched: %v, %v", tickets, err)
	}
	var got string
	if err := s.db.Get(&got, `select concat_ws(' ', state, death_count, error) from ops.intervals`); err != nil || got != "failed 6 its worker died 6 times" {
		t.Errorf("%q, %v", got, err)
	}
}
