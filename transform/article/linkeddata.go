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
	headline  string
	published string
	body      string
	language  string
	authors   []string
	publisher string
	wordCount int
	isPaid    bool
	isCatalog bool // the page says it is a shop's or a list's, and no article
}

// maxLinkedDepth bounds the walk: real graphs are five or six levels deep.
const maxLinkedDepth = 12

func readLinkedData(scripts []string) linkedData {
	var nodes []map[string]any
	var publisher string
	isCatalog := false
	for _, s := range scripts {
		v, ok := parseLenient(s)
		if !ok {
			continue
		}
		collectArticles(v, maxLinkedDepth, &nodes, &publisher)
		isCatalog = isCatalog || hasCatalog(v, 3)
	}
	var ld linkedData
	for _, n := range nodes {
		next := readArticle(n)
		if !ld.found {
			ld = next
			continue
		}
		ld.fill(next)
	}
	ld.isCatalog = isCatalog && !ld.found
	if ld.publisher == "" {
		ld.publisher = publisher
	}
	return ld
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
	ld.language = first(ld.language, next.language)
	ld.publisher = first(ld.publisher, next.publisher)
	if len(ld.authors) == 0 {
		ld.authors = next.authors
	}
	ld.isPaid = ld.isPaid || next.isPaid
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

// collectArticles finds article nodes, but not those that a list only points to:
// they are other articles.
func collectArticles(v any, depth int, out *[]map[string]any, publisher *string) {
	if depth == 0 || len(*out) >= maxFacts {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			collectArticles(e, depth-1, out, publisher)
		}
	case map[string]any:
		if isArticleType(v["@type"]) {
			*out = append(*out, v)
			return
		}
		if *publisher == "" && isOrganisation(v["@type"]) {
			*publisher = nameOf(v)
		}
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage", "hasPart", "subjectOf"} { // a fixed order keeps the result fixed
			collectArticles(v[key], depth-1, out, publisher)
		}
	}
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

func isOrganisation(v any) bool {
	for _, t := range stringsOf(v) {
		if strings.HasSuffix(t, "Organization") || t == "WebSite" {
			return true
		}
	}
	return false
}

func readArticle(n map[string]any) linkedData {
	ld := linkedData{found: true}
	ld.headline = firstOf(n, "headline", "name", "alternativeHeadline")
	ld.published = firstOf(n, "datePublished", "dateCreated", "uploadDate")
	ld.body = firstOf(n, "articleBody", "text")
	ld.language = firstOf(n, "inLanguage")
	ld.publisher = nameOf(n["publisher"])
	for _, key := range []string{"author", "creator"} {
		if ld.authors = namesOf(n[key], 3); len(ld.authors) > 0 {
			break
		}
	}
	if c, ok := n["wordCount"].(float64); ok && c > 0 && c < 1e6 {
		ld.wordCount = int(c)
	}
	switch free := n["isAccessibleForFree"].(type) {
	case bool:
		ld.isPaid = !free
	case string:
		ld.isPaid = strings.EqualFold(strings.TrimSpace(free[strings.LastIndex(free, "/")+1:]), "false")
	}
	return ld
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

func nameOf(v any) string {
	if names := namesOf(v, 3); len(names) > 0 {
		return names[0]
	}
	return ""
}

// namesOf reads people or organisations: strings, objects with a name, or lists.
func namesOf(v any, depth int) []string {
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
			out = append(out, namesOf(e, depth-1)...)
		}
		return out
	case map[string]any:
		if names := namesOf(v["name"], depth-1); len(names) > 0 {
			return names
		}
		given, family := firstOf(v, "givenName"), firstOf(v, "familyName")
		if s := strings.TrimSpace(given + " " + family); s != "" {
			return []string{s}
		}
	}
	return nil
}
