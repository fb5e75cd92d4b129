package article

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// chooseAuthors takes the first source that names anybody. The extractor's by-line
// is whatever stood where one is expected, so its names must look like names.
func chooseAuthors(doc *document, host, byline string) []string {
	site := siteNames(doc, host)
	sources := [][]string{doc.ld.authors}
	for _, name := range []string{"author", "article:author", "parsely-author", "sailthru.author", "dc.creator", "byl", "citation_author"} {
		sources = append(sources, doc.metaAll[name])
	}
	sources = append(sources, doc.bylines)
	for _, s := range sources {
		if names := cleanAuthors(s, site); len(names) > 0 {
			return names
		}
	}
	names := cleanAuthors([]string{byline}, site)
	names = slices.DeleteFunc(names, func(n string) bool { return !isName(n) })
	for i := 0; len(names) == 0 && i < len(sources); i++ { // the site signs for itself
		names = cleanAuthors(sources[i], nil)
	}
	return append([]string{}, names...) // not nil: the column is an empty array
}

var (
	authorPrefix = regexp.MustCompile(`(?i)^(written by|story by|posted by|words by|view all posts by|author|autor|text|by|von|par|por|di|door|av|af|από|автор|текст)\s*[:\s]\s*`)
	authorSplit  = regexp.MustCompile(`\s*(?:[;|]|\s/\s|,|\s+(?:and|und|et|y|og|och|e|en|&)\s+)\s*`)
	authorURL    = regexp.MustCompile(`(?i)\(?\b(https?:|www\.)\S*`)
	authorTail   = regexp.MustCompile(`(?i)\s+(link copied|updated|published|posted|said|follow)\b.*$`)
	authorJunk   = regexp.MustCompile(`(?i)@|\.(com|net|org|co\.uk)\b|[<>{}=\\]|^\d|^(null|undefined|admin|administrator|editor|staff|webmaster|author|written by|about( me)?|name|x+|n/a|none|unknown|user|true|false|md|m\.d|phd|ph\.d|jr|sr|mba|rn|dvm|esq|cfa)$`)
)

// cleanAuthors splits and cleans by-lines. A part that is an address, a title, a
// user name, the site or a sentence is not an author.
func cleanAuthors(list, site []string) []string {
	var out []string
	for _, entry := range list {
		entry = authorURL.ReplaceAllString(unescaped(entry), "")
		entry = authorPrefix.ReplaceAllString(strings.TrimSpace(entry), "")
		for _, name := range authorSplit.Split(entry, -1) {
			name = authorTail.ReplaceAllString(authorPrefix.ReplaceAllString(name, ""), "")
			name = strings.Trim(name, " .,:-–—*•\"'()[]/")
			n := utf8.RuneCountInString(name)
			if n < 2 || n > 60 || len(strings.Fields(name)) > 6 || authorJunk.MatchString(name) || !strings.ContainsFunc(name, unicode.IsLetter) || isSite(name, site) {
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

// isName tells whether each word begins with a capital, or with a letter of a
// script that has none; small particles aside.
func isName(s string) bool {
	words := strings.Fields(s)
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(w)
		if unicode.IsLower(r) && !slices.Contains([]string{"de", "da", "del", "van", "von", "der", "den", "di", "la", "le", "bin", "al", "el", "dos", "ten", "ter"}, w) {
			return false
		}
	}
	return len(words) <= 4 && (len(words) > 1 || measure(s) > utf8.RuneCountInString(s))
}
