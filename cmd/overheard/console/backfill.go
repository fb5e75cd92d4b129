package console

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/transform/build"
)

type backfillRow struct {
	BackfillID        int64          `db:"backfill_id"`
	State             string         `db:"state"`
	FirstNight        time.Time      `db:"first_night"`
	LastNight         time.Time      `db:"last_night"`
	Sources           pq.StringArray `db:"sources"`
	Steps             pq.StringArray `db:"steps"`
	WindowSize        int            `db:"window_size"`
	IntervalCount     int            `db:"interval_count"`
	RequestCount      int64          `db:"request_count"`
	ByteCount         int64          `db:"byte_count"`
	ArticleCount      int64          `db:"article_count"`
	EstimatedDuration *float64       `db:"estimated_duration"` // seconds
	ActualDuration    *float64       `db:"actual_duration"`    // seconds, up to now if it is not over; pauses included
	PlannedAt         time.Time      `db:"planned_at"`
	PlannedBy         string         `db:"planned_by"`
	AppliedAt         *time.Time     `db:"applied_at"`
	FinishedAt        *time.Time     `db:"finished_at"`
	RunID             *int64         `db:"run_id"`
	Error             *string        `db:"error"`
}

const backfillColumns = `b.backfill_id, b.state, b.first_night, b.last_night, b.sources, b.steps, b.window_size, b.interval_count,
	b.request_count, b.byte_count, b.article_count, extract(epoch from b.estimated_duration) as estimated_duration,
	extract(epoch from coalesce(b.finished_at, $1) - b.applied_at) as actual_duration,
	b.planned_at, b.planned_by, b.applied_at, b.finished_at, b.run_id, b.error`

func (c *console) backfills(r *http.Request) (any, error) {
	rows := []backfillRow{}
	err := c.db.SelectContext(r.Context(), &rows, `
		select `+backfillColumns+` from ops.backfills as b order by b.backfill_id desc limit $2`, time.Now().UTC(), maxBackfills)
	if err != nil {
		return nil, fmt.Errorf("read the backfills: %w", err)
	}
	return rows, nil
}

// backfillPage is one backfill: how far it is, night by night, what it could not
// get, and what it changed.
type backfillPage struct {
	backfillRow
	Counts stateCounts
	Actual costs
	Weeks  []week
	Nights []backfillNight // newest first, as they are worked on
	Gaps   []gapRow
	Diff   *build.Diff // nil before the end
}

// stateCounts are the intervals of a backfill or of its night by their state.
type stateCounts struct {
	Open      int `db:"open_count"`
	Running   int `db:"running_count"`
	Done      int `db:"done_count"`
	Gap       int `db:"gap_count"`
	Failed    int `db:"failed_count"`
	Cancelled int `db:"cancelled_count"`
}

// Total is how many intervals there are.
func (s stateCounts) Total() int { return s.Open + s.Running + s.Settled() }

// Settled is how many of them are over.
func (s stateCounts) Settled() int { return s.Done + s.Gap + s.Failed + s.Cancelled }

// Share is the settled ones' share.
func (s stateCounts) Share() float64 { return float64(s.Settled()) / float64(max(1, s.Total())) }

// Heat is the class of a calendar's cell: what went wrong first, then how far it is.
func (s stateCounts) Heat() string {
	switch {
	case s.Failed > 0:
		return "failed"
	case s.Total() == 0:
		return "none"
	case s.Settled() == s.Total() && s.Gap+s.Cancelled == s.Total():
		return "gap"
	case s.Settled() == s.Total():
		return "heat4"
	case s.Settled() == 0 && s.Running == 0:
		return "heat0"
	}
	return "heat" + strconv.Itoa(1+min(2, int(3*s.Share())))
}

// costs are what was estimated and what it took.
type costs struct {
	Requests       int64    `db:"request_count"`
	ActualRequests int64    `db:"actual_request_count"`
	Articles       int64    `db:"article_count"`
	ActualArticles int64    `db:"actual_article_count"`
	ActualBytes    int64    `db:"actual_byte_count"`
	Seconds        *float64 `db:"estimated_duration"` // of work, added up
	ActualSeconds  *float64 `db:"actual_duration"`
}

type backfillNight struct {
	Night time.Time `db:"night"`
	stateCounts
	costs
}

// week is a line of the calendar, Monday first; a day outside the backfill is nil.
type week struct {
	Monday time.Time
	Days   [7]*backfillNight
}

type gapRow struct {
	State     string    `db:"state"`
	Reason    string    `db:"reason"`
	Intervals int       `db:"interval_count"`
	Outlets   int       `db:"outlet_count"`
	First     time.Time `db:"first_night"`
	Last      time.Time `db:"last_night"`
}

// backfillItems are the intervals of a backfill as they stand: in the ledger while
// it runs, and as they ended once it has.
const backfillItems = `
	with items as (
		select
			p.job, p.scope, p.night, p.request_count, p.article_count, extract(epoch from p.estimated_duration) as estimated_duration,
			coalesce(p.state, i.state, 'planned') as state,
			coalesce(p.error, i.error) as error,
			coalesce(p.actual_request_count, i.request_count, 0) as actual_request_count,
			coalesce(p.actual_byte_count, i.byte_count, 0) as actual_byte_count,
			coalesce(p.actual_article_count, i.article_count, 0) as actual_article_count,
			extract(epoch from coalesce(p.actual_duration, i.elapsed)) as actual_duration
		from ops.backfill_items as p
		left join ops.intervals as i
			on i.job = p.job and i.scope = p.scope and i.night = p.night and i.backfill_id = p.backfill_id
		where p.backfill_id = $1
	)`

func (c *console) backfill(r *http.Request) (any, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return nil, errNotFound
	}
	ctx, page := r.Context(), backfillPage{}
	err = c.snapshot(ctx, func(tx *sqlx.Tx) error {
		err := tx.GetContext(ctx, &page.backfillRow, `
			select `+backfillColumns+` from ops.backfills as b where b.backfill_id = $2`, time.Now().UTC(), id)
		if errors.Is(err, sql.ErrNoRows) {
			return errNotFound
		}
		if err != nil {
			return fmt.Errorf("read backfill %d: %w", id, err)
		}
		if page.Diff, err = readDiff(ctx, tx, id); err != nil {
			return err
		}
		err = tx.SelectContext(ctx, &page.Nights, backfillItems+`
			select
				p.night,
				count(*) filter (where p.state in ('planned', 'queued')) as open_count,
				count(*) filter (where p.state = 'running') as running_count,
				count(*) filter (where p.state = 'done') as done_count,
				count(*) filter (where p.state = 'gap') as gap_count,
				count(*) filter (where p.state = 'failed') as failed_count,
				count(*) filter (where p.state = 'cancelled') as cancelled_count,
				cast(sum(p.request_count) as bigint) as request_count, cast(sum(p.actual_request_count) as bigint) as actual_request_count,
				cast(sum(p.article_count) as bigint) as article_count, cast(sum(p.actual_article_count) as bigint) as actual_article_count,
				cast(sum(p.actual_byte_count) as bigint) as actual_byte_count,
				sum(p.estimated_duration) as estimated_duration, sum(p.actual_duration) as actual_duration
			from items as p
			group by p.night
			order by p.night desc`, id)
		if err != nil {
			return fmt.Errorf("read the nights of backfill %d: %w", id, err)
		}
		err = tx.SelectContext(ctx, &page.Gaps, backfillItems+`
			select
				p.state, coalesce(p.error, 'no reason was recorded') as reason, count(*) as interval_count,
				count(distinct nullif(p.scope, '')) as outlet_count, min(p.night) as first_night, max(p.night) as last_night
			from items as p
			where p.state in ('gap', 'failed', 'cancelled')
			group by p.state, coalesce(p.error, 'no reason was recorded')
			order by case p.state when 'failed' then 1 when 'gap' then 2 else 3 end, interval_count desc, reason
			limit 100`, id)
		if err != nil {
			return fmt.Errorf("read what backfill %d could not get: %w", id, err)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	page.sum()
	page.Weeks = weeks(page.Nights)
	if len(page.Nights) > maxNights {
		page.Nights = page.Nights[:maxNights]
	}
	return page, nil
}

// readDiff is what a backfill did to the ranking; nil before its end.
func readDiff(ctx context.Context, tx *sqlx.Tx, id int64) (*build.Diff, error) {
	var text []byte
	if err := tx.GetContext(ctx, &text, `select b.ranking_diff from ops.backfills as b where b.backfill_id = $1`, id); err != nil {
		return nil, fmt.Errorf("read what backfill %d changed: %w", id, err)
	}
	if text == nil {
		return nil, nil //nolint:nilnil // there is none yet
	}
	diff := &build.Diff{}
	if err := json.Unmarshal(text, diff); err != nil {
		return nil, fmt.Errorf("read what backfill %d changed: %w", id, err)
	}
	return diff, nil
}

// sum adds up the nights.
func (p *backfillPage) sum() {
	var planned, actual float64
	for _, n := range p.Nights {
		p.Counts.Open += n.Open
		p.Counts.Running += n.Running
		p.Counts.Done += n.Done
		p.Counts.Gap += n.Gap
		p.Counts.Failed += n.Failed
		p.Counts.Cancelled += n.Cancelled
		p.Actual.Requests += n.Requests
		p.Actual.ActualRequests += n.ActualRequests
		p.Actual.Articles += n.Articles
		p.Actual.ActualArticles += n.ActualArticles
		p.Actual.ActualBytes += n.ActualBytes
		if n.Seconds != nil {
			planned += *n.Seconds
		}
		if n.ActualSeconds != nil {
			actual += *n.ActualSeconds
		}
	}
	p.Actual.Seconds, p.Actual.ActualSeconds = &planned, &actual
}

// weeks lays nights out as a calendar, the oldest week first.
func weeks(nights []backfillNight) []week {
	var lines []week
	for i := range slices.Backward(nights) {
		n := &nights[i]
		day := (int(n.Night.Weekday()) + 6) % 7
		monday := n.Night.AddDate(0, 0, -day)
		if len(lines) == 0 || !lines[len(lines)-1].Monday.Equal(monday) {
			lines = append(lines, week{Monday: monday})
		}
		lines[len(lines)-1].Days[day] = n
	}
	return lines
}
