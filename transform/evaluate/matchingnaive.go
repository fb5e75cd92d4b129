package evaluate

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/overheard-news/overheard/sql/seeds"
)

// naiveMatcher is what the matcher is compared with: every alias, just as it is
// written, wherever it stands as a word of its own. It knows no rules, no
// classes, no languages and no blockers; in scripts that do not part words every
// place will do.
type naiveMatcher struct {
	byStart map[string][]seeds.Alias // by the first two characters
}

func newNaiveMatcher(set seeds.Set) *naiveMatcher {
	n := &naiveMatcher{byStart: map[string][]seeds.Alias{}}
	for _, a := range set.Aliases {
		if a.Class != "D" {
			start := firstTwo(a.Alias)
			n.byStart[start] = append(n.byStart[start], a)
		}
	}
	return n
}

func firstTwo(s string) string {
	_, first := utf8.DecodeRuneInString(s)
	_, second := utf8.DecodeRuneInString(s[first:])
	return s[:first+second]
}

// read returns the companies found, by name, each with its surest alias.
func (n *naiveMatcher) read(title, text string) []found {
	byCompany := map[string]found{}
	for i, part := range []string{title, text} {
		for at := range part {
			for _, a := range n.byStart[firstTwo(part[at:])] {
				end := at + len(a.Alias)
				if !strings.HasPrefix(part[at:], a.Alias) || !isWholeWord(part, at, end) {
					continue
				}
				f, ok := byCompany[a.CompanyID]
				if !ok || a.Class < f.class {
					f.company, f.alias, f.class = a.CompanyID, a.Alias, a.Class
				}
				if i == 1 {
					f.places = append(f.places, place{at, end})
				}
				byCompany[a.CompanyID] = f
			}
		}
	}
	list := make([]found, 0, len(byCompany))
	for _, f := range byCompany {
		list = append(list, f)
	}
	slices.SortFunc(list, func(a, b found) int { return cmp.Compare(a.company, b.company) })
	return list
}

func isWholeWord(text string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:from])
	first, _ := utf8.DecodeRuneInString(text[from:])
	last, _ := utf8.DecodeLastRuneInString(text[:to])
	after, _ := utf8.DecodeRuneInString(text[to:])
	return !(joinsWords(before) && joinsWords(first)) && !(joinsWords(last) && joinsWords(after))
}

// joinsWords says whether a character belongs to a word in a script that parts words.
func joinsWords(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r)) &&
		!unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Hangul)
}
