// Package collect reads the outlets: it polls their channels, fetches what is
// new, and stores articles with the companies they name.
//
// The order of writes is what makes a kill at any moment harmless:
//
//  1. what a poll found and the channel's new state (ETag and all) are written
//     in one transaction, so a 304 later never hides a URL that was lost;
//  2. a page's article, its mentions, the outcome of its URL and the fetch itself
//     are written in one transaction, so a URL with an outcome is never fetched
//     again and one without is;
//  3. which of two addresses of one article is kept does not depend on which
//     came first (see merge.go).
//
// A run that is cut off therefore leaves only URLs that wait, and the next run
// ends where an undisturbed one would have.
//
// Every outlet is a goroutine of its own (outlet.go): it polls its channels, looks
// for others where that is due (exploration.go), and fetches what waits, one page
// after the other (pages.go). Waiting for a host costs nothing else: only the
// fetcher bounds how many requests are under way, so a host that is stuck holds
// one of those and delays nobody. Pages are extracted beside the fetching and
// written in batches (loader.go).
//
// No two processes read an outlet at a time (locks.go). ReadLive reads what an
// outlet published in a night that is over (past.go), by the same ways.
//
// Memory does not grow with what is announced. At most there are
//
//	Config.Concurrency polls and what they found, which package discover bounds
//	50 URLs an outlet that wait, and 50 to be tried again (backlog.go)
//	as many pages, under way, waiting for an extractor or read by one, as the
//	  fetcher has slots for requests; all over 1 MiB together count against its
//	  bound of bodies
//	1,500 articles between extraction and database (loader.go)
package collect

import (
	"context"
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/semaphore"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/judge"
	"github.com/overheard-news/overheard/transform/match"
)

// Fetcher gets one page.
type Fetcher interface {
	Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error)
}

// Poller reads the channels of one outlet, and looks for others.
type Poller interface {
	PollOutlet(ctx context.Context, o outlets.Outlet, prior map[string]discover.ChannelState, since time.Time, pattern discover.Pattern) []discover.Poll
	Explore(ctx context.Context, o outlets.Outlet, pattern discover.Pattern) ([]discover.Candidate, error)
	Past(ctx context.Context, o outlets.Outlet, sitemaps []string, from, to time.Time, pattern discover.Pattern) ([]discover.Poll, error)
}

// Normaliser makes an article of a page.
type Normaliser interface {
	Normalise(ctx context.Context, page article.Page) (*article.Article, article.Verdict, error)
}

// Matcher finds the companies an article names.
type Matcher interface {
	Match(doc match.Document) []match.Mention
}

// Judge tells what the sentences that name a company say of it.
type Judge interface {
	Judge(language string, quotes []match.Quote) judge.Judgement
}

// Progress is told how far the work is.
type Progress interface {
	Start(name string, total int)
	Advance(name string, done, failed int)
	Finish(name string)
}

// Meter counts what a process does; package metrics has one.
type Meter interface {
	Archived(bytes int64)
	BatchLoaded(took time.Duration, articles int)
}

type unmetered struct{}

func (unmetered) Archived(int64)                 {}
func (unmetered) BatchLoaded(time.Duration, int) {}

// Config bounds a collect.
type Config struct {
	Outlets           []outlets.Outlet
	Seeds             seeds.Set
	ReportZone        *time.Location // zone of the nights
	Concurrency       int            // outlets whose channels are polled at a time; their pages are bounded by the fetcher
	Extractors        int            // pages normalised at a time
	Manners           Manners        // who counts what is done to hosts; nil: nothing is written of it
	MaxAge            time.Duration  // older news is too_old
	MaxAttempts       int            // fetches of one URL, over all runs
	MaxURLsPerOutlet  int            // fetched in one run; the rest waits
	OutletDeadline    time.Duration  // per outlet and run; what is left waits
	Budget            time.Duration  // for the whole crawl, 0: none; then it ends in order, and what is left waits
	TrustChannelDates bool
	Archive           Archive       // keeps every page fetched; nil: none
	Judge             Judge         // of tone and dimensions; nil: they stay unknown
	Meter             Meter         // is told what is kept and stored; nil: nobody is
	ExtractTimeout    time.Duration // for reading one page; 0 is a minute
	Inflight          *Inflight     // remembers what is being read, should the process die of it; nil: nothing does
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

	owners     map[string]string         // host → outlet that lives there
	zones      map[string]*time.Location // outlet → where it is
	countries  map[string]string         // outlet → country, ISO 3166-1 alpha-2
	extractors *semaphore.Weighted       // pages being read
	locks      *outletLocks

	files            sync.Map    // name of an archive file → its number
	months           sync.Map    // first day of a month whose partitions are there
	isArchiveFailing atomic.Bool // the last page could not be kept
	suspects         suspects    // pages that killed or stopped a process

	mannersMutex     sync.Mutex // guards what follows
	unwritten        []fetch.HostDay
	isBudgetRestored bool
}

// New returns a collector; now is the clock of first sights and due times. An
// outlet whose time zone is not known is read as if it declared none: the registry
// refuses such.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config, f Fetcher, p Poller, n Normaliser, m Matcher, pr Progress, now func() time.Time) *Collector {
	c := &Collector{
		lg: lg, db: db, cfg: cfg, fetcher: f, poller: p, normaliser: n, matcher: m, progress: pr, now: now,
		owners:     map[string]string{},
		zones:      map[string]*time.Location{},
		countries:  map[string]string{},
		extractors: semaphore.NewWeighted(int64(max(1, cfg.Extractors))),
		locks:      newOutletLocks(lg, db),
	}
	for _, o := range cfg.Outlets {
		c.owners[hostOf(o.HomeURL)] = o.ID
		c.countries[o.ID] = o.Country
		if zone, err := time.LoadLocation(o.TimeZone); err == nil {
			c.zones[o.ID] = zone
		}
	}
	if c.cfg.Meter == nil {
		c.cfg.Meter = unmetered{}
	}
	return c
}

// Collect polls every channel in use (or with dueOnly those that are due) and
// fetches every URL that waits. Pages and outlets that fail are counted on run,
// and so are outlets whose turn did not come within the budget; the error is for
// what stops the whole: the database, our own network, or ctx.
func (c *Collector) Collect(ctx context.Context, run *ledger.Run, dueOnly bool) error {
	if err := c.SyncRegistries(ctx); err != nil {
		return err
	}
	writeManners, err := c.KeepManners(ctx)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	if err = c.collect(ctx, run, dueOnly, stop); err == nil {
		err = context.Cause(ctx)
	}
	return errors.Join(err, writeManners())
}

// within is ctx with a time limit, or ctx itself where there is none.
func within(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	if limit <= 0 {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, limit)
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
