// Package jobs decides what runs when. It is the only room that knows both ends,
// the crawlers and the SQL.
//
//	collect   polls the channels and stores what is new        (package collect),
//	          then looks for outlets that have fallen ill      (package watch)
//	recheck   reads counted articles again                     (package recheck)
//	rematch   looks for companies whose names have changed in what is stored
//	build     clusters stories and computes the intermediate tables of a night
//	publish   computes the marts of a night, checks, and commits or refuses
//	nightly   collect + build + publish for the last finished night
//	prune     removes what need not be kept any longer         (package retention)
//	serve     says when collect, recheck and nightly are due (Schedule), and works
//	          on what is due (Work), on any number of machines (package fleet)
//
// Each is a run in the ledger (package ledger): exclusive, recorded, bounded. What
// is due is an interval of the ledger, whoever said so. A night is named by its report date, never by the clock of
// the retry, so any step can be run again.
package jobs

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/backfill"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/metrics"
	"github.com/overheard-news/overheard/jobs/notify"
	"github.com/overheard-news/overheard/jobs/queue"
	"github.com/overheard-news/overheard/jobs/recheck"
	"github.com/overheard-news/overheard/jobs/retention"
	"github.com/overheard-news/overheard/jobs/watch"
	"github.com/overheard-news/overheard/transform/build"
)

// Names of the jobs, as stored in ops.runs.job.
const (
	Collect = "collect"
	Build   = "build"
	Publish = "publish"
	Nightly = "nightly"
	Recheck = "recheck"
	Rematch = "rematch"
	Prune   = "prune"
)

// Config says when jobs run and how long they may.
type Config struct {
	ReportZone      *time.Location // zone in which a night is a date
	ScheduleZone    *time.Location // zone the cron specs are read in
	NightlySpec     string         // five cron fields or a descriptor such as @daily
	CollectSpec     string
	RecheckSpec     string
	PruneSpec       string
	CatchUpNights   int           // missed nights made up, counted back from the last finished one
	CollectDeadline time.Duration // 0: none
	RecheckDeadline time.Duration // 0: none
	BuildDeadline   time.Duration // for build and for publish
	NightlyDeadline time.Duration // for the whole night
	Fleet           fleet.Config  // this process's part in the work; the rules of the jobs here are ours
	Metrics         *metrics.Recorder
}

// Jobs runs the jobs.
type Jobs struct {
	lg     *slog.Logger
	db     *sqlx.DB
	cfg    Config
	ledger *ledger.Ledger
	parts  Parts
	fleet  *fleet.Fleet
	now    func() time.Time
}

// Parts do the work that jobs decide on.
type Parts struct {
	Collector *collect.Collector
	Watcher   *watch.Watcher
	Rechecker *recheck.Rechecker
	Builder   *build.Builder
	Backfills *backfill.Backfills
	Heartbeat *notify.Heartbeat    // nil: none
	Retention *retention.Retention // nil: everything in the database is kept
	Ticks     []Tick               // jobs of others with a time of their own
}

// Tick is a job that comes by a cron spec, one at a time, and is not made up: what
// its time was missed for is done by the next one.
type Tick struct {
	Job  string
	Spec string // empty: never
	Do   fleet.Handler
}

// New wires the jobs over one database; now is the clock that says which night
// is the last finished one.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config, parts Parts, now func() time.Time) *Jobs {
	return &Jobs{lg: lg, db: db, cfg: cfg, ledger: ledger.New(lg, db, now).Counted(cfg.Metrics), parts: parts, now: now}
}

// Join makes this process one of the fleet that q carries work to. It is called
// once, before Schedule, Work or Fleet.
func (j *Jobs) Join(q *queue.Queue) { j.fleet = j.newFleet(q) }

// Fleet is this process's part in the work; nil before Join.
func (j *Jobs) Fleet() *fleet.Fleet { return j.fleet }

// Backfills plans, starts and ends backfills; their intervals are work like any
// other.
func (j *Jobs) Backfills() *backfill.Backfills { return j.parts.Backfills }

// Ledger gives read access to what ran.
func (j *Jobs) Ledger() *ledger.Ledger { return j.ledger }

// LastFinishedNight is the night nightly works on by default.
func (j *Jobs) LastFinishedNight() time.Time {
	return ledger.LastFinishedNight(j.now(), j.cfg.ReportZone)
}

// Collect reads the outlets: every channel, or with dueOnly those that are due.
func (j *Jobs) Collect(ctx context.Context, cause string, dueOnly bool) (ledger.Report, error) {
	return j.collect(ctx, cause, 0, dueOnly, 0)
}

func (j *Jobs) collect(ctx context.Context, cause string, parent int64, dueOnly bool, patience time.Duration) (ledger.Report, error) {
	spec := ledger.Spec{Job: Collect, Cause: cause, Parent: parent, Deadline: j.cfg.CollectDeadline, Patience: patience}
	return j.ledger.Execute(ctx, spec, func(ctx context.Context, run *ledger.Run) error {
		return j.collectDue(ctx, run, dueOnly)
	})
}

func (j *Jobs) collectDue(ctx context.Context, run *ledger.Run, dueOnly bool) error {
	err := j.parts.Collector.Collect(ctx, run, dueOnly)
	j.watch(ctx, run, run.ID, err)
	return err
}

// watchLimit bounds a watch: it is a handful of statements.
const watchLimit = 5 * time.Minute

// watch looks for outlets that have fallen ill, after the collect collectID, and
// counts on run what it found. It is no part of the work that may fail: a night is
// not lost because nobody could be warned. Of a collect that failed only one thing
// is told, that our own network was out.
func (j *Jobs) watch(ctx context.Context, run *ledger.Run, collectID int64, collected error) {
	if ctx.Err() != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, watchLimit)
	defer cancel()
	var report watch.Report
	var err error
	switch {
	case collected == nil:
		report, err = j.parts.Watcher.Watch(ctx, collectID)
	case run.Counts()["network_outages"] > 0:
		report, err = j.parts.Watcher.NetworkDown(ctx, collectID)
	default:
		return
	}
	if err != nil {
		j.lg.Error("the outlets could not be watched", "run_id", run.ID, "error", err)
		run.Count("watch_failed", 1)
		run.Fail(1)
		return
	}
	run.Count("alerts_raised", int64(report.Raised))
	run.Count("alerts_recovered", int64(report.Recovered))
}

// Rematch matches the articles of a range of nights again where the names of
// companies have changed since; the nights that changes are stale then.
func (j *Jobs) Rematch(ctx context.Context, cause string, from, to time.Time) (ledger.Report, error) {
	return j.ledger.Execute(ctx, ledger.Spec{Job: Rematch, Cause: cause}, func(ctx context.Context, run *ledger.Run) error {
		if err := j.parts.Collector.SyncRegistries(ctx); err != nil {
			return err
		}
		return j.parts.Collector.RematchPending(ctx, run, from, to)
	})
}

// PendingNights lists the nights of a range that Rematch would do.
func (j *Jobs) PendingNights(ctx context.Context, from, to time.Time) ([]collect.Pending, error) {
	return collect.PendingNights(ctx, j.db, from, to)
}

// Recheck reads the counted articles again whose time has come.
func (j *Jobs) Recheck(ctx context.Context, cause string) (ledger.Report, error) {
	spec := ledger.Spec{Job: Recheck, Cause: cause, Deadline: j.cfg.RecheckDeadline}
	return j.ledger.Execute(ctx, spec, j.recheck)
}

func (j *Jobs) recheck(ctx context.Context, run *ledger.Run) error {
	writeManners, err := j.parts.Collector.KeepManners(ctx)
	if err != nil {
		return err
	}
	return errors.Join(j.parts.Rechecker.Recheck(ctx, run), writeManners())
}

// Build computes the intermediate tables of a night and of every later night
// that was built before, because their decayed sums carry this one.
func (j *Jobs) Build(ctx context.Context, cause string, night time.Time) (ledger.Report, error) {
	spec := ledger.Spec{Job: Build, Night: night, Cause: cause, Deadline: j.cfg.BuildDeadline}
	return j.ledger.Execute(ctx, spec, func(ctx context.Context, run *ledger.Run) error {
		nights, err := nightsFrom(ctx, night, nil, j.parts.Builder.LaterNights)
		if err != nil {
			return err
		}
		return j.each(run, night, nights, "nights_built", func(n time.Time) error {
			_, err := j.parts.Builder.Build(ctx, run.ID, n)
			return err
		})
	})
}

// buildStale builds a night and the stale ones before it, and of the nights between
// those that come out different by it: an article that came late changes its own
// night, and whatever rests on what it changed. It lists the nights it has built.
func (j *Jobs) buildStale(ctx context.Context, cause string, parent int64, night time.Time, stale []time.Time) (built []time.Time, report ledger.Report, err error) {
	spec := ledger.Spec{Job: Build, Night: night, Cause: cause, Parent: parent, Deadline: j.cfg.BuildDeadline}
	report, err = j.ledger.Execute(ctx, spec, func(ctx context.Context, run *ledger.Run) error {
		nights, err := nightsFrom(ctx, night, stale, j.parts.Builder.LaterNights)
		if err != nil {
			return err
		}
		chain := j.parts.Builder.NewChain()
		var previous time.Time
		return j.each(run, night, nights, "nights_built", func(n time.Time) error {
			isNeeded := n.Equal(night) || slices.ContainsFunc(stale, n.Equal) || chain.Reaches(n, previous)
			previous = n
			if !isNeeded {
				run.Count("nights_untouched", 1)
				return errUntouched
			}
			result, err := j.parts.Builder.Build(ctx, run.ID, n)
			if err == nil {
				chain.Note(result)
				built = append(built, n)
			}
			return err
		})
	})
	return built, report, err
}

// errUntouched says that a night is what it would be.
var errUntouched = errors.New("nothing it rests on has changed")

// publishStale publishes a night and those built with it that readers have, and
// where the ranking of one has changed the next one, which tells it.
func (j *Jobs) publishStale(ctx context.Context, cause string, parent int64, night time.Time, built []time.Time) (ledger.Report, error) {
	spec := ledger.Spec{Job: Publish, Night: night, Cause: cause, Parent: parent, Deadline: j.cfg.BuildDeadline}
	return j.ledger.Execute(ctx, spec, func(ctx context.Context, run *ledger.Run) error {
		nights, err := nightsFrom(ctx, night, built, j.parts.Builder.LaterPublishedNights)
		if err != nil {
			return err
		}
		isChanged := false
		return j.each(run, night, nights, "nights_published", func(n time.Time) error {
			if !isChanged && !n.Equal(night) && !slices.ContainsFunc(built, n.Equal) {
				return errUntouched
			}
			result, err := j.parts.Builder.Publish(ctx, run.ID, n, j.now().UTC())
			isChanged = result.IsChanged
			return err
		})
	})
}

// Publish computes the marts of a night, runs the checks and commits, or refuses
// and leaves what readers see as it was. Later nights that readers have are
// published again if their numbers changed.
func (j *Jobs) Publish(ctx context.Context, cause string, night time.Time) (ledger.Report, error) {
	spec := ledger.Spec{Job: Publish, Night: night, Cause: cause, Deadline: j.cfg.BuildDeadline}
	return j.ledger.Execute(ctx, spec, func(ctx context.Context, run *ledger.Run) error {
		nights, err := nightsFrom(ctx, night, nil, j.parts.Builder.LaterPublishedNights)
		if err != nil {
			return err
		}
		return j.each(run, night, nights, "nights_published", func(n time.Time) error {
			_, err := j.parts.Builder.Publish(ctx, run.ID, n, j.now().UTC())
			return err
		})
	})
}

// each does a step for all nights in their order. A refusal of another night than
// the one asked for is counted and logged: it must not keep that one from readers.
func (j *Jobs) each(run *ledger.Run, asked time.Time, nights []time.Time, count string, step func(time.Time) error) error {
	for _, n := range nights {
		err := step(n)
		var refusal ledger.Refusal
		switch {
		case err == nil:
			run.Count(count, 1)
		case errors.Is(err, errUntouched):
		case !n.Equal(asked) && errors.As(err, &refusal) && refusal.Refused():
			j.lg.Warn("another night was refused", "job", run.Job, "run_id", run.ID, "night", n.Format(time.DateOnly), "error", err)
			run.Fail(1)
		default:
			return err
		}
	}
	return nil
}

// Nightly does a whole night: collect, build, check, publish. With skipCollect
// the outlets are not read again, as when several nights are made up in a row.
func (j *Jobs) Nightly(ctx context.Context, cause string, night time.Time, skipCollect bool) (ledger.Report, error) {
	spec := ledger.Spec{Job: Nightly, Night: night, Cause: cause, Deadline: j.cfg.NightlyDeadline, Grace: ledger.ParentGrace}
	return j.ledger.Execute(ctx, spec, func(ctx context.Context, run *ledger.Run) error {
		return j.ledger.Attempt(ctx, run, cause, func(ctx context.Context) error {
			return j.night(ctx, run, cause, night, skipCollect)
		})
	})
}

func (j *Jobs) night(ctx context.Context, run *ledger.Run, cause string, night time.Time, skipCollect bool) error {
	var collectID int64
	if !skipCollect {
		// A collect of the schedule may be under way: the night waits for it.
		report, err := j.collect(ctx, cause, run.ID, false, j.collectPatience())
		for name, n := range report.Counts {
			run.Count(name, n)
		}
		run.Fail(report.Failures)
		if err != nil {
			return err
		}
		collectID = report.RunID
	}
	// Names may have changed since the articles were read.
	if err := j.parts.Collector.RematchPending(ctx, run, night.AddDate(0, 0, -max(0, j.cfg.CatchUpNights)), night); err != nil {
		return err
	}
	stale, err := j.staleNights(ctx, night)
	if err != nil {
		return err
	}
	built, report, err := j.buildStale(ctx, cause, run.ID, night, stale)
	run.Fail(report.Failures)
	if err != nil {
		return err
	}
	report, err = j.publishStale(ctx, cause, run.ID, night, built)
	run.Fail(report.Failures)
	if err == nil && j.parts.Heartbeat.Ping(ctx, night) != nil {
		run.Count("heartbeat_failed", 1) // it has logged why; the night is none the worse
	}
	if collectID != 0 {
		// Only now it is known what the outlets delivered on the night.
		j.watch(ctx, run, collectID, nil)
	}
	return err
}

// collectPatience is how long a night waits for a collect that is under way: as
// long as that may take, and a minute more.
func (j *Jobs) collectPatience() time.Duration {
	if j.cfg.CollectDeadline <= 0 {
		return time.Hour
	}
	return j.cfg.CollectDeadline + time.Minute
}
