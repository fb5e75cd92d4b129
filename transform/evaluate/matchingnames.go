package evaluate

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/overheard-news/overheard/sql/seeds"
)

// nameTable finds the alias behind a name as a text has it.
type nameTable struct {
	aliases map[string][]seeds.Alias // by company
}

func newNameTable(set seeds.Set) *nameTable {
	t := &nameTable{aliases: map[string][]seeds.Alias{}}
	for _, a := range set.Aliases {
		if a.Class != "D" {
			t.aliases[a.CompanyID] = append(t.aliases[a.CompanyID], a)
		}
	}
	return t
}

// surface is a name in a text with the alias and class it belongs to.
type surface struct{ text, alias, class string }

// noClass is the class of names that no alias has.
const noClass = "none"

// surface looks for the surest alias of the company that is written so, else for
// the longest that only an ending parts from the text.
func (t *nameTable) surface(company, text string, record matchingRecord) surface {
	s := surface{text: text, alias: text, class: noClass}
	written := plainForm(text)
	longest := 0
	for _, a := range t.aliases[company] {
		form := plainForm(a.Alias)
		_, last := utf8.DecodeLastRuneInString(form)
		stem := form[:len(form)-last]
		switch {
		case form == written && (longest < len(written)+1 || a.Class < s.class):
			s.alias, s.class, longest = a.Alias, a.Class, len(written)+1
		case utf8.RuneCountInString(stem) >= 3 && strings.HasPrefix(written, stem) && len(form) > longest && len(form) <= len(written):
			s.alias, s.class, longest = a.Alias, a.Class, len(form)
		}
	}
	if s.class == noClass && record.Class != "" && plainForm(record.Alias) == written {
		s.class = record.Class
	}
	if t.has(company, record.Alias) {
		s.alias = record.Alias
	}
	return s
}

// has says whether the company has the alias.
func (t *nameTable) has(company, alias string) bool {
	if alias == "" {
		return false
	}
	form := plainForm(alias)
	return slices.ContainsFunc(t.aliases[company], func(a seeds.Alias) bool { return plainForm(a.Alias) == form })
}

// isBrand says whether the company is called by a brand of its own.
func (t *nameTable) isBrand(company, alias string) bool {
	return slices.ContainsFunc(t.aliases[company], func(a seeds.Alias) bool { return a.Alias == alias && a.Kind == "brand" })
}

func plainForm(s string) string { return strings.ToLower(norm.NFKC.String(strings.TrimSpace(s))) }

// scriptOf names the script of a name by its first letter.
func scriptOf(name string) string {
	for _, r := range name {
		if !unicode.IsLetter(r) {
			continue
		}
		for _, script := range []string{
			"Latin", "Han", "Cyrillic", "Hiragana", "Katakana", "Hangul", "Arabic", "Hebrew", "Devanagari", "Thai", "Greek", "Bengali", "Tamil",
		} {
			if unicode.Is(unicode.Scripts[script], r) {
				return script
			}
		}
		return "other"
	}
	return "none"
}
