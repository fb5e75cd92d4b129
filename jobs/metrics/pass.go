package metrics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/transform/article"
)

// Outcomes of a fetch besides those of package fetch.
const (
	outcomeOK          = "ok"
	outcomeNotModified = "not_modified"
	outcomeStopped     = "stopped"      // whoever asked no longer wanted it
	outcomeNetworkDown = "network_down" // our own
)

func outcomes() []string {
	return []string{
		outcomeOK, outcomeNotModified, outcomeStopped, outcomeNetworkDown,
		fetch.OutcomeRobots, fetch.OutcomeBlocked, fetch.OutcomeGone, fetch.OutcomeFailed, fetch.OutcomeTooLarge,
		fetch.OutcomeRefused, fetch.OutcomeNotArticle, fetch.OutcomeDeferred,
	}
}

// Fetcher fetches documents, and lists the sitemaps that a host names.
type Fetcher interface {
	Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error)
	Sitemaps(ctx context.Context, homeURL string) ([]string, error)
}

// Fetcher returns a fetcher that counts what goes through next.
func (r *Recorder) Fetcher(next Fetcher) Fetcher {
	if r == nil {
		return next
	}
	return &countedFetcher{r, next}
}

type countedFetcher struct {
	r *Recorder
	Fetcher
}

func (c *countedFetcher) Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	page, err := c.Fetcher.Fetch(ctx, req)
	var fault *fetch.Error
	switch {
	case err == nil && page.NotModified:
		c.r.fetched(outcomeNotModified)
	case err == nil:
		c.r.fetched(outcomeOK)
	case errors.As(err, &fault) && fault.IsNetworkDown:
		c.r.fetched(outcomeNetworkDown)
	case errors.As(err, &fault):
		c.r.fetched(fault.Outcome)
		if fault.Status != 0 {
			c.r.responses.WithLabelValues(statusClass(fault.Status)).Inc()
		}
	case ctx.Err() != nil:
		c.r.fetched(outcomeStopped)
	default:
		c.r.fetched(fetch.OutcomeFailed)
	}
	if err == nil {
		c.r.responses.WithLabelValues(statusClass(page.Status)).Inc()
		c.r.fetchDuration.Observe(page.Elapsed.Seconds())
		c.r.receivedBytes.Add(float64(max(0, page.WireBytes)))
	}
	return page, err
}

// statusClass is 2xx for 200 and so on; what HTTP does not know is other.
func statusClass(status int) string {
	if status < 100 || status > 599 {
		return "other"
	}
	return fmt.Sprintf("%dxx", status/100)
}

// Normaliser makes an article of a page.
type Normaliser interface {
	Normalise(ctx context.Context, page article.Page) (*article.Article, article.Verdict, error)
}

// Normaliser returns a normaliser that times next.
func (r *Recorder) Normaliser(next Normaliser) Normaliser {
	if r == nil {
		return next
	}
	return &timedNormaliser{r, next}
}

type timedNormaliser struct {
	r    *Recorder
	next Normaliser
}

func (n *timedNormaliser) Normalise(ctx context.Context, page article.Page) (*article.Article, article.Verdict, error) {
	began := time.Now()
	a, verdict, err := n.next.Normalise(ctx, page)
	n.r.PageExtracted(time.Since(began))
	return a, verdict, err
}
