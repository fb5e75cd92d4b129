package article

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// titleSeparators stand between a headline and the name of the site. The bare
// hyphen counts only with spaces: it is also in names.
var titleSeparators = []string{" | ", " – ", " — ", " - ", " :: ", " · ", " • ", " » ", " « ", " ‹ ", " // ", "｜", " : ", "|", "_", " / ", ": "}

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

var tags = regexp.MustCompile(`</?[a-zA-Z][^<>]*>`)

// chooseTitle weighs the headlines a page states. In order of trust they are those
// of the linked data, og:title and its kin, h1, <title>, and last the channel's.
// Any of them can be the one a site gets wrong, so the first that a second source
// confirms wins over the first.
func chooseTitle(doc *document, host, channel string) string {
	site := siteNames(doc, host)
	page := headline(doc.title, site)
	list := []string{
		headline(doc.ld.headline, site),
		headline(doc.meta["og:title"], site),
		headline(doc.meta["twitter:title"], site),
		mainHeading(doc, page, site),
		headline(firstNonEmpty(doc.meta["headline"], doc.meta["dc.title"], doc.meta["sailthru.title"], doc.meta["parsely-title"]), site),
		page,
		unescaped(channel),
	}
	for i, t := range list {
		if isSite(t, site) || t == "" {
			continue
		}
		if slices.ContainsFunc(list[i+1:], func(other string) bool { return equalFold(t, other) }) {
			return t
		}
	}
	for _, t := range list {
		if t != "" && !isSite(t, site) {
			return t
		}
	}
	return page
}

// mainHeading is the h1 that is the headline. Logos and sections are h1 too, so it
// has to stand in the page title, or else to be long enough for a sentence.
func mainHeading(doc *document, page string, site []string) string {
	best := ""
	for _, h := range doc.headings {
		l := letters(h)
		switch {
		case isSite(h, site) || utf8.RuneCountInString(h) > maxTitle:
			continue
		case len(l) > 10 && strings.Contains(letters(page), l):
			return h
		case measure(h) >= 20 && !namesSite(h, site) && len(h) > len(best):
			best = h
		}
	}
	return best
}

// siteNames are the names by which a page calls its site, reduced to letters.
func siteNames(doc *document, host string) []string {
	host = strings.TrimPrefix(host, "www.")
	names := []string{host, strings.SplitN(host, ".", 2)[0]}
	if parts := strings.Split(host, "."); len(parts) > 2 {
		names = append(names, strings.Join(parts[1:], "."), parts[1])
	}
	names = append(names, doc.meta["og:site_name"], doc.meta["application-name"], doc.ld.publisher, strings.TrimPrefix(doc.meta["twitter:site"], "@"))
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
		if i := strings.LastIndex(title, sep); i > 0 && namesSite(title[i+len(sep):], site) {
			return strings.TrimSpace(title[:i])
		}
		if sep == ": " { // in front it introduces who speaks
			continue
		}
		if i := strings.Index(title, sep); i > 0 && namesSite(title[:i], site) && utf8.RuneCountInString(title[i+len(sep):]) > 15 {
			return strings.TrimSpace(title[i+len(sep):])
		}
	}
	return title
}

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
