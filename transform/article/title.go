package article

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// titleSeparators stand between a headline and the name of the site. The bare
// hyphen counts only with spaces: it is also in names.
var titleSeparators = []string{" | ", " – ", " — ", " - ", " :: ", " · ", " • ", " » ", " « ", " ‹ ", " // ", "｜", " : ", "|", "_", " / "}

// chooseTitle weighs the headlines a page states. In order of trust they are those
// of the linked data, og:title and its kin, h1, <title>, and last the channel's.
// Any of them can be the one a site gets wrong, so the first that a second source
// confirms wins over the first.
func chooseTitle(doc *document, host, channel string) string {
	site := siteNames(doc, host)
	page := stripSite(unescaped(doc.title), site)
	list := []string{
		stripSite(unescaped(doc.ld.headline), site),
		stripSite(unescaped(doc.meta["og:title"]), site),
		stripSite(unescaped(doc.meta["twitter:title"]), site),
		mainHeading(doc, page, site),
		stripSite(unescaped(firstNonEmpty(doc.meta["headline"], doc.meta["dc.title"], doc.meta["sailthru.title"], doc.meta["parsely-title"])), site),
		page,
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
	return firstNonEmpty(unescaped(channel), page)
}

// mainHeading is the h1 that is the headline: logos are h1 too, so one that opens
// the page title goes first, then the longest.
func mainHeading(doc *document, page string, site []string) string {
	best := ""
	for _, h := range doc.headings {
		if isSite(h, site) || utf8.RuneCountInString(h) > 300 {
			continue
		}
		if page != "" && strings.HasPrefix(letters(page), letters(h)) && len(letters(h)) > 10 {
			return h
		}
		if len(h) > len(best) {
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
