package ledger

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lib/pq"
)

// RunFilter says which runs to list.
type RunFilter struct {
	Job   string // empty: all
	IsAll bool   // those of intervals of backfills too, which can be very many
	Limit int
}

// List reads the newest runs, newest first. The runs of a backfill's intervals are
// left out unless they are asked for: the backfill's own run stands for them.
func (l *Ledger) List(ctx context.Context, filter RunFilter) ([]Row, error) {
	rows := []Row{}
	err := l.db.SelectContext(ctx, &rows, `select `+rowColumns+`
		from ops.runs
		where ($1 = '' or job = $1) and ($2 or $1 <> '' or backfill_id is null or night is null)
		order by run_id desc limit $3`, filter.Job, filter.IsAll, filter.Limit)
	if err != nil {
		return nil, fmt.Errorf("read the runs: %w", err)
	}
	return rows, nil
}

// IntervalFilter says which intervals to list; zero values mean all. Without
// states these are the ones that have not ended and those that failed.
type IntervalFilter struct {
	States     []string
	Job        string
	Night      time.Time
	BackfillID int64
	Limit      int
}

// Validate says whether the states are states.
func (f IntervalFilter) Validate() error {
	known := []string{"planned", "queued", "running", "done", "failed", "cancelled", "gap"}
	for _, state := range f.States {
		if !slices.Contains(known, state) {
			return fmt.Errorf("%q is no state of an interval; there are %s", state, strings.Join(known, ", "))
		}
	}
	return nil
}

// Intervals lists intervals: what runs first, then what is due, then what has
// ended, the newest night first.
func (l *Ledger) Intervals(ctx context.Context, filter IntervalFilter) ([]Interval, error) {
	if err := filter.Validate(); err != nil {
		return nil, err
	}
	if len(filter.States) == 0 {
		filter.States = []string{"planned", "queued", "running", "failed"}
	}
	rows := []Interval{}
	err := l.db.SelectContext(ctx, &rows, `
		select
			i.job, i.scope, i.night, i.state, i.cause, i.attempt_count, i.death_count, i.run_id, i.backfill_id, i.worker, i.planned_at,
			i.queued_at, i.started_at, i.heartbeat_at, i.next_attempt_at, i.finished_at, i.request_count, i.byte_count, i.article_count,
			i.counts, i.error
		from ops.intervals as i
		where i.state = any (cast($1 as text[])) and ($2 = '' or i.job = $2) and (cast($3 as date) is null or i.night = $3)
			and ($4 = 0 or i.backfill_id = $4)
		order by array_position(array['running', 'queued', 'planned', 'failed', 'cancelled', 'gap', 'done'], i.state), i.night desc, i.job, i.scope
		limit $5`, pq.Array(filter.States), filter.Job, nullDate(filter.Night), filter.BackfillID, filter.Limit)
	if err != nil {
		return nil, fmt.Errorf("list the intervals: %w", err)
	}
	return rows, nil
}
