package ledger

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
)

// Key names an interval: a job's duty for one night, or for a part of one.
type Key struct {
	Job   string
	Scope string // part of the job, such as an outlet; empty for the whole
	Night time.Time
}

// Interval is one line of ops.intervals.
type Interval struct {
	Job           string          `db:"job" json:"job"`
	Scope         string          `db:"scope" json:"scope"`
	Night         Date            `db:"night" json:"night"`
	State         string          `db:"state" json:"state"`
	Cause         string          `db:"cause" json:"cause"`
	AttemptCount  int             `db:"attempt_count" json:"attempt_count"`
	DeathCount    int             `db:"death_count" json:"death_count"`
	RunID         *int64          `db:"run_id" json:"run_id"`
	BackfillID    *int64          `db:"backfill_id" json:"backfill_id"`
	Worker        *string         `db:"worker" json:"worker"`
	PlannedAt     time.Time       `db:"planned_at" json:"planned_at"`
	QueuedAt      *time.Time      `db:"queued_at" json:"queued_at"`
	StartedAt     *time.Time      `db:"started_at" json:"started_at"`
	HeartbeatAt   *time.Time      `db:"heartbeat_at" json:"heartbeat_at"`
	NextAttemptAt *time.Time      `db:"next_attempt_at" json:"next_attempt_at"`
	FinishedAt    *time.Time      `db:"finished_at" json:"finished_at"`
	RequestCount  int64           `db:"request_count" json:"request_count"`
	ByteCount     int64           `db:"byte_count" json:"byte_count"`
	ArticleCount  int64           `db:"article_count" json:"article_count"`
	Counts        json.RawMessage `db:"counts" json:"counts"`
	Error         *string         `db:"error" json:"error"`
}

// Key is what names the interval.
func (i Interval) Key() Key { return Key{Job: i.Job, Scope: i.Scope, Night: i.Night.Time} }

// GapError says that what an interval asks for cannot be had any more: it ends as
// a gap, which no retry fills.
type GapError struct{ Reason string }

func (e *GapError) Error() string { return e.Reason }

// PostponeError says that an interval cannot be worked on now, and that this is
// nobody's failure: it is due again after a while, and the attempt does not count.
type PostponeError struct {
	Reason string
	After  time.Duration
}

func (e *PostponeError) Error() string { return e.Reason }

// Plan writes down that a job owes a night, unless the ledger knows it already.
func (l *Ledger) Plan(ctx context.Context, job, cause string, night time.Time) error {
	_, err := l.db.ExecContext(ctx, `
		insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at)
		values ($1, '', $2, 'planned', $3, 0, $4)
		on conflict (job, scope, night) do nothing`,
		job, nullDate(night), cause, l.now().UTC())
	if err != nil {
		return fmt.Errorf("plan %s of %s: %w", job, night.Format(time.DateOnly), err)
	}
	return nil
}

// Attempt marks the interval as running in run.
func (l *Ledger) Attempt(ctx context.Context, run *Run, cause string) error {
	_, err := l.db.ExecContext(ctx, `
		insert into ops.intervals as i
			(job, scope, night, state, cause, attempt_count, run_id, heartbeat_at, planned_at)
		values ($1, '', $2, 'running', $3, 1, $4, $5, $5)
		on conflict (job, scope, night) do update
		set state = excluded.state, attempt_count = i.attempt_count + 1, run_id = excluded.run_id,
			heartbeat_at = excluded.heartbeat_at, finished_at = null, error = null`,
		run.Job, nullDate(run.Night), cause, run.ID, l.now().UTC())
	if err != nil {
		return fmt.Errorf("mark %s of %s as running: %w", run.Job, run.Night.Format(time.DateOnly), err)
	}
	return nil
}

// Settle writes how the attempt of run ended; cause is nil when it is done.
func (l *Ledger) Settle(ctx context.Context, run *Run, cause error) error {
	state, text := "done", any(nil)
	if cause != nil {
		state, text = "failed", cause.Error()
	}
	_, err := l.db.ExecContext(ctx, `
		update ops.intervals set state = $4, error = $5, finished_at = $6, heartbeat_at = $6
		where job = $1 and scope = '' and night = $2 and run_id = $3`,
		run.Job, nullDate(run.Night), run.ID, state, text, l.now().UTC())
	if err != nil {
		return fmt.Errorf("settle %s of %s: %w", run.Job, run.Night.Format(time.DateOnly), err)
	}
	return nil
}

// Due lists the nights from first to last that the job has not done, oldest
// first: those the ledger never heard of, and those planned, failed or cut off.
func (l *Ledger) Due(ctx context.Context, job string, first, last time.Time) ([]time.Time, error) {
	var dates []Date
	err := l.db.SelectContext(ctx, &dates, `
		select cast(d.night as date) as night
		from generate_series(cast($2 as timestamp), cast($3 as timestamp), interval '1 day') as d (night)
		left join ops.intervals as i
			on i.job = $1 and i.scope = '' and i.night = cast(d.night as date)
		where i.state is null or i.state not in ('done', 'cancelled', 'gap')
		order by night`, job, nullDate(first), nullDate(last))
	if err != nil {
		return nil, fmt.Errorf("ask which nights %s owes: %w", job, err)
	}
	nights := make([]time.Time, len(dates))
	for i, d := range dates {
		nights[i] = d.Time
	}
	return nights, nil
}

// Unfinished lists the nights from first to last that the job began or owes by
// its schedule and has not done, oldest first, unless it was tried so often that
// one more try by itself is no use.
func (l *Ledger) Unfinished(ctx context.Context, job string, first, last time.Time, maxTries int) ([]time.Time, error) {
	var dates []Date
	err := l.db.SelectContext(ctx, &dates, `
		select night from ops.intervals
		where job = $1 and scope = '' and night between $2 and $3
			and state in ('planned', 'running', 'failed') and attempt_count < $4
		order by night`, job, nullDate(first), nullDate(last), maxTries)
	if err != nil {
		return nil, fmt.Errorf("ask which nights of %s did not end well: %w", job, err)
	}
	nights := make([]time.Time, len(dates))
	for i, d := range dates {
		nights[i] = d.Time
	}
	return nights, nil
}

// FirstNight is the oldest night the ledger has of the job; false if it has none.
func (l *Ledger) FirstNight(ctx context.Context, job string) (time.Time, bool, error) {
	var night *Date
	err := l.db.GetContext(ctx, &night, `select min(night) from ops.intervals where job = $1`, job)
	if err != nil {
		return time.Time{}, false, fmt.Errorf("ask for the first night of %s: %w", job, err)
	}
	if night == nil {
		return time.Time{}, false, nil
	}
	return night.Time, true, nil
}
