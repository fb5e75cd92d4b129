package backfill

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// Plan is what a backfill would do and cost.
type Plan struct {
	BackfillID       int64          `json:"backfill_id"`
	State            string         `json:"state"`
	Request          Request        `json:"request"`
	OutletCount      int            `json:"outlet_count"`
	IntervalCount    int            `json:"interval_count"` // rebuilds and gaps included
	RebuildCount     int            `json:"rebuild_count"`
	GapCount         int            `json:"gap_count"`
	RequestCount     int64          `json:"request_count"`
	ByteCount        int64          `json:"byte_count"`
	ArticleCount     int64          `json:"article_count"`
	EstimatedSeconds float64        `json:"estimated_seconds"`
	Estimate         Estimate       `json:"estimate"`
	Basis            []string       `json:"basis"` // what the estimates rest on, in sentences
	Nights           []PlannedNight `json:"nights"`
	Gaps             []ReasonCount  `json:"gaps"`
	Overlaps         []int64        `json:"overlaps"` // open backfills with intervals of this plan: apply refuses until they end
}

// PlannedNight sums up one night of a plan.
type PlannedNight struct {
	Night        ledger.Date `db:"night" json:"night"`
	Live         int         `db:"live_count" json:"live"`
	Archive      int         `db:"archive_count" json:"archive"`
	WARC         int         `db:"warc_count" json:"warc"`
	Stored       int         `db:"stored_count" json:"stored"`
	None         int         `db:"none_count" json:"none"`
	IsRebuilt    bool        `db:"is_rebuilt" json:"is_rebuilt"`
	RequestCount int64       `db:"request_count" json:"request_count"`
	ByteCount    int64       `db:"byte_count" json:"byte_count"`
	ArticleCount int64       `db:"article_count" json:"article_count"`
	Seconds      float64     `db:"seconds" json:"estimated_seconds"` // of work, not of time on the clock
}

// ReasonCount is a reason and how many intervals have it.
type ReasonCount struct {
	Reason      string      `db:"reason" json:"reason"`
	Intervals   int         `db:"interval_count" json:"interval_count"`
	Outlets     int         `db:"outlet_count" json:"outlet_count"`
	FirstNight  ledger.Date `db:"first_night" json:"first_night"`
	LastNight   ledger.Date `db:"last_night" json:"last_night"`
	AnyOutletID string      `db:"any_outlet_id" json:"any_outlet_id"` // one of them, for example
}

// Plan decides what a request comes to and stores it under a number. Nothing is
// fetched and nothing of the ledger is touched.
func (b *Backfills) Plan(ctx context.Context, req Request, by string) (Plan, error) {
	req, err := req.complete(b.lastNight())
	if err != nil {
		return Plan{}, err
	}
	chosen, err := choose(b.cfg.Outlets, req.Outlets)
	if err != nil {
		return Plan{}, err
	}
	plan := Plan{State: StatePlanned, Request: req, OutletCount: len(chosen)}
	// Repeatable read: what is decided and the mark of what it rests on are of
	// one moment.
	err = b.inTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead}, func(tx *sqlx.Tx) error {
		return b.write(ctx, tx, &plan, chosen, by)
	})
	if err != nil {
		return Plan{}, fmt.Errorf("plan a backfill of %s to %s: %w", req.From, req.To, err)
	}
	return plan, nil
}

// write stores the plan with its items and sums.
func (b *Backfills) write(ctx context.Context, tx *sqlx.Tx, plan *Plan, chosen []outlets.Outlet, by string) error {
	req := plan.Request
	err := tx.GetContext(ctx, &plan.BackfillID, `
		insert into ops.backfills (
			state, first_night, last_night, sources, steps, window_size, interval_count, request_count, byte_count,
			article_count, estimated_duration, ledger_mark, planned_at, planned_by)
		values ('planned', $1, $2, $3, $4, $5, 0, 0, 0, 0, interval '0', '', $6, $7)
		returning backfill_id`,
		req.From.Format(time.DateOnly), req.To.Format(time.DateOnly), pq.Array(req.Sources), pq.Array(req.Steps),
		req.Window, b.now().UTC(), by)
	if err != nil {
		return fmt.Errorf("write the plan: %w", err)
	}
	if req.has(StepRead) || req.has(StepMatch) {
		_, err = tx.ExecContext(ctx, `
			insert into ops.backfill_items (
				backfill_id, job, scope, night, source, request_count, byte_count, article_count, estimated_duration, reason)
			select cast($1 as bigint), 'backfill', i.scope, i.night, i.source, i.request_count, i.byte_count, i.article_count,
				i.estimated_duration, i.reason
			from (`+itemsQuery+`) as i`, b.itemsArguments(plan.BackfillID, req, chosen)...)
		if err != nil {
			return fmt.Errorf("decide on the sources: %w", err)
		}
	}
	if req.has(StepBuild) {
		if err := b.writeRebuilds(ctx, tx, plan.BackfillID, req); err != nil {
			return err
		}
	}
	if err := b.sumUp(ctx, tx, plan, chosen); err != nil {
		return err
	}
	mark, err := b.mark(ctx, tx, plan.BackfillID, req, chosen, markOfItems)
	if err != nil {
		return err
	}
	arguments, err := json.Marshal(arguments{Request: req, OutletCount: plan.OutletCount, Estimate: plan.Estimate, Basis: plan.Basis})
	if err != nil {
		return fmt.Errorf("encode the request: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		update ops.backfills
		set interval_count = $2, request_count = $3, byte_count = $4, article_count = $5,
			estimated_duration = make_interval(secs => $6), ledger_mark = $7, arguments = $8
		where backfill_id = $1`,
		plan.BackfillID, plan.IntervalCount, plan.RequestCount, plan.ByteCount, plan.ArticleCount, plan.EstimatedSeconds,
		mark.String(), string(arguments))
	if err != nil {
		return fmt.Errorf("write the sums of the plan: %w", err)
	}
	return nil
}

// arguments are ops.backfills.arguments.
type arguments struct {
	Request
	OutletCount int      `json:"outlet_count"`
	Estimate    Estimate `json:"estimate"`
	Basis       []string `json:"basis"`
}

// writeRebuilds adds the nights to build: those of the range that something can
// be had for or that were built before, and every later night that is built,
// because its sums carry theirs. Nights that retention is past are left out.
func (b *Backfills) writeRebuilds(ctx context.Context, tx *sqlx.Tx, backfillID int64, req Request) error {
	_, err := tx.ExecContext(ctx, `
		with built as (
			select k.night from intermediate.int_constants_pivoted as k where k.night >= cast($2 as date)
		),
		stored as (
			select cast(d.day as date) as night
			from generate_series(cast($2 as timestamp), cast($3 as timestamp), interval '1 day') as d (day)
			where exists (select 1 from staging.articles as a where a.night = cast(d.day as date))
		),
		served as (
			select distinct i.night from ops.backfill_items as i where i.backfill_id = $1 and i.source <> 'none'
		),
		nights as (
			select night from built union select night from stored union select night from served
		),
		pace as (
			select extract(epoch from sum(r.finished_at - r.started_at)) / nullif(sum(r.night_count), 0) as night_seconds
			from (
				select q.started_at, q.finished_at,
					cast(coalesce(q.counts ->> 'nights_built', q.counts ->> 'nights_published') as integer) as night_count
				from ops.runs as q
				where q.job in ('build', 'publish', 'rebuild') and q.state = 'done' and q.started_at > $4
				order by q.run_id desc limit 60
			) as r
			where r.night_count > 0
		)
		insert into ops.backfill_items (
			backfill_id, job, scope, night, source, request_count, byte_count, article_count, estimated_duration, reason)
		select cast($1 as bigint), 'rebuild', '', n.night, 'sql', 0, 0, 0,
			make_interval(secs => cast(coalesce(2 * p.night_seconds, $5) as double precision)),
			case when n.night > cast($3 as date) then 'built before, and its sums carry the nights before it' end
		from nights as n
		cross join pace as p
		where n.night >= coalesce( -- nights before cannot be built any more
			(select max(m.kept_from) from ops.retention_marks as m where m.subject in ('state', 'text')), '-infinity'
		)`,
		backfillID, req.From.Format(time.DateOnly), req.To.Format(time.DateOnly), b.now().UTC().AddDate(0, 0, -historyDays), secondsPerNight)
	if err != nil {
		return fmt.Errorf("find the nights to build: %w", err)
	}
	return nil
}

// sumUp reads the sums of what was written and estimates the whole.
func (b *Backfills) sumUp(ctx context.Context, tx *sqlx.Tx, plan *Plan, chosen []outlets.Outlet) error {
	var err error
	if plan.Nights, err = plannedNights(ctx, tx, plan.BackfillID); err != nil {
		return err
	}
	if plan.Gaps, err = plannedGaps(ctx, tx, plan.BackfillID); err != nil {
		return err
	}
	for _, n := range plan.Nights {
		plan.IntervalCount += n.Live + n.Archive + n.WARC + n.Stored + n.None
		plan.GapCount += n.None
		plan.RequestCount += n.RequestCount
		plan.ByteCount += n.ByteCount
		plan.ArticleCount += n.ArticleCount
		if n.IsRebuilt {
			plan.IntervalCount++
			plan.RebuildCount++
		}
	}
	load, err := readLoad(ctx, tx, plan.BackfillID, chosen)
	if err != nil {
		return err
	}
	plan.Estimate = load.estimate(min(plan.Request.Window, b.cfg.Slots), b.cfg.DailyBudget)
	plan.EstimatedSeconds = plan.Estimate.Seconds
	if plan.Basis, err = b.basis(ctx, tx, plan.BackfillID); err != nil {
		return err
	}
	if plan.Overlaps, err = overlaps(ctx, tx, plan.BackfillID); err != nil {
		return err
	}
	return nil
}

func plannedNights(ctx context.Context, q sqlx.QueryerContext, backfillID int64) ([]PlannedNight, error) {
	nights := []PlannedNight{}
	err := sqlx.SelectContext(ctx, q, &nights, `
		select
			i.night,
			count(*) filter (where i.source = 'live') as live_count,
			count(*) filter (where i.source = 'archive') as archive_count,
			count(*) filter (where i.source = 'warc') as warc_count,
			count(*) filter (where i.source = 'stored') as stored_count,
			count(*) filter (where i.source = 'none') as none_count,
			bool_or(i.job = 'rebuild') as is_rebuilt,
			cast(sum(i.request_count) as bigint) as request_count,
			cast(sum(i.byte_count) as bigint) as byte_count,
			cast(sum(i.article_count) as bigint) as article_count,
			cast(extract(epoch from sum(i.estimated_duration)) as double precision) as seconds
		from ops.backfill_items as i
		where i.backfill_id = $1
		group by i.night
		order by i.night desc`, backfillID)
	if err != nil {
		return nil, fmt.Errorf("sum up the nights of backfill %d: %w", backfillID, err)
	}
	return nights, nil
}

// plannedGaps says why intervals of a plan cannot be had, the commonest first.
func plannedGaps(ctx context.Context, q sqlx.QueryerContext, backfillID int64) ([]ReasonCount, error) {
	gaps := []ReasonCount{}
	err := sqlx.SelectContext(ctx, q, &gaps, `
		select
			coalesce(i.reason, '') as reason, count(*) as interval_count, count(distinct i.scope) as outlet_count,
			min(i.night) as first_night, max(i.night) as last_night, min(i.scope) as any_outlet_id
		from ops.backfill_items as i
		where i.backfill_id = $1 and i.source = 'none'
		group by coalesce(i.reason, '')
		order by interval_count desc, reason`, backfillID)
	if err != nil {
		return nil, fmt.Errorf("read the gaps of backfill %d: %w", backfillID, err)
	}
	return gaps, nil
}

// overlaps lists the other backfills that have open intervals of this plan.
func overlaps(ctx context.Context, q sqlx.QueryerContext, backfillID int64) ([]int64, error) {
	ids := []int64{}
	err := sqlx.SelectContext(ctx, q, &ids, `
		select distinct v.backfill_id
		from ops.intervals as v
		inner join ops.backfill_items as i
			on i.backfill_id = $1 and i.job = v.job and i.night = v.night and i.scope = v.scope
		where v.state in ('planned', 'queued', 'running') and v.job in ('backfill', 'rebuild') and v.backfill_id <> $1
		order by v.backfill_id`, backfillID)
	if err != nil {
		return nil, fmt.Errorf("look for other backfills of the same nights: %w", err)
	}
	return ids, nil
}

// lastNight is the newest night that is over.
func (b *Backfills) lastNight() time.Time {
	return ledger.LastFinishedNight(b.now(), b.cfg.ReportZone)
}

// inTx does something in one transaction.
func (b *Backfills) inTx(ctx context.Context, options *sql.TxOptions, do func(tx *sqlx.Tx) error) error {
	tx, err := b.db.BeginTxx(ctx, options)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after a commit it does nothing
	if err := do(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
