package article

import (
	"fmt"
	"net/url"
	"slices"
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
	stamp
	origin  string
	reason  string    // why it is refused; empty if it is plausible
	written time.Time // the local time of a date without zone, as if in UTC; zero for others
}

// tolerance is how far past first sight a date may lie: clocks run ahead and
// zones are left off, but an article is not published days after it was read.
const tolerance = 24 * time.Hour

// earliest is before the first newspaper on the web; dates before it are the
// zero values of other systems.
var earliest = time.Date(1993, 1, 1, 0, 0, 0, 0, time.UTC)

// maxCandidates bounds the dates that are kept with an article.
const maxCandidates = 12

// chooseDate weighs all candidates and returns the best with the others behind it,
// the refused ones last. The page's own exact time is best; a feed's or news
// sitemap's comes before a page's bare date, since it has the time of day. A plain
// sitemap gives the last change instead, so it only adds the time of day to a date
// the page confirms. The search of the running text is last, for it can find any
// date.
func chooseDate(doc *document, page *url.URL, p Page) (date, []DateCandidate) {
	j := newJudge(doc, p)
	channel := channelDate(p)
	hasChannel := !p.ChannelPublishedAt.IsZero()
	if hasChannel {
		channel.reason = j.refuse(channel)
		hasChannel = channel.reason == ""
	}
	found := pageDates(doc, page, j)
	own := slices.DeleteFunc(slices.Clone(found), func(d date) bool { return d.reason != "" })

	if len(found) == 0 {
		found = lonelyDates(doc, j)
		own = slices.DeleteFunc(slices.Clone(found), func(d date) bool { return d.reason != "" })
	}
	var best date
	switch exact := firstExact(own, j); {
	case p.TrustChannelDates && hasChannel:
		best = channel
	case exact.origin != "":
		best = exact
	case hasChannel && (!p.IsChannelTimeModified || len(own) > 0 && isNear(channel, own[0])):
		best = channel
	case len(own) > 0:
		best = withTime(own)
	case hasChannel:
		best = channel
	default:
		best = j.search(doc, page)
		if slices.ContainsFunc(found, func(d date) bool {
			return !d.alt.IsZero() && (isNear(d, best) || isNear(date{stamp: stamp{at: d.alt}}, best))
		}) {
			best = date{} // it has guessed what nothing tells
		}
	}
	if best.origin == "" {
		best = date{stamp: stamp{at: j.latest.UTC()}, origin: originFirstSeen}
	}
	if !p.ChannelPublishedAt.IsZero() {
		found = append(found, channel)
	}
	best.at = inPageZone(best, found)
	return best, candidates(best, found)
}

// inPageZone writes a moment in the zone of the page where that is known: another
// of its dates tells the local time of the same moment.
func inPageZone(best date, found []date) time.Time {
	if _, offset := best.at.Zone(); offset != 0 || !best.exact {
		return best.at
	}
	for _, o := range found {
		gap := o.written.Sub(best.at)
		if !o.written.IsZero() && gap != 0 && gap.Abs() <= 14*time.Hour && (gap+14*time.Hour+30*time.Second)%(15*time.Minute) < time.Minute {
			return best.at.In(time.FixedZone("", int(gap.Round(15*time.Minute)/time.Second)))
		}
	}
	return best.at
}

// lonelyDates are the texts of the page that are hardly more than a date, wherever
// they stand.
func lonelyDates(doc *document, j *dateJudge) []date {
	for _, l := range doc.datelines {
		if len(l.text) > 40 || isUpdate(l.text) {
			continue
		}
		if s, ok := findDate(l.text); ok {
			d := date{stamp: s, origin: originText}
			j.settle(&d, nil)
			return []date{d}
		}
	}
	return nil
}

// firstExact is the first date with a time and a zone. Templates write a local
// time with a Z behind it: if another exact date has the same digits and a zone
// that is not UTC, that one is right. The time at which the page was made is no
// time of publication where there is another.
func firstExact(own []date, j *dateJudge) date {
	var first date
	for _, d := range own {
		if d.exact && (first.origin == "" || j.isRender(first) && !j.isRender(d)) {
			first = d
		}
	}
	if _, offset := first.at.Zone(); first.origin == "" || offset != 0 {
		return first
	}
	for _, d := range own {
		_, offset := d.at.Zone()
		if d.exact && offset != 0 && inZone(d.at, time.UTC).Equal(first.at) {
			return d
		}
	}
	return first
}

// withTime is the first date, or the first of the same day that tells the time too.
func withTime(own []date) date {
	if own[0].timed {
		return own[0]
	}
	for _, d := range own {
		if d.timed && d.at.Format(time.DateOnly) == own[0].at.Format(time.DateOnly) {
			return d
		}
	}
	return own[0]
}

// isNear tells whether two dates can be the same moment, one of them without a
// time or a zone.
func isNear(a, b date) bool {
	return a.at.Sub(b.at).Abs() <= 36*time.Hour
}

// candidates lists the dates for the record: the best, the plausible, the refused,
// each moment once for an origin.
func candidates(best date, found []date) []DateCandidate {
	var out []DateCandidate
	add := func(d date) {
		c := DateCandidate{At: d.at, Origin: d.origin, IsExact: d.exact, IsPlausible: d.reason == "", Reason: d.reason}
		isKnown := slices.ContainsFunc(out, func(o DateCandidate) bool { return o.Origin == c.Origin && o.At.Equal(c.At) })
		if !isKnown && len(out) < maxCandidates {
			out = append(out, c)
		}
	}
	add(best)
	for _, isRefused := range []bool{false, true} {
		for _, d := range found {
			if (d.reason != "") == isRefused {
				add(d)
			}
		}
	}
	return out
}

func channelDate(p Page) date {
	d := date{stamp: stamp{at: p.ChannelPublishedAt}, origin: originFeed}
	if p.ChannelKind == "sitemap" {
		d.origin = originSitemap
	}
	d.timed = !d.at.Equal(d.at.Truncate(24 * time.Hour))
	d.exact = d.timed
	return d
}

// dateJudge knows what a date of this page can be.
type dateJudge struct {
	latest   time.Time      // first sight, or the fetch
	fetched  time.Time      // when the page was made, if that is known
	zone     *time.Location // of times without one
	isUS     bool           // 03/04 is the fourth of March
	isNotUS  bool           // 03/04 is the third of April
	modified time.Time
}

func newJudge(doc *document, p Page) *dateJudge {
	j := &dateJudge{latest: p.FirstSeenAt, fetched: p.FetchedAt, zone: p.OutletZone}
	if j.latest.IsZero() {
		j.latest = p.FetchedAt
	}
	if j.zone == nil {
		j.zone = time.UTC
	}
	if d, ok := parseDate(firstNonEmpty(doc.ld.modified, doc.meta["article:modified_time"], doc.meta["og:updated_time"])); ok && d.exact {
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
		return fmt.Sprintf("%s after first sight", d.at.Sub(j.latest).Round(time.Minute))
	}
	return ""
}

// isRender tells the time at which the page was made for us from one at which it
// was published: it is that of the fetch, and the address was known before.
func (j *dateJudge) isRender(d date) bool {
	return !j.fetched.IsZero() && d.timed && d.at.Sub(j.fetched).Abs() < 2*time.Minute && j.fetched.Sub(j.latest) > 15*time.Minute
}

// metaDates are the names under which publication is declared, most telling first.
var metaDates = []string{
	"article:published_time", "og:article:published_time", "og:published_time", "datepublished", "article:published", "bt:pubdate", "parsely-pub-date", "sailthru.date", "cxenseparse:recs:publishtime",
	"originalpublicationdate", "publish-date", "publishdate", "published_time", "published-date", "publication_date", "pubdate", "pub_date", "article_date_original", "article.published",
	"article:publicationdate", "dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "citation_publication_date", "citation_online_date", "date", "dc.created", "cdate", "rbpubdate", "displaydate", "ptime", "iso-8601-publish-date", "date.issued", "vr:published_time", "article:post_date", "creation_date", "release_date",
}

// pageDates lists what the page says, best first, each judged.
func pageDates(doc *document, page *url.URL, j *dateJudge) []date {
	var out []date
	add := func(value, origin string) bool {
		s, ok := parseDate(value)
		if ok {
			out = append(out, date{stamp: s, origin: origin})
		}
		return ok
	}
	add(doc.ld.published, originLinkedData)
	for _, name := range metaDates {
		if doc.meta[name] != "" {
			add(doc.meta[name], originMeta)
		}
	}
	for _, t := range doc.times {
		if t.strong {
			add(t.value, originTime)
		}
	}
	if s, ok := urlDate(page.Path); ok {
		out = append(out, date{stamp: s, origin: originURL})
	}
	for _, t := range doc.times {
		if !t.strong && isHeadPlace(doc, t.place) && add(t.value, originTime) {
			break // the first stands at the headline, the rest in teasers
		}
	}
	for _, text := range headDatelines(doc) {
		if add(text, originText) {
			break
		}
	}
	for i := range out {
		j.settle(&out[i], out)
	}
	return out
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

// reach is how far from the headline a date or a name belongs to it, in nodes.
const reach = 120

// isHeadPlace tells whether a place is at the headline: after or shortly before it
// and not far into the text.
func isHeadPlace(doc *document, place int) bool {
	head := headlinePlace(doc)
	return place >= head-reach && (doc.proseAt == 0 || place <= doc.proseAt+reach/2 || head == 0)
}

// headlinePlace is where the last h1 before the text stands; 0 if there is none.
func headlinePlace(doc *document) int {
	at := 0
	for _, h := range doc.headings {
		if h.level == 1 && !h.aside && (doc.proseAt == 0 || h.place < doc.proseAt) {
			at = h.place
		}
	}
	return at
}

// headDatelines are the datelines at the headline, those after it first, and those
// that say "published" before all.
func headDatelines(doc *document) []string {
	head := headlinePlace(doc)
	var first, after, before []string
	for _, l := range doc.datelines {
		if !isHeadPlace(doc, l.place) || isUpdate(l.text) {
			continue
		}
		switch {
		case saysPublished(l.text):
			first = append(first, l.text)
		case l.place >= head && (l.marked || len(l.text) <= maxDate):
			after = append(after, l.text)
		case l.marked:
			before = append(before, l.text)
		}
	}
	return append(append(first, after...), before...)
}

var updateWords = []string{"updated", "modified", "aktualisiert", "mis à jour", "actualizado", "atualizado", "aggiornato", "bijgewerkt", "oppdatert", "uppdaterad", "opdateret", "güncelle", "обновлено", "更新", "copyright", "©", "(c)"}

var publishWords = []string{"publish", "posted", "veröffentlicht", "erstellt", "publié", "publicado", "pubblicato", "gepubliceerd", "publisert", "publicerad", "udgivet", "julkaistu", "opublikowano", "yayın", "опубликовано", "公開", "发布", "發布", "입력", "등록", "نشر", "diterbitkan"}

func isUpdate(s string) bool {
	s = strings.ToLower(s)
	has := func(w string) bool { return strings.Contains(s, w) }
	return slices.ContainsFunc(updateWords, has) && !slices.ContainsFunc(publishWords, has)
}

func saysPublished(s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(publishWords, func(w string) bool { return strings.Contains(s, w) })
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
