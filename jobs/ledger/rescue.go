package ledger

import (
	"context"
	"fmt"
	"time"
)

// maxDeaths is how many workers an interval may cost. A page that kills its worker
// is quarantined at the third death, and what comes after it must have its chances.
const maxDeaths = 6

// Rescue brings back intervals whose worker has given no sign of life for after,
// by the clock of the database; at the last of maxDeaths it has failed. It
// returns those it found. A database that has just started itself is no witness:
// it could not take their heartbeats.
func (l *Ledger) Rescue(ctx context.Context, after time.Duration) ([]Interval, error) {
	var rows []Interval
	err := l.db.SelectContext(ctx, &rows, `
		with orphans as (
			select i.job, i.scope, i.night, i.run_id
			from ops.intervals as i
			where i.state = 'running'
				and coalesce(i.heartbeat_at, i.started_at, i.planned_at) < clock_timestamp() - make_interval(secs => $1)
				and (i.heartbeat_at is null or pg_postmaster_start_time() < clock_timestamp() - make_interval(secs => $1))
			order by i.job, i.scope, i.night
			for update skip locked
		),
		abandoned as (
			update ops.runs as r
			set state = 'abandoned', finished_at = clock_timestamp(), error = 'its process ended without a word'
			from orphans as o
			where r.run_id = o.run_id and r.state = 'running'
		)
		update ops.intervals as i
		set death_count = i.death_count + 1, worker = null,
			state = case when i.death_count + 1 >= $2 then 'failed' else 'planned' end,
			finished_at = case when i.death_count + 1 >= $2 then clock_timestamp() end,
			error = case when i.death_count + 1 >= $2 then format('its worker died %s times', i.death_count + 1) else 'its worker died' end,
			next_attempt_at = null
		from orphans as o
		where i.job = o.job and i.scope = o.scope and i.night = o.night
		returning `+intervalColumns, after.Seconds(), maxDeaths)
	if err != nil {
		return nil, fmt.Errorf("look for intervals whose worker has died: %w", err)
	}
	return rows, l.abandonCancelled(ctx, after)
}

// abandonCancelled ends the runs of workers that died before they learned that
// their interval was cancelled.
func (l *Ledger) abandonCancelled(ctx context.Context, after time.Duration) error {
	_, err := l.db.ExecContext(ctx, `
		update ops.runs as r
		set state = 'abandoned', finished_at = clock_timestamp(), error = 'its interval was cancelled, and its process ended without a word'
		from ops.intervals as i
		where r.state = 'running' and r.night is not null and r.heartbeat_at < clock_timestamp() - make_interval(secs => $1)
			and i.job = r.job and i.scope = coalesce(r.scope, '') and i.night = r.night
			and i.run_id = r.run_id and i.state <> 'running'`, after.Seconds())
	if err != nil {
		return fmt.Errorf("look for runs whose worker has died: %w", err)
	}
	return nil
}
