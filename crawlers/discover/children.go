package discover

import (
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// choose orders the children of an index, newest first, and leaves out those
// known to be old by their lastmod or by the day or month in their name, and
// lists of tags, authors and the like. Where a name and a lastmod disagree, the
// names win if there are several: a file of last May that was touched today is
// still of last May. Those that tell no time come last; of more than may be
// fetched, those from either end, as some sites append and others prepend.
//
// Of a walk through the past those are left out, too, whose name says that they
// begin after it; and those with a lastmod alone come oldest first: what stands in
// a file was published before the file was last changed, mostly not long before.
func (w *walk) choose(children []Child) []Child {
	type dated struct {
		Child
		at time.Time // newest that can be in it; zero: not known
	}
	now := w.d.now()
	named := 0
	for _, c := range children {
		if p := namedPeriod(c.URL); p.isExact {
			named++
		}
	}
	var wanted []dated
	for _, c := range children {
		if w.seen[c.URL] || isListOfLists(c.URL) && len(children) > 1 {
			continue
		}
		at := c.ModifiedAt
		if p := namedPeriod(c.URL); !p.end.IsZero() && (at.IsZero() || p.isExact && named >= 3) {
			at = p.end
			if w.isPast() {
				if !p.start.Add(-day).Before(w.until) { // zones differ
					continue
				}
				at = earlier(at, w.until)
			}
		}
		// A lastmod without time of day means the day's end at the latest.
		if !w.since.IsZero() && !at.IsZero() && at.Add(day).Before(w.since) {
			continue
		}
		if at.After(now) {
			at = now
		}
		wanted = append(wanted, dated{c, at})
	}
	slices.SortStableFunc(wanted, func(a, b dated) int {
		if w.isPast() && a.at.After(w.until) && b.at.After(w.until) {
			return a.at.Compare(b.at)
		}
		if w.isPast() && a.at.After(w.until) != b.at.After(w.until) && !a.at.IsZero() && !b.at.IsZero() {
			a, b = b, a // what was last changed after the time we look for
		}
		return b.at.Compare(a.at)
	})
	if n := w.left; n > 0 && n < len(wanted) {
		// The cut may fall among those that look alike.
		cut := wanted[n].at
		from := slices.IndexFunc(wanted, func(d dated) bool { return d.at.Equal(cut) })
		fromEitherEnd(wanted[from:])
	}
	chosen := make([]Child, len(wanted))
	for i, d := range wanted {
		chosen[i] = d.Child
	}
	return chosen
}

// fromEitherEnd reorders a list: first, last, second, last but one ...
func fromEitherEnd[T any](list []T) {
	from := slices.Clone(list)
	for i := range list {
		if i%2 == 0 {
			list[i] = from[i/2]
		} else {
			list[i] = from[len(from)-1-i/2]
		}
	}
}

// Names of months in addresses, as content systems write them: short or whole.
const (
	monthNames = `jan feb mar apr may jun jul aug sep oct nov dec`
	aMonth     = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`
)

// between stands between the parts of a date: a mark, or as in ?yyyy=2024&mm=05.
const between = `(?:[-_/.]|&[a-z]+=)?`

var (
	namedDay       = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)` + between + `(0[1-9]|1[0-2])` + between + `(0[1-9]|[12]\d|3[01])(?:\D|$)`)
	namedMonth     = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)` + between + `(0[1-9]|1[0-2])(?:\D|$)`)
	spelledMonth   = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)[-_/]?` + aMonth + `(?:[^a-z]|$)`)
	spelledReverse = regexp.MustCompile(`(?:^|[^a-z])` + aMonth + `[-_/]?((?:19|20)\d\d)(?:\D|$)`)
	namedYear      = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)
)

// period is the time that a file's name stands for; zero if it names none.
type period struct {
	start, end time.Time
	isExact    bool // it is a day or a month; a year may be a mere number
}

// namedPeriod reads names such as sitemap-2024-05.xml.
func namedPeriod(address string) period {
	u, err := url.Parse(address)
	if err != nil {
		return period{}
	}
	name := strings.ToLower(u.Path + "?" + u.RawQuery)
	from := func(year, month string, dayOfMonth int) time.Time {
		y, _ := strconv.Atoi(year)
		m, err := strconv.Atoi(month)
		if err != nil {
			m = strings.Index(monthNames, month[:3])/4 + 1
		}
		return time.Date(y, time.Month(m), dayOfMonth, 0, 0, 0, 0, time.UTC)
	}
	ofMonth := func(start time.Time) period { return period{start, start.AddDate(0, 1, 0), true} }
	if m := namedDay.FindStringSubmatch(name); m != nil {
		d, _ := strconv.Atoi(m[3])
		start := from(m[1], m[2], d)
		return period{start, start.Add(day), true}
	}
	if m := namedMonth.FindStringSubmatch(name); m != nil {
		return ofMonth(from(m[1], m[2], 1))
	}
	if m := spelledMonth.FindStringSubmatch(name); m != nil {
		return ofMonth(from(m[1], m[2], 1))
	}
	if m := spelledReverse.FindStringSubmatch(name); m != nil {
		return ofMonth(from(m[2], m[1], 1))
	}
	if m := namedYear.FindStringSubmatch(name); m != nil {
		start := from(m[1], "1", 1)
		return period{start, start.AddDate(1, 0, 0), false}
	}
	return period{}
}

var (
	listNames    = setOf("tag", "tags", "category", "categories", "author", "authors", "user", "users", "taxonomy", "taxonomies", "image", "images", "topic", "topics")
	articleNames = setOf("news", "post", "posts", "article", "articles", "story", "stories")
	nameParts    = regexp.MustCompile(`[a-z]+`)
)

// isListOfLists knows sitemaps of tags, authors and the like by their names.
func isListOfLists(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	isList := false
	for _, part := range nameParts.FindAllString(strings.ToLower(strings.Replace(path.Base(u.Path), "post_tag", "tag", 1)), 20) {
		if articleNames[part] {
			return false
		}
		isList = isList || listNames[part]
	}
	return isList
}
