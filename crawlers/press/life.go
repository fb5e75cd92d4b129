package press

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// Kind is what happens to an outlet or to one article at a known time.
type Kind string

// What happens to an outlet. Each lasts until it Revives.
const (
	Dies           Kind = "dies"            // connections are reset
	Errs           Kind = "errs"            // 500 everywhere
	Vanishes       Kind = "vanishes"        // 404 everywhere, as of a domain that was sold
	Redesigned     Kind = "redesigned"      // other markup, still readable
	Hollowed       Kind = "hollowed"        // pages come as empty shells, for scripts to fill
	FeedMoved      Kind = "feed_moved"      // 301 from the old address
	FeedLost       Kind = "feed_lost"       // 404 at the old address; the front page names the new one
	FeedReplaced   Kind = "feed_replaced"   // a page with 200 at the old address; the front page names the new one
	FeedFrozen     Kind = "feed_frozen"     // the feed stays as it is, with 200
	AddressChanged Kind = "address_changed" // later articles have addresses of another style
	Revives        Kind = "revives"         // all is as it was before, but for addresses
)

// What happens to an article.
const (
	Edited     Kind = "edited"
	Deleted    Kind = "deleted"
	Redirected Kind = "redirected" // to another article, or to the front page
	Expired    Kind = "expired"    // taken down for its age, on hosts that do so; it cannot be scheduled
)

// Event is something that happens at a known time.
type Event struct {
	At      time.Time
	Kind    Kind
	Outlet  string // id; empty for what happens to an article
	Article string // canonical address, with or without port; empty for what happens to an outlet
}

// Change is something that happened to an article.
type Change struct {
	At   time.Time
	Kind Kind
}

// life is what was scheduled, in the order of time. It is replaced, never changed.
type life struct {
	outlets  map[int][]Event
	articles map[int32]map[Change]bool // by place in the plan
}

// Schedule adds events, before or while the press is served. Truth and Score
// know them from then on.
func (p *Press) Schedule(events ...Event) error {
	p.schedule.Lock()
	defer p.schedule.Unlock()
	next := &life{outlets: map[int][]Event{}, articles: map[int32]map[Change]bool{}}
	if old := p.life.Load(); old != nil {
		next.outlets, next.articles = maps.Clone(old.outlets), maps.Clone(old.articles)
	}
	for _, e := range events {
		switch e.Kind {
		case Edited, Deleted, Redirected:
			a := p.articleAt(e.Article)
			if a == nil {
				return fmt.Errorf("schedule %q of %q: the press has no such article", e.Kind, e.Article)
			}
			key := p.placeOf(a)
			changes := maps.Clone(next.articles[key])
			if changes == nil {
				changes = map[Change]bool{}
			}
			changes[Change{e.At.UTC(), e.Kind}] = true
			next.articles[key] = changes
		case Dies, Errs, Vanishes, Redesigned, Hollowed, FeedMoved, FeedLost, FeedReplaced, FeedFrozen, AddressChanged, Revives:
			host, isKnown := p.bySlug[e.Outlet]
			if !isKnown {
				return fmt.Errorf("schedule %q for outlet %q: the press has no such outlet", e.Kind, e.Outlet)
			}
			list := append(slices.Clone(next.outlets[host]), e)
			slices.SortStableFunc(list, func(a, b Event) int { return a.At.Compare(b.At) })
			next.outlets[host] = list
		default:
			return fmt.Errorf("schedule %q: no such kind of event", e.Kind)
		}
	}
	p.life.Store(next)
	return nil
}

// state is how a host is at a moment.
type state struct {
	gone     Kind // Dies, Errs, Vanishes or empty
	layout   int
	isHollow bool
	feed     Kind      // FeedMoved, FeedLost, FeedReplaced or empty
	frozen   time.Time // since when the feed stands still; zero if it does not
}

func (p *Press) stateOf(host int, now time.Time) state {
	s := state{layout: p.outlets[host].layout}
	scheduled := p.life.Load()
	if scheduled == nil {
		return s
	}
	for _, e := range scheduled.outlets[host] {
		if e.At.After(now) {
			break
		}
		switch e.Kind {
		case Dies, Errs, Vanishes:
			s.gone = e.Kind
		case Redesigned:
			s.layout = redesign
		case Hollowed:
			s.isHollow = true
		case FeedMoved, FeedLost, FeedReplaced:
			s.feed = e.Kind
		case FeedFrozen:
			s.frozen = e.At
		case Revives:
			s = state{layout: p.outlets[host].layout}
		}
	}
	return s
}

// styleOf is the style of an article's address, which keeps the one it was
// published with.
func (p *Press) styleOf(a *article) int {
	style := p.outlets[a.outlet].address
	if scheduled := p.life.Load(); scheduled != nil {
		for _, e := range scheduled.outlets[int(a.outlet)] {
			if e.Kind == AddressChanged && a.published >= e.At.Unix() {
				style = (style + 1) % addresses
			}
		}
	}
	return style
}

// recheckSpan is in how many hours after its publication an article that changes
// late does so: a recheck after a day finds some of it, one after a week most.
const recheckSpan = 9 * 24

// changesOf lists what becomes of an article, in the order of time.
func (p *Press) changesOf(a *article) []Change {
	var out []Change
	switch {
	case a.flags&flagEdited != 0:
		out = append(out, Change{p.editedAt(a), Edited})
	case a.flags&flagDeleted != 0:
		out = append(out, Change{p.editedAt(a), Deleted})
	case p.cfg.Tricks.LateChanges > 0:
		d := dice.Roll(p.seed, "late", uint64(a.outlet), uint64(a.day), uint64(a.number))
		if d.Chance(p.cfg.Tricks.LateChanges) {
			kind := []Kind{Edited, Edited, Edited, Deleted, Redirected}[d.Below(5)]
			out = append(out, Change{time.Unix(a.published+int64(d.Between(6*60, recheckSpan*60))*60, 0).UTC(), kind})
		}
	}
	if scheduled := p.life.Load(); scheduled != nil && len(scheduled.articles) > 0 {
		for c := range scheduled.articles[p.placeOf(a)] {
			out = append(out, c)
		}
		slices.SortStableFunc(out, func(a, b Change) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Kind, b.Kind)) })
	}
	return out
}

// standing is what an article is at a moment: how often it was edited, when
// last, and whether it is gone.
type standing struct {
	edits  int
	edited time.Time
	gone   Kind // Deleted, Redirected or empty
}

func (p *Press) standingOf(a *article, now time.Time) standing {
	return standingAfter(p.changesOf(a), now)
}

func standingAfter(changes []Change, now time.Time) standing {
	var s standing
	for _, c := range changes {
		switch {
		case c.At.After(now):
			return s
		case c.Kind == Edited:
			s.edits, s.edited = s.edits+1, c.At
		default:
			s.gone = c.Kind
		}
	}
	return s
}

// shelfLife is how long pages stay on hosts that take old ones down.
const shelfLife = 7 * 24 * time.Hour

// goneAt says why an article is gone at a moment; empty if it is there.
func (p *Press) goneAt(a *article, now time.Time) Kind {
	if gone := p.standingOf(a, now).gone; gone != "" {
		return gone
	}
	if p.outlets[a.outlet].tricks&trickExpires != 0 && now.After(time.Unix(a.published, 0).Add(shelfLife)) {
		return Expired
	}
	return ""
}

// At says what the article is at a moment: unpublished, published, edited,
// deleted or redirected.
func (a TruthArticle) At(t time.Time) string {
	s := standingAfter(a.Changes, t)
	switch {
	case t.Before(a.PublishedAt):
		return "unpublished"
	case s.gone != "":
		return string(s.gone)
	case s.edits > 0:
		return string(Edited)
	}
	return "published"
}

// placeOf is the place of an article in the plan.
func (p *Press) placeOf(a *article) int32 {
	return int32(p.starts[a.outlet][int(a.day)-p.firstDay] + int(a.number))
}

// editedAt is when an article changed early, deleted or edited: a few hours after
// it appeared, but before its night is over, so that a finished night stands still.
func (p *Press) editedAt(a *article) time.Time {
	d := dice.Roll(p.seed, "edit", uint64(a.outlet), uint64(a.day), uint64(a.number))
	return time.Unix(min(a.published+int64(d.Between(90, 300))*60, int64(a.day)*86400+86390), 0).UTC()
}

// successor is where a redirected article leads to: the next one of its night,
// or the front page.
func (p *Press) successor(a *article) string {
	night := int(a.day) - p.firstDay
	first, end := p.starts[a.outlet][night], p.starts[a.outlet][night+1]
	next := first + (int(a.number)+1)%(end-first)
	if a.number%2 == 1 || p.changesOf(&p.articles[next]) != nil || p.articles[next].flags&(flagForbidden|flagBroken) != 0 {
		return "/"
	}
	return p.pathOf(&p.articles[next])
}
