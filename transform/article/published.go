package article

import (
	"net/url"
	"slices"
	"strings"
	"time"
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
// time with a Z behind it: if another exact date has the same digits and the zone
// of the outlet, that one is right. The time at which the page was made is no
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
		_, local := d.at.In(j.zone).Zone()
		if d.exact && offset != 0 && offset == local && inZone(d.at, time.UTC).Equal(first.at) {
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
