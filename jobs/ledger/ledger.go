// Package ledger keeps the truth about work: which runs there were and how they
// ended (ops.runs), and which nights are due or done (ops.intervals).
//
// Execute is how a command starts work. It makes a job exclusive (an advisory
// lock held by a connection of its own, so it ends with the process), recorded
// (a row before the first step, a state after the last), bounded (a deadline and
// a grace) and contained (a panic, a hang or a lost database becomes a state of
// the run and an error, never the end of the process).
//
//	report, err := l.Execute(ctx, ledger.Spec{Job: "collect", Cause: ledger.CauseSchedule},
//		func(ctx context.Context, run *ledger.Run) error { ... run.Count("stored", 12) ... })
//
// Work of an interval is started by the fleet (package fleet), in conditional
// statements: Plan and Tick write down what is owed, Dispatch says what may start,
// Claim takes it and writes its run, Beat keeps it, Settle writes its end; Rescue
// and Lost bring back what a crash cut off; Cancel and Retry are the operator's.
// Only makes such a run exclusive beside those of Execute, and Attempt does work
// of Execute as an interval.
package ledger

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/metrics"
)

// Causes of a run, as stored in ops.runs.cause.
const (
	CauseSchedule = "schedule"
	CauseOperator = "operator"
	CauseCatchUp  = "catch_up"
	CauseDemo     = "demo"
	CauseBackfill = "backfill"
)

// State is how a run stands, as stored in ops.runs.state.
type State string

// The states of a run.
const (
	StateRunning   State = "running"
	StateDone      State = "done"
	StateFailures  State = "done_with_failures"
	StateFailed    State = "failed"
	StateRefused   State = "refused"
	StateCancelled State = "cancelled"
	StateAbandoned State = "abandoned"
)

// Ledger writes and reads ops.runs and ops.intervals.
type Ledger struct {
	lg  *slog.Logger
	db  *sqlx.DB
	now func() time.Time

	host    string
	pid     int
	metrics *metrics.Recorder // nil: none
}

// New returns a ledger over db; now is the clock of its timestamps.
func New(lg *slog.Logger, db *sqlx.DB, now func() time.Time) *Ledger {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &Ledger{lg: lg, db: db, now: now, host: host, pid: os.Getpid()}
}

// Counted returns the same ledger, which tells r of the runs and intervals of this
// process; r may be nil.
func (l *Ledger) Counted(r *metrics.Recorder) *Ledger {
	counted := *l
	counted.metrics = r
	return &counted
}

// Run is one execution of a job while it lasts. Its methods are safe for
// concurrent use.
type Run struct {
	ID         int64
	Job        string
	Scope      string    // of the interval it works on; empty: the whole, or none
	Night      time.Time // zero: the job has none
	BackfillID int64     // backfill it works for; 0: none

	began time.Time // by the clock of this process

	mu       sync.Mutex
	counts   map[string]int64
	failures int64
}

// Count adds n to a named counter of the run.
func (r *Run) Count(name string, n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[name] += n
}

// Fail adds n counted failures: the run goes on, and its exit code tells.
func (r *Run) Fail(n int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.failures += n
}

// Counts returns a copy of the counters so far.
func (r *Run) Counts() map[string]int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.counts)
}

// Failures returns how many failures were counted so far.
func (r *Run) Failures() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failures
}

// begin writes the row of a new run.
func (l *Ledger) begin(ctx context.Context, spec Spec) (*Run, error) {
	run := &Run{Job: spec.Job, Scope: spec.Scope, Night: spec.Night, began: time.Now(), counts: map[string]int64{}}
	now := l.now().UTC()
	err := l.db.GetContext(ctx, &run.ID, `
		insert into ops.runs (job, scope, night, cause, state, parent_run_id, host, process_id, started_at, heartbeat_at)
		values ($1, nullif($2, ''), $3, $4, 'running', $5, $6, $7, $8, $8)
		returning run_id`,
		spec.Job, spec.Scope, nullDate(spec.Night), spec.Cause, nullID(spec.Parent), l.host, l.pid, now)
	if err != nil {
		return nil, fmt.Errorf("record the start of %s: %w", spec.Job, err)
	}
	l.metrics.RunStarted(run.Job)
	return run, nil
}

// abandonOthers marks runs of the job and scope that still say running although
// their process is gone: the caller holds their lock, so nobody else can be at it,
// but for a worker of the fleet that has claimed an interval and waits for the lock.
func (l *Ledger) abandonOthers(ctx context.Context, conn *sqlx.Conn, job, scope string) error {
	res, err := conn.ExecContext(ctx, `
		update ops.runs as r
		set state = 'abandoned', finished_at = $2, error = 'its process ended without a word'
		where r.job = $1 and r.state = 'running' and coalesce(r.scope, '') = $3
			and not exists (
				select 1 from ops.intervals as i
				where i.job = r.job and i.scope = coalesce(r.scope, '') and i.night = r.night and i.run_id = r.run_id
					and i.state = 'running' and i.heartbeat_at > clock_timestamp() - interval '1 minute'
			)`, job, l.now().UTC(), scope)
	if err != nil {
		return fmt.Errorf("mark abandoned runs of %s: %w", job, err)
	}
	if n, _ := res.RowsAffected(); n > 0 {
		l.lg.Warn("runs were abandoned by their process", "job", job, "runs", n)
	}
	return nil
}

// finish writes how a run ended. A database that is away is asked again for a
// while: a run must not stay "running" because Postgres restarted.
func (l *Ledger) finish(ctx context.Context, run *Run, state State, cause error) error {
	counts, err := json.Marshal(run.Counts())
	if err != nil {
		return fmt.Errorf("encode the counts of run %d: %w", run.ID, err)
	}
	var text sql.NullString
	if cause != nil {
		text = sql.NullString{String: cause.Error(), Valid: true}
	}
	const firstWait = 200 * time.Millisecond
	for wait := firstWait; ; wait *= 2 {
		_, err = l.db.ExecContext(ctx, `
			update ops.runs
			set state = $2, error = $3, counts = $4, finished_at = $5, heartbeat_at = $5
			where run_id = $1 and state = 'running'`,
			run.ID, string(state), text, string(counts), l.now().UTC())
		if err == nil {
			l.metrics.RunEnded(run.Job, string(state), time.Since(run.began))
			return nil
		}
		if wait == firstWait {
			l.lg.Warn("the end of the run cannot be recorded, trying again for a while", "job", run.Job, "run_id", run.ID, "error", err)
		}
		wait = min(wait, 5*time.Second)
		select {
		case <-ctx.Done():
			return fmt.Errorf("record the end of run %d (%s): %w", run.ID, state, err)
		case <-time.After(wait):
		}
	}
}

// Row is one line of ops.runs.
type Row struct {
	RunID       int64           `db:"run_id" json:"run_id"`
	Job         string          `db:"job" json:"job"`
	Night       *Date           `db:"night" json:"night"`
	Cause       string          `db:"cause" json:"cause"`
	State       State           `db:"state" json:"state"`
	ParentRunID *int64          `db:"parent_run_id" json:"parent_run_id"`
	Host        string          `db:"host" json:"host"`
	ProcessID   int             `db:"process_id" json:"process_id"`
	StartedAt   time.Time       `db:"started_at" json:"started_at"`
	HeartbeatAt time.Time       `db:"heartbeat_at" json:"heartbeat_at"`
	FinishedAt  *time.Time      `db:"finished_at" json:"finished_at"`
	Error       *string         `db:"error" json:"error"`
	Counts      json.RawMessage `db:"counts" json:"counts"`
}

const rowColumns = `run_id, job, night, cause, state, parent_run_id, host, process_id,
	started_at, heartbeat_at, finished_at, error, counts`

// Runs lists the newest runs, newest first; job "" means all.
func (l *Ledger) Runs(ctx context.Context, job string, limit int) ([]Row, error) {
	rows := []Row{}
	err := l.db.SelectContext(ctx, &rows, `select `+rowColumns+`
		from ops.runs where $1 = '' or job = $1 order by run_id desc limit $2`, job, limit)
	if err != nil {
		return nil, fmt.Errorf("read the runs: %w", err)
	}
	return rows, nil
}

// Show reads one run and the runs it started, itself first.
func (l *Ledger) Show(ctx context.Context, id int64) ([]Row, error) {
	rows := []Row{}
	err := l.db.SelectContext(ctx, &rows, `select `+rowColumns+`
		from ops.runs where run_id = $1 or parent_run_id = $1 order by run_id`, id)
	if err != nil {
		return nil, fmt.Errorf("read run %d: %w", id, err)
	}
	if len(rows) == 0 || rows[0].RunID != id {
		return nil, fmt.Errorf("there is no run %d; `overheard runs list` shows them", id)
	}
	return rows, nil
}

func nullDate(night time.Time) any {
	if night.IsZero() {
		return nil
	}
	return night.Format(time.DateOnly)
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
