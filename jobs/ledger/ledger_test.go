package ledger_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func newLedger(t *testing.T, db *sqlx.DB) *ledger.Ledger {
	t.Helper()
	return ledger.New(slog.New(slog.NewTextHandler(t.Output(), nil)), db, time.Now)
}

type refusal struct{ error }

func (refusal) Refused() bool { return true }

// TestExecuteRecordsHowARunEnds walks every way a run can end.
func TestExecuteRecordsHowARunEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name      string
		deadline  time.Duration
		grace     time.Duration
		cancel    bool
		work      func(ctx context.Context, run *ledger.Run) error
		state     ledger.State
		wantError string // part of it; empty: no error
	}{
		{name: "well", state: ledger.StateDone,
			work: func(_ context.Context, run *ledger.Run) error { run.Count("stored", 3); return nil }},
		{name: "with counted failures", state: ledger.StateFailures,
			work: func(_ context.Context, run *ledger.Run) error { run.Fail(2); return nil }},
		{name: "with an error", state: ledger.StateFailed, wantError: "the well is dry",
			work: func(context.Context, *ledger.Run) error { return errors.New("the well is dry") }},
		{name: "refused by a gate", state: ledger.StateRefused, wantError: "coverage is too low",
			work: func(context.Context, *ledger.Run) error { return refusal{errors.New("coverage is too low")} }},
		{name: "with a panic", state: ledger.StateFailed, wantError: "panic: index out of range",
			work: func(context.Context, *ledger.Run) error { panic("index out of range") }},
		{name: "past its deadline, stopping when told", deadline: 50 * time.Millisecond, state: ledger.StateFailed,
			wantError: "exceeded its deadline of 50ms",
			work:      func(ctx context.Context, _ *ledger.Run) error { <-ctx.Done(); return ctx.Err() }},
		{name: "past its deadline, seen as a connection given up", deadline: 50 * time.Millisecond, state: ledger.StateFailed,
			wantError: "collect (run 1): it exceeded its deadline of 50ms: read: driver: bad connection",
			work: func(ctx context.Context, _ *ledger.Run) error {
				<-ctx.Done()
				return fmt.Errorf("read: %w", driver.ErrBadConn)
			}},
		{name: "without a database", state: ledger.StateFailed,
			wantError: "collect (run 1): the database went away, its log says why; run the same command again once it is back, nothing that was stored is lost: read: driver: bad connection",
			work:      func(context.Context, *ledger.Run) error { return fmt.Errorf("read: %w", driver.ErrBadConn) }},
		{name: "with a full disk", state: ledger.StateFailed,
			wantError: "the disk of the database is full; free space and run the same command again, nothing that was stored is lost: write: ",
			work: func(context.Context, *ledger.Run) error {
				return fmt.Errorf("write: %w", &pq.Error{Code: "53100", Message: "no space"})
			}},
		{name: "hanging past its deadline", deadline: 50 * time.Millisecond, grace: 50 * time.Millisecond,
			state: ledger.StateFailed, wantError: "did not stop when told",
			work: func(context.Context, *ledger.Run) error { time.Sleep(5 * time.Second); return nil }},
		{name: "cancelled by the operator", cancel: true, state: ledger.StateCancelled, wantError: "context canceled",
			work: func(ctx context.Context, _ *ledger.Run) error { <-ctx.Done(); return ctx.Err() }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := newLedger(t, warehousetest.NewDB(t))
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			work := tt.work
			if tt.cancel {
				work = func(ctx context.Context, run *ledger.Run) error { cancel(); return tt.work(ctx, run) }
			}
			report, err := l.Execute(ctx, ledger.Spec{
				Job: "collect", Cause: ledger.CauseOperator, Deadline: tt.deadline, Grace: tt.grace,
			}, work)
			if got := errText(err); (tt.wantError == "") != (got == "") || !strings.Contains(got, tt.wantError) {
				t.Errorf("error %q, want one with %q", got, tt.wantError)
			}
			rows, err := l.Show(t.Context(), report.RunID)
			if err != nil {
				t.Fatal(err)
			}
			if rows[0].State != tt.state || report.State != tt.state {
				t.Errorf("state %s in the ledger, %s in the report, want %s", rows[0].State, report.State, tt.state)
			}
			if rows[0].FinishedAt == nil {
				t.Error("the run has no end")
			}
			// Whatever happened, the job can run again at once.
			if _, err := l.Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
				func(context.Context, *ledger.Run) error { return nil }); err != nil {
				t.Errorf("the next run: %v", err)
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestOnlyOneRunOfAJobAtATime(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	first, second := newLedger(t, db), newLedger(t, db)
	started, finish := make(chan int64), make(chan struct{})
	done := make(chan error, 1)
	go func() {
		_, err := first.Execute(t.Context(), ledger.Spec{Job: "nightly", Cause: ledger.CauseSchedule},
			func(_ context.Context, run *ledger.Run) error { started <- run.ID; <-finish; return nil })
		done <- err
	}()
	id := <-started
	spec := ledger.Spec{Job: "nightly", Cause: ledger.CauseOperator, Patience: 300 * time.Millisecond}
	_, err := second.Execute(t.Context(), spec, func(context.Context, *ledger.Run) error {
		t.Error("two nightly runs at once")
		return nil
	})
	var busy *ledger.BusyError
	if !errors.As(err, &busy) || busy.Running == nil || busy.Running.RunID != id {
		t.Errorf("error %v, want one that names run %d", err, id)
	}
	if _, err := second.Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
		func(context.Context, *ledger.Run) error { return nil }); err != nil {
		t.Errorf("another job: %v", err)
	}
	close(finish)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestARunWhoseProcessDiedIsMarkedAbandoned(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	l := newLedger(t, db)
	var dead int64
	err := db.GetContext(t.Context(), &dead, `
		insert into ops.runs (job, cause, state, host, process_id, started_at, heartbeat_at)
		values ('collect', 'schedule', 'running', 'elsewhere', 1, '2026-01-01Z', '2026-01-01Z')
		returning run_id`)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := l.Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
		func(context.Context, *ledger.Run) error { return nil }); err != nil {
		t.Fatal(err)
	}
	rows, err := l.Show(t.Context(), dead)
	if err != nil {
		t.Fatal(err)
	}
	if rows[0].State != ledger.StateAbandoned {
		t.Errorf("state %s, want abandoned", rows[0].State)
	}
}

// TestALostDatabaseIsRecordedOnceItIsBack cuts every connection of a run.
func TestALostDatabaseIsRecordedOnceItIsBack(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	l := newLedger(t, db)
	report, err := l.Execute(t.Context(), ledger.Spec{Job: "build", Cause: ledger.CauseOperator},
		func(ctx context.Context, _ *ledger.Run) error {
			conn, err := db.Connx(ctx)
			if err != nil {
				return err
			}
			defer conn.Close()
			var self int
			if err := conn.GetContext(ctx, &self, `select pg_backend_pid()`); err != nil {
				return err
			}
			_, err = db.ExecContext(ctx, `
				select pg_terminate_backend(pid) from pg_stat_activity
				where datname = current_database() and pid <> pg_backend_pid()`)
			if err != nil {
				return err
			}
			_, err = conn.ExecContext(ctx, `select 1`)
			return err
		})
	if err == nil {
		t.Fatal("no error although the connection was cut")
	}
	rows, showErr := l.Show(t.Context(), report.RunID)
	if showErr != nil {
		t.Fatal(showErr)
	}
	if rows[0].State != ledger.StateFailed || rows[0].Error == nil {
		t.Errorf("state %s, error %v; want failed with the reason", rows[0].State, rows[0].Error)
	}
}

func TestDueListsWhatALedgerOwes(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	l := newLedger(t, db)
	for night, state := range map[string]string{
		"2026-03-01": "done", "2026-03-02": "failed", "2026-03-04": "gap", "2026-03-05": "running", "2026-03-06": "cancelled",
	} {
		_, err := db.ExecContext(t.Context(), `
			insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at)
			values ('nightly', '', $1, $2, 'schedule', 1, '2026-03-07Z')`, night, state)
		if err != nil {
			t.Fatal(err)
		}
	}
	due, err := l.Due(t.Context(), "nightly", day("2026-03-01"), day("2026-03-07"))
	if err != nil {
		t.Fatal(err)
	}
	want := []time.Time{day("2026-03-02"), day("2026-03-03"), day("2026-03-05"), day("2026-03-07")}
	if diff := cmp.Diff(want, due); diff != "" {
		t.Errorf("due nights (-want +got):\n%s", diff)
	}
}

func TestNightIsTheDateInTheReportZone(t *testing.T) {
	t.Parallel()
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 3, 1, 17, 30, 0, 0, time.UTC)
	if got := ledger.Night(at, shanghai); !got.Equal(day("2026-03-02")) {
		t.Errorf("night in Shanghai %s, want 2026-03-02", got)
	}
	if got := ledger.LastFinishedNight(at, time.UTC); !got.Equal(day("2026-02-28")) {
		t.Errorf("last finished night in UTC %s, want 2026-02-28", got)
	}
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}
