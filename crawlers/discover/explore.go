package discover

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// Where a candidate was found.
const (
	OriginHomepage  = "homepage"   // the home page announces it
	OriginRobots    = "robots"     // robots.txt names it
	OriginWellKnown = "well_known" // nobody names it, but it stands where such things mostly do
	OriginSection   = "section"    // a page whose links are read
	OriginRedirect  = "redirect"   // a declared channel leads there
)

// Candidate is a channel that exploration found, with what one poll of it gave.
type Candidate struct {
	Kind       string    `json:"kind"`
	URL        string    `json:"url"`
	Origin     string    `json:"origin"`
	ItemCount  int       `json:"item_count"`
	NewestAt   time.Time `json:"newest_at,omitzero"` // zero: no item is dated
	IsVerified bool      `json:"is_verified"`        // it was polled and is worth polling
	Reason     string    `json:"reason"`             // what speaks for it, or why it was refused
}

// Bounds of one exploration.
const (
	maxRequests   = 12 // robots.txt apart
	maxRechecked  = 3  // declared channels asked whether they moved
	enoughOfAKind = 2  // verified candidates of a kind, after which no more are asked
	maxSections   = 2
	maxCandidates = 50 // told
	leastLinks    = 5  // articles a section page must lead to
)

// wellKnown are the places tried when nobody names a channel of the kind.
var wellKnown = map[string][]string{
	KindFeed:    {"/feed", "/rss", "/rss.xml", "/atom.xml"},
	KindSitemap: {"/news-sitemap.xml", "/sitemap_index.xml", "/sitemap.xml"},
}

// Explore looks for channels of an outlet that the registry does not declare:
// addresses its declared channels redirect to, feeds its home page announces,
// sitemaps of its robots.txt, well-known places if that gave nothing, and at
// last its section pages, whose links are matched with the pattern. Each is
// polled once before it is called verified. It costs at most 12 requests, and
// one for a robots.txt. The best candidates come first, then those refused, each
// with the reason. The error is that of the home page, if nothing at all was found;
// or ctx's, or a *fetch.Error that says IsNetworkDown: then nothing was found out.
func (d *Discoverer) Explore(ctx context.Context, o outlets.Outlet, pattern Pattern) ([]Candidate, error) {
	e := &exploration{d: d, o: o, pattern: pattern, left: maxRequests, seen: map[string]bool{}, verified: map[string]int{}, working: map[string]int{}}
	for _, c := range o.Channels {
		e.seen[sameAddress(c.URL)] = true
	}
	home, err := e.readHome(ctx)
	if err != nil && (ctx.Err() != nil || isNetworkDown(err)) {
		return nil, fmt.Errorf("explore outlet %q: %w", o.ID, err)
	}
	e.followDeclared(ctx)
	for _, c := range e.announced(home) {
		e.consider(ctx, c)
	}
	sitemaps, robotsErr := d.fetch.Sitemaps(ctx, cmp.Or(e.homeURL, o.HomeURL))
	if isNetworkDown(robotsErr) {
		e.networkDown = cmp.Or(e.networkDown, robotsErr)
	}
	for _, s := range sitemaps {
		e.consider(ctx, Candidate{Kind: KindSitemap, URL: s, Origin: OriginRobots})
	}
	e.tryWellKnown(ctx)
	if e.count(KindFeed)+e.count(KindSitemap) < enoughOfAKind {
		e.readSections(ctx, home)
	}
	if err := cmp.Or(ctx.Err(), e.networkDown); err != nil {
		return nil, fmt.Errorf("explore outlet %q: %w", o.ID, plainError{err})
	}
	if len(e.found) == 0 && err != nil {
		return nil, fmt.Errorf("explore outlet %q: %w", o.ID, errors.Join(err, robotsErr))
	}
	return e.ranked(), nil
}

func isNetworkDown(err error) bool {
	var e *fetch.Error
	return errors.As(err, &e) && e.IsNetworkDown
}

// exploration is one Explore on its way.
type exploration struct {
	d         *Discoverer
	o         outlets.Outlet
	pattern   Pattern
	homeURL   string // where the home page is, after redirects
	left      int    // requests
	seen      map[string]bool
	announces map[string]bool // feeds the home page names
	found     []judged
	working   map[string]int // declared channels that answer, by kind
	verified  map[string]int // candidates, by kind

	networkDown error // our own network is out
}

// judged is a candidate with its worth among the others.
type judged struct {
	Candidate
	worth int
}

// readHome fetches the home page and lists its links.
func (e *exploration) readHome(ctx context.Context) (Links, error) {
	e.left--
	res, err := e.d.fetch.Fetch(ctx, fetch.Request{URL: e.o.HomeURL, Kind: fetch.KindPage, IsHeld: true})
	if err != nil {
		return Links{}, plainError{err}
	}
	if res.Release != nil {
		defer res.Release()
	}
	e.homeURL = res.FinalURL
	links, err := ReadLinks(res.FinalURL, res.ContentType, res.Body)
	if err != nil {
		return Links{}, plainError{fmt.Errorf("home page %s: %w", e.o.HomeURL, err)}
	}
	return links, nil
}

// followDeclared polls declared channels once: one that answers from another
// address has moved.
func (e *exploration) followDeclared(ctx context.Context) {
	for i, c := range e.o.Channels {
		if i >= maxRechecked || e.left <= 0 || ctx.Err() != nil || e.networkDown != nil {
			return
		}
		polls, marks := e.poll(ctx, c.Kind, c.URL, 1)
		if len(polls) == 0 {
			continue
		}
		e.learn(polls)
		if polls[0].State == StateOK {
			e.working[c.Kind]++
		}
		to := polls[0].FinalURL
		if to == "" || sameAddress(to) == sameAddress(c.URL) || e.seen[sameAddress(to)] {
			continue
		}
		e.seen[sameAddress(to)] = true
		found := Candidate{Kind: c.Kind, URL: to, Origin: OriginRedirect}
		e.judge(found, polls, marks, fmt.Sprintf("the declared %s redirects to it", c.URL))
	}
}

// announced lists the feeds the home page names, for machines and for readers.
func (e *exploration) announced(home Links) []Candidate {
	var list []Candidate
	for _, l := range home.Feeds {
		list = append(list, Candidate{Kind: KindFeed, URL: l.URL, Origin: OriginHomepage, Reason: refusedByName(l.URL, l.Text)})
	}
	for _, l := range home.Pages {
		if looksLikeFeed(l.URL) {
			list = append(list, Candidate{Kind: KindFeed, URL: l.URL, Origin: OriginHomepage, Reason: refusedByName(l.URL, l.Text)})
		}
	}
	e.announces = make(map[string]bool, len(list))
	for _, c := range list {
		e.announces[sameAddress(c.URL)] = true
	}
	return list
}

// consider polls a candidate unless its name refuses it, or it is declared.
func (e *exploration) consider(ctx context.Context, c Candidate) {
	if ctx.Err() != nil || e.networkDown != nil || !isStorable(c.URL) || e.seen[sameAddress(c.URL)] {
		return
	}
	e.seen[sameAddress(c.URL)] = true
	switch {
	case c.Reason == "" && !e.isOwn(c.URL) && c.Kind == KindFeed && !isFeedService(c.URL):
		c.Reason = "it is of another site: " + siteOf(c.URL)
	case c.Reason == "" && e.verified[c.Kind] >= enoughOfAKind:
		c.Reason = fmt.Sprintf("not asked: %d of its kind were found already", enoughOfAKind)
	case c.Reason == "" && e.left <= 0:
		c.Reason = fmt.Sprintf("not asked: %d requests were spent already", maxRequests)
	}
	if c.Reason != "" {
		e.found = append(e.found, judged{Candidate: c})
		return
	}
	polls, marks := e.poll(ctx, c.Kind, c.URL, 2)
	if len(polls) == 0 {
		return
	}
	e.learn(polls)
	e.judge(c, polls, marks, "")
}

// poll asks a candidate once, and of an index the newest files.
func (e *exploration) poll(ctx context.Context, kind, address string, files int) ([]Poll, marks) {
	var m marks
	w := e.d.glance(ctx, e.o, outlets.Channel{Kind: kind, URL: address}, e.pattern, 1, min(files, e.left), func(res *fetch.Response) { m.count(res.Body) })
	for _, p := range w.polls {
		e.left -= p.Requests
	}
	e.networkDown = cmp.Or(e.networkDown, w.networkDown)
	return w.polls, m
}

// learn takes the pattern from what a channel announces, where none is known.
func (e *exploration) learn(polls []Poll) {
	if !e.pattern.IsZero() {
		return
	}
	var own []string
	for _, p := range polls {
		if p.Kind == KindPage {
			continue
		}
		for _, i := range p.Items {
			if e.isOwn(i.URL) && len(own) < 200 {
				own = append(own, i.URL)
			}
		}
	}
	if len(own) >= 10 {
		e.pattern = LearnPattern(own)
	}
}

// count is how many channels of a kind are of use, declared or found.
func (e *exploration) count(kind string) int { return e.working[kind] + e.verified[kind] }

// tryWellKnown looks where channels mostly are, for kinds of which none
// answers, declared or found.
func (e *exploration) tryWellKnown(ctx context.Context) {
	root, err := url.Parse(cmp.Or(e.homeURL, e.o.HomeURL))
	if err != nil {
		return
	}
	for _, kind := range []string{KindFeed, KindSitemap} {
		for _, path := range wellKnown[kind] {
			if e.count(kind) > 0 || e.left <= 0 {
				break
			}
			e.consider(ctx, Candidate{Kind: kind, URL: root.ResolveReference(&url.URL{Path: path}).String(), Origin: OriginWellKnown})
		}
	}
	// That nothing stands where nobody said it would is no finding.
	e.found = slices.DeleteFunc(e.found, func(j judged) bool { return j.Origin == OriginWellKnown && !j.IsVerified })
}

// readSections judges the home page, and the first sections it leads to, by the
// articles they link.
func (e *exploration) readSections(ctx context.Context, home Links) {
	if e.homeURL == "" {
		return
	}
	e.judgeSection(e.homeURL, itemsOn(home, e.homeURL, e.o.HomeURL, e.pattern))
	asked := 0
	for _, l := range home.Pages {
		if asked >= maxSections || e.left <= 0 || ctx.Err() != nil || e.networkDown != nil {
			return
		}
		if !e.isSection(l) || e.seen[sameAddress(l.URL)] {
			continue
		}
		asked++
		if polls, _ := e.poll(ctx, KindPage, l.URL, 1); len(polls) > 0 && polls[0].State == StateOK {
			e.judgeSection(l.URL, polls[0].Items)
		}
	}
}

// isSection takes short names in the navigation for sections.
func (e *exploration) isSection(l Link) bool {
	u, err := url.Parse(l.URL)
	look, ok := lookAt(l.URL)
	if err != nil || !ok || u.RawQuery != "" || len(look.segments) > 2 || look.isFile || look.words > 2 || look.digits > 0 || look.hasHash || look.date != undated {
		return false
	}
	home, err := url.Parse(e.homeURL)
	return err == nil && strings.EqualFold(u.Host, home.Host) && l.Text != "" && len([]rune(l.Text)) <= 30 && !e.pattern.isListing(&look)
}

func (e *exploration) judgeSection(address string, items []Item) {
	if e.seen[sameAddress(address)] {
		return
	}
	e.seen[sameAddress(address)] = true
	c := Candidate{Kind: KindPage, URL: address, Origin: OriginSection, ItemCount: len(items), IsVerified: len(items) >= leastLinks}
	how := "the learned pattern"
	if e.pattern.IsZero() {
		how = "the usual shapes, as no pattern is known"
	}
	c.Reason = fmt.Sprintf("%d of its links match %s", len(items), how)
	worth := 0
	if c.IsVerified {
		e.verified[KindPage]++
		worth = worthPage + min(len(items), 9)
	}
	e.found = append(e.found, judged{c, worth})
}

// ranked gives the verified candidates by worth, then the others as they were found.
func (e *exploration) ranked() []Candidate {
	slices.SortStableFunc(e.found, func(a, b judged) int {
		if a.IsVerified != b.IsVerified {
			return map[bool]int{true: -1, false: 1}[a.IsVerified]
		}
		return cmp.Compare(b.worth, a.worth)
	})
	var list []Candidate
	for _, j := range e.found[:min(len(e.found), maxCandidates)] {
		list = append(list, j.Candidate)
	}
	return list
}

func (e *exploration) isOwn(address string) bool {
	s := siteOf(address)
	return isSameSite(s, siteOf(e.o.HomeURL)) || isSameSite(s, siteOf(e.homeURL))
}

// sameAddress leaves away what makes no other channel.
func sameAddress(address string) string {
	address, _, _ = strings.Cut(address, "#")
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return address
	}
	host, path, _ := strings.Cut(rest, "/")
	return strings.TrimPrefix(strings.ToLower(host), "www.") + "/" + strings.TrimRight(path, "/")
}
