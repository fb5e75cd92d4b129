package article

import (
	"cmp"
	"strings"
)

// linkedData is what the page's JSON-LD says about the article. Sites write it by
// template, so it is the most reliable part of a page when it is there at all.
type linkedData struct {
	found     bool // an article node exists
	types     []string
	headline  string
	published string
	modified  string
	body      string
	language  string
	section   string
	authors   []string
	publisher string
	wordCount int
	isPaid    bool
	paidParts []string // selectors of the parts behind the paywall
	isCatalog bool     // the page says it is a shop's or a list's, and no article
	isLive    bool     // a live blog
	others    []string // types of the nodes that are no article
	video     string   // name of the film the page is about
	crumbs    []string
}

// maxLinkedDepth bounds the walk: real graphs are five or six levels deep.
const maxLinkedDepth = 12

func readLinkedData(scripts []string) linkedData {
	g := graph{byID: map[string]map[string]any{}}
	for _, s := range scripts {
		v, ok := parseLenient(s)
		if !ok {
			continue
		}
		g.index(v, maxLinkedDepth)
		g.collect(v, maxLinkedDepth)
		g.isCatalog = g.isCatalog || hasCatalog(v, 3)
	}
	var ld linkedData
	for _, n := range g.articles {
		next := g.readArticle(n)
		if !ld.found {
			ld = next
			continue
		}
		ld.fill(next)
	}
	ld.isCatalog = g.isCatalog && !ld.found
	ld.others, ld.video, ld.crumbs = g.others, g.video, g.crumbs
	if ld.publisher == "" {
		ld.publisher = g.publisher
	}
	return ld
}

// fill completes the first article node from a later one of the same headline:
// two plug-ins on one site each write half.
func (ld *linkedData) fill(next linkedData) {
	if ld.headline != "" && next.headline != "" && !equalFold(ld.headline, next.headline) {
		return
	}
	ld.headline = cmp.Or(ld.headline, next.headline)
	ld.published = cmp.Or(ld.published, next.published)
	ld.body = cmp.Or(ld.body, next.body)
	ld.modified = cmp.Or(ld.modified, next.modified)
	ld.language = cmp.Or(ld.language, next.language)
	ld.section = cmp.Or(ld.section, next.section)
	ld.publisher = cmp.Or(ld.publisher, next.publisher)
	if len(ld.authors) == 0 {
		ld.authors = next.authors
	}
	ld.isLive = ld.isLive || next.isLive
	ld.isPaid = ld.isPaid || next.isPaid
	if len(ld.paidParts) == 0 {
		ld.paidParts = next.paidParts
	}
}

func (g *graph) readArticle(n map[string]any) linkedData {
	ld := linkedData{found: true, types: stringsOf(n["@type"])}
	ld.headline = firstOf(n, "headline", "name", "alternativeHeadline")
	ld.published = firstOf(n, "datePublished", "dateCreated", "uploadDate")
	ld.modified = firstOf(n, "dateModified")
	ld.body = firstOf(n, "articleBody", "text")
	ld.language = firstOf(n, "inLanguage")
	ld.section = firstOf(n, "articleSection")
	ld.publisher = g.nameOf(n["publisher"])
	for _, t := range ld.types {
		ld.isLive = ld.isLive || strings.HasSuffix(t, "LiveBlogPosting")
	}
	for _, key := range []string{"author", "creator", "contributor"} {
		g.readAuthors(n[key], 4, &ld)
		if len(ld.authors) > 0 {
			break
		}
	}
	if c, ok := n["wordCount"].(float64); ok && c > 0 && c < 1e6 {
		ld.wordCount = int(c)
	}
	hasPaidPart := ld.readPaidParts(n["hasPart"])
	ld.isPaid = isNotFree(n["isAccessibleForFree"]) || hasPaidPart
	return ld
}

func isNotFree(v any) bool {
	switch free := v.(type) {
	case bool:
		return !free
	case string:
		return strings.EqualFold(strings.TrimSpace(free[strings.LastIndex(free, "/")+1:]), "false")
	}
	return false
}

// readPaidParts finds the parts that a site marks as behind its paywall.
func (ld *linkedData) readPaidParts(v any) bool {
	parts, ok := v.([]any)
	if !ok {
		parts = []any{v}
	}
	found := false
	for _, e := range parts {
		part, _ := e.(map[string]any)
		if isNotFree(part["isAccessibleForFree"]) {
			found = true
			ld.paidParts = append(ld.paidParts, stringsOf(part["cssSelector"])...)
		}
	}
	ld.paidParts = ld.paidParts[:min(len(ld.paidParts), 8)]
	return found
}

// readAuthors reads people and organisations: strings, objects with a name,
// references to such, or lists.
func (g *graph) readAuthors(v any, depth int, ld *linkedData) {
	if depth == 0 || len(ld.authors) >= maxFacts {
		return
	}
	switch v := v.(type) {
	case string:
		if full := g.byID[v]; full != nil {
			g.readAuthors(full, depth-1, ld)
		} else if s := line(v); s != "" {
			ld.authors = append(ld.authors, s)
		}
	case []any:
		for _, e := range v {
			g.readAuthors(e, depth-1, ld)
		}
	case map[string]any:
		v = g.resolve(v)
		ld.authors = append(ld.authors, g.namesOf(v, 3)...)
	}
}

func firstOf(n map[string]any, keys ...string) string {
	for _, key := range keys {
		for _, s := range stringsOf(n[key]) {
			if s = strings.TrimSpace(s); s != "" {
				return s
			}
		}
	}
	return ""
}

// stringsOf reads a value that may be one string or a list of them.
func stringsOf(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, e := range v {
			if s, ok := e.(string); ok {
				out = append(out, s)
			}
		}
		return out
	case map[string]any:
		if s, ok := v["@value"].(string); ok {
			return []string{s}
		}
	}
	return nil
}

func (g *graph) nameOf(v any) string {
	if names := g.namesOf(v, 3); len(names) > 0 {
		return names[0]
	}
	return ""
}

// namesOf reads people or organisations: strings, objects with a name, or lists.
func (g *graph) namesOf(v any, depth int) []string {
	if depth == 0 {
		return nil
	}
	switch v := v.(type) {
	case string:
		if s := line(v); s != "" {
			return []string{s}
		}
	case []any:
		var out []string
		for _, e := range v {
			out = append(out, g.namesOf(e, depth-1)...)
		}
		return out
	case map[string]any:
		v = g.resolve(v)
		if names := g.namesOf(v["name"], depth-1); len(names) > 0 {
			return names
		}
		given, family := firstOf(v, "givenName"), firstOf(v, "familyName")
		if s := strings.TrimSpace(given + " " + family); s != "" {
			return []string{s}
		}
	}
	return nil
}
