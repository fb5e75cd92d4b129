package collect

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/match"
	"github.com/overheard-news/overheard/transform/story"
)

// waiting is a URL without an outcome.
type waiting struct {
	URL         string     `db:"url"`     // what it is known by
	Address     string     `db:"address"` // what is fetched
	Hash        int64      `db:"url_hash"`
	Kind        string     `db:"channel_kind"`
	PublishedAt *time.Time `db:"channel_published_at"`
	IsModified  bool       `db:"is_channel_time_modified"`
	Title       *string    `db:"channel_title"`
	Discovered  time.Time  `db:"discovered_at"`
	Attempts    int        `db:"attempt_count"`

	notBefore time.Time // earliest next try within this run
}

// result is what became of one fetch: an outcome, or none when the URL is to be
// tried again.
type result struct {
	url           waiting
	outletID      string
	outcome       string
	reason        string
	status        int
	attempts      int
	retryAfter    time.Duration
	nextAttemptAt time.Time
	isNetwork     bool // no answer came at all
	isUnsent      bool // no request went out at all
	isAttempt     bool // only the attempt is to be recorded, the page comes again
	wireBytes     int64
	fetchedAt     time.Time

	night    time.Time
	article  *article.Article
	sketch   []int32
	mentions []match.Mention
}

// asAttempt is the part of a result that is written before the next try, so that
// a kill in between does not forget the attempt.
func (r result) asAttempt() result {
	r.isAttempt = true
	return r
}

// page fetches one URL and makes an article of it.
func (c *Collector) page(ctx context.Context, o outlets.Outlet, w waiting) result {
	res := result{url: w, outletID: o.ID, attempts: w.Attempts + 1, fetchedAt: c.now()}
	resp, err := c.fetcher.Fetch(ctx, fetch.Request{URL: w.Address, Kind: fetch.KindPage})
	if err != nil {
		return res.refused(err)
	}
	res.status, res.wireBytes = resp.Status, resp.WireBytes
	if c.isOffsite(o, resp.FinalURL) {
		res.outcome, res.reason = "offsite", "redirected to "+resp.FinalURL
		return res
	}
	if err := c.extractors.Acquire(ctx, 1); err != nil {
		return res
	}
	defer c.extractors.Release(1)
	c.normalise(ctx, o, resp, &res)
	return res
}

// refused translates a fetch that gave no page.
func (r result) refused(err error) result {
	var fe *fetch.Error
	if !errors.As(err, &fe) {
		r.reason, r.isNetwork = err.Error(), !errIsContext(err)
		return r
	}
	r.status, r.reason, r.retryAfter = fe.Status, fe.Reason, fe.RetryAfter
	if r.isUnsent = fe.IsUnsent; r.isUnsent {
		r.attempts-- // nobody was asked
	}
	if fe.Outcome == fetch.OutcomeDeferred {
		r.isNetwork = fe.Status == 0 && !fe.IsUnsent
		return r
	}
	r.outcome = fe.Outcome
	return r
}

// normalise fills the article, its night and its mentions. A page that makes
// the extraction panic fails alone.
func (c *Collector) normalise(ctx context.Context, o outlets.Outlet, resp *fetch.Response, res *result) {
	defer func() {
		if p := recover(); p != nil {
			c.lg.Error("a page made the extraction panic", "url", res.url.URL, "panic", p, "stack", string(debug.Stack()))
			res.outcome, res.reason, res.article = "failed", fmt.Sprintf("extraction panicked: %v", p), nil
		}
	}()
	page := article.Page{
		URL: resp.FinalURL, RequestedURL: res.url.Address, ContentType: resp.ContentType, Body: resp.Body,
		FetchedAt: res.fetchedAt, FirstSeenAt: res.url.Discovered, ChannelKind: res.url.Kind,
		IsChannelTimeModified: res.url.IsModified, OutletLanguage: o.Language, TrustChannelDates: c.cfg.TrustChannelDates, MaxAge: c.cfg.MaxAge,
	}
	if res.url.PublishedAt != nil {
		page.ChannelPublishedAt = *res.url.PublishedAt
	}
	if res.url.Title != nil {
		page.ChannelTitle = *res.url.Title
	}
	if t, err := time.Parse(time.RFC1123, resp.Header.Get("Last-Modified")); err == nil {
		page.LastModified = t.UTC()
	}
	art, verdict, err := c.normaliser.Normalise(ctx, page)
	if err != nil {
		res.reason = err.Error()
		if !errIsContext(err) {
			res.outcome = "failed"
		}
		return
	}
	res.outcome, res.reason = verdict.Outcome, verdict.Reason
	if art == nil || (verdict.Outcome != "stored" && verdict.Outcome != "stub") {
		return
	}
	res.article = art
	res.night = ledger.Night(art.PublishedAt, c.cfg.ReportZone)
	res.sketch = story.Sketch(art.Body)
	res.mentions = c.matcher.Match(match.Document{
		Title: art.Title, Body: art.Body, Language: art.Language, Night: res.night,
	})
}
