package console

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// runsPage is the newest runs, of a job, in a state or of a backfill.
type runsPage struct {
	Jobs, States         []string
	Job, State, Backfill string // chosen; empty: all
	Rows                 []runRow
}

type runRow struct {
	RunID       int64      `db:"run_id"`
	ParentRunID *int64     `db:"parent_run_id"`
	BackfillID  *int64     `db:"backfill_id"`
	Job         string     `db:"job"`
	Scope       *string    `db:"scope"`
	Night       *time.Time `db:"night"`
	Cause       string     `db:"cause"`
	State       string     `db:"state"`
	Host        string     `db:"host"`
	StartedAt   time.Time  `db:"started_at"`
	FinishedAt  *time.Time `db:"finished_at"`
	HeartbeatAt time.Time  `db:"heartbeat_at"`
	Error       *string    `db:"error"`
}

// Took is how long the run took, or has taken up to its last sign of life.
func (r runRow) Took() string {
	end := r.HeartbeatAt
	if r.FinishedAt != nil {
		end = *r.FinishedAt
	}
	return end.Sub(r.StartedAt).Round(100 * time.Millisecond).String()
}

// The words a list of runs is narrowed with. They stand here and not in a query,
// which would read every run there ever was.
func jobWords() []string {
	return []string{"nightly", "collect", "build", "publish", "recheck", "backfill", "rebuild", "import", "prune", "demo"}
}

func stateWords() []string {
	return []string{"running", "done", "done_with_failures", "failed", "refused", "cancelled", "abandoned"}
}

func (c *console) runs(r *http.Request) (any, error) {
	ask := r.URL.Query()
	page := runsPage{
		Jobs: jobWords(), States: stateWords(), Rows: []runRow{},
		Job: ask.Get("job"), State: ask.Get("state"), Backfill: ask.Get("backfill"),
	}
	var backfill *int64
	if page.Backfill != "" {
		id, err := strconv.ParseInt(page.Backfill, 10, 64)
		if err != nil {
			return nil, errNotFound
		}
		backfill = &id
	}
	if page.Job != "" && !slices.Contains(page.Jobs, page.Job) || page.State != "" && !slices.Contains(page.States, page.State) {
		return nil, errNotFound
	}
	err := c.db.SelectContext(r.Context(), &page.Rows, `
		select
			r.run_id, r.parent_run_id, r.backfill_id, r.job, r.scope, r.night, r.cause, r.state, r.host, r.started_at,
			r.finished_at, r.heartbeat_at, r.error
		from ops.runs as r
		where ($1 = '' or r.job = $1) and ($2 = '' or r.state = $2) and (cast($3 as bigint) is null or r.backfill_id = $3)
		order by r.run_id desc
		limit $4`, page.Job, page.State, backfill, maxRuns)
	if err != nil {
		return nil, fmt.Errorf("read the runs: %w", err)
	}
	return page, nil
}

// took says seconds in words of a clock; nothing if they are not known.
func took(seconds *float64) string {
	if seconds == nil {
		return ""
	}
	d := time.Duration(*seconds * float64(time.Second))
	if d >= time.Minute {
		return d.Round(time.Second).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

// bytesText says bytes with a unit that keeps the number short.
func bytesText(n int64) string {
	value, units := float64(n), []string{"B", "KiB", "MiB", "GiB", "TiB"}
	i := 0
	for ; value >= 1024 && i < len(units)-1; i++ {
		value /= 1024
	}
	if i == 0 {
		return strconv.FormatInt(n, 10) + " B"
	}
	return fmt.Sprintf("%.1f %s", value, units[i])
}
