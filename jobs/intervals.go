package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/queue"
)

const (
	retryInterval = time.Hour // between tries of a night that did not end well
	maxTries      = 6         // of one night by itself; an operator may try as often as he likes
)

// newFleet says what this process can do with an interval of each job.
func (j *Jobs) newFleet(q *queue.Queue) *fleet.Fleet {
	handlers := map[string]fleet.Handler{Nightly: j.nightlyInterval, Collect: j.collectInterval, Recheck: j.recheckInterval, Prune: j.pruneInterval}
	cfg := j.cfg.Fleet
	cfg.Metrics = j.cfg.Metrics
	cfg.Rules = maps.Clone(cfg.Rules)
	if cfg.Rules == nil {
		cfg.Rules = map[string]fleet.Rule{}
	}
	// Late articles may mend a refused night; the network may be back.
	cfg.Rules[Nightly] = fleet.Rule{Tries: maxTries, Wait: retryInterval}
	once := fleet.Rule{Tries: 1} // the next tick does what this one did not
	cfg.Rules[Collect], cfg.Rules[Recheck], cfg.Rules[Prune] = once, once, once
	for _, tick := range j.parts.Ticks {
		handlers[tick.Job], cfg.Rules[tick.Job] = tick.Do, once
	}
	if j.parts.Backfills != nil {
		maps.Copy(handlers, j.parts.Backfills.Handlers())
	}
	return fleet.New(j.lg, j.db, j.ledger, q, cfg, handlers)
}

// nightlyInterval does a night beside which no command does one.
func (j *Jobs) nightlyInterval(ctx context.Context, iv ledger.Interval, run *ledger.Run) error {
	spec := ledger.Spec{Job: Nightly, Deadline: j.cfg.NightlyDeadline, Grace: ledger.ParentGrace}
	return j.ledger.Only(ctx, run, spec, func(ctx context.Context, run *ledger.Run) error {
		isCollected, err := j.isCollected(ctx, iv)
		if err != nil {
			return err
		}
		return j.night(ctx, run, iv.Cause, iv.Night.Time, isCollected)
	})
}

// collectServes is for how long a reading of all outlets serves the nights that
// were over when it began. It is shorter than retryInterval: a night is tried again
// for the articles that came in between.
const collectServes = retryInterval / 2

// isCollected says whether all outlets have been read for a night since this
// attempt at it was due, or a short while before: when several nights are made up
// or tried again in a row, once is enough.
func (j *Jobs) isCollected(ctx context.Context, iv ledger.Interval) (bool, error) {
	since := iv.PlannedAt
	if iv.NextAttemptAt != nil {
		since = *iv.NextAttemptAt
	}
	if recent := j.now().Add(-collectServes); recent.Before(since) {
		since = recent
	}
	y, m, d := iv.Night.Date()
	if over := time.Date(y, m, d+1, 0, 0, 0, 0, j.cfg.ReportZone); since.Before(over) {
		since = over
	}
	var isCollected bool
	err := j.db.GetContext(ctx, &isCollected, `
		select exists (
			select 1 from ops.runs as r
			inner join ops.runs as p on p.run_id = r.parent_run_id
			where r.job = 'collect' and p.job = 'nightly' and r.state in ('done', 'done_with_failures') and r.started_at >= $1
		)`, since)
	if err != nil {
		return false, fmt.Errorf("ask whether the outlets were read for %s: %w", iv.Night, err)
	}
	return isCollected, nil
}

func (j *Jobs) collectInterval(ctx context.Context, iv ledger.Interval, run *ledger.Run) error {
	return j.tick(ctx, iv, run, j.cfg.CollectDeadline, func(ctx context.Context, run *ledger.Run) error {
		return j.collectDue(ctx, run, true)
	})
}

func (j *Jobs) recheckInterval(ctx context.Context, iv ledger.Interval, run *ledger.Run) error {
	return j.tick(ctx, iv, run, j.cfg.RecheckDeadline, j.recheck)
}

// tick does work that is of no use later: beside another run of its job, such as
// that of a command or of a night, it is given up.
func (j *Jobs) tick(ctx context.Context, iv ledger.Interval, run *ledger.Run, deadline time.Duration, work func(context.Context, *ledger.Run) error) error {
	err := j.ledger.Only(ctx, run, ledger.Spec{Job: iv.Job, Deadline: deadline, Patience: time.Millisecond}, work)
	var busy *ledger.BusyError
	if errors.As(err, &busy) {
		j.lg.Warn("skipped: the job is still running", "job", iv.Job, "error", err)
		_, cancelErr := j.ledger.Cancel(ctx, stillRuns, []ledger.Key{iv.Key()})
		return errors.Join(err, cancelErr)
	}
	return err
}

const stillRuns = "the one before still runs"
