package backfill

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// Backfill is one line of ops.backfills.
type Backfill struct {
	BackfillID       int64           `db:"backfill_id" json:"backfill_id"`
	State            string          `db:"state" json:"state"`
	FirstNight       ledger.Date     `db:"first_night" json:"first_night"`
	LastNight        ledger.Date     `db:"last_night" json:"last_night"`
	Sources          pq.StringArray  `db:"sources" json:"sources"`
	Steps            pq.StringArray  `db:"steps" json:"steps"`
	Arguments        arguments       `db:"arguments" json:"arguments"`
	WindowSize       int             `db:"window_size" json:"window_size"`
	IntervalCount    int             `db:"interval_count" json:"interval_count"`
	RequestCount     int64           `db:"request_count" json:"request_count"`
	ByteCount        int64           `db:"byte_count" json:"byte_count"`
	ArticleCount     int64           `db:"article_count" json:"article_count"`
	EstimatedSeconds float64         `db:"estimated_seconds" json:"estimated_seconds"`
	LedgerMark       string          `db:"ledger_mark" json:"-"`
	PlannedAt        time.Time       `db:"planned_at" json:"planned_at"`
	PlannedBy        string          `db:"planned_by" json:"planned_by"`
	AppliedAt        *time.Time      `db:"applied_at" json:"applied_at"`
	PausedAt         *time.Time      `db:"paused_at" json:"paused_at"`
	FinishedAt       *time.Time      `db:"finished_at" json:"finished_at"`
	RunID            *int64          `db:"run_id" json:"run_id"`
	GapReport        json.RawMessage `db:"gap_report" json:"gap_report"`
	RankingDiff      json.RawMessage `db:"ranking_diff" json:"ranking_diff"`
	Error            *string         `db:"error" json:"error"`
}

const backfillColumns = `backfill_id, state, first_night, last_night, sources, steps, arguments, window_size, interval_count,
	request_count, byte_count, article_count, cast(extract(epoch from estimated_duration) as double precision) as estimated_seconds,
	ledger_mark, planned_at, planned_by, applied_at, paused_at, finished_at, run_id,
	coalesce(gap_report, 'null') as gap_report, coalesce(ranking_diff, 'null') as ranking_diff, error`

// Scan reads the arguments from their JSON.
func (a *arguments) Scan(src any) error {
	text, ok := src.([]byte)
	if !ok {
		return fmt.Errorf("read the arguments of a backfill: got %T", src)
	}
	if err := json.Unmarshal(text, a); err != nil {
		return fmt.Errorf("read the arguments of a backfill: %w", err)
	}
	return nil
}

// List reads the newest backfills, newest first.
func (b *Backfills) List(ctx context.Context, limit int) ([]Summary, error) {
	var rows []Backfill
	err := b.db.SelectContext(ctx, &rows, `
		select `+backfillColumns+`
		from ops.backfills order by backfill_id desc limit $1`, limit)
	if err != nil {
		return nil, fmt.Errorf("list the backfills: %w", err)
	}
	list := make([]Summary, len(rows))
	for i, row := range rows {
		row.GapReport, row.RankingDiff = nil, nil
		list[i].Backfill = row
		if row.AppliedAt != nil {
			if list[i].Progress, err = b.progress(ctx, row); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// Summary is a backfill and how far it is; Progress is nil before it is applied.
type Summary struct {
	Backfill
	Progress *Progress `json:"progress"`
}

// Detail is all that is known of a backfill.
type Detail struct {
	Summary
	Nights []PlannedNight `json:"nights"`
	Gaps   []ReasonCount  `json:"gaps"`
	Costs  []Cost         `json:"costs"`
}

// Show reads one backfill with its progress.
func (b *Backfills) Show(ctx context.Context, id int64) (Detail, error) {
	row, err := b.read(ctx, b.db, id, "")
	if err != nil {
		return Detail{}, err
	}
	detail := Detail{Summary: Summary{Backfill: *row}}
	if detail.Nights, err = plannedNights(ctx, b.db, id); err != nil {
		return Detail{}, err
	}
	if detail.Gaps, err = plannedGaps(ctx, b.db, id); err != nil {
		return Detail{}, err
	}
	if row.AppliedAt == nil {
		return detail, nil
	}
	if detail.Progress, err = b.progress(ctx, *row); err != nil {
		return Detail{}, err
	}
	detail.Costs, err = b.costs(ctx, id)
	return detail, err
}

// read reads the row of a backfill; lock is "" or "for update".
func (b *Backfills) read(ctx context.Context, q sqlx.QueryerContext, id int64, lock string) (*Backfill, error) {
	var row Backfill
	err := sqlx.GetContext(ctx, q, &row, `select `+backfillColumns+` from ops.backfills where backfill_id = $1 `+lock, id)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, fmt.Errorf("backfill %d is %w; `overheard backfill list` shows what there is", id, ErrUnknown)
	}
	if err != nil {
		return nil, fmt.Errorf("read backfill %d: %w", id, err)
	}
	return &row, nil
}

// Cost compares what was estimated with what it took, over the intervals of a
// source that are done.
type Cost struct {
	Source            string  `db:"source" json:"source"`
	Intervals         int     `db:"interval_count" json:"interval_count"`
	EstimatedRequests int64   `db:"estimated_requests" json:"estimated_request_count"`
	ActualRequests    int64   `db:"actual_requests" json:"actual_request_count"`
	EstimatedBytes    int64   `db:"estimated_bytes" json:"estimated_byte_count"`
	ActualBytes       int64   `db:"actual_bytes" json:"actual_byte_count"`
	EstimatedArticles int64   `db:"estimated_articles" json:"estimated_article_count"`
	ActualArticles    int64   `db:"actual_articles" json:"actual_article_count"`
	EstimatedSeconds  float64 `db:"estimated_seconds" json:"estimated_seconds"`
	ActualSeconds     float64 `db:"actual_seconds" json:"actual_seconds"`
}

func (b *Backfills) costs(ctx context.Context, id int64) ([]Cost, error) {
	costs := []Cost{}
	err := b.db.SelectContext(ctx, &costs, `
		select
			i.source, count(*) as interval_count,
			cast(sum(i.request_count) as bigint) as estimated_requests, cast(sum(i.actual_requests) as bigint) as actual_requests,
			cast(sum(i.byte_count) as bigint) as estimated_bytes, cast(sum(i.actual_bytes) as bigint) as actual_bytes,
			cast(sum(i.article_count) as bigint) as estimated_articles, cast(sum(i.actual_articles) as bigint) as actual_articles,
			cast(sum(i.estimated_seconds) as double precision) as estimated_seconds,
			cast(sum(i.actual_seconds) as double precision) as actual_seconds
		from (`+itemsNow+`) as i
		where i.state = 'done'
		group by i.source
		order by i.source`, id)
	if err != nil {
		return nil, fmt.Errorf("read what backfill %d took: %w", id, err)
	}
	return costs, nil
}

// itemsNow are the items of backfill $1 as they stand: what the ledger says while
// they are the backfill's, and what was written down at its end.
const itemsNow = `
	select
		i.job, i.scope, i.night, i.source, i.reason,
		i.request_count, i.byte_count, i.article_count, cast(extract(epoch from i.estimated_duration) as double precision) as estimated_seconds,
		coalesce(i.state, v.state, 'planned') as state,
		coalesce(i.attempt_count, v.attempt_count, 0) as attempt_count,
		coalesce(i.actual_request_count, v.request_count, 0) as actual_requests,
		coalesce(i.actual_byte_count, v.byte_count, 0) as actual_bytes,
		coalesce(i.actual_article_count, v.article_count, 0) as actual_articles,
		cast(coalesce(extract(epoch from i.actual_duration), extract(epoch from v.elapsed), 0) as double precision) as actual_seconds,
		coalesce(i.error, v.error) as error,
		v.worker, v.run_id, v.finished_at, v.next_attempt_at
	from ops.backfill_items as i
	left join ops.intervals as v
		on v.job = i.job and v.scope = i.scope and v.night = i.night and v.backfill_id = i.backfill_id
	where i.backfill_id = $1`

// Item is one interval of a backfill: what was promised and what became of it.
type Item struct {
	Job              string      `db:"job" json:"job"`
	Scope            string      `db:"scope" json:"scope"`
	Night            ledger.Date `db:"night" json:"night"`
	Source           string      `db:"source" json:"source"`
	Reason           *string     `db:"reason" json:"reason"`
	RequestCount     int64       `db:"request_count" json:"request_count"`
	ByteCount        int64       `db:"byte_count" json:"byte_count"`
	ArticleCount     int64       `db:"article_count" json:"article_count"`
	EstimatedSeconds float64     `db:"estimated_seconds" json:"estimated_seconds"`
	State            string      `db:"state" json:"state"`
	AttemptCount     int         `db:"attempt_count" json:"attempt_count"`
	ActualRequests   int64       `db:"actual_requests" json:"actual_request_count"`
	ActualBytes      int64       `db:"actual_bytes" json:"actual_byte_count"`
	ActualArticles   int64       `db:"actual_articles" json:"actual_article_count"`
	ActualSeconds    float64     `db:"actual_seconds" json:"actual_seconds"`
	Error            *string     `db:"error" json:"error"`
	Worker           *string     `db:"worker" json:"worker"`
	RunID            *int64      `db:"run_id" json:"run_id"`
	FinishedAt       *time.Time  `db:"finished_at" json:"finished_at"`
	NextAttemptAt    *time.Time  `db:"next_attempt_at" json:"next_attempt_at"`
}

// Items lists every interval of a backfill in the order of the work: outlets'
// nights newest first, then the nights to build, oldest first.
func (b *Backfills) Items(ctx context.Context, id int64) ([]Item, error) {
	items := []Item{}
	err := b.db.SelectContext(ctx, &items, itemsNow+`
		order by i.job, case when i.job = 'backfill' then -(i.night - date '2000-01-01') else i.night - date '2000-01-01' end, i.scope`, id)
	if err != nil {
		return nil, fmt.Errorf("list the intervals of backfill %d: %w", id, err)
	}
	return items, nil
}
