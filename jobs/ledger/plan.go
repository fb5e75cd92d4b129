package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Reason says why intervals are planned.
type Reason struct {
	Cause      string // one of the Cause constants
	BackfillID int64  // backfill that asks for them; 0: none
	IsRenewal  bool   // those that have ended are planned again, whatever their end
}

// Plan writes down what is owed, in one statement, and tells how many intervals
// are planned by it. Those under way are left alone, and so are those that have
// ended, unless they failed or it is a renewal. tx may be nil.
func (l *Ledger) Plan(ctx context.Context, tx *sqlx.Tx, why Reason, keys []Key) (int64, error) {
	var to sqlx.ExecerContext = l.db
	if tx != nil {
		to = tx
	}
	jobs, scopes, nights := columns(keys)
	res, err := to.ExecContext(ctx, `
		insert into ops.intervals as i (job, scope, night, state, cause, backfill_id, attempt_count, planned_at)
		select k.job, k.scope, cast(k.night as date), 'planned', $4, $5, 0, $6
		from unnest(cast($1 as text[]), cast($2 as text[]), cast($3 as text[])) as k (job, scope, night)
		order by k.job, k.scope, k.night
		on conflict (job, scope, night) do update
		set state = excluded.state, cause = excluded.cause, backfill_id = coalesce(excluded.backfill_id, i.backfill_id),
			attempt_count = 0, death_count = 0, planned_at = excluded.planned_at, next_attempt_at = null,
			finished_at = null, error = null
		where i.state = 'failed' or cast($7 as boolean) and i.state not in ('planned', 'queued', 'running')`,
		pq.Array(jobs), pq.Array(scopes), pq.Array(nights), why.Cause, nullID(why.BackfillID), l.now().UTC(), why.IsRenewal)
	if err != nil {
		return 0, fmt.Errorf("plan %d intervals: %w", len(keys), err)
	}
	n, _ := res.RowsAffected()
	return n, nil
}

// Tick writes down that the time of a job has come that is of no use later, such
// as a collect; any number of schedulers may say so. One that was not begun before
// is given up for it; beside one that runs the tick itself is given up.
// It tells whether the ledger has heard of this tick for the first time.
func (l *Ledger) Tick(ctx context.Context, key Key, cause string) (state string, err error) {
	var states []string
	err = l.db.SelectContext(ctx, &states, `
		with late as (
			update ops.intervals
			set state = 'cancelled', finished_at = now(), error = 'it was not begun before the next one'
			where job = $1 and state in ('planned', 'queued') and (night, scope) < (cast($3 as date), $2)
		)
		insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at, finished_at, error)
		select
			$1, $2, cast($3 as date), case when b.is_busy then 'cancelled' else 'planned' end, $4, 0, $5,
			case when b.is_busy then now() end, case when b.is_busy then 'the one before still runs' end
		from (select exists (select 1 from ops.intervals where job = $1 and state = 'running') as is_busy) as b
		on conflict (job, scope, night) do nothing
		returning state`, key.Job, key.Scope, nullDate(key.Night), cause, l.now().UTC())
	if err != nil {
		return "", fmt.Errorf("plan %s of %s %s: %w", key.Job, key.Night.Format(time.DateOnly), key.Scope, err)
	}
	if len(states) == 0 {
		return "", nil
	}
	return states[0], nil
}

// Cancel ends intervals that have not ended, and tells how many. A worker that is
// at one of them learns it from its next Beat.
func (l *Ledger) Cancel(ctx context.Context, reason string, keys []Key) (int64, error) {
	jobs, scopes, nights := columns(keys)
	res, err := l.db.ExecContext(ctx, `
		update ops.intervals as i
		set state = 'cancelled', error = $4, finished_at = now(), worker = null, next_attempt_at = null
		from unnest(cast($1 as text[]), cast($2 as text[]), cast($3 as text[])) as k (job, scope, night)
		where i.job = k.job and i.scope = k.scope and i.night = cast(k.night as date)
			and i.state in ('planned', 'queued', 'running')`,
		pq.Array(jobs), pq.Array(scopes), pq.Array(nights), reason)
	if err != nil {
		return 0, fmt.Errorf("cancel %d intervals: %w", len(keys), err)
	}
	n, _ := res.RowsAffected()
	return n, nil
}

// Retry plans intervals again that have ended, and tells how many. Their night and
// scope stay what they are, whenever it is asked.
func (l *Ledger) Retry(ctx context.Context, keys []Key) (int64, error) {
	jobs, scopes, nights := columns(keys)
	res, err := l.db.ExecContext(ctx, `
		update ops.intervals as i
		set state = 'planned', attempt_count = 0, death_count = 0, planned_at = $4, next_attempt_at = null, finished_at = null
		from unnest(cast($1 as text[]), cast($2 as text[]), cast($3 as text[])) as k (job, scope, night)
		where i.job = k.job and i.scope = k.scope and i.night = cast(k.night as date)
			and i.state not in ('planned', 'queued', 'running')`,
		pq.Array(jobs), pq.Array(scopes), pq.Array(nights), l.now().UTC())
	if err != nil {
		return 0, fmt.Errorf("retry %d intervals: %w", len(keys), err)
	}
	n, _ := res.RowsAffected()
	return n, nil
}

// columns turns keys into one array for each column.
func columns(keys []Key) (jobs, scopes, nights []string) {
	jobs, scopes, nights = make([]string, len(keys)), make([]string, len(keys)), make([]string, len(keys))
	for i, k := range keys {
		jobs[i], scopes[i], nights[i] = k.Job, k.Scope, k.Night.Format(time.DateOnly)
	}
	return jobs, scopes, nights
}
