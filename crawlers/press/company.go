package press

import (
	"slices"
	"strings"
	"unicode"

	"github.com/overheard-news/overheard/crawlers/press/wording"
	"github.com/overheard-news/overheard/sql/seeds"
)

// Classes of names, as the aliases have them.
const (
	classSure      = "A" // means the company wherever it stands
	classLikely    = "B"
	classAmbiguous = "C" // means it only in context
)

func classes() []string { return []string{classSure, classLikely, classAmbiguous} }

// Company is somebody the press can write about.
type Company struct {
	ID      string
	Name    string
	Sector  string
	Seat    string            // its home town, in English
	Chinese bool              // false: a comparator, mentioned but not ranked
	Forms   map[string][]Form // language, or und for all, to the forms it is written in, the usual one first
}

// Form is one way to write a company, with its class: A, B or C.
type Form struct{ Text, Class string }

// CompaniesFrom takes over the companies of the seed files with those of their
// aliases that hold at all times: the sure ones (class A), and the ones that
// need context (B and C).
func CompaniesFrom(set seeds.Set) []Company {
	forms := map[string]map[string][]Form{}
	for _, a := range set.Aliases {
		// Names of the past are not used, and what a company makes does not build plants
		// or report profits.
		if !slices.Contains(classes(), a.Class) || a.Kind == "brand" || !a.ValidTo.IsZero() {
			continue
		}
		if forms[a.CompanyID] == nil {
			forms[a.CompanyID] = map[string][]Form{}
		}
		language, _, _ := strings.Cut(a.Language, "-")
		forms[a.CompanyID][language] = append(forms[a.CompanyID][language], Form{a.Alias, a.Class})
	}
	out := make([]Company, 0, len(set.Companies))
	for _, c := range set.Companies {
		if c.CountsFor != "" || !c.ValidTo.IsZero() { // it would stand in the ranking as another one, or in none
			continue
		}
		out = append(out, Company{ID: c.ID, Name: c.Name, Sector: c.Sector, Seat: c.HQCity, Chinese: !c.IsComparator, Forms: forms[c.ID]})
	}
	return out
}

// names is how one language calls a company.
type names struct {
	sure []string // class A
	hard []Form   // class B and C
}

// formsInUse is how many forms of a kind the press of one language uses.
const formsInUse = 3

// namesIn returns the forms an article in the language would use: its own ones
// first, then those for all languages in a script its readers can read.
func (c Company) namesIn(language string) names {
	var out names
	for _, f := range slices.Concat(c.Forms[language], c.Forms["und"], c.Forms["en"]) {
		switch {
		case !isReadable(f.Text, language):
		case f.Class == classSure && len(out.sure) < formsInUse && !slices.Contains(out.sure, f.Text):
			out.sure = append(out.sure, f.Text)
		case f.Class != classSure && len(out.hard) < formsInUse && !slices.ContainsFunc(out.hard, func(h Form) bool { return h.Text == f.Text }):
			out.hard = append(out.hard, f)
		}
	}
	return out
}

func (n names) isEmpty() bool { return len(n.sure)+len(n.hard) == 0 }

// trade is what the press calls a company at its first mention. The sectors of
// the seed files do not tell makers of telephones from those of other devices.
func (c Company) trade() string {
	if slices.Contains([]string{"apple", "honor", "oppo", "samsung", "transsion", "vivo", "xiaomi"}, c.ID) {
		return wording.TradeOf("phones")
	}
	return wording.TradeOf(c.Sector)
}

func isReadable(name, language string) bool {
	for _, r := range name {
		switch {
		case !unicode.IsLetter(r) || unicode.Is(unicode.Latin, r):
		case unicode.Is(unicode.Cyrillic, r) && language == "ru":
		case unicode.Is(unicode.Arabic, r) && language == "ar":
		case unicode.Is(unicode.Hangul, r) && language == "ko":
		case unicode.In(r, unicode.Han, unicode.Katakana, unicode.Hiragana) && language == "ja":
		case unicode.Is(unicode.Han, r) && language == "zh":
		default:
			return false
		}
	}
	return true
}
