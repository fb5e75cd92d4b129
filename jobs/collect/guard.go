package collect

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/judge"
	"github.com/overheard-news/overheard/transform/story"
)

// Reading a page must not cost more than the page. A panic is its failure. What
// never comes to an end is left behind after Config.ExtractTimeout, and what kills
// the process is found in the journal by the next one (inflight.go). Either, three
// times, and the page is read no more (suspects.go).

// extraction is what is found in a page.
type extraction struct {
	article  *article.Article
	verdict  article.Verdict
	err      error
	night    time.Time
	sketch   []int32
	facts    []int32
	credit   string
	mentions []judge.Mention
}

// guarded reads a page and puts what it finds into res.
func (c *Collector) guarded(ctx context.Context, page article.Page, res *result) {
	url := res.url.URL
	s := c.suspects.get(url)
	if s.isQuarantined {
		res.outcome, res.reason = "failed", quarantined+s.reason
		return
	}
	// A suspect is read alone: should the process die of it, nothing else is blamed.
	unlock := c.suspects.enter(s.isSuspect)
	done := c.cfg.Inflight.begin(url)
	read, cancel := context.WithCancel(ctx)
	found := make(chan extraction, 1)
	go func() {
		defer done()
		found <- c.read(read, page, res.outletID, url)
	}()
	limit := time.NewTimer(cmp.Or(c.cfg.ExtractTimeout, time.Minute))
	defer limit.Stop()
	select {
	case e := <-found:
		cancel()
		unlock()
		c.take(e, res)
		if s.isSuspect && !errIsContext(e.err) {
			c.clear(ctx, url)
		}
	case <-limit.C:
		cancel()
		unlock()
		c.lg.Error("reading a page did not come to an end: it is left behind", "url", url, "limit", cmp.Or(c.cfg.ExtractTimeout, time.Minute))
		c.hung(ctx, res)
	}
}

// read is the work itself: everything between the bytes of a page and its row.
func (c *Collector) read(ctx context.Context, page article.Page, outletID, url string) (e extraction) {
	defer func() {
		if p := recover(); p != nil {
			c.lg.Error("a page made the extraction panic", "url", url, "panic", p, "stack", string(debug.Stack()))
			e = extraction{verdict: article.Verdict{Outcome: "failed", Reason: fmt.Sprintf("extraction panicked: %v", p)}}
		}
	}()
	e.article, e.verdict, e.err = c.normaliser.Normalise(ctx, page)
	if e.err != nil || e.article == nil || (e.verdict.Outcome != "stored" && e.verdict.Outcome != "stub") {
		return e
	}
	e.night = ledger.Night(e.article.PublishedAt, c.cfg.ReportZone)
	a := e.article
	e.sketch, e.facts = story.Sketch(a.Body), story.Facts(a.Language, a.Title, a.Body)
	e.credit = story.Credit(a.Language, a.Title, a.Body)
	e.mentions = c.mentions(outletID, e.article, e.night)
	return e
}
