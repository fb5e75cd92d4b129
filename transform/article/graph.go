package article

import (
	"encoding/json"
	"regexp"
	"strings"
)

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
