package press

import (
	"slices"
	"sort"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// What a channel lists at a moment is decided here, for the servers and for the
// truth alike. As in the field no channel holds everything for ever: a feed has
// the newest few, a news sitemap two days, a section page what fits on it; plain
// sitemaps and dated indexes reach back to the first night. Channels of one
// outlet that leave articles out do so independently.

// newsSpan is how far back a news sitemap goes.
const newsSpan = 48 * time.Hour

// sectionItems is how many articles a section page lists, and frontItems the
// front page.
const (
	sectionItems = 40
	frontItems   = 30
)

// moment is now, but not later than the end of the last night: after it the
// press sleeps, and so do the windows of its channels.
func (p *Press) moment(now time.Time) time.Time {
	if end := p.end(); now.After(end) {
		return end
	}
	return now
}

// end is when the last night is over.
func (p *Press) end() time.Time { return nightOf(p.firstDay + p.cfg.Nights) }

// of returns the articles an outlet has published by now, oldest first.
func (p *Press) of(host int, now time.Time) []article {
	all := p.articles[p.starts[host][0]:p.starts[host][p.cfg.Nights]]
	return all[:sort.Search(len(all), func(i int) bool { return all[i].published > now.Unix() })]
}

// listed returns what a channel holds at a moment, oldest first. It must not be
// changed.
func (p *Press) listed(host int, c channel, now time.Time) []article {
	o := &p.outlets[host]
	now = p.moment(now)
	if s := p.stateOf(host, now); c.kind == "feed" && !s.frozen.IsZero() {
		now = s.frozen
	}
	items := p.of(host, now)
	switch c.form {
	case formRSS, formAtom, formJSON:
		items = p.without(items, "feed", o.feedGap)
		return items[max(0, len(items)-c.window):]
	case formHTML, formFront:
		return items[max(0, len(items)-frontItems):]
	case formSection:
		return p.inSection(items, c.section)
	case formNews:
		since := now.Add(-newsSpan).Unix()
		items = items[sort.Search(len(items), func(i int) bool { return items[i].published >= since }):]
	}
	return p.without(items, "sitemap", o.sitemapGap)
}

// without leaves out the share of articles that a channel never names.
func (p *Press) without(items []article, channel string, share float64) []article {
	if share == 0 {
		return items
	}
	return slices.DeleteFunc(slices.Clone(items), func(a article) bool {
		d := dice.Roll(p.seed, "gap "+channel, uint64(a.outlet), uint64(a.day), uint64(a.number))
		return d.Chance(share)
	})
}

// sections are the departments of every outlet, in the order of its navigation
// after the front page.
func sections() []string { return []string{"business", "politics", "sport", "culture", "weather"} }

// sectionOf is the department an article stands in; only the front page has
// local news.
func (p *Press) sectionOf(a *article) string {
	switch kind := p.stories[a.story].kind; kind {
	case "politics", "sport", "culture", "weather", "local":
		return kind
	}
	return "business"
}

// inSection returns the newest articles of a department.
func (p *Press) inSection(items []article, section string) []article {
	var out []article
	for i := len(items) - 1; i >= 0 && len(out) < sectionItems; i-- {
		if p.sectionOf(&items[i]) == section {
			out = append(out, items[i])
		}
	}
	slices.Reverse(out)
	return out
}

// seen is where an article was announced.
type seen uint8

const (
	seenInFeed seen = 1 << iota
	seenInSitemap
	seenOnPage
)

func seenIn(kind string) seen {
	return map[string]seen{"feed": seenInFeed, "sitemap": seenInSitemap, "page": seenOnPage}[kind]
}

// announce adds what the sound channels of a host name at a moment to the marks
// of its articles, which stand in the order of the plan. A reader who finds a
// feed's new address in no registry need not know it.
func (p *Press) announce(host int, now time.Time, marks []seen) {
	s := p.stateOf(host, now)
	if s.gone != "" {
		return
	}
	first := p.starts[host][0]
	for _, c := range p.outlets[host].channels {
		if !c.isSound() || c.kind == "feed" && (s.feed == FeedLost || s.feed == FeedReplaced) {
			continue
		}
		for _, a := range p.listed(host, c, now) {
			marks[int(p.placeOf(&a))-first] |= seenIn(c.kind)
		}
	}
}
