package article

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"
)

// maxSection is longer than the names of sections are, in characters.
const maxSection = 60

// chooseSection is the section as the page names it: in its linked data, in its
// meta tags, in the trail from the home page, and last in its address.
func chooseSection(doc *document, page *url.URL, title string) string {
	list := []string{doc.ld.section}
	for _, name := range []string{"article:section", "articlesection", "section", "sailthru.section", "parsely-section", "dc.subject.section", "og:article:section", "cxenseparse:section"} {
		list = append(list, doc.meta[name])
	}
	for _, crumbs := range [][]string{doc.ld.crumbs, doc.crumbs} {
		if len(crumbs) > 1 {
			list = append(list, crumbs[1:]...) // the first is the home page
		}
	}
	for _, s := range list {
		s = unescaped(s)
		if i := strings.IndexAny(s, ",;>|/"); i > 0 {
			s = strings.TrimSpace(s[:i])
		}
		if n := utf8.RuneCountInString(s); n > 1 && n <= maxSection && !equalFold(s, title) && !strings.Contains(s, "://") {
			return s
		}
	}
	return pathSection(page)
}

// noSection are first parts of addresses that name no section.
var noSection = []string{"news", "article", "articles", "artikel", "story", "stories", "post", "posts", "content", "index", "blog", "archive", "archives", "node", "detail", "noticia", "noticias", "nachrichten", "actualite", "actualites", "amp", "web", "www", "en", "de", "fr", "es", "it", "pt"}

// pathSection is the first part of an address with at least two, if it is a word.
func pathSection(page *url.URL) string {
	parts := strings.Split(strings.Trim(page.Path, "/"), "/")
	for _, s := range parts[:max(0, len(parts)-1)] {
		switch {
		case slices.Contains(noSection, strings.ToLower(s)) || len(s) == 2:
			continue
		case len(s) < 3 || len(s) > 25 || strings.ContainsAny(s, "0123456789%.=,") || strings.Count(s, "-") > 2:
			return ""
		}
		return s
	}
	return ""
}
