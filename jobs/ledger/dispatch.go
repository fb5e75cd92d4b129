package ledger

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Ticket is the right to claim an interval once. The queue carries tickets; a
// second one for the same attempt is worth nothing.
type Ticket struct {
	Job     string `db:"job" json:"job"`
	Scope   string `db:"scope" json:"scope"`
	Night   Date   `db:"night" json:"night"`
	Attempt int    `db:"attempt_count" json:"attempt"`
}

// The jobs whose intervals belong to a backfill.
const (
	JobBackfill = "backfill" // an outlet's night; as many at a time as the window of the backfill allows
	JobRebuild  = "rebuild"  // a night, once all outlets' nights of its backfill have ended
)

// dispatchLock makes dispatching one thing at a time, so that what it counts
// stays true until it is committed.
const dispatchLock = `select pg_advisory_xact_lock(hashtextextended('overheard/dispatch', 0))`

// Dispatch marks as queued what may start now, and returns the tickets for the
// queue. Of every job but backfill one interval is under way at a time: of the
// nights the newest first, then the oldest, because later ones carry sums of
// earlier ones; of rebuild the oldest; of the rest the newest. A backfill has as
// many under way as its window, newest night first, and no more than reserved
// while a night or a collect is open. With jobs only theirs are dispatched, and
// those of backfills: what nobody would take must not be under way.
func (l *Ledger) Dispatch(ctx context.Context, reserved int, jobs ...string) ([]Ticket, error) {
	var tickets []Ticket
	err := l.inTx(ctx, func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, dispatchLock); err != nil {
			return err
		}
		return tx.SelectContext(ctx, &tickets, dispatchSQL, reserved, pq.Array(jobs))
	})
	if err != nil {
		return nil, fmt.Errorf("dispatch what is due: %w", err)
	}
	return tickets, nil
}

// Every part is bound to its own partial index, whatever the planner has heard of
// the table, and the rows to be changed are named by where they lie: an installation
// has millions of settled intervals and dispatches a hundred times a second.
const dispatchSQL = `
	with recursive waiting as ( -- the jobs of what is planned, each found by one look at the index
		(select p.job from ops.intervals as p where p.state = 'planned' order by p.job limit 1)
		union all
		select n.job
		from waiting as w
		cross join lateral (
			select p.job from ops.intervals as p where p.state = 'planned' and p.job > w.job order by p.job limit 1
		) as n
	),
	busy as materialized (
		select o.job, o.scope, o.backfill_id
		from ops.intervals as o
		where o.state in ('queued', 'running')
	),
	alone as materialized (
		select
			i.ctid as place_in_table,
			row_number() over (
				partition by i.job
				order by
					case when i.job = 'nightly' and i.night = n.night then 0 else 1 end,
					case when i.job in ('nightly', 'rebuild') then i.night end,
					i.night desc, i.scope desc
			) as place
		from waiting as w
		cross join lateral (
			select p.ctid, p.job, p.scope, p.night, p.backfill_id, p.next_attempt_at
			from ops.intervals as p
			where p.state = 'planned' and p.job = w.job and p.job <> 'backfill'
			offset 0 -- looked up for each job, never read whole and joined
		) as i
		cross join (select max(m.night) as night from ops.intervals as m where m.job = 'nightly' and m.scope = '') as n
		where (i.next_attempt_at is null or i.next_attempt_at <= now())
			and (cast($2 as text[]) is null or w.job = any(cast($2 as text[])))
			and not exists (select 1 from busy as t where t.job = w.job)
			and (i.job <> 'rebuild' or (
				exists (select 1 from ops.backfills as b where b.backfill_id = i.backfill_id and b.state = 'running')
				and not exists (select 1 from busy as t where t.backfill_id = i.backfill_id)
				and (
					select e.job from ops.intervals as e
					where e.backfill_id = i.backfill_id and e.job = 'backfill' and e.state = 'planned'
					order by e.night desc limit 1 -- one look at the index, where not exists may read them all
				) is null
				and (
					select e.job from ops.intervals as e
					where e.backfill_id = i.backfill_id and e.job = 'rebuild' and e.state = 'planned' and e.night < i.night
					order by e.night desc limit 1
				) is null
			))
	),
	room as materialized (
		select
			b.backfill_id,
			case
				when exists (select 1 from busy as t where t.job in ('nightly', 'collect')) then least($1, b.window_size)
				else b.window_size
			end - (select count(*) from busy as t where t.job = 'backfill' and t.backfill_id = b.backfill_id) as slot_count
		from ops.backfills as b
		where b.state = 'running'
	),
	due as materialized (
		select a.place_in_table from alone as a where a.place = 1
		union all
		select w.place_in_table
		from room as r
		cross join lateral (
			select c.place_in_table
			from (
				select distinct on (n.scope) n.place_in_table, n.scope, n.night
				from (
					select i.ctid as place_in_table, i.scope, i.night
					from ops.intervals as i
					where i.backfill_id = r.backfill_id and i.job = 'backfill' and i.state = 'planned'
						and (i.next_attempt_at is null or i.next_attempt_at <= now())
						and not exists (select 1 from busy as t where t.job = 'backfill' and t.scope = i.scope)
					order by i.night desc, i.scope
					limit 4 * greatest(r.slot_count, 0) -- where a night ends and the next begins an outlet may come twice
				) as n
				order by n.scope, n.night desc
			) as c
			order by c.night desc, c.scope
			limit greatest(r.slot_count, 0)
		) as w
		where r.slot_count > 0
	),
	queued as (
		update ops.intervals as i
		set state = 'queued', queued_at = clock_timestamp()
		where i.ctid = any (array(select d.place_in_table from due as d)) and i.state = 'planned'
		returning i.job, i.scope, i.night, i.attempt_count
	)
	select q.job, q.scope, q.night, q.attempt_count
	from queued as q
	order by q.night desc, q.job, q.scope`

// Lost returns tickets anew for what has been queued for longer than age although
// the queue no longer carries it: a crash came between ledger and queue, or the
// process died that had taken the ticket.
func (l *Ledger) Lost(ctx context.Context, age time.Duration) ([]Ticket, error) {
	var tickets []Ticket
	err := l.db.SelectContext(ctx, &tickets, `
		with old as materialized (
			select i.job, i.scope, i.night, i.attempt_count
			from ops.intervals as i
			where i.state = 'queued' and i.queued_at < now() - make_interval(secs => $1)
			order by i.job, i.scope, i.night
			for update skip locked
		),
		carried as (
			select
				q.args ->> 'job' as job, q.args ->> 'scope' as scope, q.args ->> 'night' as night,
				cast(q.args ->> 'attempt' as integer) as attempt_count
			from queue.river_job as q
			where exists (select 1 from old) and (q.state in ('available', 'pending', 'scheduled', 'retryable')
				or q.state = 'running' and q.attempted_at > now() - make_interval(secs => $1))
		)
		update ops.intervals as i
		set queued_at = clock_timestamp()
		from old as o
		where i.job = o.job and i.scope = o.scope and i.night = o.night and i.state = 'queued'
			and not exists (
				select 1 from carried as c
				where c.job = o.job and c.scope = o.scope and c.night = cast(o.night as text) and c.attempt_count = o.attempt_count
			)
		returning i.job, i.scope, i.night, i.attempt_count`, age.Seconds())
	if err != nil {
		return nil, fmt.Errorf("look for what the queue has lost: %w", err)
	}
	return tickets, nil
}

func (l *Ledger) inTx(ctx context.Context, do func(tx *sqlx.Tx) error) error {
	tx, err := l.db.BeginTxx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() //nolint:errcheck // nothing to undo after a commit
	if err := do(tx); err != nil {
		return err
	}
	return tx.Commit()
}
