package fleet

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
)

// task is an interval while this process works on it.
type task struct {
	ledger.Claimed
	cancel context.CancelCauseFunc
}

var (
	errTaken = errors.New("it was cancelled, or given to another worker")
	errHung  = errors.New("the work did not stop when told and was given up")
)

// do claims the interval of a ticket, has it worked on and settles it.
func (f *Fleet) do(work, until context.Context, ticket ledger.Ticket) {
	handler := f.handlers[ticket.Job]
	if handler == nil {
		f.lg.Warn("an interval is left to other workers: this one does not know its job", "job", ticket.Job)
		return
	}
	if until.Err() != nil {
		return // draining: it stays queued and is enqueued again by whoever is left
	}
	mine, ok := f.claim(work, ticket)
	if !ok {
		return
	}
	ctx, cancel := context.WithCancelCause(work)
	defer cancel(nil)
	t := &task{Claimed: mine, cancel: cancel}
	f.mu.Lock()
	f.running[t.Run.ID] = t
	f.mu.Unlock()

	lg := f.lg.With("job", t.Job, "scope", t.Scope, "night", t.Night.String(), "run_id", t.Run.ID)
	lg.Debug("interval started", "attempt", t.AttemptCount, "cause", t.Cause)
	started := time.Now()
	err := f.contain(ctx, t, handler)
	end := f.judge(ctx, t, err)
	isOurs := f.settle(work, end)

	f.mu.Lock()
	delete(f.running, t.Run.ID)
	f.mu.Unlock()
	var gap *ledger.GapError
	switch {
	case isOurs && errors.As(end.Err, &gap):
		lg.Info("interval cannot be had any more", "reason", gap.Reason)
	case isOurs && isPostponed(end.Err):
		lg.Debug("interval put off", "reason", end.Err)
	case end.Err != nil && isOurs && !end.IsCut:
		lg.Warn("interval did not end well", "error", end.Err, "tried_again_after", end.Retry)
	default:
		lg.Debug("interval ended", "seconds", time.Since(started).Seconds(), "is_ours", isOurs)
	}
	f.nudge()
}

// contain runs the handler in a goroutine of its own, and returns when it does,
// when it panics, or when it has not stopped in its grace after it was told to.
func (f *Fleet) contain(ctx context.Context, t *task, handler Handler) error {
	result := make(chan error, 1)
	go func() {
		defer func() {
			if p := recover(); p != nil {
				f.lg.Error("a job panicked", "job", t.Job, "run_id", t.Run.ID, "panic", p, "stack", string(debug.Stack()))
				result <- fmt.Errorf("panic: %v", p)
			}
		}()
		result <- handler(ctx, t.Interval, t.Run)
	}()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-result:
		return err
	case <-time.After(f.cfg.Grace):
		return fmt.Errorf("%w: %w", context.Cause(ctx), errHung)
	}
}

// judge says what the end of a handler means for the interval.
func (f *Fleet) judge(ctx context.Context, t *task, err error) ledger.Outcome {
	end := ledger.Outcome{Run: t.Run, Err: err}
	var gap *ledger.GapError
	var busy *ledger.BusyError
	switch {
	case err == nil, errors.As(err, &gap), isPostponed(err):
	case errors.Is(context.Cause(ctx), errDrained{}):
		end.IsCut = true
	case errors.As(err, &busy):
		end.Err = &ledger.PostponeError{Reason: err.Error(), After: busyWait}
	case warehouse.IsUnavailable(err): // the database's outage is not the interval's failure
		end.Err = &ledger.PostponeError{Reason: err.Error(), After: outageWait}
	default:
		rule := f.cfg.Rules[t.Job]
		if rule.Tries == 0 {
			rule.Tries = 3
		}
		if rule.Wait == 0 {
			rule.Wait = 30 * time.Second
		}
		var refusal ledger.Refusal
		var final *ledger.FinalError
		isFinal := errors.As(err, &final) || rule.IsRefusalFinal && errors.As(err, &refusal) && refusal.Refused()
		if t.AttemptCount-t.DeathCount < rule.Tries && !isFinal {
			end.Retry = rule.Wait
		}
	}
	return end
}

const (
	busyWait   = 10 * time.Second // before something is tried again that another run of its job kept out
	outageWait = 5 * time.Second  // or the database's going away
)

func isPostponed(err error) bool {
	var later *ledger.PostponeError
	return errors.As(err, &later)
}

// beat says every second what this process is at, and stops what is no longer its
// own. While the database is away nothing can be taken away either.
func (f *Fleet) beat(ctx context.Context) {
	tick := time.NewTicker(heartbeat)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		f.mu.Lock()
		runs := make([]*ledger.Run, 0, len(f.running))
		for _, t := range f.running {
			runs = append(runs, t.Run)
		}
		f.mu.Unlock()
		if len(runs) == 0 {
			continue
		}
		limited, cancel := context.WithTimeout(ctx, 10*heartbeat)
		own, err := f.ledger.Beat(limited, f.worker, runs)
		cancel()
		if err != nil {
			if ctx.Err() == nil {
				f.lg.Warn("the heartbeat could not be sent, trying again", "error", err)
			}
			continue
		}
		f.mu.Lock()
		for _, run := range runs {
			if t := f.running[run.ID]; t != nil && !own[run.ID] {
				t.cancel(errTaken)
			}
		}
		f.mu.Unlock()
	}
}
