package article

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// chooseAuthors takes the first source that names anybody.
func chooseAuthors(doc *document, byline string) []string {
	sources := [][]string{doc.ld.authors}
	for _, name := range []string{"author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl", "citation_author"} {
		sources = append(sources, doc.metaAll[name])
	}
	sources = append(sources, doc.bylines, []string{byline})
	for _, s := range sources {
		if names := cleanAuthors(s); len(names) > 0 {
			return names
		}
	}
	return []string{} // not nil: the column is an empty array
}

var (
	authorPrefix = regexp.MustCompile(`(?i)^(written by|story by|posted by|words by|by|von|par|por|di|door|av|af|από|автор|текст)\s*[:\s]\s*`)
	authorSplit  = regexp.MustCompile(`\s*(?:[;|/]|,|\s+(?:and|und|et|y|og|och|e|en|&)\s+)\s*`)
	authorJunk   = regexp.MustCompile(`(?i)https?:|www\.|@|\.(com|net|org|co\.uk)\b|[<>{}=\\]|^\d|^(null|undefined|admin|administrator|editor|staff|webmaster|author|n/a|none|unknown|user|true|false)$`)
)

// cleanAuthors splits and cleans by-lines. A part that is an address, a user name
// or a sentence is not a name.
func cleanAuthors(list []string) []string {
	var out []string
	for _, entry := range list {
		entry = authorPrefix.ReplaceAllString(unescaped(entry), "")
		for _, name := range authorSplit.Split(entry, -1) {
			name = strings.Trim(authorPrefix.ReplaceAllString(name, ""), " .,:-–—*•\"'()[]")
			n := utf8.RuneCountInString(name)
			if n < 2 || n > 60 || len(strings.Fields(name)) > 6 || authorJunk.MatchString(name) || !strings.ContainsFunc(name, unicode.IsLetter) {
				continue
			}
			if !slices.ContainsFunc(out, func(o string) bool { return equalFold(o, name) }) {
				out = append(out, name)
			}
			if len(out) == 10 {
				return out
			}
		}
	}
	return out
}
