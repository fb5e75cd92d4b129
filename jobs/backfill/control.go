package backfill

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
)

// Stopped says what pause or cancel did.
type Stopped struct {
	BackfillID int64   `json:"backfill_id"`
	State      string  `json:"state"` // of the backfill afterwards
	Before     string  `json:"state_before"`
	IsDryRun   bool    `json:"is_dry_run"`
	Waiting    int     `json:"waiting"`         // intervals that do not start any more
	Running    int     `json:"running"`         // intervals under way: pause lets them end, cancel stops them
	Unbuilt    int     `json:"unbuilt_nights"`  // nights whose articles changed and that are not built anew
	Seconds    float64 `json:"seconds"`         // until no run of it was under way; cancel only
	Abandoned  int     `json:"abandoned_count"` // runs whose worker was gone; cancel only
}

// Pause starts nothing new. What is under way ends by itself; Resume goes on.
func (b *Backfills) Pause(ctx context.Context, id int64, dryRun bool) (Stopped, error) {
	return b.stop(ctx, id, dryRun, func(tx *sqlx.Tx, row *Backfill) error {
		switch row.State {
		case StatePaused:
			return nil
		case StateRunning:
		case StatePlanned:
			return refuse("backfill %d is only planned; there is nothing to pause", id)
		default:
			return refuse("backfill %d has ended (%s); there is nothing to pause", id, row.State)
		}
		if _, err := tx.ExecContext(ctx, `
			update ops.backfills set state = 'paused', paused_at = $2 where backfill_id = $1`, id, b.now().UTC()); err != nil {
			return fmt.Errorf("pause backfill %d: %w", id, err)
		}
		// What waits in the queue goes back: a worker that takes it from there
		// finds that it is not to be done.
		if _, err := tx.ExecContext(ctx, `
			update ops.intervals set state = 'planned' where backfill_id = $1 and state = 'queued'`, id); err != nil {
			return fmt.Errorf("call back what is queued of backfill %d: %w", id, err)
		}
		return nil
	})
}

// Resume goes on with a backfill that was paused or cancelled: what is done stays
// done, and gaps and failures stay what they are.
func (b *Backfills) Resume(ctx context.Context, id int64, dryRun bool) (Applied, error) {
	return b.start(ctx, id, dryRun, func(tx *sqlx.Tx, row *Backfill) (bool, error) {
		switch row.State {
		case StateRunning:
			return false, nil
		case StatePaused, StateCancelled:
		case StatePlanned:
			return false, refuse("backfill %d was never applied; `overheard backfill apply %d` starts it", id, id)
		case StateFailures:
			return false, refuse("backfill %d has ended with failures; `overheard runs retry --backfill %d` tries them again", id, id)
		default:
			return false, refuse("backfill %d is done; there is nothing left of it", id)
		}
		if row.AppliedAt == nil {
			return false, refuse("backfill %d was cancelled before it was applied; plan it anew", id)
		}
		if row.State == StatePaused {
			return true, nil
		}
		if err := b.apart(ctx, tx, id); err != nil {
			return false, err
		}
		if err := b.replan(ctx, tx, id, `v.state = 'cancelled'`); err != nil {
			return false, err
		}
		return true, nil
	})
}

// replan makes intervals of a backfill due again, as if for the first time. which
// is a condition on the interval v and its item i.
func (b *Backfills) replan(ctx context.Context, tx *sqlx.Tx, id int64, which string, args ...any) error {
	_, err := tx.ExecContext(ctx, `
		with chosen as (
			select v.job, v.scope, v.night
			from ops.intervals as v
			inner join ops.backfill_items as i
				on i.backfill_id = v.backfill_id and i.job = v.job and i.night = v.night and i.scope = v.scope
			where v.backfill_id = $1 and `+which+`
		),
		items as (
			update ops.backfill_items as i
			set state = null, attempt_count = null, actual_request_count = null, actual_byte_count = null,
				actual_article_count = null, actual_duration = null, error = null
			from chosen as c
			where i.backfill_id = $1 and i.job = c.job and i.scope = c.scope and i.night = c.night
		)
		update ops.intervals as v
		set state = 'planned', attempt_count = 0, death_count = 0, next_attempt_at = null, finished_at = null, error = null,
			worker = null, queued_at = null
		from chosen as c
		where v.job = c.job and v.scope = c.scope and v.night = c.night`, append([]any{id}, args...)...)
	if err != nil {
		return fmt.Errorf("plan intervals of backfill %d again: %w", id, err)
	}
	return nil
}

// Cancel stops a backfill for good: what waits does not start, and what runs is
// stopped. It waits until no run of it is under way. What was stored stays.
func (b *Backfills) Cancel(ctx context.Context, id int64, by string, dryRun bool) (Stopped, error) {
	started := time.Now()
	wasApplied := false
	stopped, err := b.stop(ctx, id, dryRun, func(tx *sqlx.Tx, row *Backfill) error {
		wasApplied = row.AppliedAt != nil
		switch row.State {
		case StateCancelled:
			return nil
		case StateDone, StateFailures:
			return refuse("backfill %d has ended (%s); there is nothing to cancel", id, row.State)
		}
		now := b.now().UTC()
		if _, err := tx.ExecContext(ctx, `
			update ops.backfills set state = 'cancelled', finished_at = $2, error = $3 where backfill_id = $1`,
			id, now, "cancelled by "+by); err != nil {
			return fmt.Errorf("cancel backfill %d: %w", id, err)
		}
		// The heartbeat of whoever runs one of these finds it gone, and stops.
		if _, err := tx.ExecContext(ctx, `
			update ops.intervals set state = 'cancelled', finished_at = $2, error = $3, worker = null, next_attempt_at = null
			where backfill_id = $1 and state in ('planned', 'queued', 'running')`, id, now, "cancelled by "+by); err != nil {
			return fmt.Errorf("cancel the intervals of backfill %d: %w", id, err)
		}
		return nil
	})
	if err != nil || dryRun || !wasApplied {
		return stopped, err
	}
	stopped.Abandoned, err = b.awaitEnd(ctx, `backfill_id = $1 and night is not null`, id)
	stopped.Seconds = time.Since(started).Seconds()
	if err != nil {
		return stopped, err
	}
	return stopped, b.CloseEnded(ctx)
}

// stop changes a backfill under its row's lock and counts what that stops.
func (b *Backfills) stop(ctx context.Context, id int64, dryRun bool, change func(*sqlx.Tx, *Backfill) error) (Stopped, error) {
	stopped := Stopped{BackfillID: id, IsDryRun: dryRun}
	err := b.inTx(ctx, nil, func(tx *sqlx.Tx) error {
		// Nothing is dispatched meanwhile: what is queued now is all there is.
		if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended('overheard/dispatch', 0))`); err != nil {
			return fmt.Errorf("wait for the end of a dispatch: %w", err)
		}
		row, err := b.read(ctx, tx, id, "for update")
		if err != nil {
			return err
		}
		stopped.Before = row.State
		err = tx.QueryRowxContext(ctx, `
			select count(*) filter (where state in ('planned', 'queued')), count(*) filter (where state = 'running')
			from ops.intervals where backfill_id = $1`, id).Scan(&stopped.Waiting, &stopped.Running)
		if err != nil {
			return fmt.Errorf("count the intervals of backfill %d: %w", id, err)
		}
		err = tx.GetContext(ctx, &stopped.Unbuilt, `
			select count(distinct c.night)
			from ops.backfill_changes as c
			left join ops.intervals as v
				on v.backfill_id = c.backfill_id and v.job = 'rebuild' and v.scope = '' and v.night = c.night
			where c.backfill_id = $1 and coalesce(v.state, 'planned') <> 'done'`, id)
		if err != nil {
			return fmt.Errorf("count the nights of backfill %d that are not built: %w", id, err)
		}
		if err := change(tx, row); err != nil {
			return err
		}
		if err := tx.GetContext(ctx, &stopped.State, `select state from ops.backfills where backfill_id = $1`, id); err != nil {
			return fmt.Errorf("read backfill %d: %w", id, err)
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return stopped, err
	}
	return stopped, nil
}

// givenUp is how long a run of a living worker may go on after it was cancelled:
// the second until the heartbeat, its own grace, and the recording of its end.
const givenUp = 20 * time.Second

// awaitEnd waits until no run that the condition names is under way. A run that
// goes on for longer has no worker any more, and is marked as abandoned: its
// interval is no longer its own, so nothing it may still do counts.
func (b *Backfills) awaitEnd(ctx context.Context, which string, arg any) (abandoned int, err error) {
	for end := time.Now().Add(givenUp); ; {
		var running int
		if err := b.db.GetContext(ctx, &running, `select count(*) from ops.runs where state = 'running' and `+which, arg); err != nil {
			return 0, fmt.Errorf("wait for the end of what runs: %w", err)
		}
		if running == 0 {
			return 0, nil
		}
		if time.Now().After(end) {
			res, err := b.db.ExecContext(ctx, `
				update ops.runs set state = 'abandoned', finished_at = $2, error = 'its worker was gone when it was cancelled'
				where state = 'running' and `+which, arg, b.now().UTC())
			if err != nil {
				return 0, fmt.Errorf("mark runs without a worker: %w", err)
			}
			n, _ := res.RowsAffected()
			return int(n), nil
		}
		select {
		case <-ctx.Done():
			return 0, context.Cause(ctx)
		case <-time.After(50 * time.Millisecond):
		}
	}
}
