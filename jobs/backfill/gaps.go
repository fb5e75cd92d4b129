package backfill

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// listedGaps bounds the intervals that a gap report names one by one; its totals
// count all.
const listedGaps = 500

// GapReport tells what a backfill could not have, and why.
type GapReport struct {
	Gaps      int           `json:"gaps"`      // outlets' nights that cannot be had
	Failed    int           `json:"failed"`    // intervals that failed after their last attempt
	Cancelled int           `json:"cancelled"` // intervals that were not done
	Reasons   []ReasonCount `json:"reasons"`   // of gaps, the commonest first
	Pages     []PageCount   `json:"pages"`     // single addresses that could not be had, by outcome
	Intervals []GapInterval `json:"intervals"` // newest night first, at most 500
}

// PageCount counts addresses that a backfill tried in vain.
type PageCount struct {
	Outcome string `db:"outcome" json:"outcome"` // robots, blocked, gone, failed, too_large, offsite
	Count   int    `db:"url_count" json:"url_count"`
	Outlets int    `db:"outlet_count" json:"outlet_count"`
	AnyURL  string `db:"any_url" json:"any_url"` // one of them, for example
}

// GapInterval is an interval that is not done.
type GapInterval struct {
	Job      string      `db:"job" json:"job"`
	OutletID string      `db:"scope" json:"outlet_id"` // empty for a night to build
	Night    ledger.Date `db:"night" json:"night"`
	State    string      `db:"state" json:"state"` // gap, failed or cancelled
	Attempts int         `db:"attempt_count" json:"attempt_count"`
	Reason   string      `db:"reason" json:"reason"`
}

// gapReport is read from the items, once they carry how their intervals ended.
func gapReport(ctx context.Context, q sqlx.QueryerContext, id int64) (GapReport, error) {
	report := GapReport{Reasons: []ReasonCount{}, Pages: []PageCount{}, Intervals: []GapInterval{}}
	err := q.QueryRowxContext(ctx, `
		select count(*) filter (where i.state = 'gap'), count(*) filter (where i.state = 'failed'),
			count(*) filter (where i.state = 'cancelled')
		from ops.backfill_items as i
		where i.backfill_id = $1`, id).Scan(&report.Gaps, &report.Failed, &report.Cancelled)
	if err != nil {
		return GapReport{}, fmt.Errorf("count the gaps of backfill %d: %w", id, err)
	}
	err = sqlx.SelectContext(ctx, q, &report.Reasons, `
		select coalesce(i.error, i.reason, 'no reason is known') as reason, count(*) as interval_count,
			count(distinct i.scope) as outlet_count, min(i.night) as first_night, max(i.night) as last_night, min(i.scope) as any_outlet_id
		from ops.backfill_items as i
		where i.backfill_id = $1 and i.state = 'gap'
		group by coalesce(i.error, i.reason, 'no reason is known')
		order by interval_count desc, reason
		limit 50`, id)
	if err != nil {
		return GapReport{}, fmt.Errorf("read why backfill %d has gaps: %w", id, err)
	}
	err = sqlx.SelectContext(ctx, q, &report.Pages, `
		select u.outcome, count(*) as url_count, count(distinct u.outlet_id) as outlet_count, min(u.url) as any_url
		from ops.runs as r
		inner join ops.urls as u on u.decided_run_id = r.run_id
		where r.backfill_id = $1 and u.outcome in ('robots', 'blocked', 'gone', 'failed', 'too_large', 'offsite')
		group by u.outcome
		order by url_count desc, u.outcome`, id)
	if err != nil {
		return GapReport{}, fmt.Errorf("count the pages that backfill %d could not have: %w", id, err)
	}
	err = sqlx.SelectContext(ctx, q, &report.Intervals, `
		select i.job, i.scope, i.night, i.state, coalesce(i.attempt_count, 0) as attempt_count,
			coalesce(i.error, i.reason, 'no reason is known') as reason
		from ops.backfill_items as i
		where i.backfill_id = $1 and i.state in ('gap', 'failed', 'cancelled')
		order by i.night desc, i.job, i.scope
		limit $2`, id, listedGaps)
	if err != nil {
		return GapReport{}, fmt.Errorf("list the gaps of backfill %d: %w", id, err)
	}
	return report, nil
}
