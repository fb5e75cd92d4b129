package article

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	dateparser "github.com/markusmobius/go-dateparser"
	"github.com/markusmobius/go-htmldate"
)

// dateJudge knows what a date of this page can be.
type dateJudge struct {
	latest   time.Time      // first sight, or the fetch
	fetched  time.Time      // when the page was made, if that is known
	zone     *time.Location // of times without one
	isUS     bool           // 03/04 is the fourth of March
	isNotUS  bool           // 03/04 is the third of April
	modified time.Time      // the last change the page states; zero if it states none
}

func newJudge(doc *document, p Page) *dateJudge {
	j := &dateJudge{latest: p.FirstSeenAt, fetched: p.FetchedAt, zone: p.OutletZone}
	if j.latest.IsZero() {
		j.latest = p.FetchedAt
	}
	if j.zone == nil {
		j.zone = time.UTC
	}
	if d, ok := parseDate(cmp.Or(doc.ld.modified, doc.meta["article:modified_time"], doc.meta["og:updated_time"])); ok && d.exact {
		j.modified = d.at
	}
	j.isUS, j.isNotUS = monthComesFirst(p, doc)
	return j
}

// monthComesFirst tells whether slashed dates of an outlet begin with the month
// (the United States, the Philippines), or surely do not; neither where nothing
// tells.
func monthComesFirst(p Page, doc *document) (isUS, isNotUS bool) {
	lang := strings.ToLower(strings.ReplaceAll(doc.lang, "_", "-"))
	if p.OutletZone != nil && p.OutletZone != time.UTC {
		name := p.OutletZone.String()
		for _, us := range []string{"America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Phoenix", "America/Detroit", "America/Anchorage", "Pacific/Honolulu", "Asia/Manila", "US/"} {
			if strings.HasPrefix(name, us) {
				return true, false
			}
		}
		return false, true
	}
	outlet := strings.ToLower(p.OutletLanguage)
	switch {
	case lang == "en-us" || outlet == "en-us":
		return lang == "en-us" && (outlet == "" || strings.HasPrefix(outlet, "en")), false // templates say en-us everywhere, so it is only a hint
	case lang != "" && !strings.HasPrefix(lang, "en"), strings.HasPrefix(lang, "en-"):
		return false, true
	}
	return false, false
}

// refuse says why a date cannot be that of publication; empty if it can.
func (j *dateJudge) refuse(d date) string {
	switch {
	case !d.at.After(earliest):
		return "before 1993"
	case !j.latest.IsZero() && d.at.After(j.latest.Add(tolerance)):
		return "after first sight" // no number: two reads of a page must tell the same
	}
	return ""
}

// isRender tells the time at which the page was made for us from one at which it
// was published: it is that of the fetch, and the address was known before.
func (j *dateJudge) isRender(d date) bool {
	return !j.fetched.IsZero() && d.timed && d.at.Sub(j.fetched).Abs() < 2*time.Minute && j.fetched.Sub(j.latest) > 15*time.Minute
}

// settle reads a date in the zone of the outlet, decides between its readings, and
// judges it.
func (j *dateJudge) settle(d *date, all []date) {
	if !d.alt.IsZero() {
		j.disambiguate(d, all)
	}
	if d.timed && !d.exact {
		d.written = d.at
		d.at = inZone(d.at, j.zone)
	}
	if d.reason == "" {
		d.reason = j.refuse(*d)
	}
	if d.reason == "" && j.isChange(*d, all) {
		d.reason = "the last change"
	}
	if d.reason != "" || !d.timed || d.exact {
		return
	}
	// The same moment told by another origin with its zone is the better one: the
	// two differ by whole quarters of an hour, as zones do.
	for _, o := range all {
		gap := o.at.Sub(d.at).Abs()
		if o.exact && o.origin != d.origin && gap <= 14*time.Hour && gap%(15*time.Minute) < time.Minute && j.refuse(o) == "" {
			d.at, d.exact = o.at, true
			return
		}
	}
}

func inZone(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, zone)
}

// disambiguate chooses between day/month and month/day: by another candidate that
// has the day, by what cannot be, by the country; else the date is refused.
func (j *dateJudge) disambiguate(d *date, all []date) {
	swap := func() { d.at = d.alt }
	for _, o := range all {
		if !o.alt.IsZero() {
			continue
		}
		isFirst, isSecond := o.at.Sub(d.at).Abs() < tolerance, o.at.Sub(d.alt).Abs() < tolerance
		if isFirst != isSecond {
			if isSecond {
				swap()
			}
			return
		}
	}
	other := *d
	other.at = d.alt
	first, second := j.refuse(*d), j.refuse(other)
	switch {
	case first != "" && second == "":
		swap()
	case first == "" && second != "":
	case j.isUS:
		swap()
	case j.isNotUS:
	default:
		d.reason = fmt.Sprintf("%s or %s: nothing tells the day from the month", d.at.Format(time.DateOnly), d.alt.Format(time.DateOnly))
	}
}

// isChange tells the time of the last change, shown where others show that of
// publication: the page states both, and another.
func (j *dateJudge) isChange(d date, all []date) bool {
	if j.modified.IsZero() || d.origin != originTime && d.origin != originText || d.at.Sub(j.modified).Abs() >= time.Minute {
		return false
	}
	return slices.ContainsFunc(all, func(o date) bool {
		return (o.origin == originLinkedData || o.origin == originMeta) && j.modified.Sub(o.at) > time.Minute && j.refuse(o) == ""
	})
}

// search looks through the whole page for a date that nothing marks. It knows more
// of pages than of time, so it comes last, and thoroughly only where the first
// look finds nothing.
func (j *dateJudge) search(doc *document, page *url.URL) date {
	for _, thorough := range []bool{false, true} { // the second knows more languages and takes ten times as long
		d := searchText(doc, page, j.latest, thorough)
		if d.origin == "" {
			continue
		}
		if d.timed && !d.exact && j.zone != time.UTC {
			d.at = inZone(d.at, j.zone)
		}
		isYearOnly := !d.timed && d.at.YearDay() == 1 // a copyright notice
		if j.refuse(d) == "" && !isYearOnly {
			return d
		}
	}
	return date{}
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
	return date{stamp: stamp{at: r.DateTime.UTC(), exact: r.HasTime && r.HasTimezone, timed: r.HasTime}, origin: originText}
}
