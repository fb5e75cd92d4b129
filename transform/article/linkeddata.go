package article

import (
	"encoding/json"
	"regexp"
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

// graph is the nodes of all scripts of a page.
type graph struct {
	byID      map[string]map[string]any
	articles  []map[string]any
	others    []string
	publisher string
	video     string
	crumbs    []string
	isCatalog bool
}

// index notes the nodes that others point to by their @id.
func (g *graph) index(v any, depth int) {
	if depth == 0 || len(g.byID) > 20*maxFacts {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			g.index(e, depth-1)
		}
	case map[string]any:
		if id, ok := v["@id"].(string); ok && len(v) > 1 {
			if old := g.byID[id]; len(old) < len(v) {
				g.byID[id] = v
			}
		}
		for _, e := range v {
			switch e.(type) {
			case []any, map[string]any:
				g.index(e, depth-1)
			}
		}
	}
}

// resolve follows a node that is only a reference.
func (g *graph) resolve(n map[string]any) map[string]any {
	if id, ok := n["@id"].(string); ok && firstOf(n, "name", "givenName") == "" {
		if full := g.byID[id]; full != nil {
			return full
		}
	}
	return n
}

// fill completes the first article node from a later one of the same headline:
// two plug-ins on one site each write half.
func (ld *linkedData) fill(next linkedData) {
	if ld.headline != "" && next.headline != "" && !equalFold(ld.headline, next.headline) {
		return
	}
	first := func(a, b string) string {
		if a != "" {
			return a
		}
		return b
	}
	ld.headline = first(ld.headline, next.headline)
	ld.published = first(ld.published, next.published)
	ld.body = first(ld.body, next.body)
	ld.modified = first(ld.modified, next.modified)
	ld.language = first(ld.language, next.language)
	ld.section = first(ld.section, next.section)
	ld.publisher = first(ld.publisher, next.publisher)
	if len(ld.authors) == 0 {
		ld.authors = next.authors
	}
	ld.isLive = ld.isLive || next.isLive
	ld.isPaid = ld.isPaid || next.isPaid
	if len(ld.paidParts) == 0 {
		ld.paidParts = next.paidParts
	}
}

var (
	ldWrapping = regexp.MustCompile(`(?s)^\s*(//)?\s*(<!\[CDATA\[|<!--)|(//)?\s*(\]\]>|-->)\s*;?\s*$`)
	ldTrailing = regexp.MustCompile(`,\s*([}\]])`)
)

// parseLenient reads JSON with the faults that templates make: comment wrappers, a
// closing semicolon, raw line breaks in strings, commas before a bracket.
func parseLenient(s string) (any, bool) {
	var v any
	if json.Unmarshal([]byte(s), &v) == nil {
		return v, true
	}
	s = ldWrapping.ReplaceAllString(s, "")
	s = strings.TrimSuffix(strings.TrimSpace(s), ";")
	s = strings.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, s)
	if json.Unmarshal([]byte(s), &v) == nil {
		return v, true
	}
	s = ldTrailing.ReplaceAllString(s, "$1")
	if json.Unmarshal([]byte(s), &v) == nil {
		return v, true
	}
	// Several objects one after the other: the first is what counts.
	dec := json.NewDecoder(strings.NewReader(s))
	return v, dec.Decode(&v) == nil
}

// collect finds article nodes, but not those that a list only points to: they are
// other articles.
func (g *graph) collect(v any, depth int) {
	if depth == 0 || len(g.articles) >= maxFacts {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			g.collect(e, depth-1)
		}
	case map[string]any:
		if isArticleType(v["@type"]) {
			g.articles = append(g.articles, v)
			return
		}
		g.noteOther(v)
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "hasPart", "subjectOf"} { // a fixed order keeps the result fixed
			g.collect(v[key], depth-1)
		}
	}
}

func (g *graph) noteOther(v map[string]any) {
	for _, t := range stringsOf(v["@type"]) {
		t = t[strings.LastIndexAny(t, "/:")+1:]
		if len(g.others) < maxFacts {
			g.others = append(g.others, t)
		}
		switch {
		case t == "BreadcrumbList" && len(g.crumbs) == 0:
			g.crumbs = crumbNames(v["itemListElement"])
		case t == "VideoObject" && g.video == "":
			g.video = firstOf(v, "name", "headline")
		case (strings.HasSuffix(t, "Organization") || t == "WebSite") && g.publisher == "":
			g.publisher = g.nameOf(v)
		}
	}
}

// crumbNames reads the trail of a BreadcrumbList, in the order it is written.
func crumbNames(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		n, _ := e.(map[string]any)
		name := firstOf(n, "name")
		if item, ok := n["item"].(map[string]any); ok && name == "" {
			name = firstOf(item, "name")
		}
		if name = unescaped(name); name != "" && len(out) < 10 {
			out = append(out, name)
		}
	}
	return out
}

// hasCatalog looks for types that only pages of goods, jobs and lists carry.
func hasCatalog(v any, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if hasCatalog(e, depth-1) {
				return true
			}
		}
	case map[string]any:
		for _, t := range stringsOf(v["@type"]) {
			switch t {
			case "CollectionPage", "SearchResultsPage", "Product", "ProductGroup", "JobPosting":
				return true
			}
		}
		return hasCatalog(v["@graph"], depth-1)
	}
	return false
}

func isArticleType(v any) bool {
	for _, t := range stringsOf(v) {
		t = t[strings.LastIndexAny(t, "/:")+1:]
		switch {
		case strings.HasSuffix(t, "Article"), strings.HasSuffix(t, "BlogPosting"), t == "Report", t == "Review", t == "OpinionNewsArticle", t == "SocialMediaPosting":
			return true
		}
	}
	return false
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
