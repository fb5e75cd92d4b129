package ledger

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/lib/pq"
)

// Spec says what to execute and under which bounds.
type Spec struct {
	Job      string
	Scope    string        // part of the job that is exclusive by itself, such as a file; empty: the whole
	Night    time.Time     // zero: none
	Cause    string        // one of the Cause constants
	Parent   int64         // run that starts this one, 0 for none
	Deadline time.Duration // 0: none
	Grace    time.Duration // after the deadline or a cancel, before the work is given up; default 10 s
	Patience time.Duration // how long to wait for another run of the job to end; default 5 s
}

// Report tells how a run ended.
type Report struct {
	RunID    int64            `json:"run_id"`
	Job      string           `json:"job"`
	State    State            `json:"state"`
	Counts   map[string]int64 `json:"counts"`
	Failures int64            `json:"failures"`
}

// Refusal is implemented by errors that mean "a check or a gate said no": the
// run is recorded as refused instead of failed.
type Refusal interface {
	error
	Refused() bool
}

// BusyError says that another run of the job is under way.
type BusyError struct {
	Job     string
	Running *Row // nil if it could not be read
}

func (e *BusyError) Error() string {
	if e.Running == nil {
		return fmt.Sprintf("%s is already running elsewhere", e.Job)
	}
	return fmt.Sprintf("%s is already running: run %d on %s (process %d) since %s",
		e.Job, e.Running.RunID, e.Running.Host, e.Running.ProcessID, e.Running.StartedAt.UTC().Format(time.RFC3339))
}

// errHung is what a run gets whose work did not return in its grace.
var errHung = errors.New("the work did not stop when told and was given up")

// errLost is what a run gets when its lock's connection is gone.
var errLost = errors.New("the database connection was lost")

// recordPatience is how long a run waits for a database that is away, to record
// how it ended. Postgres is back after a crash in seconds; a run that could not
// say its end is marked as abandoned by the next one of its job.
const recordPatience = 30 * time.Second

// ParentGrace is the grace of a run that starts others: longer than a child needs
// to be given up and to record its end.
const ParentGrace = defaultGrace + recordPatience + 5*time.Second

const defaultGrace = 10 * time.Second

// Execute runs work as one exclusive, recorded, bounded run. The error is the
// work's own, wrapped; Report is filled whenever the run was recorded at all.
func (l *Ledger) Execute(ctx context.Context, spec Spec, work func(context.Context, *Run) error) (Report, error) {
	report, err := l.execute(ctx, spec, work)
	return report, withRemedy(ctx, err)
}

func (l *Ledger) execute(ctx context.Context, spec Spec, work func(context.Context, *Run) error) (Report, error) {
	if spec.Grace == 0 {
		spec.Grace = defaultGrace
	}
	if spec.Patience == 0 {
		spec.Patience = 5 * time.Second
	}
	lock, err := l.lock(ctx, spec.Job, spec.Scope, spec.Patience)
	if err != nil {
		return Report{Job: spec.Job}, err
	}
	defer lock.release()
	if err := l.abandonOthers(ctx, lock.conn, spec.Job, spec.Scope); err != nil {
		return Report{Job: spec.Job}, err
	}
	run, err := l.begin(ctx, spec)
	if err != nil {
		return Report{Job: spec.Job}, err
	}
	lg := l.lg.With("job", run.Job, "run_id", run.ID)
	lg.Info("run started", "cause", spec.Cause, "night", nullDate(spec.Night))

	started := time.Now()
	workErr := withRemedy(ctx, l.guard(ctx, spec, run, lock, work))
	state := stateOf(ctx, run, workErr)

	// The end must be recorded although ctx may be cancelled already.
	record, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordPatience)
	defer cancel()
	if err := l.finish(record, run, state, workErr); err != nil {
		lg.Error("the end of the run could not be recorded", "error", err)
		workErr = errors.Join(workErr, err)
	}
	lg.Info("run ended", "state", state, "seconds", time.Since(started).Seconds(), "failures", run.Failures())
	report := Report{RunID: run.ID, Job: run.Job, State: state, Counts: run.Counts(), Failures: run.Failures()}
	if workErr != nil {
		return report, fmt.Errorf("%s (run %d): %w", run.Job, run.ID, workErr)
	}
	return report, nil
}

// guard runs the work in a goroutine of its own and returns when it does, when
// it panics, or when it has outlived its deadline or a cancel by the grace.
func (l *Ledger) guard(ctx context.Context, spec Spec, run *Run, lock *lock, work func(context.Context, *Run) error) error {
	workCtx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if spec.Deadline > 0 {
		var stop context.CancelFunc
		workCtx, stop = context.WithTimeoutCause(workCtx, spec.Deadline,
			fmt.Errorf("it exceeded its deadline of %s", spec.Deadline))
		defer stop()
	}
	result := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				l.lg.Error("a job panicked", "job", run.Job, "run_id", run.ID, "panic", p, "stack", string(debug.Stack()))
				result <- fmt.Errorf("panic: %v", p)
			}
		}()
		result <- work(workCtx, run)
	}()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		select {
		case err := <-result:
			return because(workCtx, err)
		case <-workCtx.Done():
			select {
			case err := <-result:
				return because(workCtx, err)
			case <-time.After(spec.Grace):
				return fmt.Errorf("%w: %w", context.Cause(workCtx), errHung)
			}
		case <-beat.C:
			if err := l.beat(workCtx, run, lock); err != nil && workCtx.Err() == nil {
				cancel(fmt.Errorf("%w: %w", errLost, err))
			}
		}
	}
}

// because puts the reason of a cancelled context in front of the error it led to.
func because(ctx context.Context, err error) error {
	if err == nil || ctx.Err() == nil {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || isCancelledStatement(err) {
		return &stopped{cause: context.Cause(ctx), err: err}
	}
	return err
}

// stopped is what a context that ended made of the work.
type stopped struct{ cause, err error }

func (e *stopped) Error() string {
	if errors.Is(e.err, e.cause) {
		return e.err.Error()
	}
	return e.cause.Error() + ": " + e.err.Error()
}

func (e *stopped) Unwrap() []error { return []error{e.cause, e.err} }

// isCancelledStatement says whether err is what is seen of a context that ended
// during a statement: Postgres's word for it, or the connection given up.
func isCancelledStatement(err error) bool {
	var said *pq.Error
	return errors.As(err, &said) && said.Code == "57014" || errors.Is(err, driver.ErrBadConn)
}

func stateOf(ctx context.Context, run *Run, err error) State {
	var refusal Refusal
	switch {
	case err == nil && run.Failures() > 0:
		return StateFailures
	case err == nil:
		return StateDone
	case errors.As(err, &refusal) && refusal.Refused():
		return StateRefused
	case errors.Is(ctx.Err(), context.Canceled):
		return StateCancelled
	default:
		return StateFailed
	}
}
