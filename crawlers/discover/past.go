package discover

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// The past. Feeds have forgotten it; sitemaps by date have not. An entry tells
// its time in one of four ways, best first:
//
//  1. a date of publication (news sitemaps), which is taken as it is;
//  2. the time of its last change, which is no earlier than its publication;
//  3. a day in its address, as in /2026/03/01/story;
//  4. the day or month in the name of the file that lists it.
//
// The last three bound the time of publication from above, and the earliest of
// them is what an Item of the past has as PublishedAt, marked IsModifiedTime: so an
// article of March that was edited in May is one of March where its address or its
// file says so, and lost where nothing does (Poll.LaterCount counts such). An entry
// that tells nothing is kept without a time if it looks like an article of the
// outlet, but only so many.

// Bounds of one look at the past of an outlet.
const (
	filesBeside    = 20    // files of a sitemap beyond one for each day asked for
	maxPastFiles   = 400   // files of a sitemap in any case
	maxPastUndated = 2_000 // entries without any time kept
)

// Past reads the sitemaps of an outlet for what was published from one time to
// before another: those given, those its robots.txt names, and if there are none
// the places where they mostly stand. Of indexes it asks only for the files that
// can hold something of that time. Only sitemaps are asked, each in full; each is a
// poll, and so is each of their files. The error is ctx's, or a *fetch.Error of
// robots.txt or of our own network: then asking again is worth while, and the polls
// are not all there are.
func (d *Discoverer) Past(ctx context.Context, o outlets.Outlet, sitemaps []string, from, to time.Time, pattern Pattern) ([]Poll, error) {
	if pattern.IsZero() {
		pattern = anyArticle
	}
	w := d.newWalk(o, nil, from, pattern)
	w.until, w.undated = to, min(d.maxUndated, maxPastUndated)
	if w.zone, _ = time.LoadLocation(o.TimeZone); w.zone == nil {
		w.zone = time.UTC
	}
	files := min(maxPastFiles, max(maxSitemaps, int(to.Sub(from)/day)+filesBeside))
	ask := func(address string) {
		if ctx.Err() == nil && w.networkDown == nil && isStorable(address) {
			w.left, w.dated = files, d.maxDated
			w.pollWhole(ctx, KindSitemap, address)
		}
	}
	named, err := d.fetch.Sitemaps(ctx, o.HomeURL)
	var e *fetch.Error
	if errors.As(err, &e) && e.Outcome == fetch.OutcomeDeferred {
		return nil, fmt.Errorf("read robots.txt of outlet %q for its sitemaps: %w", o.ID, err)
	}
	for _, address := range slices.Concat(sitemaps, named) {
		ask(address)
	}
	if len(w.polls) == 0 {
		w.tries = 1 // nobody told us to look there
		for _, path := range []string{"/sitemap_index.xml", "/sitemap.xml"} {
			if address, ok := atHome(o.HomeURL, path); ok && !slices.ContainsFunc(w.polls, isRead) {
				ask(address)
			}
		}
	}
	if err := ctx.Err(); err != nil {
		return w.polls, fmt.Errorf("read the past of outlet %q: %w", o.ID, err)
	}
	if w.networkDown != nil {
		return w.polls, fmt.Errorf("read the past of outlet %q: %w", o.ID, w.networkDown)
	}
	return w.polls, nil
}

func isRead(p Poll) bool { return p.State == StateOK || p.State == StateEmpty }

func atHome(homeURL, path string) (string, bool) {
	u, err := url.Parse(homeURL)
	if err != nil || u.Host == "" {
		return "", false
	}
	return (&url.URL{Scheme: u.Scheme, Host: u.Host, Path: path}).String(), true
}

// isPast says whether the walk looks for a time that is over.
func (w *walk) isPast() bool { return !w.until.IsZero() }

// within gives the entries of a file the time they go by, and leaves out what is
// later than the walk looks for, and what neither tells a time nor looks like an
// article.
func (w *walk) within(p *Poll, items []Item) []Item {
	file := namedPeriod(p.URL)
	kept := items[:0]
	for _, i := range items {
		if i.PublishedAt.IsZero() || i.IsModifiedTime {
			w.bound(&i, file)
		}
		switch {
		case i.PublishedAt.IsZero() && !w.pattern.Match(i.URL):
			p.SkippedCount++
		case !i.PublishedAt.Before(w.until):
			p.LaterCount++
		default:
			kept = append(kept, i)
		}
	}
	clear(items[len(kept):])
	return kept
}

// bound gives an entry the earliest of the times it was published by at the latest.
func (w *walk) bound(i *Item, file period) {
	byFile := file.isExact
	if at, ok := dayInAddress(i.URL, w.d.now(), w.zone); ok {
		byFile = false
		i.capAt(at.Add(day), at)
	}
	switch {
	case !byFile:
	case file.end.Sub(file.start) == day:
		i.capAt(file.end.Add(day), file.start) // whatever zone its day is of
	case !i.PublishedAt.IsZero():
		i.capAt(file.end.Add(day), file.end.Add(-day))
	}
	i.IsModifiedTime = !i.PublishedAt.IsZero()
}

// capAt takes the middle of a day for the time of an entry that was published
// before end, if it tells a later time or none.
func (i *Item) capAt(end, dayBegan time.Time) {
	if i.PublishedAt.IsZero() || !i.PublishedAt.Before(end) {
		i.PublishedAt = dayBegan.Add(day / 2).UTC()
	}
}

var (
	parted = regexp.MustCompile(`/((?:19|20)\d\d)[-_/](0?[1-9]|1[0-2])[-_/](0?[1-9]|[12]\d|3[01])[-_/]`)
	joined = regexp.MustCompile(`/((?:19|20)\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])/`)
)

// dayInAddress reads the day that stands in the address of an article, as its
// beginning in zone. A day to come is none: it is a number.
func dayInAddress(address string, now time.Time, zone *time.Location) (time.Time, bool) {
	m := parted.FindStringSubmatch(address)
	if m == nil {
		m = joined.FindStringSubmatch(address)
	}
	if m == nil {
		return time.Time{}, false
	}
	at, err := time.ParseInLocation("2006-1-2", m[1]+"-"+m[2]+"-"+m[3], zone)
	return at, err == nil && at.Before(now.Add(day))
}

// earlier is the first of two times.
func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
