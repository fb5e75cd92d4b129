package fleet

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/queue"
)

// Dispatch hands to the queue what may start now, once. It is called after
// intervals were planned; Work and Reconcile call it by themselves.
func (f *Fleet) Dispatch(ctx context.Context) error {
	tickets, err := f.ledger.Dispatch(ctx, f.cfg.BackfillReserved, slices.Sorted(maps.Keys(f.handlers))...)
	if err != nil {
		return err
	}
	return f.enqueue(ctx, tickets)
}

func (f *Fleet) enqueue(ctx context.Context, tickets []ledger.Ticket) error {
	by := map[string][]ledger.Ticket{}
	for _, t := range tickets {
		by[queueOf(t.Job)] = append(by[queueOf(t.Job)], t)
	}
	var faults error
	for name, list := range by {
		faults = errors.Join(faults, f.queue.Enqueue(ctx, name, list))
	}
	return faults
}

// queueOf is the queue that carries the tickets of a job.
func queueOf(job string) string {
	switch job {
	case ledger.JobBackfill:
		return queue.Backfill
	case ledger.JobRebuild:
		return queue.Rebuild
	default:
		return queue.Night
	}
}

// nudge asks for a dispatch; several at once are one.
func (f *Fleet) nudge() {
	select {
	case f.nudges <- struct{}{}:
	default:
	}
}

// dispatchWhenNudged starts the next as soon as one has ended, until the process
// drains.
func (f *Fleet) dispatchWhenNudged(ctx, until context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-until.Done():
			return
		case <-f.nudges:
		}
		if err := f.Dispatch(ctx); err != nil && ctx.Err() == nil {
			f.lg.Warn("what is due could not be dispatched, trying again", "error", err)
		}
	}
}

// Reconcile keeps ledger and queue in step until ctx ends: it dispatches what has
// become due, brings back what dead workers left, and enqueues again what the
// queue has lost. Any number of processes may do so at once.
func (f *Fleet) Reconcile(ctx context.Context) error {
	tick := time.NewTicker(f.cfg.ReconcileEvery)
	defer tick.Stop()
	for {
		if err := f.reconcile(ctx); err != nil && ctx.Err() == nil {
			f.lg.Warn("ledger and queue could not be compared, trying again", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

func (f *Fleet) reconcile(ctx context.Context) error {
	orphans, err := f.ledger.Rescue(ctx, f.cfg.RescueAfter)
	for _, o := range orphans {
		f.lg.Warn("an interval's worker died", "job", o.Job, "scope", o.Scope, "night", o.Night.String(), "deaths", o.DeathCount, "state", o.State)
	}
	if err != nil {
		return err
	}
	lost, err := f.ledger.Lost(ctx, f.cfg.LostAfter)
	if err != nil {
		return err
	}
	if len(lost) > 0 {
		f.lg.Info("intervals are enqueued again that the queue had lost", "intervals", len(lost))
	}
	return errors.Join(f.enqueue(ctx, lost), f.Dispatch(ctx))
}
