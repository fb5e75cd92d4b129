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
func (w *walk) choose(children []Child) []Child {
	type dated struct {
		Child
		at time.Time // newest that can be in it; zero: not known
	}
	now := w.d.now()
	named := 0
	for _, c := range children {
		if _, isExact := endOfNamedPeriod(c.URL); isExact {
			named++
		}
	}
	var wanted []dated
	for _, c := range children {
		if w.seen[c.URL] || isListOfLists(c.URL) && len(children) > 1 {
			continue
		}
		at := c.ModifiedAt
		if end, isExact := endOfNamedPeriod(c.URL); !end.IsZero() && (at.IsZero() || isExact && named >= 3) {
			at = end
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
	slices.SortStableFunc(wanted, func(a, b dated) int { return b.at.Compare(a.at) })
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

// endOfNamedPeriod reads names such as sitemap-2024-05.xml, and tells whether
// they name a day or a month; a year may be a mere number.
func endOfNamedPeriod(address string) (end time.Time, isExact bool) {
	u, err := url.Parse(address)
	if err != nil {
		return time.Time{}, false
	}
	name := strings.ToLower(u.Path + "?" + u.RawQuery)
	date := func(year, month string, dayOfMonth, months, days int) time.Time {
		y, _ := strconv.Atoi(year)
		m, err := strconv.Atoi(month)
		if err != nil {
			m = strings.Index(monthNames, month[:3])/4 + 1
		}
		return time.Date(y, time.Month(m+months), dayOfMonth+days, 0, 0, 0, 0, time.UTC)
	}
	if m := namedDay.FindStringSubmatch(name); m != nil {
		d, _ := strconv.Atoi(m[3])
		return date(m[1], m[2], d, 0, 1), true
	}
	if m := namedMonth.FindStringSubmatch(name); m != nil {
		return date(m[1], m[2], 1, 1, 0), true
	}
	if m := spelledMonth.FindStringSubmatch(name); m != nil {
		return date(m[1], m[2], 1, 1, 0), true
	}
	if m := spelledReverse.FindStringSubmatch(name); m != nil {
		return date(m[2], m[1], 1, 1, 0), true
	}
	if m := namedYear.FindStringSubmatch(name); m != nil {
		return date(m[1], "1", 1, 12, 0), false
	}
	return time.Time{}, false
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
