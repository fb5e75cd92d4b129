package main

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/sql/warehouse"
)

// The daemon as a machine runs it for months: told to stop, its database
// killed, its hosts hanging, its nights missed.

// never is a cron spec that does not come while a test runs.
const never = "0 0 1 1 *"

func schedule(nightly, collect string) []string {
	return []string{"OVERHEARD_SCHEDULE_NIGHTLY=" + nightly, "OVERHEARD_SCHEDULE_COLLECT=" + collect, "OVERHEARD_SCHEDULE_RECHECK=" + never, "OVERHEARD_CONSOLE_LISTEN=127.0.0.1:0"}
}

// runsOf waits until the ledger has a run of the job in each of the states, in
// order from the first run on, then returns the errors by run.
func runsOf(t *testing.T, db *sqlx.DB, job string, states ...string) []string {
	t.Helper()
	var got []string
	eventually(t, fmt.Sprintf("%s runs %q", job, states), func() bool {
		got = nil
		// While Postgres restarts there is no answer; ask again.
		_ = db.Select(&got, `select state from ops.runs where job = $1 order by run_id limit $2`, job, len(states))
		return len(got) == len(states) && got[len(got)-1] != "running"
	})
	if diff := cmp.Diff(states, got); diff != "" {
		t.Errorf("states of %s (-want +got):\n%s", job, diff)
	}
	return query(t, db, `select coalesce(error, '') from ops.runs where job = $1 order by run_id limit $2`, job, len(states))
}

// TestServeDrains stops the daemon in the middle of a collect, once with and
// once without the patience to let it end.
func TestServeDrains(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		timeout string
		opens   bool // the host answers after the signal
		state   string
		says    string
	}{
		{"letting a collect end", "1m", true, "done", "draining: nothing new starts, running work may end"},
		{"cancelling a collect that hangs", "300ms", false, "cancelled", "work that still runs is cut off; it is due again"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			n := newNewsstand(t)
			slow := newGate(n.paper("slow", 3))
			n.add("slow", "feed", "/feed", slow)
			o := newOperator(t, n.registry(t), append(schedule(never, "@every 1s"),
				"OVERHEARD_JOBS_DRAIN_TIMEOUT="+tt.timeout, "OVERHEARD_CRAWL_REQUEST_TIMEOUT=1m")...)
			daemon := o.start(t, "serve")
			slow.hasCaller(t)
			daemon.signal(t, syscall.SIGTERM)
			daemon.says(t, "draining: nothing new starts")
			if tt.opens {
				slow.letAllIn()
			}
			got := daemon.end(t)
			if got.code != exitDone {
				t.Errorf("exit code %d, want %d", got.code, exitDone)
			}
			if !strings.Contains(got.stderr, tt.says) {
				t.Errorf("stderr does not say %q", tt.says)
			}
			o.wantNoPostgres(t)
			o.database(t, func(db *sqlx.DB) {
				runs := query(t, db, `select concat_ws(' ', job, cause, state, finished_at is not null) from ops.runs order by run_id`)
				if diff := cmp.Diff([]string{"collect schedule " + tt.state + " t"}, runs); diff != "" {
					t.Errorf("runs (-want +got):\n%s", diff)
				}
				stored := query(t, db, `select cast(count(*) as text) from staging.articles`)
				if want := map[bool]string{true: "3", false: "0"}[tt.opens]; stored[0] != want {
					t.Errorf("%s articles stored, want %s", stored[0], want)
				}
			})
		})
	}
}

// TestServeMakesUpMissedNights starts the daemon after it was away three nights.
func TestServeMakesUpMissedNights(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 5, Outlets: 10, Nights: 5, ArticlesPerOutletNight: 4})
	o := newOperator(t, registry, schedule(never, never)...)
	last := day(t, at)
	if got := o.call(t, "db", "migrate"); got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	o.database(t, func(db *sqlx.DB) {
		db.MustExec(`
			insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at, finished_at)
			values ('nightly', '', $1, 'done', 'schedule', 1, now(), now())`, last.AddDate(0, 0, -3).Format(time.DateOnly))
	})
	daemon := o.start(t, "serve", "--roles", "scheduler,worker")
	db := o.beside(t)
	eventually(t, "all nights to be done", func() bool {
		var count int
		err := db.Get(&count, `select count(*) from ops.intervals where job = 'nightly' and state = 'done'`)
		return err == nil && count == 4
	})
	daemon.signal(t, syscall.SIGTERM)
	if got := daemon.end(t); got.code != exitDone {
		t.Errorf("exit code %d", got.code)
	}
	o.database(t, func(db *sqlx.DB) {
		var want []string
		for _, back := range []int{0, 2, 1} { // the newest, then the oldest
			want = append(want, last.AddDate(0, 0, -back).Format(time.DateOnly)+" catch_up done")
		}
		runs := query(t, db, `select concat_ws(' ', night, cause, state) from ops.runs where job = 'nightly' order by run_id`)
		if diff := cmp.Diff(want, runs); diff != "" {
			t.Errorf("nightly runs, in their order (-want +got):\n%s", diff)
		}
		intervals := query(t, db, `
			select concat_ws(' ', night, cause, state) from ops.intervals where job = 'nightly' and night > $1 order by run_id`,
			last.AddDate(0, 0, -3).Format(time.DateOnly))
		if diff := cmp.Diff(want, intervals); diff != "" {
			t.Errorf("intervals (-want +got):\n%s", diff)
		}
		if got := query(t, db, `select cast(count(*) as text) from ops.runs where job = 'collect'`); got[0] != "1" {
			t.Errorf("the outlets were read %s times for three nights, want once", got[0])
		}
		if got := query(t, db, `select cast(count(*) as text) from marts.nights`); got[0] != "3" {
			t.Errorf("%s nights published, want 3", got[0])
		}
	})
}

// TestServeNeverStartsACollectTwice lets a collect outlast many ticks.
func TestServeNeverStartsACollectTwice(t *testing.T) {
	t.Parallel()
	n := newNewsstand(t)
	slow := newGate(n.paper("slow", 1))
	n.add("slow", "feed", "/feed", slow)
	o := newOperator(t, n.registry(t), append(schedule(never, "@every 1s"), "OVERHEARD_CRAWL_REQUEST_TIMEOUT=1m")...)
	daemon := o.start(t, "serve", "--log-level", "debug")
	slow.hasCaller(t)
	eventually(t, "two skipped ticks", func() bool { return strings.Count(daemon.stderr.String(), "skipped: the job is still running") >= 2 })
	db := o.beside(t)
	if got := query(t, db, `select concat_ws(' ', job, state) from ops.runs`); len(got) != 1 {
		t.Errorf("runs while the first is under way: %q, want it alone", got)
	}
	// Nor does an operator get in beside it, and is told who is at it.
	busy := o.call(t, "collect")
	want := fmt.Sprintf("collect is already running: run 1 on %s (process %d) since ", hostName(t), daemon.cmd.Process.Pid)
	if busy.code != exitFailed || !strings.Contains(lastLine(busy.stderr), want) {
		t.Errorf("exit code %d, want %d and %q:\n%s", busy.code, exitFailed, want, busy.stderr)
	}
	slow.letAllIn()
	runsOf(t, db, "collect", "done", "done")
}

// TestServeOutlivesItsPostgres kills the database under a collect.
func TestServeOutlivesItsPostgres(t *testing.T) {
	t.Parallel()
	n := newNewsstand(t)
	slow := newGate(n.paper("slow", 2))
	n.add("decent", "feed", "/feed", n.paper("decent", 2))
	n.add("slow", "feed", "/feed", slow)
	o := newOperator(t, n.registry(t), append(schedule(never, "@every 1s"), "OVERHEARD_CRAWL_REQUEST_TIMEOUT=1m")...)
	daemon := o.start(t, "serve")
	slow.hasCaller(t)
	db := o.beside(t)
	eventually(t, "the decent paper to be stored", func() bool {
		var n int
		return db.Get(&n, `select count(*) from staging.articles`) == nil && n == 2
	})
	status, err := warehouse.InspectServer(o.dataDir)
	if err != nil || status.PID == 0 {
		t.Fatal(status, err)
	}
	if err := syscall.Kill(status.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	daemon.says(t, "Postgres ended by itself, starting it again")
	// Whoever asks first notices: the outlet whose lock is lost, or the run itself.
	eventually(t, "the first collect to end", func() bool {
		var state string
		return db.Get(&state, `select state from ops.runs where job = 'collect' order by run_id limit 1`) == nil && state != "running"
	})
	told := query(t, db, `
		select state from ops.runs
		where run_id = (select min(run_id) from ops.runs where job = 'collect')
			and (state = 'done_with_failures' and cast(counts ->> 'outlets_lost' as integer) > 0
				or state in ('failed', 'cancelled', 'abandoned') and error is not null)`)
	if len(told) != 1 {
		t.Errorf("the first collect does not tell that the database was lost: %q",
			query(t, db, `select concat_ws(' ', run_id, state, error, counts) from ops.runs where job = 'collect' order by run_id`))
	}
	slow.letAllIn()
	eventually(t, "a collect that ends well", func() bool {
		var n int
		return db.Get(&n, `select count(*) from ops.runs where job = 'collect' and state = 'done'`) == nil && n > 0
	})
	if got := query(t, db, `select concat_ws(' ', outlet_id, count(*)) from staging.articles group by outlet_id order by 1`); cmp.Diff([]string{"decent 2", "slow 2"}, got) != "" {
		t.Errorf("articles %q: want all that was stored before, and the rest", got)
	}
	daemon.signal(t, syscall.SIGTERM)
	if got := daemon.end(t); got.code != exitDone {
		t.Errorf("exit code %d", got.code)
	}
	o.wantNoPostgres(t)
}

// TestServeGoesOnAfterADeadline has somebody lock a table that every collect
// reads, for longer than a collect may take.
func TestServeGoesOnAfterADeadline(t *testing.T) {
	t.Parallel()
	n := newNewsstand(t)
	n.add("decent", "feed", "/feed", n.paper("decent", 2))
	o := newOperator(t, n.registry(t), append(schedule(never, "@every 1s"), "OVERHEARD_JOBS_COLLECT_DEADLINE=3s")...)
	o.start(t, "serve")
	db := o.beside(t)
	eventually(t, "a run that is done", func() bool { return len(query(t, db, `select 'x' from ops.runs where state = 'done'`)) > 0 })
	tx := db.MustBegin()
	tx.MustExec(`lock table ops.channels in access exclusive mode`)
	var errs []string
	eventually(t, "a run to fail", func() bool {
		errs = query(t, db, `select error from ops.runs where state = 'failed'`)
		return len(errs) > 0
	})
	if want := "it exceeded its deadline of 3s: "; !strings.HasPrefix(errs[0], want) {
		t.Errorf("error %q, want %q", errs[0], want)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a run after it that is done", func() bool {
		return len(query(t, db, `select 'x' from ops.runs where state = 'done' and run_id > (select min(run_id) from ops.runs where state = 'failed')`)) > 0
	})
}

// TestServeGoesOnWithAHostThatHangs has a host that takes longer than a collect
// may: the collect ends in order before its deadline, with what the others gave.
func TestServeGoesOnWithAHostThatHangs(t *testing.T) {
	t.Parallel()
	n := newNewsstand(t)
	slow := newGate(n.paper("slow", 1))
	n.add("decent", "feed", "/feed", n.paper("decent", 2))
	n.add("slow", "feed", "/feed", slow)
	o := newOperator(t, n.registry(t), append(schedule(never, "@every 1s"),
		"OVERHEARD_CRAWL_REQUEST_TIMEOUT=1m", "OVERHEARD_JOBS_COLLECT_DEADLINE=5s")...)
	o.start(t, "serve")
	db := o.beside(t)
	eventually(t, "a collect that ends in order although the host hangs", func() bool {
		return len(query(t, db, `select state from ops.runs where finished_at is not null and error is null`)) > 0
	})
	if got := query(t, db, `select cast(count(*) as text) from staging.articles where outlet_id = 'decent'`); got[0] != "2" {
		t.Errorf("%s articles of the decent paper stored, want 2", got[0])
	}
	slow.letAllIn()
	eventually(t, "the slow paper's article", func() bool {
		return len(query(t, db, `select url from staging.articles where outlet_id = 'slow'`)) == 1
	})
}

func TestServeShowsTheConsole(t *testing.T) {
	t.Parallel()
	n := newNewsstand(t)
	n.add("decent", "feed", "/feed", n.paper("decent", 1))
	address := freeAddress(t)
	o := newOperator(t, n.registry(t), "OVERHEARD_CONSOLE_LISTEN="+address)
	daemon := o.start(t, "serve", "--roles", "console")
	daemon.says(t, "the console is open")
	for _, path := range []string{"/", "/outlets", "/runs"} {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		page, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(page.Body)
		page.Body.Close()
		if err != nil || page.StatusCode != http.StatusOK || !strings.Contains(string(body), "</html>") {
			t.Errorf("%s: status %d, %v, %d bytes", path, page.StatusCode, err, len(body))
		}
	}
	if got := query(t, o.beside(t), `select job from ops.runs`); len(got) > 0 {
		t.Errorf("runs %q, though the scheduler is not among the roles", got)
	}
	daemon.signal(t, syscall.SIGINT)
	if got := daemon.end(t); got.code != exitDone {
		t.Errorf("exit code %d", got.code)
	}
	o.wantNoPostgres(t)
}

func TestServeSaysWhenItsPortIsTaken(t *testing.T) {
	t.Parallel()
	n := newNewsstand(t)
	n.add("decent", "feed", "/feed", n.paper("decent", 1))
	taken := strings.TrimPrefix(n.server.URL, "http://")
	o := newOperator(t, n.registry(t), append(schedule(never, never), "OVERHEARD_CONSOLE_LISTEN="+taken)...)
	got := o.call(t, "serve")
	if got.code != exitFailed || !strings.Contains(lastLine(got.stderr), "listen for the console on "+taken) || !strings.Contains(lastLine(got.stderr), "(console.listen names another address)") {
		t.Errorf("exit code %d: %s", got.code, got.stderr)
	}
	o.wantNoPostgres(t)
}
