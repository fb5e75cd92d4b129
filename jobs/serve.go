package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// Serve makes up missed nights, then runs collect, recheck and nightly by their
// specs until ctx ends. It then starts nothing new, lets running work end for
// DrainTimeout, and cancels what is left: every step can be run again.
func (j *Jobs) Serve(ctx context.Context) error {
	nightly, err := ParseSpec(j.cfg.NightlySpec, j.cfg.ScheduleZone)
	if err != nil {
		return fmt.Errorf("schedule.nightly: %w", err)
	}
	collecting, err := ParseSpec(j.cfg.CollectSpec, j.cfg.ScheduleZone)
	if err != nil {
		return fmt.Errorf("schedule.collect: %w", err)
	}
	rechecking, err := ParseSpec(j.cfg.RecheckSpec, j.cfg.ScheduleZone)
	if err != nil {
		return fmt.Errorf("schedule.recheck: %w", err)
	}
	// Work runs under a context of its own, so that the end of ctx drains it
	// instead of cutting it off.
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()

	clock := cron.New(cron.WithLocation(j.cfg.ScheduleZone), cron.WithLogger(cronLog{j.lg}))
	once := cron.NewChain(cron.SkipIfStillRunning(cronLog{j.lg}))
	clock.Schedule(nightly, once.Then(cron.FuncJob(func() {
		j.catchUp(work, ctx, ledger.CauseSchedule, j.LastFinishedNight())
	})))
	clock.Schedule(collecting, once.Then(cron.FuncJob(func() {
		if _, err := j.Collect(work, ledger.CauseSchedule, true); err != nil {
			j.tell(Collect, err)
		}
	})))
	clock.Schedule(rechecking, once.Then(cron.FuncJob(func() {
		if _, err := j.Recheck(work, ledger.CauseSchedule); err != nil {
			j.tell(Recheck, err)
		}
	})))

	clock.Schedule(cron.Every(retryInterval), once.Then(cron.FuncJob(func() {
		j.retry(work, ctx)
	})))

	var start sync.WaitGroup
	start.Go(func() {
		first, known, err := j.ledger.FirstNight(work, Nightly)
		if err != nil {
			j.lg.Error("missed nights could not be looked up", "error", err)
			return
		}
		if known { // a new installation has missed nothing
			j.catchUp(work, ctx, ledger.CauseCatchUp, first)
		}
	})
	clock.Start()
	j.lg.Info("serving", "nightly", j.cfg.NightlySpec, "next_nightly", nightly.Next(time.Now().In(j.cfg.ScheduleZone)),
		"collect", j.cfg.CollectSpec, "next_collect", collecting.Next(time.Now().In(j.cfg.ScheduleZone)), "recheck", j.cfg.RecheckSpec, "time_zone", j.cfg.ScheduleZone.String())

	<-ctx.Done()
	j.lg.Info("draining: nothing new starts, running work may end", "drain_timeout", j.cfg.DrainTimeout)
	drained := make(chan struct{})
	go func() {
		<-clock.Stop().Done()
		start.Wait()
		close(drained)
	}()
	select {
	case <-drained:
		return nil
	case <-time.After(j.cfg.DrainTimeout):
	}
	j.lg.Warn("the drain took too long, running work is cancelled")
	cancel()
	<-drained // Execute gives up work that does not stop
	return nil
}

// catchUp does every night that is due from first on, oldest first because later
// nights carry sums of earlier ones. The outlets are read once, before the first:
// what they still announce serves all of them.
func (j *Jobs) catchUp(work, until context.Context, cause string, first time.Time) {
	last := j.LastFinishedNight()
	if known, ok, err := j.ledger.FirstNight(work, Nightly); err == nil && ok && known.Before(first) {
		first = known
	}
	if oldest := last.AddDate(0, 0, 1-max(1, j.cfg.CatchUpNights)); first.Before(oldest) {
		first = oldest
	}
	due, err := j.ledger.Due(work, Nightly, first, last)
	if err != nil {
		j.tell(Nightly, err)
		return
	}
	for _, night := range due {
		if err := j.ledger.Plan(work, Nightly, cause, night); err != nil {
			j.tell(Nightly, err)
			return
		}
	}
	j.makeUp(work, until, cause, due)
}

const (
	retryInterval = time.Hour // between tries of a night that did not end well
	maxTries      = 6         // of one night by itself; an operator may try as often as he likes
)

// retry does the nights again that were due and did not end well: the network or
// the database may be back, or late articles may have mended a refused night.
func (j *Jobs) retry(work, until context.Context) {
	last := j.LastFinishedNight()
	nights, err := j.ledger.Unfinished(work, Nightly, last.AddDate(0, 0, 1-max(1, j.cfg.CatchUpNights)), last, maxTries)
	if err != nil {
		j.tell(Nightly, err)
		return
	}
	j.makeUp(work, until, ledger.CauseCatchUp, nights)
}

// makeUp does nights that are due, in their order.
func (j *Jobs) makeUp(work, until context.Context, cause string, nights []time.Time) {
	collected := false
	for _, night := range nights {
		if until.Err() != nil {
			return // draining: the night stays planned
		}
		// Somebody else may have done it while we were at the one before.
		if due, err := j.ledger.Due(work, Nightly, night, night); err == nil && len(due) == 0 {
			continue
		}
		why := cause
		if night.Before(j.LastFinishedNight()) {
			why = ledger.CauseCatchUp
		}
		report, err := j.Nightly(work, why, night, collected)
		if err != nil {
			j.tell(Nightly, err)
		}
		// A refused night has been collected as well; only then is once enough.
		collected = collected || err == nil || report.State == ledger.StateRefused
	}
}

// tell logs why scheduled work did not end well; the ledger has it too, unless
// it could not even start.
func (j *Jobs) tell(job string, err error) {
	var busy *ledger.BusyError
	if errors.As(err, &busy) {
		j.lg.Warn("skipped: the job is still running", "job", job, "error", err)
		return
	}
	j.lg.Error("a scheduled job did not end well", "job", job, "error", err)
}

// cronLog passes the scheduler's words to slog.
type cronLog struct{ lg *slog.Logger }

func (c cronLog) Info(msg string, kv ...any) {
	c.lg.Debug("the scheduler says", append(kv, "message", msg)...)
}

func (c cronLog) Error(err error, msg string, kv ...any) {
	c.lg.Error("the scheduler failed", append(kv, "message", msg, "error", err)...)
}
