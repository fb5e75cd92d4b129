package backfill

import (
	"context"
	"fmt"
	"math"
	"time"
)

// Progress is how far a backfill is. Intervals are of outlets and nights to build
// together.
type Progress struct {
	IntervalCount   int        `db:"interval_count" json:"interval_count"`
	Planned         int        `db:"planned_count" json:"planned"`
	Queued          int        `db:"queued_count" json:"queued"`
	Running         int        `db:"running_count" json:"running"`
	Done            int        `db:"done_count" json:"done"`
	Failed          int        `db:"failed_count" json:"failed"`
	Cancelled       int        `db:"cancelled_count" json:"cancelled"`
	Gaps            int        `db:"gap_count" json:"gaps"`
	RequestCount    int64      `db:"request_count" json:"request_count"`
	ByteCount       int64      `db:"byte_count" json:"byte_count"`
	ArticleCount    int64      `db:"article_count" json:"article_count"`
	PerMinute       float64    `db:"per_minute" json:"per_minute"` // intervals that ended in the last minute
	RunningNight    *string    `db:"running_night" json:"running_night"`
	ETASeconds      *float64   `db:"-" json:"eta_seconds"` // null: not running, or nothing to go by
	ETA             *time.Time `db:"-" json:"eta"`
	EstimateIsOffBy *float64   `db:"-" json:"estimate_factor"` // actual over estimated work so far; null: nothing done yet

	work    pending
	rebuild pending
}

// Settled is how many intervals have ended, however.
func (p Progress) Settled() int { return p.Done + p.Failed + p.Cancelled + p.Gaps }

// pending is what is left of a kind of work, by its estimate, and what the done
// part of it was estimated at and took.
type pending struct {
	remaining, estimated, actual float64 // seconds
	running                      int
}

// left is the time that is left with so many hands. The estimates of what is left
// are scaled by how far off those of what is done were: a mean over intervals
// would take the cheap ones that ended for the dear ones that are left. The first
// few count little, so that one odd interval does not make a forecast.
func (p pending) left(hands int) float64 {
	return p.remaining * p.factor() / float64(max(1, hands))
}

func (p pending) factor() float64 {
	const trusted = 5 // seconds of work by which the plan's own estimate is believed
	return math.Min(50, math.Max(0.02, (p.actual+trusted)/(p.estimated+trusted)))
}

// eta is the time until all is done.
func eta(work, rebuild pending, slots int) float64 {
	hands := work.running
	if hands == 0 {
		hands = slots
	}
	return work.left(hands) + rebuild.left(1)
}

func (b *Backfills) progress(ctx context.Context, row Backfill) (*Progress, error) {
	var read struct {
		Progress
		WorkRemaining    float64 `db:"work_remaining"`
		WorkEstimated    float64 `db:"work_estimated"`
		WorkActual       float64 `db:"work_actual"`
		WorkRunning      int     `db:"work_running"`
		RebuildRemaining float64 `db:"rebuild_remaining"`
		RebuildEstimated float64 `db:"rebuild_estimated"`
		RebuildActual    float64 `db:"rebuild_actual"`
	}
	err := b.db.GetContext(ctx, &read, `
		with items as (`+itemsNow+`)
		select
			count(*) as interval_count,
			count(*) filter (where i.state = 'planned') as planned_count,
			count(*) filter (where i.state = 'queued') as queued_count,
			count(*) filter (where i.state = 'running') as running_count,
			count(*) filter (where i.state = 'done') as done_count,
			count(*) filter (where i.state = 'failed') as failed_count,
			count(*) filter (where i.state = 'cancelled') as cancelled_count,
			count(*) filter (where i.state = 'gap') as gap_count,
			cast(coalesce(sum(i.actual_requests), 0) as bigint) as request_count,
			cast(coalesce(sum(i.actual_bytes), 0) as bigint) as byte_count,
			cast(coalesce(sum(i.actual_articles), 0) as bigint) as article_count,
			cast(count(*) filter (where i.state in ('done', 'failed', 'gap') and i.source <> 'none'
				and i.finished_at > clock_timestamp() - interval '1 minute') as double precision) as per_minute,
			cast(max(i.night) filter (where i.state = 'running') as text) as running_night,
			coalesce(sum(i.estimated_seconds) filter (where i.job = 'backfill' and i.state in ('planned', 'queued', 'running')), 0) as work_remaining,
			coalesce(sum(i.estimated_seconds) filter (where i.job = 'backfill' and i.state = 'done'), 0) as work_estimated,
			coalesce(sum(i.actual_seconds) filter (where i.job = 'backfill' and i.state = 'done'), 0) as work_actual,
			count(*) filter (where i.job = 'backfill' and i.state = 'running') as work_running,
			coalesce(sum(i.estimated_seconds) filter (where i.job = 'rebuild' and i.state in ('planned', 'queued', 'running')), 0) as rebuild_remaining,
			coalesce(sum(i.estimated_seconds) filter (where i.job = 'rebuild' and i.state = 'done'), 0) as rebuild_estimated,
			coalesce(sum(i.actual_seconds) filter (where i.job = 'rebuild' and i.state = 'done'), 0) as rebuild_actual
		from items as i`, row.BackfillID)
	if err != nil {
		return nil, fmt.Errorf("read the progress of backfill %d: %w", row.BackfillID, err)
	}
	p := read.Progress
	p.work = pending{read.WorkRemaining, read.WorkEstimated, read.WorkActual, read.WorkRunning}
	p.rebuild = pending{remaining: read.RebuildRemaining, estimated: read.RebuildEstimated, actual: read.RebuildActual}
	if done := p.work.estimated + p.rebuild.estimated; done > 0 {
		factor := (p.work.actual + p.rebuild.actual) / done
		p.EstimateIsOffBy = &factor
	}
	if row.State == StateRunning && p.Settled() < p.IntervalCount {
		seconds := eta(p.work, p.rebuild, min(row.WindowSize, b.cfg.Slots))
		at := b.now().UTC().Add(time.Duration(seconds * float64(time.Second))).Truncate(time.Second)
		p.ETASeconds, p.ETA = &seconds, &at
	}
	return &p, nil
}

// Follow reports the progress of a backfill at once and then every so often,
// until it is no longer running or ctx ends. It works for nobody: the last
// detail says how things stand.
func (b *Backfills) Follow(ctx context.Context, id int64, every time.Duration, report func(Summary)) (Detail, error) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		row, err := b.read(ctx, b.db, id, "")
		if err != nil {
			return Detail{}, err
		}
		summary := Summary{Backfill: *row}
		if row.AppliedAt != nil {
			if summary.Progress, err = b.progress(ctx, *row); err != nil {
				return Detail{}, err
			}
		}
		report(summary)
		if row.State != StateRunning {
			return b.Show(ctx, id)
		}
		select {
		case <-ctx.Done():
			return Detail{}, context.Cause(ctx)
		case <-ticker.C:
		}
	}
}
