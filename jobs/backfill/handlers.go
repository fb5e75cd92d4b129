package backfill

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// Handler does an interval: nil is done, a *ledger.GapError a gap, a
// *ledger.PostponeError later, anything else failed.
type Handler = func(ctx context.Context, iv ledger.Interval, run *ledger.Run) error

// Handlers are what the intervals of backfills do, by job.
func (b *Backfills) Handlers() map[string]Handler {
	return map[string]Handler{JobOutlet: b.outletNight, JobRebuild: b.rebuild}
}

// order is what an interval has to do, as its plan has it.
type order struct {
	Source     string         `db:"source"`
	Steps      pq.StringArray `db:"steps"`
	FirstNight ledger.Date    `db:"first_night"`
	LastNight  ledger.Date    `db:"last_night"`
}

func (b *Backfills) order(ctx context.Context, iv ledger.Interval) (order, error) {
	var o order
	if iv.BackfillID == nil {
		return o, fmt.Errorf("%s of %s belongs to no backfill", iv.Job, iv.Night)
	}
	err := b.db.GetContext(ctx, &o, `
		select i.source, b.steps, b.first_night, b.last_night
		from ops.backfill_items as i
		inner join ops.backfills as b on b.backfill_id = i.backfill_id
		where i.backfill_id = $1 and i.job = $2 and i.night = $3 and i.scope = $4`,
		*iv.BackfillID, iv.Job, iv.Night.Format(time.DateOnly), iv.Scope)
	if err != nil {
		return o, fmt.Errorf("read what backfill %d has to do for %s on %s: %w", *iv.BackfillID, iv.Scope, iv.Night, err)
	}
	return o, nil
}

// outletNight reads an outlet's night from where the plan says, then matches all
// of its stored articles again. A night that cannot be read any more may still
// have articles to match.
func (b *Backfills) outletNight(ctx context.Context, iv ledger.Interval, run *ledger.Run) error {
	o, err := b.order(ctx, iv)
	if err != nil {
		return err
	}
	err = b.readNight(ctx, iv, run, o)
	var gap *ledger.GapError
	if err != nil && !errors.As(err, &gap) {
		return err
	}
	if slices.Contains(o.Steps, StepMatch) {
		if err := b.past.Rematch(ctx, run, iv.Scope, iv.Night.Time); err != nil {
			return err
		}
	}
	return err
}

func (b *Backfills) readNight(ctx context.Context, iv ledger.Interval, run *ledger.Run, o order) error {
	switch o.Source {
	case SourceLive:
		at := slices.IndexFunc(b.cfg.Outlets, func(o outlets.Outlet) bool { return o.ID == iv.Scope })
		if at < 0 {
			return &ledger.GapError{Reason: "the outlet has left the registry"}
		}
		return b.past.ReadLive(ctx, run, b.cfg.Outlets[at], iv.Night.Time, o.FirstNight.Time, o.LastNight.Time)
	case SourceArchive, SourceWARC:
		return b.past.ReadArchived(ctx, run, iv.Scope, iv.Night.Time)
	case SourceStored:
		return nil
	default:
		return fmt.Errorf("%s on %s has source %q, which nothing can be read from", iv.Scope, iv.Night, o.Source)
	}
}

// rebuild builds and publishes a night, unless what is built is what is stored.
// A refusal is the interval's error; the nights after it are built all the same.
func (b *Backfills) rebuild(ctx context.Context, iv ledger.Interval, run *ledger.Run) error {
	o, err := b.order(ctx, iv)
	if err != nil {
		return err
	}
	night := iv.Night.Time
	if !slices.Equal(o.Steps, []string{StepBuild}) {
		isStale, err := b.isStale(ctx, night)
		if err != nil {
			return err
		}
		if !isStale {
			run.Count("nights_unchanged", 1)
			return nil
		}
	}
	if err := b.past.SyncRegistries(ctx); err != nil {
		return err
	}
	if _, err := b.build.Build(ctx, run.ID, night); err != nil {
		return err
	}
	run.Count("nights_built", 1)
	result, err := b.build.Publish(ctx, run.ID, night, b.now().UTC())
	if err != nil {
		return err
	}
	run.Count("nights_published", 1)
	if result.IsChanged {
		run.Count("nights_changed", 1)
	}
	return b.nightIsDone(ctx, run, night)
}

// nightIsDone tells the ledger that the night need not be made up any more. A
// nightly that is under way just now says so itself.
func (b *Backfills) nightIsDone(ctx context.Context, run *ledger.Run, night time.Time) error {
	_, err := b.db.ExecContext(ctx, `
		insert into ops.intervals as v (job, scope, night, state, cause, attempt_count, planned_at, finished_at, run_id)
		values ('nightly', '', $1, 'done', 'backfill', 0, $2, $2, $3)
		on conflict (job, scope, night) do update
		set state = excluded.state, finished_at = excluded.finished_at, run_id = excluded.run_id, error = null, next_attempt_at = null
		where v.state not in ('queued', 'running', 'done')`, night.Format(time.DateOnly), b.now().UTC(), run.ID)
	if err != nil {
		return fmt.Errorf("write down that the night of %s is done: %w", night.Format(time.DateOnly), err)
	}
	return nil
}
