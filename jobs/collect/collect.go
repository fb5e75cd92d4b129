// Package collect reads the outlets: it polls their channels, fetches what is
// new, and stores articles with the companies they name.
//
// The order of writes is what makes a kill at any moment harmless:
//
//  1. what a poll found and the channel's new state (ETag and all) are written
//     in one transaction, so a 304 later never hides a URL that was lost;
//  2. a page's article, its mentions and the outcome of its URL are written in
//     one transaction, so a URL with an outcome is never fetched again and one
//     without is;
//  3. which of two addresses of one article is kept does not depend on which
//     came first (see merge.go).
//
// A run that is cut off therefore leaves only URLs that wait, and the next run
// ends where an undisturbed one would have.
package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/match"
)

// Fetcher gets one page.
type Fetcher interface {
	Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error)
}

// Poller reads the channels of one outlet.
type Poller interface {
	PollOutlet(ctx context.Context, o outlets.Outlet, prior map[string]discover.ChannelState, since time.Time, pattern discover.Pattern) []discover.Poll
}

// Normaliser makes an article of a page.
type Normaliser interface {
	Normalise(ctx context.Context, page article.Page) (*article.Article, article.Verdict, error)
}

// Matcher finds the companies an article names.
type Matcher interface {
	Match(doc match.Document) []match.Mention
}

// Progress is told how far the work is.
type Progress interface {
	Start(name string, total int)
	Advance(name string, done, failed int)
	Finish(name string)
}

// Config bounds a collect.
type Config struct {
	Outlets           []outlets.Outlet
	Seeds             seeds.Set
	ReportZone        *time.Location // zone of the nights
	Concurrency       int            // outlets at a time
	Extractors        int            // pages normalised at a time
	MaxAge            time.Duration  // older news is too_old
	MaxAttempts       int            // fetches of one URL, over all runs
	MaxURLsPerOutlet  int            // fetched in one run; the rest waits
	OutletDeadline    time.Duration  // per outlet and run; what is left waits
	Budget            time.Duration  // for the whole crawl, 0: none; then it ends in order, and what is left waits
	PollInterval      time.Duration  // between polls of a channel by collect
	TrustChannelDates bool
}

// Collector reads outlets into staging.
type Collector struct {
	lg         *slog.Logger
	db         *sqlx.DB
	cfg        Config
	fetcher    Fetcher
	poller     Poller
	normaliser Normaliser
	matcher    Matcher
	progress   Progress
	now        func() time.Time

	owners     map[string]string // host → outlet that lives there
	extractors *semaphore.Weighted
}

// New returns a collector; now is the clock of first sights and due times.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config, f Fetcher, p Poller, n Normaliser, m Matcher, pr Progress, now func() time.Time) *Collector {
	c := &Collector{
		lg: lg, db: db, cfg: cfg, fetcher: f, poller: p, normaliser: n, matcher: m, progress: pr, now: now,
		owners:     map[string]string{},
		extractors: semaphore.NewWeighted(int64(max(1, cfg.Extractors))),
	}
	for _, o := range cfg.Outlets {
		c.owners[hostOf(o.HomeURL)] = o.ID
	}
	return c
}

// Collect polls every channel (or with dueOnly those that are due) and fetches
// every URL that waits. Pages and outlets that fail are counted on run, and so
// are outlets whose turn did not come within the budget; the error is for what
// stops the whole: the database, or ctx.
func (c *Collector) Collect(ctx context.Context, run *ledger.Run, dueOnly bool) error {
	if err := c.syncRegistries(ctx); err != nil {
		return err
	}
	const task = "collect"
	c.progress.Start(task, len(c.cfg.Outlets))
	defer c.progress.Finish(task)

	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	loading := startLoader(ctx, c.lg, c.db, run, c.now, stop)
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(max(1, c.cfg.Concurrency))
	crawl, endCrawl := within(gctx, c.cfg.Budget)
	defer endCrawl()
	for i := range c.cfg.Outlets {
		// Each run begins with another outlet, so that those at the end of the
		// list are not always the ones for which no time is left.
		o := c.cfg.Outlets[(i+int(run.ID))%len(c.cfg.Outlets)]
		if gctx.Err() != nil {
			break
		}
		g.Go(func() error {
			if gctx.Err() == nil && crawl.Err() != nil {
				run.Count("outlets_not_reached", 1)
				run.Fail(1)
				c.progress.Advance(task, 0, 1)
				return nil //nolint:nilerr // no time is left: a counted failure, not the end of the others
			}
			err := c.outlet(gctx, crawl, run, o, loading, dueOnly)
			if err != nil {
				if gctx.Err() == nil { // cut off is not failed
					c.progress.Advance(task, 0, 1)
				}
				return err
			}
			c.progress.Advance(task, 1, 0)
			return nil
		})
	}
	err := g.Wait()
	if loadErr := loading.close(); loadErr != nil {
		return loadErr
	}
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

// syncRegistries writes what the files say into the schema seeds.
func (c *Collector) syncRegistries(ctx context.Context) error {
	tx, err := c.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("write the registries: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	if err := seeds.Sync(ctx, tx, c.cfg.Seeds); err != nil {
		return err
	}
	rows := make([]seeds.OutletRow, len(c.cfg.Outlets))
	for i, o := range c.cfg.Outlets {
		rows[i] = outletRow(o)
	}
	if err := seeds.SyncOutlets(ctx, tx, rows); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("write the registries: %w", err)
	}
	return nil
}

func outletRow(o outlets.Outlet) seeds.OutletRow {
	row := seeds.OutletRow{
		OutletID: o.ID, Name: o.Name, PublisherID: o.Publisher, CountryCode: o.Country,
		LanguageCode: o.Language, Tier: o.Tier, HomeURL: o.HomeURL, IsActive: true,
	}
	if o.Expect != nil {
		row.ExpectedArticlesMin = &o.Expect.ArticlesPerDay.Min
		row.ExpectedArticlesMax = &o.Expect.ArticlesPerDay.Max
	}
	return row
}

// within is ctx with a time limit, or ctx itself where there is none.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
}

// outlet does one outlet from its channels to its line in ops.outlet_runs. What
// goes wrong with the outlet is counted; only an error of the database or of ctx
// is returned. crawl bounds the requests, within ctx; what they brought is
// written under ctx.
func (c *Collector) outlet(ctx, crawl context.Context, run *ledger.Run, o outlets.Outlet, load *loader, dueOnly bool) (err error) {
	defer func() {
		p := recover()
		switch {
		case p != nil:
			c.lg.Error("an outlet panicked", "outlet_id", o.ID, "panic", p, "stack", string(debug.Stack()))
		case warehouse.IsBadData(err):
			// What this outlet sent cannot be stored: its failure, not the night's.
			c.lg.Error("an outlet sent what cannot be stored", "outlet_id", o.ID, "error", err)
			err = nil
		default:
			return
		}
		run.Fail(1)
		run.Count("outlets_failed", 1)
	}()
	crawl, cancel := within(crawl, c.cfg.OutletDeadline)
	defer cancel()
	tally := &tally{}
	channels, err := c.channelStates(ctx, o.ID)
	if err != nil {
		return err
	}
	polled := o
	if dueOnly {
		polled.Channels = due(o.Channels, channels, c.now())
	}
	polls := c.poll(crawl, polled, channels)
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if crawl.Err() != nil {
		run.Count("outlets_cut_off", 1)
		run.Fail(1)
	}
	pending, err := c.record(ctx, run, o, polls, channels, tally)
	if err != nil {
		return err
	}
	c.pages(ctx, crawl, o, pending, load, tally)
	if err := tally.wait(ctx); err != nil {
		return err
	}
	return c.settle(ctx, run, o, polls, tally)
}

// poll asks the channels. A poll needs no transaction; what it found is written
// by record.
func (c *Collector) poll(ctx context.Context, o outlets.Outlet, channels map[string]channel) []discover.Poll {
	if len(o.Channels) == 0 {
		return nil
	}
	prior := make(map[string]discover.ChannelState, len(channels))
	for u, ch := range channels {
		prior[u] = ch.discovery()
	}
	polls := c.poller.PollOutlet(ctx, o, prior, c.now().Add(-c.cfg.MaxAge), discover.Pattern{})
	if ctx.Err() == nil {
		return polls
	}
	// A poll that our own deadline cut off says nothing about the channel.
	return slices.DeleteFunc(polls, func(p discover.Poll) bool { return errIsContext(p.Err) })
}

// pages fetches and normalises what waits, one page after the other, and comes
// back to those that asked for patience. It never fails as a whole.
func (c *Collector) pages(ctx, crawl context.Context, o outlets.Outlet, pending []waiting, load *loader, t *tally) {
	const networkFailuresInARow = 3
	silent := 0
	for round := 0; len(pending) > 0; round++ {
		var again []waiting
		for _, w := range pending {
			if crawl.Err() != nil || silent >= networkFailuresInARow {
				return // the rest waits for the next run
			}
			if !sleepUntil(crawl, w.notBefore) {
				return
			}
			res := c.page(crawl, o, w)
			if crawl.Err() != nil && res.outcome == "" {
				return // cut off, not failed: nothing is written about it
			}
			t.request(res)
			if res.isNetwork {
				silent++
			} else {
				silent = 0
			}
			if res.outcome == "" && round < retriesInRun && res.retryAfter <= patience && res.attempts < c.cfg.MaxAttempts {
				w.Attempts, w.notBefore = res.attempts, time.Now().Add(max(res.retryAfter, backoff(round)))
				again = append(again, w)
				load.put(ctx, t, res.asAttempt())
				continue
			}
			if res.outcome == "" && res.attempts >= c.cfg.MaxAttempts {
				res.outcome = "failed"
				if res.status == http.StatusTooManyRequests {
					res.outcome = "blocked"
				}
			}
			if res.outcome == "" {
				res.nextAttemptAt = c.now().Add(max(res.retryAfter, nextRun))
			}
			load.put(ctx, t, res)
		}
		pending = again
	}
}

const (
	retriesInRun = 2                // times a page is tried again in the same run
	patience     = 2 * time.Minute  // longest Retry-After a run waits for
	nextRun      = 30 * time.Minute // before a later run tries again
)

// backoff is the least wait before the next try of a page in the same run.
func backoff(round int) time.Duration { return time.Second << (2 * round) } // 1 s, 4 s

func sleepUntil(ctx context.Context, t time.Time) bool {
	d := time.Until(t)
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// hostOf is the host an address stands on, without www.
func hostOf(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.")
}

// isOffsite says whether u stands on the host of another outlet.
func (c *Collector) isOffsite(o outlets.Outlet, u string) bool {
	host := hostOf(u)
	owner, ok := c.owners[host]
	return ok && owner != o.ID && host != hostOf(o.HomeURL)
}

// errIsContext says whether an error only tells that the context is over.
func errIsContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
