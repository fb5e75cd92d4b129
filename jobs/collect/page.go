package collect

import (
	"cmp"
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

	tries     int           // within this run
	notBefore time.Time     // earliest next try within this run
	maxAge    time.Duration // older news is too_old; zero: as Config.MaxAge says
}

// result is what became of one fetch: an outcome, or none when the URL is to be
// tried again.
type result struct {
	url           waiting
	outletID      string
	purpose       string // of the fetch
	outcome       string
	reason        string
	pageType      string // empty: the page was not read
	status        int
	attempts      int
	retryAfter    time.Duration
	nextAttemptAt time.Time
	isSilent      bool // no answer came at all
	isUnsent      bool // no request went out at all
	isNetworkDown bool // it is our own network that is out
	isAttempt     bool // only the attempt is to be recorded, the page comes again
	wireBytes     int64
	elapsed       time.Duration
	fetchedAt     time.Time // when the answer or the failure came
	finalURL      string    // where the page came from; empty if none came

	night    time.Time
	article  *article.Article
	sketch   []int32
	mentions []match.Mention
	editedAt *time.Time // of the article; nil unless a recheck found another text
}

// asAttempt is the part of a result that is written before the next try, so that
// a kill in between does not forget the attempt.
func (r result) asAttempt() result {
	r.isAttempt = true
	return r
}

// attempt is the fetch as ops.url_attempts has it; none if nobody was asked.
func (r result) attempt() (attempt, bool) {
	a := attempt{
		hash: r.url.Hash, at: r.fetchedAt, purpose: r.purpose, status: r.status, outcome: r.outcome, reason: r.reason,
		bytes: r.wireBytes, elapsed: r.elapsed,
	}
	if r.isAttempt {
		a.outcome = ""
	}
	return a, !r.isUnsent
}

// fetch asks for one URL. The answer is nil unless there is a page to be read;
// its Release is to be called once it is.
func (c *Collector) fetch(ctx context.Context, o outlets.Outlet, w waiting, purpose string) (result, *fetch.Response) {
	res := result{url: w, outletID: o.ID, purpose: purpose, attempts: w.Attempts + 1}
	resp, err := c.fetcher.Fetch(ctx, fetch.Request{URL: w.Address, Kind: fetch.KindPage, IsHeld: true})
	res.fetchedAt = c.now()
	if err != nil {
		return res.refused(err), nil
	}
	res.status, res.wireBytes, res.elapsed, res.finalURL = resp.Status, resp.WireBytes, resp.Elapsed, resp.FinalURL
	if c.isOffsite(o, resp.FinalURL) {
		res.outcome, res.reason = "offsite", "redirected to "+resp.FinalURL
		release(resp)
		return res, nil
	}
	return res, resp
}

// release gives back the memory of an answer.
func release(resp *fetch.Response) {
	if resp.Release != nil {
		resp.Release()
	}
}

// refused translates a fetch that gave no page.
func (r result) refused(err error) result {
	var fe *fetch.Error
	if !errors.As(err, &fe) {
		r.reason, r.isSilent = err.Error(), !errIsContext(err)
		return r
	}
	r.status, r.reason, r.retryAfter = fe.Status, fe.Reason, fe.RetryAfter
	r.isNetworkDown = fe.IsNetworkDown
	if r.isUnsent = fe.IsUnsent || fe.IsNetworkDown; r.isUnsent {
		r.attempts-- // nobody was asked
	}
	if fe.Outcome == fetch.OutcomeDeferred || fe.IsNetworkDown {
		r.isSilent = fe.Status == 0
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
	art, verdict, err := c.normaliser.Normalise(ctx, c.pageOf(o, resp, res))
	if err != nil {
		res.reason = err.Error()
		if !errIsContext(err) {
			res.outcome = "failed"
		}
		return
	}
	res.outcome, res.reason, res.pageType = verdict.Outcome, verdict.Reason, verdict.PageType
	if art == nil || (verdict.Outcome != "stored" && verdict.Outcome != "stub") {
		return
	}
	if res.pageType == "" {
		res.pageType = art.PageType
	}
	res.article = art
	res.night = ledger.Night(art.PublishedAt, c.cfg.ReportZone)
	res.sketch = story.Sketch(art.Body)
	res.mentions = c.mentions(art, res.night)
}

// mentions finds the companies of an article of a night.
func (c *Collector) mentions(a *article.Article, night time.Time) []match.Mention {
	return c.matcher.Match(match.Document{Title: a.Title, Body: a.Body, Language: a.Language, Night: night})
}

// pageOf puts together what is known of a page before it is read.
func (c *Collector) pageOf(o outlets.Outlet, resp *fetch.Response, res *result) article.Page {
	page := article.Page{
		URL: resp.FinalURL, RequestedURL: res.url.Address, ContentType: resp.ContentType, Body: resp.Body,
		FetchedAt: res.fetchedAt, FirstSeenAt: res.url.Discovered, ChannelKind: res.url.Kind,
		IsChannelTimeModified: res.url.IsModified, OutletLanguage: o.Language, OutletZone: c.zones[o.ID],
		TrustChannelDates: c.cfg.TrustChannelDates, MaxAge: cmp.Or(res.url.maxAge, c.cfg.MaxAge),
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
	return page
}
