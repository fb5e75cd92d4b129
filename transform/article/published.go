package article

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	dateparser "github.com/markusmobius/go-dateparser"
	"github.com/markusmobius/go-htmldate"
)

// Origins of a date of publication, as staging.articles names them.
const (
	originLinkedData = "json_ld"
	originMeta       = "meta"
	originTime       = "time"
	originText       = "text"
	originURL        = "url"
	originFeed       = "feed"
	originSitemap    = "sitemap"
	originFirstSeen  = "first_seen"
)

// date is one candidate for the time of publication.
type date struct {
	at     time.Time
	origin string
	exact  bool // a time of day with its zone
	timed  bool // a time of day at all
}

// tolerance is how far past first sight a date may lie: clocks run ahead and
// zones are left off, but an article is not published days after it was read.
const tolerance = 24 * time.Hour

// earliest is before the first newspaper on the web; dates before it are the
// zero values of other systems.
var earliest = time.Date(1993, 1, 1, 0, 0, 0, 0, time.UTC)

// chooseDate weighs all candidates. The page's own exact time is best; a feed's
// or news sitemap's comes before a page's bare date, since it has the time of day.
// A plain sitemap gives the last change instead, so it only adds the time of day
// to a date the page confirms. The search of the running text is last, for it can find any date.
func chooseDate(doc *document, page *url.URL, p Page) date {
	latest := p.FirstSeenAt
	if latest.IsZero() {
		latest = p.FetchedAt
	}
	fallback := date{at: latest.UTC(), origin: originFirstSeen}
	plausible := func(d date) bool {
		return d.at.After(earliest) && (latest.IsZero() || !d.at.After(latest.Add(tolerance)))
	}

	channel := channelDate(p)
	hasChannel := plausible(channel)
	if p.TrustChannelDates && hasChannel {
		return channel
	}
	var own []date
	for _, d := range pageDates(doc, page) {
		if plausible(d) {
			own = append(own, d)
		}
	}
	for _, d := range own {
		if d.exact {
			return d
		}
	}
	if hasChannel && (!p.IsChannelTimeModified || len(own) > 0 && isNear(channel, own[0])) {
		return channel
	}
	if len(own) > 0 {
		return own[0]
	}
	if hasChannel {
		return channel
	}
	for _, thorough := range []bool{false, true} { // the second knows more languages and takes ten times as long
		if d := searchText(doc, page, latest, thorough); plausible(d) {
			return d
		}
	}
	return fallback
}

// isNear tells whether two dates can be the same moment, one of them without a
// time or a zone.
func isNear(a, b date) bool {
	return a.at.Sub(b.at).Abs() <= 36*time.Hour
}

func channelDate(p Page) date {
	d := date{at: p.ChannelPublishedAt.UTC(), origin: originFeed}
	if p.ChannelKind == "sitemap" {
		d.origin = originSitemap
	}
	d.timed = !d.at.Equal(d.at.Truncate(24 * time.Hour))
	d.exact = d.timed
	return d
}

// metaDates are the names under which publication is declared, most telling first.
var metaDates = []string{
	"article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article:published", "bt:pubdate", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
	"originalpublicationdate", "publish-date", "publishdate", "published_time", "published-date", "publication_date", "pubdate", "pub_date", "article_date_original", "article.published",
	"article:publicationdate", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "citation_publication_date", "date", "dc.created", "cdate", "rbpubdate", "displaydate", "ptime", "iso-8601-publish-date", "date.issued", "vr:published_time", "article:post_date",
}

// pageDates lists what the page says, best first.
func pageDates(doc *document, page *url.URL) []date {
	var out []date
	add := func(value, origin string) {
		if d, ok := parseDate(value); ok {
			d.origin = origin
			out = append(out, d)
		}
	}
	add(doc.ld.published, originLinkedData)
	for _, name := range metaDates {
		add(doc.meta[name], originMeta)
	}
	for _, t := range doc.times {
		if t.strong {
			add(t.value, originTime)
		}
	}
	if d, ok := urlDate(page.Path); ok {
		out = append(out, d)
	}
	for _, t := range doc.times {
		if !t.strong {
			add(t.value, originTime)
			break // the first stands at the headline, the rest in teasers
		}
	}
	return out
}

// layouts of dates in markup; the zone decides whether a time is exact.
var layouts = []struct {
	layout       string
	exact, timed bool
}{
	{time.RFC3339, true, true},
	{"2006-01-02T15:04:05-0700", true, true},
	{"2006-01-02T15:04:05 -0700", true, true},
	{"2006-01-02T15:04:05-07", true, true},
	{"2006-01-02T15:04Z07:00", true, true},
	{"2006-01-02T15:04-0700", true, true},
	{"2006-01-02 15:04:05Z07:00", true, true},
	{"2006-01-02 15:04:05 Z07:00", true, true},
	{"2006-01-02 15:04:05 -0700", true, true},
	{"2006-01-02 15:04:05 -0700 MST", true, true},
	{"2006-01-02 15:04:05-0700", true, true},
	{"20060102T150405Z0700", true, true},
	{"20060102T150405Z", true, true},
	{time.RFC1123Z, true, true},
	{"Mon, 2 Jan 2006 15:04:05 -0700", true, true},
	{"2 Jan 2006 15:04:05 -0700", true, true},
	{"Mon, 02 Jan 2006 15:04:05 GMT", true, true},
	{"Mon, 02 Jan 2006 15:04:05 UTC", true, true},
	{"2006-01-02T15:04:05", false, true},
	{"2006-01-02T15:04", false, true},
	{"2006-01-02 15:04:05", false, true},
	{"2006-01-02 15:04", false, true},
	{"2006/01/02 15:04:05", false, true},
	{"2006/01/02 15:04", false, true},
	{"20060102150405", false, true},
	{"Mon Jan 2 15:04:05 2006", false, true},
	{"Mon, 02 Jan 2006 15:04:05 MST", false, true},
	{"Mon Jan 2 15:04:05 MST 2006", false, true},
	{"January 2, 2006 15:04", false, true},
	{"January 2, 2006 3:04 PM", false, true},
	{"Jan 2, 2006 3:04 PM", false, true},
	{"02.01.2006 15:04", false, true},
	{"2.1.2006 15:04", false, true},
	{"2006-01-02", false, false},
	{"2006/01/02", false, false},
	{"2006.01.02", false, false},
	{"20060102", false, false},
	{"02.01.2006", false, false},
	{"2.1.2006", false, false},
	{"January 2, 2006", false, false},
	{"Jan 2, 2006", false, false},
	{"Jan. 2, 2006", false, false},
	{"2 January 2006", false, false},
	{"2 Jan 2006", false, false},
	{"Monday, January 2, 2006", false, false},
	{"Monday, 2 January 2006", false, false},
	{"2006年1月2日", false, false},
	{"2006年1月2日 15:04", false, true},
	{"2006年01月02日 15:04", false, true},
}

var (
	fraction = regexp.MustCompile(`(:\d\d)[.,]\d+`)
	zoneName = regexp.MustCompile(`\[[A-Za-z_/+-]+\]$`)
	zeroTime = regexp.MustCompile(`[T ]00:00(:00)?$`)
	unixTime = regexp.MustCompile(`^1\d{9}(\d{3})?$`)
)

// parseDate reads a date in any of the layouts. Slashed dates with the year last
// are not read: half the world means the other day.
func parseDate(s string) (date, bool) {
	s = line(s)
	if s == "" || len(s) > 60 {
		return date{}, false
	}
	if unixTime.MatchString(s) {
		n, err := strconv.ParseInt(s[:10], 10, 64)
		return date{at: time.Unix(n, 0).UTC(), exact: true, timed: true}, err == nil
	}
	s = zoneName.ReplaceAllString(fraction.ReplaceAllString(s, "$1"), "")
	s = zeroTime.ReplaceAllString(s, "") // a template that had only a date
	for _, l := range layouts {
		if t, err := time.Parse(l.layout, s); err == nil {
			return date{at: t.UTC(), exact: l.exact, timed: l.timed}, true
		}
	}
	return date{}, false
}

var urlDates = []*regexp.Regexp{
	regexp.MustCompile(`/((?:19|20)\d\d)/(\d{1,2})/(\d{1,2})(?:/|$)`),
	regexp.MustCompile(`(?:^|[/_.-])((?:19|20)\d\d)[-_.](\d\d)[-_.](\d\d)(?:[/_.-]|$)`),
	regexp.MustCompile(`(?:^|[/_.-])((?:19|20)\d\d)(\d\d)(\d\d)(?:[/_.-]|$)`),
	regexp.MustCompile(`/((?:19|20)\d\d)/(\d\d)(\d\d)(?:/|$)`),
	regexp.MustCompile(`/((?:19|20)\d\d)-(\d\d)/(\d\d)(?:/|$)`),
}

// urlDate reads the date many sites file their articles under.
func urlDate(path string) (date, bool) {
	for _, re := range urlDates {
		if m := re.FindStringSubmatch(path); m != nil {
			month, day := m[2], m[3]
			if t, err := time.Parse("2006-1-2", m[1]+"-"+strings.TrimPrefix(month, "0")+"-"+strings.TrimPrefix(day, "0")); err == nil {
				return date{at: t, origin: originURL}, true
			}
		}
	}
	return date{}, false
}

// searchText looks through the whole page. Its bounds are given, as its defaults
// read the clock. It panics on some inputs, which then have no date.
func searchText(doc *document, page *url.URL, latest time.Time, thorough bool) (found date) {
	defer func() {
		if recover() != nil {
			found = date{}
		}
	}()
	if latest.IsZero() {
		return date{}
	}
	r, err := htmldate.FromDocument(doc.root, htmldate.Options{
		UseOriginalDate:     true,
		SkipExtensiveSearch: !thorough,
		ExtractTime:         true,
		URL:                 page.String(),
		MinDate:             earliest,
		MaxDate:             latest.Add(tolerance),
		DateParserConfig:    &dateparser.Configuration{CurrentTime: latest},
	})
	if err != nil || r.IsZero() {
		return date{}
	}
	return date{at: r.DateTime.UTC(), origin: originText, exact: r.HasTime && r.HasTimezone, timed: r.HasTime}
}
