package ledger

import (
	"context"
	"fmt"
)

// Failure is one of the counted failures of a collect: a channel that could not
// be read, whole or in part, or a page that failed for good.
type Failure struct {
	RunID    int64  `db:"run_id" json:"run_id"`
	OutletID string `db:"outlet_id" json:"outlet_id"`
	URL      string `db:"url" json:"url"`
	Reason   string `db:"reason" json:"reason"`
}

// Failures lists what failed in a run and in the runs it started. ops.channels
// holds the last poll only, so a channel that was polled again since is listed
// with the later run.
func (l *Ledger) Failures(ctx context.Context, id int64) ([]Failure, error) {
	list := []Failure{}
	err := l.db.SelectContext(ctx, &list, `
		with collects as (
			select run_id, started_at, coalesce(finished_at, 'infinity') as finished_at
			from ops.runs where job = 'collect' and (run_id = $1 or parent_run_id = $1)
		)
		select
			r.run_id, c.outlet_id, c.channel_url as url,
			case when c.state = 'ok' then 'read in part' else c.state end
				|| ': ' || replace(replace(c.error, 'poll ' || c.channel_url || ': ', ''), 'fetch ' || c.channel_url || ': ', '') as reason
		from ops.channels as c
		inner join collects as r on c.last_polled_at between r.started_at and r.finished_at
		where c.error is not null
		union all
		select r.run_id, u.outlet_id, u.url, 'failed: ' || coalesce(u.reason, 'no reason is known') as reason
		from ops.urls as u
		inner join collects as r on r.run_id = u.decided_run_id
		where u.outcome = 'failed'
		order by run_id, outlet_id, url`, id)
	if err != nil {
		return nil, fmt.Errorf("read what failed in run %d: %w", id, err)
	}
	return list, nil
}
