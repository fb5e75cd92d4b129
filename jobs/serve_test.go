package jobs_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// serve runs the daemon until stop, which waits for its end.
func serve(t *testing.T, db *sqlx.DB, j *jobs.Jobs) (stop func()) {
	t.Helper()
	join(t, db, j)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- j.Serve(ctx) }()
	return func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("serve: %v", err)
			}
		case <-time.After(time.Minute):
			t.Error("serve did not end")
		}
	}
}

// done writes into the ledger that a night was done long ago.
func done(db *sqlx.DB, night string) {
	db.MustExec(`
		insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at)
		values ('nightly', '', $1, 'done', 'schedule', 1, '2026-03-01Z')`, night)
}

func TestServeMakesUpTheNightsItMissed(t *testing.T) {
	t.Parallel()
	week := []string{"2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-07", "2026-03-08", lastNight}
	tests := []struct {
		name   string
		limit  int
		script *script
		ledger func(db *sqlx.DB)
		want   []string // runs of nightly, in their order
		isSet  bool     // their order is open
	}{
		{"none for a new installation", 7, &script{nights: week}, nil, []string{}, false},
		{"none when all are done", 7, &script{nights: week}, func(db *sqlx.DB) { done(db, lastNight) }, []string{}, false},
		{"the newest first, then the oldest", 7, &script{nights: week}, func(db *sqlx.DB) { done(db, "2026-03-06") },
			[]string{"2026-03-09 catch_up done", "2026-03-07 catch_up done", "2026-03-08 catch_up done"}, false},
		{"no more than it is told", 2, &script{nights: week}, func(db *sqlx.DB) { done(db, "2026-03-03") },
			[]string{"2026-03-09 catch_up done", "2026-03-08 catch_up done"}, false},
		{"a hole and what was cut off, not what is a gap for ever", 7, &script{nights: week}, func(db *sqlx.DB) {
			for _, night := range []string{"2026-03-04", "2026-03-06", "2026-03-07", "2026-03-08"} {
				done(db, night)
			}
			// Without a heartbeat: rescued at the first look, which may come before or
			// after the first of the others begins.
			db.MustExec(`update ops.intervals set state = 'running' where night = '2026-03-07'`)
			db.MustExec(`update ops.intervals set state = 'gap' where night = '2026-03-08'`)
		}, []string{"2026-03-09 catch_up done", "2026-03-05 catch_up done", "2026-03-07 schedule done"}, true},
		{"the others when one is refused", 7, &script{nights: []string{"2026-03-07", lastNight}}, func(db *sqlx.DB) { done(db, "2026-03-06") },
			[]string{"2026-03-09 catch_up done", "2026-03-07 catch_up done", "2026-03-08 catch_up refused"}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db := warehousetest.NewDB(t)
			if tt.ledger != nil {
				tt.ledger(db)
			}
			j := newJobs(t, db, tt.script, func(c *jobs.Config) { c.CatchUpNights = tt.limit })
			stop := serve(t, db, j)
			const rows = `select concat_ws(' ', night, cause, state) from ops.runs where job = 'nightly' and state <> 'running' order by run_id`
			eventually(t, "the missed nights", func() bool { return len(query(t, db, rows)) >= len(tt.want) })
			stop() // waits for what runs, so that a night too many is seen
			got := query(t, db, rows)
			if tt.isSet {
				slices.Sort(got)
				slices.Sort(tt.want)
			}
			if diff := cmp.Diff(tt.want, append([]string{}, got...)); diff != "" {
				t.Errorf("nightly runs (-want +got):\n%s", diff)
			}
			if len(tt.want) > 0 {
				// The outlets are read once for all nights.
				wantRows(t, db, "collects", `select cast(count(*) as text) from ops.runs where job = 'collect'`, "1")
			}
		})
	}
}

func TestAPanicInAScheduledJobDoesNotStopTheNext(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	s := &script{nights: []string{lastNight}, onStart: func(n int) {
		if n == 1 {
			panic("no such page")
		}
	}}
	stop := serve(t, db, newJobs(t, db, s, func(c *jobs.Config) { c.CollectSpec = "@every 1s" }))
	eventually(t, "a collect after the one that panicked", func() bool {
		return len(query(t, db, `select job from ops.runs where state = 'done'`)) > 0
	})
	stop()
	wantRows(t, db, "the first runs", `select concat_ws(' ', job, cause, state, error) from ops.runs order by run_id limit 2`,
		"collect schedule failed panic: no such page", "collect schedule done")
}

// TestAHangingJobIsGivenUp has work that does not heed its context at all.
func TestAHangingJobIsGivenUp(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	s := &script{nights: []string{lastNight}, onStart: func(n int) {
		if n == 1 {
			<-release
		}
	}}
	stop := serve(t, db, newJobs(t, db, s, func(c *jobs.Config) {
		c.CollectSpec, c.CollectDeadline = "@every 1s", 2*time.Second
	}))
	eventually(t, "a collect after the one that hung", func() bool {
		return len(query(t, db, `select job from ops.runs where state = 'done'`)) > 0
	})
	stop()
	got := query(t, db, `select concat_ws(' ', job, state, error) from ops.runs order by run_id limit 1`)
	for _, text := range []string{"collect failed", "it exceeded its deadline of 2s", "did not stop when told and was given up"} {
		if !strings.Contains(got[0], text) {
			t.Errorf("the run that hung %q does not say %q", got[0], text)
		}
	}
}

func TestServeStartsNothingOnceItDrains(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	done(db, "2026-03-06")
	started, finish := make(chan struct{}), make(chan struct{})
	s := &script{nights: []string{"2026-03-07", "2026-03-08", lastNight}, onStart: func(n int) {
		if n == 1 {
			close(started)
			<-finish
		}
	}}
	j := newJobs(t, db, s, nil)
	join(t, db, j)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- j.Serve(ctx) }()
	<-started // in the first of three nights
	cancel()
	select {
	case <-ended:
		t.Fatal("serve ended although a night was under way")
	case <-time.After(300 * time.Millisecond):
	}
	close(finish)
	if err := <-ended; err != nil {
		t.Error(err)
	}
	wantRows(t, db, "nights: the one under way is done, the others stay due", intervalRows,
		"2026-03-06 schedule done 1", "2026-03-07 catch_up planned 0", "2026-03-08 catch_up planned 0", "2026-03-09 catch_up done 1")
}
