package seeds

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// placedAlias is an alias with the line it stands in.
type placedAlias struct {
	Alias
	line int
}

// aliases checks company_aliases.csv against itself and the files read before.
func (l *linter) aliases() {
	t := readTable(l.fsys, "company_aliases.csv", aliasColumns)
	languages := l.knownLanguages()
	byFold := map[string][]placedAlias{}
	named := map[string]bool{}
	for _, r := range t.rows {
		a := t.alias(r)
		l.isKnown(t, r, a.CompanyID)
		if a.Language != "" && len(languages) > 0 && !languages[a.Language] {
			t.report(r.line, fmt.Sprintf("language %q is not in languages.csv", a.Language), "write a code such as "+listed(languages)+", or und for all languages")
		}
		if a.Class != "D" {
			named[a.CompanyID] = true
		}
		key := fold(a.Alias)
		for _, earlier := range byFold[key] {
			t.collide(earlier, placedAlias{a, r.line})
		}
		byFold[key] = append(byFold[key], placedAlias{a, r.line})
		l.set.Aliases = append(l.set.Aliases, a)
	}
	l.keep(t)
	// A company nobody can be matched to would be ranked last for ever. Said only
	// where the alias file could be read, or it would be said of every company.
	for _, c := range l.set.Companies {
		if len(t.rows) > 0 && c.ID != "" && !named[c.ID] {
			l.problems = append(l.problems, Problem{File: "companies.csv", Line: l.companyLines[c.ID],
				Message: fmt.Sprintf("company %q has no alias", c.ID), Remedy: "add its names to company_aliases.csv"})
		}
	}
}

// alias reads one row and checks what can be checked without the others.
func (t *table) alias(r row) Alias {
	a := Alias{
		CompanyID:       t.need(r, "company_id"),
		Alias:           t.need(r, "alias"),
		Language:        t.need(r, "language"),
		Class:           t.oneOf(r, "class", classes),
		Kind:            t.oneOf(r, "kind", aliasKinds),
		IsCaseSensitive: t.truth(r, "is_case_sensitive"),
		Anchors:         t.list(r, "anchors", "anchor"),
	}
	a.ValidFrom, a.ValidTo = t.period(r)
	if len([]rune(a.Alias)) == 1 {
		t.report(r.line, fmt.Sprintf("alias %q is a single character", a.Alias), "use a longer form")
	}
	if a.Kind != "" && a.Class != "" && (a.Kind == "other") != (a.Class == "D") {
		t.report(r.line, fmt.Sprintf("alias %q is of class %s and kind %s", a.Alias, a.Class, a.Kind), "what is somebody else's is of class D and kind other, and nothing else is")
	}
	switch {
	case a.Class == "A" && !a.IsCaseSensitive && ordinaryWords[fold(a.Alias)]:
		t.report(r.line, fmt.Sprintf("alias %q is of class A and an ordinary word", a.Alias), "make it B, or C with anchors")
	case a.Class == "C" && len(a.Anchors) == 0:
		t.report(r.line, fmt.Sprintf("alias %q is of class C and has no anchors", a.Alias), "list words that stand in articles about the company, separated by |")
	case a.Class != "C" && len(a.Anchors) > 0:
		t.report(r.line, fmt.Sprintf("alias %q is of class %s and has anchors", a.Alias, a.Class), "only class C reads anchors: make it C or empty them")
	}
	for _, anchor := range a.Anchors {
		if fold(anchor) == fold(a.Alias) {
			t.report(r.line, fmt.Sprintf("anchor %q is the alias itself", anchor), "an anchor must add something: delete it")
		}
	}
	return a
}

// collide reports two aliases of equal folded text that cannot both stand.
func (t *table) collide(first, second placedAlias) {
	if first.IsCaseSensitive && second.IsCaseSensitive && norm.NFKC.String(first.Alias.Alias) != norm.NFKC.String(second.Alias.Alias) {
		return
	}
	if first.CompanyID == second.CompanyID {
		if first.Language == second.Language {
			t.report(second.line, fmt.Sprintf("alias %q (%s) of %q is there twice, first in line %d", second.Alias.Alias, second.Language, second.CompanyID, first.line), "delete one of them")
		}
		return
	}
	if !canClash(first.Class, second.Class) || !shareLanguage(first.Alias, second.Alias) || !shareNight(first.Alias, second.Alias) {
		return
	}
	remedy := "give it to one of them, make one class C with anchors, or end its validity"
	if first.Class == "A" || second.Class == "A" {
		remedy = "class A says that it can be nothing else: give it to one of them, make both class C with anchors, or end its validity"
	}
	t.report(second.line, fmt.Sprintf("alias %q is claimed by %q too, in line %d", second.Alias.Alias, first.CompanyID, first.line), remedy)
}

// canClash tells whether two companies cannot have one alias with these classes.
// C beside B or C is decided by what else the text says; a blocker of one company
// may well be the name of another.
func canClash(a, b string) bool {
	if a == "D" || b == "D" {
		return false
	}
	return a == "A" || b == "A" || a == "B" && b == "B"
}

func shareLanguage(a, b Alias) bool {
	return a.Language == b.Language || a.Language == "und" || b.Language == "und"
}

// shareNight tells whether there is a night on which both hold; both ends count.
func shareNight(a, b Alias) bool {
	startsInTime := func(from, to time.Time) bool { return from.IsZero() || to.IsZero() || !from.After(to) }
	return startsInTime(a.ValidFrom, b.ValidTo) && startsInTime(b.ValidFrom, a.ValidTo)
}

// fold is the text the matcher sees: compatibility forms and case undone.
func fold(s string) string { return strings.ToLower(norm.NFKC.String(s)) }

func keys[V any](table map[string]V) []string { return slices.Sorted(maps.Keys(table)) }
