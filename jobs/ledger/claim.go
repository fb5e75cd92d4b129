package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/lib/pq"
)

// NewWorker names a worker of this process, as stored in ops.intervals.worker. The
// number tells it from another process that had the same id, as in containers.
func (l *Ledger) NewWorker() string {
	return fmt.Sprintf("%s:%d:%d", l.host, l.pid, rand.Uint32())
}

// Claimed is an interval that is ours, and its run.
type Claimed struct {
	Interval
	Run *Run
}

// Claim takes the intervals of the tickets for a worker, in one statement that
// also writes the run of each. Those that another has taken, or that are no longer
// what the ticket says, are not among the answer.
func (l *Ledger) Claim(ctx context.Context, worker string, tickets []Ticket) ([]Claimed, error) {
	keys, attempts := make([]Key, len(tickets)), make([]int64, len(tickets))
	for i, t := range tickets {
		keys[i], attempts[i] = Key{Job: t.Job, Scope: t.Scope, Night: t.Night.Time}, int64(t.Attempt)
	}
	jobs, scopes, nights := columns(keys)
	var rows []Interval
	err := l.db.SelectContext(ctx, &rows, `
		with wanted as (
			select distinct t.job, t.scope, cast(t.night as date) as night, t.attempt_count
			from unnest(cast($1 as text[]), cast($2 as text[]), cast($3 as text[]), cast($4 as integer[])) as t (job, scope, night, attempt_count)
		),
		free as (
			select i.job, i.scope, i.night, i.cause, i.backfill_id, b.run_id as parent_run_id
			from wanted as w
			inner join ops.intervals as i on i.job = w.job and i.scope = w.scope and i.night = w.night
			left join ops.backfills as b on b.backfill_id = i.backfill_id
			where i.state = 'queued' and i.attempt_count = w.attempt_count
			order by i.job, i.scope, i.night
			for update of i
		),
		begun as (
			insert into ops.runs (job, scope, night, cause, state, backfill_id, parent_run_id, host, process_id, started_at, heartbeat_at)
			select f.job, nullif(f.scope, ''), f.night, f.cause, 'running', f.backfill_id, f.parent_run_id, $6, $7, clock_timestamp(), clock_timestamp()
			from free as f
			returning run_id, job, coalesce(scope, '') as scope, night
		)
		update ops.intervals as i
		set state = 'running', attempt_count = i.attempt_count + 1, worker = $5, run_id = g.run_id,
			started_at = clock_timestamp(), heartbeat_at = clock_timestamp(), finished_at = null, error = null
		from begun as g
		where i.job = g.job and i.scope = g.scope and i.night = g.night
		returning `+intervalColumns,
		pq.Array(jobs), pq.Array(scopes), pq.Array(nights), pq.Array(attempts), worker, l.host, l.pid)
	if err != nil {
		return nil, fmt.Errorf("claim %d intervals: %w", len(tickets), err)
	}
	list := make([]Claimed, len(rows))
	for i, row := range rows {
		run := &Run{ID: *row.RunID, Job: row.Job, Scope: row.Scope, Night: row.Night.Time, began: time.Now(), counts: map[string]int64{}}
		if row.BackfillID != nil {
			run.BackfillID = *row.BackfillID
		}
		list[i] = Claimed{Interval: row, Run: run}
		l.metrics.RunStarted(run.Job)
	}
	return list, nil
}

// Beat says that a worker is alive and at these runs, and returns those that are
// still its own. One statement, however many they are.
func (l *Ledger) Beat(ctx context.Context, worker string, runs []*Run) (map[int64]bool, error) {
	keys, ids := make([]Key, len(runs)), make([]int64, len(runs))
	for i, r := range runs {
		keys[i], ids[i] = Key{Job: r.Job, Scope: r.Scope, Night: r.Night}, r.ID
	}
	jobs, scopes, nights := columns(keys)
	var own []int64
	err := l.db.SelectContext(ctx, &own, `
		with alive as (
			update ops.intervals as i
			set heartbeat_at = clock_timestamp()
			from unnest(cast($1 as text[]), cast($2 as text[]), cast($3 as text[]), cast($4 as bigint[])) as k (job, scope, night, run_id)
			where i.job = k.job and i.scope = k.scope and i.night = cast(k.night as date) and i.run_id = k.run_id
				and i.worker = $5 and i.state = 'running'
			returning i.run_id
		),
		noted as (
			update ops.runs as r set heartbeat_at = clock_timestamp() from alive as a where r.run_id = a.run_id
		)
		select run_id from alive`,
		pq.Array(jobs), pq.Array(scopes), pq.Array(nights), pq.Array(ids), worker)
	if err != nil {
		return nil, fmt.Errorf("send a heartbeat: %w", err)
	}
	isOwn := make(map[int64]bool, len(own))
	for _, id := range own {
		isOwn[id] = true
	}
	return isOwn, nil
}

// Outcome is how an attempt ended.
type Outcome struct {
	Run   *Run
	Err   error         // nil: done; *GapError: gap; *PostponeError: later, and the attempt does not count
	Retry time.Duration // after an Err that is neither: tried again after this; 0: failed for good
	IsCut bool          // it was cut off by us and not by a fault of its own: due again at once
}

// ended is an outcome as the statement takes it.
type ended struct {
	Job          string           `json:"job"`
	Scope        string           `json:"scope"`
	Night        string           `json:"night"`
	RunID        int64            `json:"run_id"`
	State        string           `json:"state"`
	RunState     State            `json:"run_state"`
	Error        *string          `json:"error"`
	Counts       map[string]int64 `json:"counts"`
	RequestCount int64            `json:"request_count"`
	ByteCount    int64            `json:"byte_count"`
	ArticleCount int64            `json:"article_count"`
	WaitSeconds  *float64         `json:"wait_seconds"`
	Uncounted    int              `json:"uncounted"`
}

func (o Outcome) ended() ended {
	counts := o.Run.Counts()
	e := ended{
		Job: o.Run.Job, Scope: o.Run.Scope, Night: o.Run.Night.Format(time.DateOnly), RunID: o.Run.ID, Counts: counts,
		RequestCount: counts["requests"], ByteCount: counts["bytes"], ArticleCount: counts["stored"] + counts["changed"],
	}
	var gap *GapError
	var later *PostponeError
	var refusal Refusal
	after := func(d time.Duration) { seconds := d.Seconds(); e.State, e.WaitSeconds = IntervalPlanned, &seconds }
	switch {
	case o.Err == nil && o.Run.Failures() > 0:
		e.State, e.RunState = IntervalDone, StateFailures
	case o.Err == nil:
		e.State, e.RunState = IntervalDone, StateDone
	case o.IsCut:
		e.RunState, e.Uncounted = StateCancelled, 1
		after(0)
	case errors.As(o.Err, &gap):
		e.State, e.RunState = IntervalGap, StateDone
	case errors.As(o.Err, &later):
		e.RunState, e.Uncounted = StateCancelled, 1
		after(later.After)
	default:
		e.State, e.RunState = IntervalFailed, StateFailed
		if errors.As(o.Err, &refusal) && refusal.Refused() {
			e.RunState = StateRefused
		}
		if o.Retry > 0 {
			after(o.Retry)
		}
	}
	if o.Err != nil {
		text := strings.ReplaceAll(o.Err.Error(), "\x00", "") // which Postgres does not store
		e.Error = &text
	}
	return e
}

// Settle writes how attempts ended, the runs and their intervals, in one
// statement, and returns the runs whose intervals were still the worker's own: of
// one that was cancelled or taken away, only the run is written.
func (l *Ledger) Settle(ctx context.Context, worker string, outcomes []Outcome) (map[int64]bool, error) {
	return l.settle(ctx, worker, outcomes, true)
}

// settle leaves the runs alone if it is not to close them.
func (l *Ledger) settle(ctx context.Context, worker string, outcomes []Outcome, closesRuns bool) (map[int64]bool, error) {
	list := make([]ended, len(outcomes))
	for i, o := range outcomes {
		list[i] = o.ended()
	}
	text, err := json.Marshal(list)
	if err != nil {
		return nil, fmt.Errorf("encode how %d intervals ended: %w", len(outcomes), err)
	}
	var own []int64
	err = l.db.SelectContext(ctx, &own, `
		with ended as materialized (
			select *
			from jsonb_to_recordset(cast($1 as jsonb)) as e (
				job text, scope text, night date, run_id bigint, state text, run_state text, error text, counts jsonb,
				request_count bigint, byte_count bigint, article_count bigint, wait_seconds double precision, uncounted integer
			)
		),
		settled as (
			update ops.intervals as i
			set state = e.state, error = e.error, counts = e.counts, request_count = e.request_count, byte_count = e.byte_count,
				article_count = e.article_count, elapsed = clock_timestamp() - i.started_at, heartbeat_at = clock_timestamp(), worker = null,
				finished_at = case when e.wait_seconds is null then clock_timestamp() end,
				attempt_count = i.attempt_count - e.uncounted,
				next_attempt_at = clock_timestamp() + make_interval(secs => e.wait_seconds)
			from ended as e
			where i.job = e.job and i.scope = e.scope and i.night = e.night and i.run_id = e.run_id
				and i.worker = $2 and i.state = 'running'
			returning i.run_id
		),
		closed as (
			update ops.runs as r
			set state = case when s.run_id is null then 'cancelled' else e.run_state end,
				error = case when s.run_id is null then coalesce('its interval was cancelled or taken away: ' || e.error, 'its interval was cancelled or taken away') else e.error end,
				counts = e.counts, finished_at = clock_timestamp(), heartbeat_at = clock_timestamp()
			from ended as e
			left join settled as s on s.run_id = e.run_id
			where r.run_id = e.run_id and r.state = 'running' and cast($3 as boolean)
		)
		select run_id from settled`, string(text), worker, closesRuns)
	if err != nil {
		return nil, fmt.Errorf("settle %d intervals: %w", len(outcomes), err)
	}
	isOwn := make(map[int64]bool, len(own))
	for _, id := range own {
		isOwn[id] = true
	}
	for i, o := range outcomes {
		state, took := list[i].RunState, time.Since(o.Run.began)
		if isOwn[o.Run.ID] {
			l.metrics.IntervalSettled(o.Run.Job, list[i].State, took)
		} else {
			state = StateCancelled
		}
		if closesRuns {
			l.metrics.RunEnded(o.Run.Job, string(state), took)
		}
	}
	return isOwn, nil
}
