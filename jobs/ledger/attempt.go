package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Only does work as the only run of its job, under the bounds of spec, for a run
// that stands in the ledger already: that of a claimed interval. A *BusyError says
// that another is under way; whoever held the lock before may have taken our
// interval and ended it, which is then not begun.
func (l *Ledger) Only(ctx context.Context, run *Run, spec Spec, work func(context.Context, *Run) error) error {
	if spec.Grace == 0 {
		spec.Grace = defaultGrace
	}
	if spec.Patience == 0 {
		spec.Patience = 5 * time.Second
	}
	lock, err := l.lock(ctx, spec.Job, spec.Scope, spec.Patience)
	if err != nil {
		return err
	}
	defer lock.release()
	if err := l.abandonOthers(ctx, lock.conn, spec.Job, spec.Scope); err != nil {
		return err
	}
	var isOurs bool
	err = lock.conn.GetContext(ctx, &isOurs, `
		select exists (
			select 1 from ops.intervals as i
			where i.job = $1 and i.scope = $2 and i.night = $3 and i.run_id = $4 and i.state = 'running'
		)`, run.Job, run.Scope, nullDate(run.Night), run.ID)
	switch {
	case err != nil:
		return withRemedy(ctx, fmt.Errorf("ask whether %s of %s is still ours: %w", run.Job, run.Night.Format(time.DateOnly), err))
	case !isOurs:
		return errFenced
	}
	return withRemedy(ctx, l.guard(ctx, spec, run, lock, work))
}

// errFenced is why an attempt is stopped whose interval is no longer its own.
var errFenced = errors.New("its interval was cancelled, or given to another worker")

const attemptBeat = time.Second

// Attempt does the work of a run of Execute as the interval of its night: running,
// with heartbeats, so that nobody rescues it or does it beside us, and settled in
// the end. The caller has the job for himself, so he may take the interval in any
// state; whoever had claimed it is told by its next heartbeat.
func (l *Ledger) Attempt(ctx context.Context, run *Run, cause string, work func(context.Context) error) error {
	worker := l.NewWorker()
	if err := l.seize(ctx, run, cause, worker); err != nil {
		return err
	}
	workCtx, cancel := context.WithCancelCause(ctx)
	beaten := make(chan struct{})
	go func() {
		defer close(beaten)
		l.keep(workCtx, run, worker, cancel)
	}()
	err := func() error {
		defer func() {
			if p := recover(); p != nil {
				if err := l.settleAttempt(ctx, run, worker, fmt.Errorf("panic: %v", p)); err != nil {
					l.lg.Error("the end of an interval could not be recorded", "job", run.Job, "run_id", run.ID, "error", err)
				}
				panic(p)
			}
		}()
		return because(workCtx, work(workCtx))
	}()
	cancel(nil)
	<-beaten
	return errors.Join(err, l.settleAttempt(ctx, run, worker, err))
}

func (l *Ledger) seize(ctx context.Context, run *Run, cause, worker string) error {
	_, err := l.db.ExecContext(ctx, `
		with before as (
			update ops.runs as r
			set state = 'abandoned', finished_at = clock_timestamp(), error = 'another run took its interval'
			from ops.intervals as i
			where i.job = $1 and i.scope = '' and i.night = $2 and i.state = 'running'
				and r.run_id = i.run_id and r.run_id <> $4 and r.state = 'running'
		)
		insert into ops.intervals as i
			(job, scope, night, state, cause, attempt_count, run_id, worker, started_at, heartbeat_at, planned_at)
		values ($1, '', $2, 'running', $3, 1, $4, $5, clock_timestamp(), clock_timestamp(), $6)
		on conflict (job, scope, night) do update
		set state = excluded.state, attempt_count = i.attempt_count + 1, run_id = excluded.run_id, worker = excluded.worker,
			started_at = excluded.started_at, heartbeat_at = excluded.heartbeat_at, finished_at = null,
			next_attempt_at = null, error = null`,
		run.Job, nullDate(run.Night), cause, run.ID, worker, l.now().UTC())
	if err != nil {
		return fmt.Errorf("mark %s of %s as running: %w", run.Job, run.Night.Format(time.DateOnly), err)
	}
	return nil
}

// keep sends heartbeats until ctx ends, or the interval is no longer ours.
func (l *Ledger) keep(ctx context.Context, run *Run, worker string, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(attemptBeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		limited, stop := context.WithTimeout(ctx, heartbeat)
		own, err := l.Beat(limited, worker, []*Run{run})
		stop()
		if err == nil && !own[run.ID] {
			cancel(errFenced)
			return
		}
	}
}

func (l *Ledger) settleAttempt(ctx context.Context, run *Run, worker string, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), recordPatience)
	defer cancel()
	for wait := 200 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		_, err := l.settle(ctx, worker, []Outcome{{Run: run, Err: cause}}, false)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(wait):
		}
	}
}
