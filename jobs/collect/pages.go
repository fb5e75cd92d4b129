package collect

import (
	"context"
	"net/http"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

const (
	retriesInRun  = 2                // times a page is tried again in the same run
	patience      = 2 * time.Minute  // longest Retry-After a run waits for, and longest it waits in all for a host that wants to be left alone
	nextRun       = 30 * time.Minute // before a later run tries again
	nextReading   = 30 * time.Second // before a backfill does, whose end waits for it
	silencesInRow = 3                // pages of a host without an answer, or that may not be asked for, after which its others wait
)

// pauseOf is the least wait before another run tries a page again.
func pauseOf(purpose string) time.Duration {
	if purpose == purposeBackfill {
		return nextReading
	}
	return nextRun
}

// backoff is the least wait before the next try of a page in the same run.
func backoff(tries int) time.Duration { return time.Second << (2 * tries) } // 1 s, 4 s

// pages fetches what waits of an outlet, as much of it as one run may.
func (r *round) pages(ctx, crawl context.Context, o outlets.Outlet, t *tally) error {
	b := &backlog{c: r.Collector, outletID: o.ID, left: max(1, r.cfg.MaxURLsPerOutlet), asOf: r.now()}
	return r.work(ctx, crawl, o, b, t, purposeFirst)
}

// work fetches a backlog, one page after the other, and comes back to those that
// asked for patience. While one page is extracted the next is fetched. Its error
// is the database's.
func (r *round) work(ctx, crawl context.Context, o outlets.Outlet, b *backlog, t *tally, purpose string) error {
	silent := map[string]int{} // by host, in a row
	pauses := pauses{}
	for {
		w, ok, err := b.next(ctx, crawl)
		if err != nil || !ok {
			return err // the rest waits for the next run
		}
		host := hostOf(w.Address)
		if silent[host] >= silencesInRow {
			continue // waits for the next run, too
		}
		res, resp := r.fetch(crawl, o, w, purpose)
		if crawl.Err() != nil && resp == nil && res.outcome == "" {
			return nil // cut off, not failed: nothing is written about it
		}
		if res.isNetworkDown {
			if !r.awaitNetwork(crawl, res.retryAfter) {
				return nil
			}
			b.fresh = append([]waiting{w}, b.fresh...)
			continue
		}
		if res.isUnsent && res.outcome == "" && pauses.allow(host, res.retryAfter, time.Now()) {
			if !b.postpone(crawl, w, res.retryAfter) {
				return nil
			}
			continue
		}
		t.request(res)
		if res.isSilent || res.isUnsent && res.outcome == "" {
			silent[host]++
		} else {
			silent[host] = 0
		}
		if res.status != 0 {
			r.networkIsUp()
		}
		if resp != nil {
			r.extract(ctx, o, resp, res, t)
			continue
		}
		r.put(ctx, b, t, res)
	}
}

// pauses are the hosts of an outlet that wanted to be left alone for a while, and
// were waited for. Nobody was asked meanwhile: it is no attempt, and no failure.
type pauses map[string]pause

type pause struct {
	until time.Time
	sum   time.Duration // of all pauses of the run
}

// allow says whether a run has the patience for another pause of a host.
func (p pauses) allow(host string, wait time.Duration, now time.Time) bool {
	if wait <= 0 {
		return false
	}
	known := p[host]
	longer := min(wait, max(0, now.Add(wait).Sub(known.until))) // its other pages are told of the same pause
	if known.sum+longer > patience {
		return false
	}
	p[host] = pause{now.Add(wait), known.sum + longer}
	return true
}

// put hands over what became of a fetch that gave no page to read, and keeps the
// URL if it is to be tried again within the run.
func (r *round) put(ctx context.Context, b *backlog, t *tally, res result) {
	w := res.url
	if res.outcome == "" && w.tries < retriesInRun && res.retryAfter <= patience && res.attempts < r.cfg.MaxAttempts {
		w.Attempts, w.notBefore = res.attempts, time.Now().Add(max(res.retryAfter, backoff(w.tries)))
		w.tries++
		if b.retry(w) {
			r.load.put(ctx, t, res.asAttempt())
			return
		}
	}
	if res.outcome == "" && res.attempts >= r.cfg.MaxAttempts {
		res.outcome = fetch.OutcomeFailed
		if res.status == http.StatusTooManyRequests {
			res.outcome = fetch.OutcomeBlocked
		}
	}
	if res.outcome == "" {
		res.nextAttemptAt = r.now().Add(max(res.retryAfter, pauseOf(res.purpose)))
	}
	r.load.put(ctx, t, res)
}

// extract hands a page to an extractor and returns as soon as there is one: while
// the extractors, or the database behind them, are busy, the outlet fetches nothing
// more. A page that was fetched is read also when the crawl is over, unless the
// run is.
func (r *round) extract(ctx context.Context, o outlets.Outlet, resp *fetch.Response, res result, t *tally) {
	if r.extractors.Acquire(ctx, 1) != nil {
		release(resp)
		return // cut off: the page is fetched again by the next run
	}
	t.unloaded.Add(1)
	r.extracting.Go(func() {
		defer t.unloaded.Done()
		defer r.extractors.Release(1)
		r.normalise(ctx, o, resp, &res)
		release(resp)
		if res.outcome == "" && ctx.Err() != nil {
			return // cut off
		}
		if res.outcome == "" { // the extraction gave no verdict: as if the page had not come
			res.nextAttemptAt = r.now().Add(pauseOf(res.purpose))
		}
		r.load.put(ctx, t, res)
	})
}
