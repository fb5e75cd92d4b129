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

// States of an interval, as stored in ops.intervals.state. Only planned, queued and
// running are left by themselves.
const (
	IntervalPlanned   = "planned"
	IntervalQueued    = "queued"
	IntervalRunning   = "running"
	IntervalDone      = "done"
	IntervalFailed    = "failed"
	IntervalCancelled = "cancelled"
	IntervalGap       = "gap"
)

const intervalColumns = `i.job, i.scope, i.night, i.state, i.cause, i.attempt_count, i.death_count, i.run_id, i.backfill_id,
	i.worker, i.planned_at, i.queued_at, i.started_at, i.heartbeat_at, i.next_attempt_at, i.finished_at,
	i.request_count, i.byte_count, i.article_count, i.counts, i.error`

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

// FinalError says that an interval failed and that trying again by ourselves is of
// no use. An operator may.
type FinalError struct{ Err error }

func (e *FinalError) Error() string { return e.Err.Error() }
func (e *FinalError) Unwrap() error { return e.Err }

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
