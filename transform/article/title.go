package article

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// titleSeparators stand between a headline and the name of the site. The bare
// hyphen counts only with spaces: it is also in names.
var titleSeparators = []string{" | ", " – ", " — ", " - ", " :: ", " · ", " • ", " » ", " « ", " ‹ ", " › ", " // ", " │ ", "｜", " : ", "|", "_", " / ", " -- ", ": "}

// maxTitle is longer than headlines are; what is longer is a page that forgot to
// close a tag.
const maxTitle = 300

// headline cleans one stated title.
func headline(s string, site []string) string {
	s = line(tags.ReplaceAllString(unescaped(s), " "))
	if utf8.RuneCountInString(s) > maxTitle {
		return ""
	}
	return stripSite(s, site)
}

var tags = regexp.MustCompile(`</?[a-zA-Z][^<>]*>|<!--.*?-->`)

// chooseTitle weighs the headlines a page states. What the reader sees as the
// headline, the h1, is trusted most, but only one that the other statements or its
// own length confirm: logos, sections and boxes are h1 too. Without it come the
// linked data, og:title and its kin, the text that the page title repeats, the
// heading before the text, <title>, and last the channel's title.
func chooseTitle(doc *document, host, channel string) string {
	site := siteNames(doc, host)
	page := headline(doc.title, site)
	stated := stateTitles(doc, page, channel, site)
	main := mainHeading(doc, stated, site)
	if main != "" && len(strings.Fields(main)) <= 3 && !hasMeta(doc) {
		main = cmp.Or(headingAfter(doc, main), titleStart(doc, page, main), main)
	}
	if main != "" {
		return whole(shortest(main, stated), stated)
	}
	for i, t := range stated {
		if slices.ContainsFunc(stated[i+1:], func(other string) bool { return equalFold(t, other) }) {
			return whole(shortest(t, stated), stated)
		}
	}
	if near := nearHeading(doc, stated, site); near != "" && (len(stated) == 0 || !hasMeta(doc)) {
		return near
	}
	if len(stated) > 0 {
		return whole(shortest(stated[0], stated), stated)
	}
	return page
}

// hasMeta tells whether the page states its title for machines, so that <title>
// need not be taken for it.
func hasMeta(doc *document) bool { return doc.ld.headline != "" || doc.meta["og:title"] != "" }

// declaredTitles are the titles a page states for machines, most telling first.
func declaredTitles(doc *document, site []string) []string {
	return []string{
		headline(doc.ld.headline, site),
		headline(doc.meta["og:title"], site),
		headline(doc.meta["twitter:title"], site),
		headline(cmp.Or(doc.meta["headline"], doc.meta["dc.title"], doc.meta["sailthru.title"], doc.meta["parsely-title"], doc.meta["citation_title"]), site),
	}
}

// stateTitles are the titles a page states outside its headings.
func stateTitles(doc *document, page, channel string, site []string) []string {
	list := append(declaredTitles(doc, site), headline(doc.echo, site), page, unescaped(channel))
	return slices.DeleteFunc(list, func(t string) bool { return t == "" || isSite(t, site) })
}

// mainHeading is the h1 that is the headline, without a kicker: the one that shares
// most words with the other statements, or the only one, if it is long enough for
// a sentence.
func mainHeading(doc *document, stated, site []string) string {
	var best heading
	bestKinship, count := 0.0, 0
	for _, h := range doc.headings {
		if h.level != 1 || h.aside && !h.marked || isSite(h.text, site) || isBoilerplate(h.text) {
			continue
		}
		count++
		kinship := 0.0
		for _, t := range stated {
			kinship = max(kinship, sharedWords(h.text, t))
		}
		if h.marked {
			kinship += .05
		}
		if kinship > bestKinship || best.text == "" {
			best, bestKinship = h, kinship
		}
	}
	switch {
	case best.text == "":
		return ""
	case bestKinship >= .3:
	case len(stated) == 0 || count == 1 && measure(best.text) >= 20 && len(strings.Fields(best.text)) >= 3 && !namesSite(best.text, site):
	default:
		return ""
	}
	return stripSite(withoutKicker(best, append(declaredTitles(doc, site), headline(doc.title, site))), site)
}

// sharedWords is the share of the words of the shorter title that the other has.
func sharedWords(a, b string) float64 {
	x, y := titleWords(a), titleWords(b)
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	both := 0
	for w := range x {
		if y[w] {
			both++
		}
	}
	return float64(both) / float64(min(len(x), len(y)))
}

func titleWords(s string) map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r) }) {
		if isDense([]rune(w)[0]) {
			r := []rune(w)
			for i := 0; i+1 < len(r); i++ {
				out[string(r[i:i+2])] = true
			}
			continue
		}
		if len(w) > 2 {
			out[w] = true
		}
	}
	return out
}

// withoutKicker drops what stands before or after the headline in an element of
// its own within the h1: if some other statement has the headline alone, or sets
// the kicker apart with a mark that the h1 does not have.
func withoutKicker(h heading, declared []string) string {
	if len(h.parts) < 2 || len(h.parts) > 6 {
		return h.text
	}
	for from := range h.parts {
		for to := len(h.parts); to > from; to-- {
			part := strings.Trim(line(strings.Join(h.parts[from:to], " ")), " -–—|:")
			if from == 0 && to == len(h.parts) || measure(part) < 10 {
				continue
			}
			before := strings.Trim(line(strings.Join(h.parts[:from], " ")), " -–—|:")
			for _, t := range declared {

				switch {
				case t != "" && equalFold(t, part):
					return part
				case before != "" && to == len(h.parts) && len(strings.Fields(before)) <= 5 && isSetApart(t, before, h.text):
					return part
				}
			}
		}
	}
	for _, t := range declared { // the same words, with the marks that blocks stand for
		if equalFold(t, h.text) {
			return t
		}
	}
	return h.text
}

// isSetApart tells whether a title separates its first words from the rest while
// another writes them on.
func isSetApart(title, first, other string) bool {
	rest, ok := strings.CutPrefix(title, first)
	if !ok || !equalFold(title, other) {
		return false
	}
	bare, _ := strings.CutPrefix(other, first)
	return (strings.HasPrefix(rest, ":") || startsWithSeparator(rest)) && !strings.HasPrefix(bare, ":")
}

// shortest cuts a title to another stated one that it holds before or after a
// separator: what stands beyond is the site, the section or the date.
func shortest(title string, stated []string) string {
	for _, t := range stated {
		if len(t) >= len(title) || measure(t) < 15 && len(strings.Fields(t)) < 3 {
			continue
		}
		if rest, ok := strings.CutPrefix(title, t); ok && startsWithSeparator(rest) {
			return t
		}
	}
	return title
}

func startsWithSeparator(s string) bool {
	return slices.ContainsFunc(titleSeparators, func(sep string) bool { return sep != ": " && sep != "_" && strings.HasPrefix(s, sep) })
}

// whole puts back what was cut from a title that ends in an ellipsis, if another
// statement goes on.
func whole(title string, stated []string) string {
	cut := strings.TrimRight(strings.TrimSuffix(strings.TrimSuffix(title, "…"), "..."), " ")
	if cut == title || len(cut) < 15 {
		return title
	}
	for _, t := range stated {
		if len(t) > len(title) && strings.HasPrefix(letters(t), letters(cut)) && !strings.HasSuffix(t, "…") && !strings.HasSuffix(t, "...") {
			return t
		}
	}
	return title
}

// headingAfter is the one heading between a short h1 and the text: on pages that
// state no title the h1 is often the section's.
func headingAfter(doc *document, main string) string {
	found, isAfter := "", false
	for _, h := range doc.headings {
		if h.level == 1 && strings.Contains(h.text, main) {
			isAfter = true
			continue
		}
		if !isAfter || h.aside && !h.marked || h.level == 1 || doc.proseAt == 0 || h.place > doc.proseAt {
			continue
		}
		if found != "" {
			return ""
		}
		found = h.text
	}
	if len(strings.Fields(found)) < 3 {
		return ""
	}
	return found
}

// titleStart is the heading with which <title> begins where a short h1, the
// section's, stands behind it.
func titleStart(doc *document, page, main string) string {
	for _, h := range doc.headings {
		rest, ok := strings.CutPrefix(page, h.text)
		if ok && h.level > 1 && !h.aside && len(strings.Fields(h.text)) >= 3 && startsWithSeparator(rest) && strings.Contains(rest, main) {
			return h.text
		}
	}
	return ""
}

// nearHeading is the last heading before the text, on pages that have no h1 for
// their headline.
func nearHeading(doc *document, stated, site []string) string {
	best, kin := "", ""
	for _, h := range doc.headings {
		if h.aside && !h.marked || isSite(h.text, site) || namesSite(h.text, site) || measure(h.text) < 12 || isBoilerplate(h.text) {
			continue
		}
		if byStart(h.text) > 0 {
			continue
		}
		if _, isDate := findDate(h.text); isDate && len(h.text) < maxDate/2 {
			continue
		}
		if kin == "" && slices.ContainsFunc(stated, func(t string) bool { return strings.Contains(letters(t), letters(h.text)) }) {
			kin = h.text
		}
		if doc.proseAt > 0 && h.place < doc.proseAt && (len(strings.Fields(h.text)) >= 3 || isDense([]rune(h.text)[0])) {
			best = h.text
		}
	}
	return cmp.Or(kin, best)
}

// boilerplate are headings of the boxes around an article.
var boilerplate = regexp.MustCompile(`(?i)^(\d+ )?(comments?|kommentare?|commentaires?|comentarios?|share|related|original text|navigation|menu|search|suche|login|newsletter|contact|contents?|about|welcome|home|startseite|news|blog|archive?|sidebar)\b.{0,20}$`)

func isBoilerplate(s string) bool { return boilerplate.MatchString(s) }

// siteNames are the names by which a page calls its site, reduced to letters.
func siteNames(doc *document, host string) []string {
	host = strings.TrimPrefix(host, "www.")
	names := []string{host, strings.SplitN(host, ".", 2)[0]}
	if parts := strings.Split(host, "."); len(parts) > 2 {
		names = append(names, strings.Join(parts[1:], "."), parts[1])
	}
	names = append(names, doc.meta["og:site_name"], doc.meta["application-name"], doc.meta["al:android:app_name"], doc.ld.publisher, strings.TrimPrefix(doc.meta["twitter:site"], "@"))
	var out []string
	for _, n := range names {
		if n = letters(unescaped(n)); len(n) > 1 {
			out = append(out, n)
		}
	}
	return out
}

func isSite(title string, site []string) bool {
	l := letters(title)
	return l == "" || slices.Contains(site, l)
}

// stripSite takes the name of the site from either end of a title, and a section
// name with it if that stands further out.
func stripSite(title string, site []string) string {
	for range 3 {
		cut := stripOnce(title, site)
		if cut == title {
			break
		}
		title = cut
	}
	return title
}

func stripOnce(title string, site []string) string {
	for _, sep := range titleSeparators {
		if i := strings.LastIndex(title, sep); i > 0 && (namesSite(title[i+len(sep):], site) || datePart.MatchString(title[i+len(sep):])) {
			return strings.TrimSpace(title[:i])
		}
		if sep == ": " { // in front it introduces who speaks
			continue
		}
		if i := strings.Index(title, sep); i > 0 && namesSite(title[:i], site) && utf8.RuneCountInString(title[i+len(sep):]) > 15 {
			rest := strings.TrimSpace(title[i+len(sep):])
			section, story, ok := strings.Cut(rest, sep) // the trail from the home page
			if ok && len(strings.Fields(section)) <= 2 && utf8.RuneCountInString(story) > 15 {
				return strings.TrimSpace(story)
			}
			return rest
		}
	}
	return title
}

// datePart is a date that a template hangs on the title.
var datePart = regexp.MustCompile(`^\d{1,2}[./-]\d{1,2}[./-]\d{2,4}$|^\d{4}[./-]\d{2}[./-]\d{2}$`)

// namesSite tells whether a part of a title is the site's name, alone or with
// little around it ("BBC News" on bbc.co.uk, "Example.com").
func namesSite(part string, site []string) bool {
	l := letters(part)
	if l == "" {
		return true
	}
	if len(strings.Fields(part)) > 6 {
		return false
	}
	return slices.ContainsFunc(site, func(s string) bool {
		if l == s {
			return true
		}
		if len(s) < 3 || len(l) < 3 {
			return false
		}
		return strings.HasPrefix(l, s) || strings.HasSuffix(l, s) || len(l) > 3 && strings.HasPrefix(s, l) || len(l) > 3 && strings.HasSuffix(s, l)
	})
}
