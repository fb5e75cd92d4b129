package discover

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// The states a poll leaves a channel in, as ops.channels has them.
const (
	StateOK        = "ok"
	StateEmpty     = "empty"     // valid, no items
	StateUnchanged = "unchanged" // 304
	StateBlocked   = "blocked"   // robots, 401, 403, 429, 451
	StateNotFeed   = "not_a_feed"
	StateGone      = "gone"   // 404, 410
	StateFailed    = "failed" // network, 5xx, unreadable
)

// The kinds of channels.
const (
	KindFeed    = "feed"
	KindSitemap = "sitemap"
	KindPage    = "page" // section pages: links that match the outlet's article pattern
)

// Bounds of one poll, against sitemaps without end and hosts out of sorts.
const (
	maxDepth     = 3                // an index of indexes of sitemaps
	maxSitemaps  = 50               // files fetched for one declared sitemap
	maxTries     = 3                // fetches of one channel
	patience     = 30 * time.Second // longest Retry-After waited for
	maxUndated   = 20_000           // undated entries kept of all sitemaps of an outlet
	maxDated     = 50_000           // dated entries kept of one declared sitemap and all it leads to
	maxValidator = 1024             // bytes of an ETag or Last-Modified kept
	quickFailure = 5 * time.Second  // a connection that fails later than this is not tried again
)

// Fetcher is what discovery needs of package fetch.
type Fetcher interface {
	Fetch(context.Context, fetch.Request) (*fetch.Response, error)
	// Sitemaps lists what the robots.txt of a host names.
	Sitemaps(ctx context.Context, homeURL string) ([]string, error)
}

// ChannelState is what earlier polls left behind.
type ChannelState struct {
	ETag, LastModified string
	FailureCount       int
	LastOKAt           time.Time
	LastBytes          int64 // size as sent of the last full answer
	ItemCount          int   // items of the last full answer
}

// Poll is what asking one channel gave, and what to remember of it: ETag,
// LastModified, FailureCount, LastBytes and ItemCount replace those of the
// ChannelState.
type Poll struct {
	OutletID, URL, Kind, State string
	ETag, LastModified         string
	Items                      []Item
	Requests, NotModified      int
	Bytes                      int64
	FailureCount               int
	LastBytes                  int64         // size as sent of the last full answer that could be read, this one or an earlier
	ItemCount                  int           // items of that answer, the old and skipped ones included: what the channel shows at a time
	Err                        error         // why the state is bad; or, with items, what is missing
	ParentURL                  string        // index that named it; empty for declared channels
	FinalURL                   string        // where redirects led; empty if nothing came
	OldCount                   int           // entries of a sitemap left out as older than since
	LaterCount                 int           // entries of a sitemap left out as later than the past that was asked for
	SkippedCount               int           // left out: children of an index that are old, too many or have no usable address; entries of a sitemap beyond what is kept of an outlet
	RetryAfter                 time.Duration // zero: the server asked for nothing
}

// Discoverer polls channels.
type Discoverer struct {
	lg    *slog.Logger
	fetch Fetcher
	now   func() time.Time
	pause time.Duration // before the second try; four times that before the third

	maxUndated, maxDated int
}

// New makes a Discoverer.
func New(lg *slog.Logger, f Fetcher) *Discoverer {
	return &Discoverer{lg: lg, fetch: f, now: time.Now, pause: time.Second, maxUndated: maxUndated, maxDated: maxDated}
}

// PollOutlet asks the channels of an outlet, one after the other, as they
// mostly share a host. Children of sitemap indexes are polls of their own.
// Whatever a sitemap dates before since is left out and counted; a zero since
// leaves out nothing. Feeds are short, and given whole; of sitemaps an outlet may
// have so many entries and no more, and what is over is counted as skipped. Text
// in the answer can be stored as it is: it is valid and has no control
// characters. When the context ends, or our own network is out, the channels not
// asked are missing from the answer, and what is known of them stays. A sitemap
// whose files the network kept us from is missing with all of them: asked again,
// it gives them all.
func (d *Discoverer) PollOutlet(ctx context.Context, o outlets.Outlet, prior map[string]ChannelState, since time.Time, pattern Pattern) []Poll {
	w := d.newWalk(o, prior, since, pattern)
	for _, c := range o.Channels {
		if ctx.Err() != nil || w.networkDown != nil {
			break
		}
		if !isStorable(c.URL) {
			d.lg.Warn("the address of a channel is too long, or no text; it is not asked", "outlet_id", o.ID, "channel_url", fetch.Plain(c.URL, 100))
			continue
		}
		w.left, w.dated = maxSitemaps, d.maxDated
		w.pollWhole(ctx, c.Kind, c.URL)
	}
	return w.polls
}

func (d *Discoverer) newWalk(o outlets.Outlet, prior map[string]ChannelState, since time.Time, pattern Pattern) *walk {
	return &walk{d: d, outletID: o.ID, homeURL: o.HomeURL, prior: prior, since: since, pattern: pattern, seen: map[string]bool{}, undated: d.maxUndated, tries: maxTries}
}

// walk is one PollOutlet on its way.
type walk struct {
	d        *Discoverer
	outletID string
	homeURL  string
	tries    int // fetches of one channel
	prior    map[string]ChannelState
	since    time.Time
	until    time.Time      // of a walk through the past (past.go): its end; else zero
	zone     *time.Location // of the outlet, in such a walk
	pattern  Pattern
	seen     map[string]bool // addresses asked for, redirects included
	left     int             // files the present sitemap may still cost
	dated    int             // entries the present sitemap may still give
	undated  int             // entries without a date all sitemaps may still give
	polls    []Poll
	onAnswer func(*fetch.Response) // sees each full answer before it is read; may be nil

	networkDown error // our own network is out: the channel under way, and those to come, were not asked
}

// pollWhole asks one channel and what it leads to, or nothing of it: a part that
// vouched for the whole would hide what the network kept us from.
func (w *walk) pollWhole(ctx context.Context, kind, address string) {
	at := len(w.polls)
	if w.poll(ctx, kind, address, "", 1); w.networkDown != nil {
		w.polls = w.polls[:at]
	}
}

// poll asks one channel, and then what it leads to.
func (w *walk) poll(ctx context.Context, kind, address, parent string, depth int) {
	if w.seen[address] || w.left <= 0 {
		return
	}
	w.seen[address] = true
	w.left--
	prior := w.prior[address]
	p := Poll{OutletID: w.outletID, URL: address, Kind: kind, ParentURL: parent, LastBytes: prior.LastBytes, ItemCount: prior.ItemCount}
	children := w.ask(ctx, &p, prior)
	if w.networkDown != nil {
		return
	}
	if p.Err != nil {
		p.Err = plainError{p.Err}
	}
	if p.State == StateOK || p.State == StateEmpty || p.State == StateUnchanged {
		p.FailureCount = 0
	} else {
		p.FailureCount = prior.FailureCount + 1
	}
	wanted := w.choose(children)
	if depth >= maxDepth {
		wanted = nil
	}
	p.SkippedCount += len(children) - len(wanted)
	at := len(w.polls)
	w.polls = append(w.polls, p)
	for i, c := range wanted {
		if w.left <= 0 || ctx.Err() != nil || w.networkDown != nil {
			w.polls[at].SkippedCount += len(wanted) - i
			break
		}
		if w.dated <= 0 || w.undated <= 0 && c.ModifiedAt.IsZero() {
			w.polls[at].SkippedCount++ // it would have to be left out, too
			continue
		}
		w.poll(ctx, KindSitemap, c.URL, address, depth+1)
	}
}

// plainError keeps what a server made us say fit for a table.
type plainError struct{ err error }

func (e plainError) Error() string { return fetch.Plain(e.err.Error(), 1000) }

// Unwrap gives the error as it was.
func (e plainError) Unwrap() error { return e.err }

// ask fetches a channel, reads it and says in p how it went.
func (w *walk) ask(ctx context.Context, p *Poll, prior ChannelState) []Child {
	r := fetch.Request{URL: p.URL, Kind: fetch.Kind(p.Kind), IsHeld: true, LastBytes: prior.LastBytes}
	if mayAskConditionally(p.URL, prior, w.d.now()) {
		r.ETag, r.LastModified = prior.ETag, prior.LastModified
	}
	res, err := w.patiently(ctx, r, p)
	if err != nil {
		p.State, p.Err = stateOf(err), err
		var e *fetch.Error
		if errors.As(err, &e) {
			p.RetryAfter = e.RetryAfter
			if e.IsNetworkDown {
				w.networkDown = err
			}
		}
		return nil
	}
	if res.Release != nil {
		defer res.Release()
	}
	p.Bytes = res.WireBytes
	if isStorable(res.FinalURL) {
		p.FinalURL = res.FinalURL
	}
	if res.FinalURL != "" {
		w.seen[res.FinalURL] = true
	}
	if res.NotModified {
		p.NotModified = 1
		if r.ETag == "" && r.LastModified == "" {
			p.State, p.Err = StateFailed, fmt.Errorf("poll %s: status 304 to a request without a condition", p.URL)
			return nil
		}
		p.State, p.ETag, p.LastModified = StateUnchanged, prior.ETag, prior.LastModified
		return nil
	}
	if w.onAnswer != nil {
		w.onAnswer(res)
	}
	return w.read(p, res)
}

// patiently fetches a channel, and again after a pause if the host was only out
// of sorts: what a channel announces is worth more than any one page, and a
// night may have no second poll. A host that leaves us waiting is not asked twice.
func (w *walk) patiently(ctx context.Context, r fetch.Request, p *Poll) (*fetch.Response, error) {
	for try := 1; ; try++ {
		began := time.Now()
		res, err := w.d.fetch.Fetch(ctx, r)
		var e *fetch.Error
		if !errors.As(err, &e) || !e.IsUnsent {
			p.Requests++
		}
		if err == nil || e == nil || e.IsNetworkDown || e.Outcome != fetch.OutcomeDeferred || try >= w.tries ||
			e.RetryAfter > patience || e.Status == 0 && time.Since(began) > quickFailure {
			return res, err
		}
		pause := time.NewTimer(max(e.RetryAfter, w.d.pause<<(2*(try-1))))
		select {
		case <-ctx.Done():
			pause.Stop()
			return nil, err
		case <-pause.C:
		}
	}
}

// read parses the answer. Only a whole answer that was understood leaves an
// ETag behind: a 304 must never vouch for a document we could not read. An
// index leaves none either, since it may stand still while its children grow.
// Nor does an answer we could not read say how much the channel shows.
func (w *walk) read(p *Poll, res *fetch.Response) []Child {
	var children []Child
	var err error
	var count int
	switch p.Kind {
	case KindSitemap:
		var s Sitemap
		s, err = ParseSitemap(res.FinalURL, res.Body)
		children, p.SkippedCount, count = s.Children, s.SkippedCount, len(s.Items)
		if w.isPast() {
			s.Items = w.within(p, s.Items)
		}
		p.Items = w.keep(p, w.recent(p, s.Items))
	case KindPage:
		var l Links
		l, err = ReadLinks(res.FinalURL, res.ContentType, res.Body)
		p.Items = itemsOn(l, res.FinalURL, w.homeURL, w.pattern)
		count = len(p.Items)
	default:
		p.Items, err = ParseFeed(res.FinalURL, res.ContentType, res.Body)
		count = len(p.Items)
	}
	isEmpty := len(p.Items)+len(children)+p.OldCount+p.LaterCount+p.SkippedCount == 0
	if err != nil {
		p.Err = fmt.Errorf("poll %s: %w", p.URL, err)
	}
	switch {
	case errors.Is(err, ErrNotFeed):
		p.State = StateNotFeed
	case err != nil && isEmpty:
		p.State = StateFailed
	case isEmpty:
		p.State = StateEmpty
	default:
		p.State = StateOK
	}
	if p.State == StateOK || p.State == StateEmpty {
		p.LastBytes, p.ItemCount = res.WireBytes, count
	}
	if err == nil && len(children)+p.SkippedCount == 0 {
		p.ETag, p.LastModified = validator(res.Header.Get("ETag")), validator(res.Header.Get("Last-Modified"))
	}
	w.d.lg.Debug("polled", "outlet_id", p.OutletID, "channel_url", p.URL, "state", p.State, "item_count", len(p.Items), "child_count", len(children))
	return children
}

// validator drops what no honest server sends as ETag or Last-Modified.
func validator(s string) string {
	if len(s) > maxValidator || strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return s
}

// keep takes of the entries of a sitemap what the outlet may still give: of the
// dated ones the newest, of the others, which all look alike, the first. The
// order of the files and of their entries decides, so that the same sitemaps
// give the same entries.
func (w *walk) keep(p *Poll, items []Item) []Item {
	undated := 0
	for _, i := range items {
		if i.PublishedAt.IsZero() {
			undated++
		}
	}
	dated := len(items) - undated
	w.dated, w.undated = w.dated-dated, w.undated-undated
	if w.dated >= 0 && w.undated >= 0 {
		return items
	}
	p.SkippedCount += max(0, -w.dated) + max(0, -w.undated)
	slices.SortStableFunc(items, func(a, b Item) int { return b.PublishedAt.Compare(a.PublishedAt) }) // the undated last
	newest, first := items[:dated+min(0, w.dated)], items[dated:len(items)+min(0, w.undated)]
	w.dated, w.undated = max(0, w.dated), max(0, w.undated)
	return slices.Concat(newest, first) // a copy: what was left out is freed
}

// recent leaves out what is dated before since.
func (w *walk) recent(p *Poll, items []Item) []Item {
	if w.since.IsZero() {
		return items
	}
	kept := slices.DeleteFunc(items, func(i Item) bool { return !i.PublishedAt.IsZero() && i.PublishedAt.Before(w.since) })
	p.OldCount = len(items) - len(kept)
	return kept
}

const day = 24 * time.Hour

// mayAskConditionally says no after a failure, whose ETag may belong to the
// document that failed, and no for the first poll of each day, as some servers
// never change their ETag. The day begins at an hour of the channel's own, so
// that not all are asked in full at once.
func mayAskConditionally(address string, prior ChannelState, now time.Time) bool {
	if prior.FailureCount > 0 || prior.LastOKAt.IsZero() {
		return false
	}
	h := fnv.New32a()
	h.Write([]byte(address))
	shift := time.Duration(h.Sum32()%86_400) * time.Second
	return now.Add(shift).UTC().Truncate(day).Equal(prior.LastOKAt.Add(shift).UTC().Truncate(day))
}

// stateOf says what a failed fetch means for a channel.
func stateOf(err error) string {
	var e *fetch.Error
	if !errors.As(err, &e) {
		return StateFailed
	}
	switch {
	case e.Outcome == fetch.OutcomeRobots, e.Outcome == fetch.OutcomeBlocked:
		return StateBlocked
	case e.Status == http.StatusTooManyRequests:
		return StateBlocked
	case e.Status == http.StatusNotFound, e.Status == http.StatusGone:
		return StateGone
	default:
		return StateFailed
	}
}
