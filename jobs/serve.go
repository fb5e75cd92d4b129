package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/robfig/cron/v3"
	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// Serve schedules and works in one process until ctx ends.
func (j *Jobs) Serve(ctx context.Context) error {
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return j.Schedule(ctx) })
	g.Go(func() error { return j.Work(ctx) })
	return g.Wait()
}

// errNotJoined says that Join was forgotten.
var errNotJoined = errors.New("serve: these jobs have joined no fleet")

// Work works on what is due until ctx ends. It then starts nothing new, lets
// running work end for DrainTimeout, and cancels what is left: every step can be
// run again.
func (j *Jobs) Work(ctx context.Context) error {
	if j.fleet == nil {
		return errNotJoined
	}
	reconcile, stop := context.WithCancel(ctx)
	defer stop()
	var g errgroup.Group
	g.Go(func() error { return j.fleet.Reconcile(reconcile) })
	if j.parts.Backfills != nil {
		g.Go(func() error { return j.parts.Backfills.Tend(reconcile) })
	}
	g.Go(func() error { defer stop(); return j.fleet.Work(ctx) })
	return g.Wait()
}

// Schedule writes into the ledger what becomes due, until ctx ends: missed nights
// at once, then collect, recheck, nightly and the ticks of others by their specs.
// Any number of processes may do so at once: what is due is one interval, however
// many say so.
func (j *Jobs) Schedule(ctx context.Context) error {
	if j.fleet == nil {
		return errNotJoined
	}
	clock := cron.New(cron.WithLocation(j.cfg.ScheduleZone), cron.WithLogger(cronLog{j.lg}))
	nightly, err := ParseSpec(j.cfg.NightlySpec, j.cfg.ScheduleZone)
	if err != nil {
		return fmt.Errorf("schedule.nightly: %w", err)
	}
	clock.Schedule(nightly, cron.FuncJob(func() { j.catchUp(ctx, ledger.CauseSchedule, j.LastFinishedNight()) }))
	ticks := append([]Tick{{Job: Collect, Spec: j.cfg.CollectSpec}, {Job: Recheck, Spec: j.cfg.RecheckSpec}, {Job: Prune, Spec: j.cfg.PruneSpec}}, j.parts.Ticks...)
	for _, tick := range ticks {
		if tick.Spec == "" {
			continue
		}
		spec, err := ParseSpec(tick.Spec, j.cfg.ScheduleZone)
		if err != nil {
			return fmt.Errorf("schedule.%s: %w", tick.Job, err)
		}
		clock.Schedule(spec, cron.FuncJob(func() { j.note(ctx, tick.Job, time.Now().UTC()) }))
	}
	first, isKnown, err := j.ledger.FirstNight(ctx, Nightly)
	switch {
	case err != nil:
		j.lg.Error("missed nights could not be looked up", "error", err)
	case isKnown: // a new installation has missed nothing
		j.catchUp(ctx, ledger.CauseCatchUp, first)
	}
	clock.Start()
	j.lg.Info("serving", "nightly", j.cfg.NightlySpec, "next_nightly", nightly.Next(time.Now().In(j.cfg.ScheduleZone)),
		"collect", j.cfg.CollectSpec, "recheck", j.cfg.RecheckSpec, "time_zone", j.cfg.ScheduleZone.String())
	err = j.fleet.Reconcile(ctx)
	<-clock.Stop().Done()
	return err
}

// note plans the tick of a job. Its name is the second it came in, so that it is
// the same tick on every host.
func (j *Jobs) note(ctx context.Context, job string, at time.Time) {
	scope := at.Format("15:04")
	if at.Second() != 0 {
		scope = at.Format(time.TimeOnly)
	}
	key := ledger.Key{Job: job, Scope: scope, Night: ledger.Night(at, time.UTC)}
	state, err := j.ledger.Tick(ctx, key, ledger.CauseSchedule)
	switch {
	case err != nil:
		j.tell(ctx, job, err)
	case state == ledger.IntervalCancelled:
		j.lg.Warn("skipped: the job is still running", "job", job)
	case state == ledger.IntervalPlanned:
		j.dispatch(ctx, job)
	}
}

func (j *Jobs) dispatch(ctx context.Context, job string) {
	if err := j.fleet.Dispatch(ctx); err != nil {
		j.tell(ctx, job, err)
	}
}

// catchUp plans every night that is due from first on. Which comes first is for
// the ledger to say: the newest, which readers wait for, then the oldest, because
// later nights carry sums of earlier ones.
func (j *Jobs) catchUp(ctx context.Context, cause string, first time.Time) {
	last := j.LastFinishedNight()
	if known, ok, err := j.ledger.FirstNight(ctx, Nightly); err == nil && ok && known.Before(first) {
		first = known
	}
	if oldest := last.AddDate(0, 0, 1-max(1, j.cfg.CatchUpNights)); first.Before(oldest) {
		first = oldest
	}
	due, err := j.ledger.Due(ctx, Nightly, first, last)
	if err != nil {
		j.tell(ctx, Nightly, err)
		return
	}
	// The newest is planned first and the rest at once, lest somebody else dispatch
	// an older one in between.
	slices.Reverse(due)
	for _, part := range [][]time.Time{due[:min(1, len(due))], due[min(1, len(due)):]} {
		var keys []ledger.Key
		why := cause
		for _, night := range part {
			keys = append(keys, ledger.Key{Job: Nightly, Night: night})
			if night.Before(last) {
				why = ledger.CauseCatchUp
			}
		}
		if _, err := j.ledger.Plan(ctx, nil, ledger.Reason{Cause: why}, keys); err != nil {
			j.tell(ctx, Nightly, err)
			return
		}
	}
	j.dispatch(ctx, Nightly)
}

// tell logs why something could not be planned. The next pass mends it.
func (j *Jobs) tell(ctx context.Context, job string, err error) {
	if ctx.Err() == nil {
		j.lg.Error("a job could not be scheduled", "job", job, "error", err)
	}
}

// cronLog passes the scheduler's words to slog.
type cronLog struct{ lg *slog.Logger }

func (c cronLog) Info(msg string, kv ...any) {
	c.lg.Debug("the scheduler says", append(kv, "message", msg)...)
}

func (c cronLog) Error(err error, msg string, kv ...any) {
	c.lg.Error("the scheduler failed", append(kv, "message", msg, "error", err)...)
}
