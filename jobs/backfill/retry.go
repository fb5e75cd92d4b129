package backfill

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// RetryTarget says what to try again: the interval of a run, what failed or was
// cancelled of a backfill, or whatever failed. One of them is set.
type RetryTarget struct {
	RunID      int64
	BackfillID int64
	AllFailed  bool
}

// Retried says what is due again.
type Retried struct {
	IsDryRun  bool              `json:"is_dry_run"`
	Intervals []RetriedInterval `json:"intervals"`
	Backfills []int64           `json:"backfills"` // that run again for it
}

// RetriedInterval is an interval that is due again, and how it stood.
type RetriedInterval struct {
	Job        string      `db:"job" json:"job"`
	Scope      string      `db:"scope" json:"scope"`
	Night      ledger.Date `db:"night" json:"night"`
	State      string      `db:"state" json:"state_before"`
	Attempts   int         `db:"attempt_count" json:"attempt_count"`
	Error      *string     `db:"error" json:"error"`
	BackfillID *int64      `db:"backfill_id" json:"backfill_id"`
}

// Retry makes intervals due again that failed or were cancelled, each for the
// night in its row, whatever the clock says. Gaps stay: what they ask for cannot
// be had. Nights of a backfill that were built on such an interval are built
// again, if anything has changed by then.
func (b *Backfills) Retry(ctx context.Context, target RetryTarget, dryRun bool) (Retried, error) {
	retried := Retried{IsDryRun: dryRun, Intervals: []RetriedInterval{}, Backfills: []int64{}}
	err := b.inTx(ctx, nil, func(tx *sqlx.Tx) error {
		var err error
		if retried.Intervals, err = b.retriable(ctx, tx, target); err != nil {
			return err
		}
		oldest := map[int64]time.Time{}
		var jobs, scopes, nights []string
		for _, v := range retried.Intervals {
			jobs, scopes, nights = append(jobs, v.Job), append(scopes, v.Scope), append(nights, v.Night.String())
			if v.BackfillID != nil && (v.Job == JobOutlet || v.Job == JobRebuild) {
				id := *v.BackfillID
				if at, known := oldest[id]; !known || v.Night.Before(at) {
					oldest[id] = v.Night.Time
				}
			}
		}
		_, err = tx.ExecContext(ctx, `
			update ops.intervals as v
			set state = 'planned', attempt_count = 0, death_count = 0, next_attempt_at = null, finished_at = null, error = null,
				worker = null, queued_at = null
			from unnest(cast($1 as text[]), cast($2 as text[]), cast($3 as date[])) as c (job, scope, night)
			where v.job = c.job and v.scope = c.scope and v.night = c.night`, pq.Array(jobs), pq.Array(scopes), pq.Array(nights))
		if err != nil {
			return fmt.Errorf("make intervals due again: %w", err)
		}
		for id, night := range oldest {
			isStarted, err := b.reopen(ctx, tx, id, night)
			if err != nil {
				return err
			}
			if isStarted {
				retried.Backfills = append(retried.Backfills, id)
			}
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if err != nil && !errors.Is(err, errDryRun) {
		return Retried{}, err
	}
	return retried, nil
}

// retriable finds the intervals that a target means, locked.
func (b *Backfills) retriable(ctx context.Context, tx *sqlx.Tx, target RetryTarget) ([]RetriedInterval, error) {
	which, arg := `$1 = 0 and v.job in ('nightly', 'backfill', 'rebuild') and v.state = 'failed'`, int64(0)
	switch {
	case target.RunID != 0:
		return b.retriableOfRun(ctx, tx, target.RunID)
	case target.BackfillID != 0:
		if _, err := b.read(ctx, tx, target.BackfillID, ""); err != nil {
			return nil, err
		}
		which, arg = `v.backfill_id = $1 and v.state in ('failed', 'cancelled')`, target.BackfillID
	}
	list := []RetriedInterval{}
	err := tx.SelectContext(ctx, &list, retriedColumns+`
		where `+which+`
		order by v.job, v.night desc, v.scope
		for update`, arg)
	if err != nil {
		return nil, fmt.Errorf("look for what failed: %w", err)
	}
	return list, nil
}

const retriedColumns = `
	select v.job, v.scope, v.night, v.state, v.attempt_count, v.error, v.backfill_id
	from ops.intervals as v`

// retriableOfRun finds the interval that a run worked on.
func (b *Backfills) retriableOfRun(ctx context.Context, tx *sqlx.Tx, id int64) ([]RetriedInterval, error) {
	run, err := readRun(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if run.Job == JobOutlet && run.Scope == nil && run.BackfillID != nil {
		return nil, refuse("run %d is backfill %d as a whole; `overheard runs retry --backfill %d` tries again what failed of it", id, *run.BackfillID, *run.BackfillID)
	}
	var v RetriedInterval
	err = tx.GetContext(ctx, &v, retriedColumns+`
		where v.job = $1 and v.scope = coalesce($2, '') and v.night = $3
		for update`, run.Job, run.Scope, nightText(run.Night))
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil, refuse("run %d (%s) is no interval of the ledger; run `overheard %s` again", id, run.Job, run.Job)
	case err != nil:
		return nil, fmt.Errorf("read the interval of run %d: %w", id, err)
	}
	switch v.State {
	case "failed", "cancelled":
		return []RetriedInterval{v}, nil
	case "gap":
		return nil, refuse("%s of %s is a gap (%s): what it asks for cannot be had, and a retry would not change that", v.name(), v.Night, text(v.Error))
	case "done":
		return nil, refuse("%s of %s is done; there is nothing to try again", v.name(), v.Night)
	default:
		return nil, refuse("%s of %s is %s; it is done without a retry", v.name(), v.Night, v.State)
	}
}

func (v RetriedInterval) name() string {
	if v.Scope == "" {
		return v.Job
	}
	return v.Job + " " + v.Scope
}

func text(s *string) string {
	if s == nil {
		return "no reason is known"
	}
	return *s
}

// runRow is what retry and cancel need of a run.
type runRow struct {
	Job        string       `db:"job"`
	Scope      *string      `db:"scope"`
	Night      *ledger.Date `db:"night"`
	State      string       `db:"state"`
	BackfillID *int64       `db:"backfill_id"`
	Host       string       `db:"host"`
	ProcessID  int          `db:"process_id"`
}

func readRun(ctx context.Context, q sqlx.QueryerContext, id int64) (runRow, error) {
	var run runRow
	err := sqlx.GetContext(ctx, q, &run, `
		select job, scope, night, state, backfill_id, host, process_id from ops.runs where run_id = $1`, id)
	if errors.Is(err, sql.ErrNoRows) {
		return runRow{}, fmt.Errorf("run %d is %w; `overheard runs list` shows what there is", id, ErrUnknown)
	}
	if err != nil {
		return runRow{}, fmt.Errorf("read run %d: %w", id, err)
	}
	return run, nil
}

// reopen has a backfill that has ended go on, and builds again what was built
// since the oldest night that is tried again. A paused backfill stays paused.
func (b *Backfills) reopen(ctx context.Context, tx *sqlx.Tx, id int64, oldest time.Time) (isStarted bool, err error) {
	row, err := b.read(ctx, tx, id, "for update")
	if err != nil {
		return false, err
	}
	err = b.replan(ctx, tx, id, `(v.state = 'planned' or v.job = 'rebuild' and v.night >= cast($2 as date) and v.state in ('done', 'failed', 'cancelled'))`,
		oldest.Format(time.DateOnly))
	if err != nil || row.State == StateRunning || row.State == StatePaused {
		return false, err
	}
	if err := b.apart(ctx, tx, id); err != nil {
		return false, err
	}
	return true, b.markRunning(ctx, tx, row)
}

// CancelledRun says what CancelRun did.
type CancelledRun struct {
	RunID    int64   `json:"run_id"`
	Job      string  `json:"job"`
	IsDryRun bool    `json:"is_dry_run"`
	Seconds  float64 `json:"seconds"` // until it had ended
}

// CancelRun stops a run that works on an interval, wherever it does, and waits
// for its end. The interval is cancelled; Retry makes it due again.
func (b *Backfills) CancelRun(ctx context.Context, id int64, by string, dryRun bool) (CancelledRun, error) {
	started := time.Now()
	run, err := readRun(ctx, b.db, id)
	if err != nil {
		return CancelledRun{}, err
	}
	cancelled := CancelledRun{RunID: id, Job: run.Job, IsDryRun: dryRun}
	if run.State != string(ledger.StateRunning) {
		return cancelled, refuse("run %d has ended (%s)", id, run.State)
	}
	if run.Job == JobOutlet && run.Scope == nil && run.BackfillID != nil {
		return cancelled, refuse("run %d is backfill %d as a whole; `overheard backfill cancel %d` stops it", id, *run.BackfillID, *run.BackfillID)
	}
	err = b.inTx(ctx, nil, func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, `
			update ops.intervals set state = 'cancelled', finished_at = $2, error = $3, worker = null, next_attempt_at = null
			where run_id = $1 and state = 'running'`, id, b.now().UTC(), "cancelled by "+by)
		if err != nil {
			return fmt.Errorf("cancel the interval of run %d: %w", id, err)
		}
		if n, _ := res.RowsAffected(); n == 0 {
			return refuse("run %d (%s) works on no interval of the ledger; interrupt its process %d on %s", id, run.Job, run.ProcessID, run.Host)
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	switch {
	case errors.Is(err, errDryRun):
		return cancelled, nil
	case err != nil:
		return cancelled, err
	}
	_, err = b.awaitEnd(ctx, `run_id = $1`, id)
	cancelled.Seconds = time.Since(started).Seconds()
	return cancelled, err
}

// nightText is a night as a parameter; nil for none.
func nightText(night *ledger.Date) any {
	if night == nil {
		return nil
	}
	return night.String()
}
