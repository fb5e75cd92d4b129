package collect

import (
	"cmp"
	"context"
	"errors"
	"time"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/judge"
	"github.com/overheard-news/overheard/transform/match"
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
	isBudgetSpent bool // the day's requests to the host are
	isAttempt     bool // only the attempt is to be recorded, the page comes again
	wireBytes     int64
	elapsed       time.Duration
	fetchedAt     time.Time // when the answer or the failure came
	finalURL      string    // where the page came from; empty if none came

	kept     *archive.Position // where the page lies in an archive; nil: nowhere
	fileID   int64             // of that file, once it is known
	isUnkept bool              // the archive could not take it

	isHung     bool   // reading it did not come to an end
	isRecorded bool   // not fetched now: see intake.go
	channel    string // of a recorded page: the file it comes from

	night     time.Time
	article   *article.Article
	sketch    []int32 // of its words
	facts     []int32 // its numbers and names
	credit    string  // agency it is credited to; empty for none
	mentions  []judge.Mention
	editedAt  *time.Time // of the article; nil unless a recheck found another text
	deletedAt *time.Time // of the article; nil unless it was found gone
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
	c.keep(resp, &res)
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
	r.isNetworkDown, r.isBudgetSpent = fe.IsNetworkDown, fe.IsBudgetSpent
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
// the extraction panic fails alone; one that does not come to an end is left
// behind (see guard.go).
func (c *Collector) normalise(ctx context.Context, o outlets.Outlet, resp *fetch.Response, res *result) {
	c.guarded(ctx, c.pageOf(o, resp, res), res)
}

// take puts what the extraction says into the result.
func (c *Collector) take(e extraction, res *result) {
	if e.err != nil {
		res.reason = e.err.Error()
		if !errIsContext(e.err) {
			res.outcome = "failed"
		}
		return
	}
	res.outcome, res.reason, res.pageType = e.verdict.Outcome, e.verdict.Reason, e.verdict.PageType
	if e.article == nil || (e.verdict.Outcome != "stored" && e.verdict.Outcome != "stub") {
		return
	}
	if res.pageType == "" {
		res.pageType = e.article.PageType
	}
	res.article, res.night, res.sketch, res.facts, res.credit, res.mentions = e.article, e.night, e.sketch, e.facts, e.credit, e.mentions
}

// mentions finds the companies that an article of an outlet names, and what it says
// of them.
func (c *Collector) mentions(outletID string, a *article.Article, night time.Time) []judge.Mention {
	found := c.matcher.Match(match.Document{Title: a.Title, Body: a.Body, Language: a.Language, Country: c.countries[outletID], Night: night})
	if len(found) == 0 {
		return nil
	}
	list := make([]judge.Mention, len(found))
	for i, m := range found {
		list[i].Mention = m
		if c.cfg.Judge != nil {
			list[i].Judgement = c.cfg.Judge.Judge(a.Language, m.Quotes)
		}
	}
	return list
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
