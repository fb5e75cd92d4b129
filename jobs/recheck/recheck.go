// Package recheck reads counted articles again, a day and a week after they were
// first fetched: what was edited is scored anew, what was deleted or sent elsewhere
// is known to be.
//
//	r := recheck.New(lg, db, cfg, collector, progress, time.Now)
//	err := r.Recheck(ctx, run)
//
// Every article that names a company gets two rows in ops.rechecks as soon as it is
// stored (plan.go). A run takes those that are due, the newest first, many outlets
// at a time and the articles of each in turn; package collect reads the page and
// stores what has changed. What fails is tried again with growing waits, and what is
// three days late is a gap: it says nothing any more about a day or a week. Each row
// is written as its article is done, so a run that is cut off is gone on with.
//
// A run accounts for itself: due = done + waiting, counted in the table, or it fails.
package recheck

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// Reader reads one known article again and stores what has changed.
type Reader interface {
	// Alone makes the caller the only one who asks the hosts of an outlet.
	Alone(ctx context.Context, o outlets.Outlet) (alone context.Context, leave func(), err error)
	Reread(ctx context.Context, run *ledger.Run, o outlets.Outlet, r collect.Reread) collect.RereadResult
}

// Progress is told how far the work is.
type Progress interface {
	Start(name string, total int)
	Advance(name string, done, failed int)
	Finish(name string)
}

// Config bounds a recheck.
type Config struct {
	Outlets     []outlets.Outlet
	Concurrency int           // outlets at a time
	MaxAttempts int           // fetches of one article for one stage; 0 is 5
	Budget      time.Duration // for the fetching, 0: none; what is left waits
}

// Rechecker reads articles again.
type Rechecker struct {
	lg       *slog.Logger
	db       *sqlx.DB
	cfg      Config
	reader   Reader
	progress Progress
	now      func() time.Time

	outlets map[string]outlets.Outlet
}

// New returns a Rechecker; now is the clock that says what is due.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config, r Reader, p Progress, now func() time.Time) *Rechecker {
	if cfg.MaxAttempts == 0 {
		cfg.MaxAttempts = 5
	}
	c := &Rechecker{lg: lg, db: db, cfg: cfg, reader: r, progress: p, now: now, outlets: map[string]outlets.Outlet{}}
	for _, o := range cfg.Outlets {
		c.outlets[o.ID] = o
	}
	return c
}

// failuresInARow without any answer is when an outlet is left for the next run.
const failuresInARow = 3

// Recheck plans what is to be read again and reads what is due. Articles that
// could not be read at all are counted as failures on run; the error is for what
// stops the whole: the database, or ctx.
func (c *Rechecker) Recheck(ctx context.Context, run *ledger.Run) error {
	began := c.now().UTC()
	planned, err := c.plan(ctx, began)
	if err != nil {
		return err
	}
	run.Count("planned", planned)
	due, err := c.countDue(ctx, began)
	if err != nil {
		return err
	}
	if err := c.giveUp(ctx, run, began); err != nil {
		return err
	}
	list, err := c.due(ctx, began)
	if err != nil {
		return err
	}
	if err := c.read(ctx, run, list); err != nil {
		return err
	}
	return c.account(ctx, run, began, due)
}

// read goes through what is due, outlet by outlet.
func (c *Rechecker) read(ctx context.Context, run *ledger.Run, list []task) error {
	const name = "recheck"
	c.progress.Start(name, len(list))
	defer c.progress.Finish(name)
	crawl := ctx
	if c.cfg.Budget > 0 {
		var cancel context.CancelFunc
		crawl, cancel = context.WithTimeout(ctx, c.cfg.Budget)
		defer cancel()
	}
	// Ends the fetching of all once our own network is known to be out.
	crawl, stop := context.WithCancelCause(crawl)
	defer stop(nil)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, c.cfg.Concurrency))
	for _, tasks := range byOutlet(list) {
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error { return c.outlet(gctx, crawl, run, tasks, stop) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(context.Cause(crawl), errNetworkDown) {
		c.lg.Warn("the network is down: the articles not read again wait for the next run", "run_id", run.ID)
		run.Count("network_down", 1)
		run.Fail(1)
	}
	return nil
}

var errNetworkDown = errors.New("our own network is down")

// outlet reads the articles of one outlet, one after the other. crawl bounds the
// requests, within ctx; what they brought is written under ctx.
func (c *Rechecker) outlet(ctx, crawl context.Context, run *ledger.Run, tasks []task, stop context.CancelCauseFunc) error {
	o := c.outlets[tasks[0].OutletID]
	o.ID = tasks[0].OutletID // also of one that is no longer in the registry
	alone, leave, err := c.reader.Alone(crawl, o)
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, collect.ErrOutletBusy):
		run.Count("outlets_busy", 1)
		return nil // its articles wait for the next run
	case crawl.Err() != nil:
		return nil // no time is left
	default:
		return err
	}
	defer leave()
	crawl = alone
	silent := 0
	for _, t := range tasks {
		if crawl.Err() != nil || silent >= failuresInARow {
			return nil //nolint:nilerr // no time is left, or nobody answers: the rest waits
		}
		res := c.reader.Reread(crawl, run, c.outlets[t.OutletID], collect.Reread{
			OutletID: t.OutletID, URL: t.URL, URLHash: t.URLHash, ArticleID: t.ArticleID, Night: t.Night.Time, ContentHash: t.EarlierHash,
		})
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case res.Err != nil:
			return fmt.Errorf("read %s again: %w", t.URL, res.Err)
		case res.IsNetworkDown:
			stop(errNetworkDown)
			return nil
		case crawl.Err() != nil && res.Outcome == "":
			return nil // cut off, not failed: nothing is written about it
		}
		if res.Outcome == "" && res.Status == 0 && !res.IsUnsent {
			silent++
		} else {
			silent = 0
		}
		if err := c.settle(ctx, run, t, res); err != nil {
			return err
		}
		if res.IsUnsent && res.Outcome == "" {
			return nil // the host wants to be left alone, or its budget is spent
		}
	}
	return nil
}

// settle writes what became of one article, or when it is to be tried again.
func (c *Rechecker) settle(ctx context.Context, run *ledger.Run, t task, res collect.RereadResult) error {
	now := c.now().UTC()
	attempts := t.AttemptCount
	if !res.IsUnsent {
		attempts++
	}
	if res.Outcome == "" && attempts >= c.cfg.MaxAttempts {
		res.Outcome = collect.RereadFailed
		if res.Status == http.StatusTooManyRequests {
			res.Outcome = collect.RereadBlocked
		}
	}
	var next, decided *time.Time
	var decidedBy *int64
	if res.Outcome == "" {
		at := now.Add(max(res.RetryAfter, backoff(attempts)))
		next = &at
	} else {
		decided, decidedBy = &now, &run.ID
	}
	_, err := c.db.ExecContext(ctx, `
		update ops.rechecks
		set attempt_count = $3, next_attempt_at = $4, outcome = $5, reason = $6, http_status = $7,
			content_hash = $8, decided_at = $9, decided_run_id = $10
		where article_id = $1 and stage = $2 and outcome is null`,
		t.ArticleID, t.Stage, attempts, next, nullText(res.Outcome), nullText(res.Reason), nullNumber(res.Status),
		nullText(res.ContentHash), decided, decidedBy)
	if err != nil {
		return fmt.Errorf("record what became of %s: %w", t.URL, err)
	}
	switch res.Outcome {
	case "":
		c.progress.Advance("recheck", 0, 0)
	case collect.RereadFailed:
		run.Fail(1)
		c.progress.Advance("recheck", 0, 1)
	default:
		c.progress.Advance("recheck", 1, 0)
	}
	return nil
}

// backoff is the least wait before the next try: 1 h, 2 h, 4 h, 8 h. All five fit
// into the three days after which an article is a gap.
func backoff(attempts int) time.Duration {
	return time.Hour << min(max(0, attempts-1), 4)
}

func nullText(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func nullNumber(n int) *int {
	if n == 0 {
		return nil
	}
	return &n
}
