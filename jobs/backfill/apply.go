package backfill

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/jmoiron/sqlx"
)

// Applied says what apply or resume did.
type Applied struct {
	BackfillID int64  `json:"backfill_id"`
	State      string `json:"state"`        // of the backfill afterwards
	Before     string `json:"state_before"` // the same as State: nothing was written
	IsDryRun   bool   `json:"is_dry_run"`
	Planned    int    `json:"planned"` // intervals that are due now
	Gaps       int    `json:"gaps"`    // intervals that cannot be had and ended at once
	First      []Item `json:"first"`   // what starts first, as many as the window is wide
}

// errDryRun rolls a transaction back whose outcome was only to be seen.
var errDryRun = errors.New("dry run")

// Apply starts a plan: its intervals become due, those that cannot be had are
// gaps at once. It refuses if the plan would be another one by now, or if an
// open interval belongs to another backfill. Applied again it writes nothing:
// a backfill that runs or has ended is said to. With dryRun all is done and
// rolled back.
func (b *Backfills) Apply(ctx context.Context, id int64, dryRun bool) (Applied, error) {
	return b.start(ctx, id, dryRun, func(tx *sqlx.Tx, row *Backfill) (bool, error) {
		switch row.State {
		case StateRunning, StateDone, StateFailures:
			return false, nil
		case StatePaused:
			return false, refuse("backfill %d is paused; `overheard backfill resume %d` goes on", id, id)
		case StateCancelled:
			return false, refuse("backfill %d was cancelled; `overheard backfill resume %d` does what is left of it, or plan it anew", id, id)
		}
		if err := b.unmoved(ctx, tx, row); err != nil {
			return false, err
		}
		if err := b.apart(ctx, tx, id); err != nil {
			return false, err
		}
		return true, b.writeIntervals(ctx, tx, id)
	})
}

// start brings a backfill to the state running. ready decides under the row's
// lock whether there is anything to start, and writes the intervals.
func (b *Backfills) start(ctx context.Context, id int64, dryRun bool, ready func(*sqlx.Tx, *Backfill) (bool, error)) (Applied, error) {
	applied := Applied{BackfillID: id, IsDryRun: dryRun, First: []Item{}}
	err := b.inTx(ctx, nil, func(tx *sqlx.Tx) error {
		// Two plans of the same nights are applied one after the other, so that
		// the second sees the first's intervals.
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended('overheard/backfill/apply', 0))`); err != nil {
			return fmt.Errorf("wait for other backfills to start: %w", err)
		}
		row, err := b.read(ctx, tx, id, "for update")
		if err != nil {
			return err
		}
		applied.Before, applied.State = row.State, row.State
		isReady, err := ready(tx, row)
		if err != nil || !isReady {
			return err
		}
		applied.State = StateRunning
		if err := b.markRunning(ctx, tx, row); err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &applied.Planned, `
			select count(*) from ops.intervals where backfill_id = $1 and state = 'planned'`, id); err != nil {
			return fmt.Errorf("count what is due: %w", err)
		}
		if err := tx.GetContext(ctx, &applied.Gaps, `
			select count(*) from ops.intervals where backfill_id = $1 and state = 'gap'`, id); err != nil {
			return fmt.Errorf("count the gaps: %w", err)
		}
		err = tx.SelectContext(ctx, &applied.First, `
			select i.* from (`+itemsNow+`) as i
			where i.state = 'planned'
			order by i.job, case when i.job = 'backfill' then -(i.night - date '2000-01-01') else i.night - date '2000-01-01' end, i.scope
			limit $2`, id, row.WindowSize)
		if err != nil {
			return fmt.Errorf("read what starts first: %w", err)
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return applied, err
	}
	return applied, nil
}

// markRunning writes that the backfill runs, with the run that all of its runs
// belong to.
func (b *Backfills) markRunning(ctx context.Context, tx *sqlx.Tx, row *Backfill) error {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	runID := row.RunID
	now := b.now().UTC()
	if runID == nil {
		runID = new(int64)
		err := tx.GetContext(ctx, runID, `
			insert into ops.runs (job, cause, state, host, process_id, started_at, heartbeat_at, backfill_id)
			values ('backfill', 'operator', 'running', $1, $2, $3, $3, $4)
			returning run_id`, host, os.Getpid(), now, row.BackfillID)
		if err != nil {
			return fmt.Errorf("record the run of backfill %d: %w", row.BackfillID, err)
		}
	} else {
		_, err := tx.ExecContext(ctx, `
			update ops.runs set state = 'running', finished_at = null, error = null, heartbeat_at = $2 where run_id = $1`, *runID, now)
		if err != nil {
			return fmt.Errorf("record the run of backfill %d: %w", row.BackfillID, err)
		}
	}
	_, err = tx.ExecContext(ctx, `
		update ops.backfills
		set state = 'running', applied_at = coalesce(applied_at, $2), finished_at = null, gap_report = null, ranking_diff = null,
			error = null, run_id = $3
		where backfill_id = $1`, row.BackfillID, now, *runID)
	if err != nil {
		return fmt.Errorf("mark backfill %d as running: %w", row.BackfillID, err)
	}
	return nil
}

// apart refuses if another backfill is at intervals of this one.
func (b *Backfills) apart(ctx context.Context, tx *sqlx.Tx, id int64) error {
	others, err := overlaps(ctx, tx, id)
	if err != nil || len(others) == 0 {
		return err
	}
	names := make([]string, len(others))
	for i, other := range others {
		names[i] = fmt.Sprint(other)
	}
	return refuse("backfill %s is at nights of backfill %d and has not ended; wait for it, or `overheard backfill cancel %s`",
		strings.Join(names, " and "), id, names[0])
}

// writeIntervals makes the plan's intervals due, and writes down which revision
// of each night readers have, for the comparison at the end.
func (b *Backfills) writeIntervals(ctx context.Context, tx *sqlx.Tx, id int64) error {
	_, err := tx.ExecContext(ctx, `
		insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at, finished_at, error, backfill_id)
		select
			i.job, i.scope, i.night, case when i.source = 'none' then 'gap' else 'planned' end, 'backfill', 0, $2,
			case when i.source = 'none' then cast($2 as timestamptz) end, case when i.source = 'none' then i.reason end, i.backfill_id
		from ops.backfill_items as i
		where i.backfill_id = $1
		on conflict (job, scope, night) do update
		set state = excluded.state, cause = excluded.cause, attempt_count = 0, death_count = 0, run_id = null, worker = null,
			planned_at = excluded.planned_at, queued_at = null, started_at = null, heartbeat_at = null, next_attempt_at = null,
			finished_at = excluded.finished_at, error = excluded.error, backfill_id = excluded.backfill_id,
			request_count = 0, byte_count = 0, article_count = 0, elapsed = null, counts = '{}'`, id, b.now().UTC())
	if err != nil {
		return fmt.Errorf("write the intervals of backfill %d: %w", id, err)
	}
	_, err = tx.ExecContext(ctx, `
		update ops.backfill_items as i
		set revision_before = n.revision
		from marts.nights as n
		where i.backfill_id = $1 and i.job = 'rebuild' and n.night = i.night`, id)
	if err != nil {
		return fmt.Errorf("write down what readers have: %w", err)
	}
	return nil
}
