package backfill

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/transform/build"
)

// tendInterval is how often somebody looks whether a backfill has ended.
const tendInterval = time.Second

// Tend closes backfills whose last interval has ended, until ctx ends. Any number
// of processes may.
func (b *Backfills) Tend(ctx context.Context) error {
	ticker := time.NewTicker(tendInterval)
	defer ticker.Stop()
	isTold := false
	for {
		if err := b.CloseEnded(ctx); err != nil && ctx.Err() == nil {
			if !isTold {
				b.lg.Error("backfills that have ended could not be closed; it is tried again", "error", err)
			}
			isTold = true
		} else {
			isTold = false
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// CloseEnded closes every backfill that runs and has no interval left to do, and
// every one that was cancelled and has come to rest.
func (b *Backfills) CloseEnded(ctx context.Context) error {
	var ids []int64
	err := b.db.SelectContext(ctx, &ids, `select b.backfill_id from ops.backfills as b where `+isEnded+` order by b.backfill_id`)
	if err != nil {
		return fmt.Errorf("look for backfills that have ended: %w", err)
	}
	var faults error
	for _, id := range ids {
		faults = errors.Join(faults, b.close(ctx, id))
	}
	_, err = b.db.ExecContext(ctx, `
		update ops.runs as r set heartbeat_at = $1
		from ops.backfills as b
		where b.run_id = r.run_id and r.state = 'running' and b.state in ('running', 'paused')`, b.now().UTC())
	if err != nil {
		faults = errors.Join(faults, fmt.Errorf("say that backfills are alive: %w", err))
	}
	return faults
}

// isEnded is the condition that a backfill b is to be closed.
const isEnded = `
	b.state in ('running', 'cancelled') and b.applied_at is not null and b.gap_report is null
	and not exists (
		select 1 from ops.intervals as v
		where v.backfill_id = b.backfill_id and v.state in ('planned', 'queued', 'running'))
	and (b.state = 'running' or not exists (
		select 1 from ops.runs as r
		where r.backfill_id = b.backfill_id and r.state = 'running' and r.run_id <> b.run_id))`

// close writes down how a backfill ended: its items as they stand, what could not
// be had, what readers see of it. Whoever holds the row's lock does it, the others
// find it done.
func (b *Backfills) close(ctx context.Context, id int64) error {
	return b.inTx(ctx, nil, func(tx *sqlx.Tx) error {
		var state string
		err := tx.GetContext(ctx, &state, `
			select b.state from ops.backfills as b where b.backfill_id = $1 and `+isEnded+` for update skip locked`, id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("close backfill %d: %w", id, err)
		}
		_, err = tx.ExecContext(ctx, `
			update ops.backfill_items as i
			set state = v.state, attempt_count = v.attempt_count, actual_request_count = v.request_count,
				actual_byte_count = v.byte_count, actual_article_count = v.article_count, actual_duration = v.elapsed, error = v.error
			from ops.intervals as v
			where i.backfill_id = $1 and v.backfill_id = $1 and v.job = i.job and v.night = i.night and v.scope = i.scope`, id)
		if err != nil {
			return fmt.Errorf("write down how the intervals of backfill %d ended: %w", id, err)
		}
		report, err := gapReport(ctx, tx, id)
		if err != nil {
			return err
		}
		gaps, err := json.Marshal(report)
		if err != nil {
			return fmt.Errorf("encode the gaps of backfill %d: %w", id, err)
		}
		// What readers see is told if it can be; a backfill is not left open for it.
		var fault *string
		diff := sql.NullString{}
		if moved, err := build.RankingDiff(ctx, b.db, id); err != nil {
			text := err.Error()
			fault = &text
		} else if encoded, err := json.Marshal(moved); err == nil {
			diff = sql.NullString{String: string(encoded), Valid: true}
		}
		end, runState := StateDone, "done"
		switch {
		case state == StateCancelled:
			end, runState = StateCancelled, "cancelled"
		case report.Failed+report.Cancelled > 0:
			end, runState = StateFailures, "done_with_failures"
		}
		now := b.now().UTC()
		_, err = tx.ExecContext(ctx, `
			update ops.backfills
			set state = $2, finished_at = coalesce(finished_at, $3), gap_report = $4, ranking_diff = $5, error = coalesce($6, error)
			where backfill_id = $1`, id, end, now, string(gaps), diff, fault)
		if err != nil {
			return fmt.Errorf("close backfill %d: %w", id, err)
		}
		_, err = tx.ExecContext(ctx, `
			update ops.runs as r
			set state = $2, finished_at = $3, heartbeat_at = $3, counts = c.counts
			from ops.backfills as b
			cross join lateral (
				select jsonb_build_object(
					'intervals', count(*), 'done', count(*) filter (where i.state = 'done'), 'failed', count(*) filter (where i.state = 'failed'),
					'gaps', count(*) filter (where i.state = 'gap'), 'requests', sum(i.actual_request_count),
					'bytes', sum(i.actual_byte_count), 'articles', sum(i.actual_article_count)) as counts
				from ops.backfill_items as i
				where i.backfill_id = $1
			) as c
			where b.backfill_id = $1 and r.run_id = b.run_id`, id, runState, now)
		if err != nil {
			return fmt.Errorf("record the end of backfill %d: %w", id, err)
		}
		b.lg.Info("backfill ended", "backfill_id", id, "state", end, "gaps", report.Gaps, "failed", report.Failed)
		return nil
	})
}
