package discover

import (
	"bytes"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// Reading sums up what polling one channel gave, its children included.
type Reading struct {
	ItemCount  int
	OwnCount   int       // items on the outlet's own site
	NewsCount  int       // items with a time of publication, not merely of change
	NewestAt   time.Time // zero: no item is dated
	ChildCount int       // files of an index that were read
}

// Sum reads the polls of one channel. An item is the outlet's own if it is on the
// domain of the home page, or on one of the same name with another ending.
func Sum(o outlets.Outlet, polls []Poll, now time.Time) Reading {
	var r Reading
	home := siteOf(o.HomeURL)
	for i, p := range polls {
		if i > 0 {
			r.ChildCount++
		}
		r.ItemCount += len(p.Items)
		for _, item := range p.Items {
			if isSameSite(siteOf(item.URL), home) {
				r.OwnCount++
			}
			if !item.PublishedAt.IsZero() && !item.IsModifiedTime {
				r.NewsCount++
			}
			if item.PublishedAt.After(r.NewestAt) && item.PublishedAt.Before(now.Add(day)) {
				r.NewestAt = item.PublishedAt
			}
		}
	}
	return r
}

// How candidates rank. A feed is cheap and complete for a while, a news sitemap
// complete for two days, and a sitemap of all time is large and tells only
// changes.
const (
	worthRedirect = 100
	worthFeed     = 90
	worthNews     = 85
	worthGuessed  = 80 // a feed nobody names
	worthDated    = 60
	worthUndated  = 40
	worthPage     = 20
)

// maxSilence makes a channel stale.
const maxSilence = 30 * day

// judge decides on a candidate by what it gave.
func (e *exploration) judge(c Candidate, polls []Poll, m marks, because string) {
	o := e.o
	if e.homeURL != "" && !isSameSite(siteOf(e.homeURL), siteOf(o.HomeURL)) {
		o.HomeURL = e.homeURL // the outlet has moved, and its items with it
	}
	now := e.d.now()
	r := Sum(o, polls, now)
	c.ItemCount, c.NewestAt = r.ItemCount, r.NewestAt
	c.Reason = refusal(polls, r, m, now)
	if c.Reason != "" {
		e.found = append(e.found, judged{Candidate: c})
		return
	}
	c.IsVerified = true
	e.verified[c.Kind]++
	what, worth := describeCandidate(c, r)
	c.Reason = what
	if because != "" {
		c.Reason = because + "; " + what
	} else if names := e.otherFeeds(c); names != "" {
		c.Reason = fmt.Sprintf("the home page announces it, and not the declared %s; %s", names, what)
	}
	e.found = append(e.found, judged{c, worth})
}

// otherFeeds names the declared feed that the home page keeps quiet about.
func (e *exploration) otherFeeds(c Candidate) string {
	if c.Kind != KindFeed || c.Origin != OriginHomepage {
		return ""
	}
	for _, d := range e.o.Channels {
		if d.Kind == KindFeed && !e.announces[sameAddress(d.URL)] {
			return d.URL
		}
	}
	return ""
}

func describeCandidate(c Candidate, r Reading) (what string, worth int) {
	switch {
	case c.Kind == KindFeed:
		what, worth = "feed", worthFeed
		if c.Origin == OriginWellKnown {
			worth = worthGuessed
		}
	case r.NewsCount*2 > r.ItemCount:
		what, worth = "news sitemap", worthNews
	case !r.NewestAt.IsZero():
		what, worth = "sitemap with times of change", worthDated
	default:
		what, worth = "sitemap without times", worthUndated
	}
	if c.Origin == OriginRedirect {
		worth = worthRedirect
	}
	return what, worth
}

// refusal says why a candidate is not worth polling; "" if it is.
func refusal(polls []Poll, r Reading, m marks, now time.Time) string {
	first := polls[0]
	switch {
	case first.State != StateOK && first.Err != nil:
		return first.Err.Error()
	case r.ItemCount == 0 && first.SkippedCount > 0:
		return "its files could not be read, or list nothing"
	case r.ItemCount == 0:
		return "it is empty"
	case m.comments*2 > m.items && m.items > 0:
		return fmt.Sprintf("comment feed: %d of %d items are comments", m.comments, m.items)
	case m.audio*2 > m.items && m.items > 0:
		return fmt.Sprintf("podcast: %d of %d items carry sound", m.audio, m.items)
	case r.OwnCount*2 < r.ItemCount:
		return fmt.Sprintf("%d of its %d items lead to other sites", r.ItemCount-r.OwnCount, r.ItemCount)
	case !r.NewestAt.IsZero() && now.Sub(r.NewestAt) > maxSilence && (r.ChildCount == 0 || first.SkippedCount == 0 || r.NewsCount > 0):
		return "stale: its newest item is of " + r.NewestAt.Format(time.DateOnly)
	}
	return ""
}

// marks are counted in the raw text of a feed, as items do not keep them.
type marks struct{ items, comments, audio int }

var (
	itemStart  = regexp.MustCompile(`(?i)<(?:[a-z0-9]+:)?(?:item|entry)[\s>]`)
	commentRef = regexp.MustCompile(`(?i)<link[^<>]{0,200}(?:>[^<]{0,500}|href=["'][^"'<>]{0,500})#comment-?\d`)
	soundRef   = regexp.MustCompile(`(?i)<(?:enclosure|link)\s[^<>]{0,600}audio/`)
)

func (m *marks) count(body []byte) {
	body = body[:min(len(body), 1<<20)]
	if bytes.HasPrefix(body, []byte{0x1f, 0x8b}) {
		return
	}
	m.items += len(itemStart.FindAllIndex(body, -1))
	m.comments += len(commentRef.FindAllIndex(body, -1))
	m.audio += len(soundRef.FindAllIndex(body, -1))
}

// narrow are segments of feeds that carry a part of an outlet only.
var narrow = map[string]string{
	"comments": "comment feed", "comment": "comment feed", "kommentare": "comment feed", "comentarios": "comment feed",
	"category": "category feed", "categories": "category feed", "categoria": "category feed", "categorie": "category feed", "kategorie": "category feed", "kategori": "category feed", "rubrik": "category feed", "rubrique": "category feed", "section": "category feed", "sections": "category feed",
	"tag": "tag feed", "tags": "tag feed", "topic": "tag feed", "topics": "tag feed", "etiqueta": "tag feed", "schlagwort": "tag feed", "thema": "tag feed",
	"author": "author's feed", "authors": "author's feed", "autor": "author's feed", "auteur": "author's feed",
	"podcast": "podcast", "podcasts": "podcast", "audio": "podcast", "video": "video feed", "videos": "video feed",
}

var wordsOfName = regexp.MustCompile(`[\p{L}]+`)

// refusedByName refuses a feed whose address or title says that it is but a
// part, without asking for it.
func refusedByName(address, title string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "not an address"
	}
	for part := range strings.SplitSeq(strings.ToLower(u.Path), "/") {
		if what := narrow[strings.TrimSuffix(part, path.Ext(part))]; what != "" {
			return what + ", by its address"
		}
	}
	if q := u.Query(); q.Has("cat") || q.Has("tag") || q.Has("author") || strings.HasPrefix(q.Get("feed"), "comments") {
		return "feed of a part, by its address"
	}
	for _, word := range wordsOfName.FindAllString(strings.ToLower(title), 30) {
		if what := narrow[word]; what == "comment feed" || what == "podcast" {
			return what + ", by its title"
		}
	}
	return ""
}

// looksLikeFeed picks the links for readers that lead to feeds.
func looksLikeFeed(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	p := strings.ToLower(strings.TrimRight(u.Path, "/"))
	name := path.Base(p)
	switch path.Ext(p) {
	case ".rss", ".atom", ".rdf":
		return true
	case ".xml":
		return strings.Contains(p, "rss") || strings.Contains(p, "feed") || strings.Contains(p, "atom")
	}
	return name == "feed" || name == "rss" || name == "atom" || name == "feed.json" || u.Query().Get("feed") == "rss2"
}

// isFeedService knows hosts that carry the feeds of others.
func isFeedService(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	return host == "feeds.feedburner.com" || host == "feeds.feedblitz.com" || strings.HasSuffix(host, ".feedsportal.com")
}
