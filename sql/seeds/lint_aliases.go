package seeds

import (
	"fmt"
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

// aliases checks company_aliases.csv against itself and the files read before; a
// file that could not be read has been told once and is not held against every row.
func (l *linter) aliases() {
	t := readTable(l.fsys, "company_aliases.csv", aliasColumns)
	languages := l.knownLanguages()
	byFold := map[string][]placedAlias{}
	named := map[string]bool{}
	for _, r := range t.rows {
		a := t.alias(r)
		if a.CompanyID != "" && len(l.companyLines) > 0 {
			if _, ok := l.companyLines[a.CompanyID]; !ok {
				t.report(r.line, fmt.Sprintf("company_id %q is not in companies.csv", a.CompanyID), Suggest(a.CompanyID, keys(l.companyLines))+"add the company first")
			}
		}
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
		IsCaseSensitive: t.truth(r, "is_case_sensitive"),
		ValidFrom:       t.date(r, "valid_from"),
		ValidTo:         t.date(r, "valid_to"),
	}
	if anchors := t.get(r, "anchors"); anchors != "" {
		a.Anchors = strings.Split(anchors, "|")
	}
	if len([]rune(a.Alias)) == 1 {
		t.report(r.line, fmt.Sprintf("alias %q is a single character", a.Alias), "use a longer form")
	}
	switch {
	case a.Class == "C" && len(a.Anchors) == 0:
		t.report(r.line, fmt.Sprintf("alias %q is of class C and has no anchors", a.Alias), "list words that stand in articles about the company, separated by |")
	case a.Class != "C" && len(a.Anchors) > 0:
		t.report(r.line, fmt.Sprintf("alias %q is of class %s and has anchors", a.Alias, a.Class), "only class C reads anchors: make it C or empty them")
	}
	seen := map[string]bool{}
	for _, anchor := range a.Anchors {
		switch {
		case strings.TrimSpace(anchor) != anchor || anchor == "":
			t.report(r.line, fmt.Sprintf("anchor %q is empty or has white space around it", anchor), "write anchors as one|two|three")
		case seen[fold(anchor)]:
			t.report(r.line, fmt.Sprintf("anchor %q is there twice", anchor), "delete one of them")
		case fold(anchor) == fold(a.Alias):
			t.report(r.line, fmt.Sprintf("anchor %q is the alias itself", anchor), "an anchor must add something: delete it")
		}
		seen[fold(anchor)] = true
	}
	if !a.ValidFrom.IsZero() && !a.ValidTo.IsZero() && a.ValidTo.Before(a.ValidFrom) {
		t.report(r.line, fmt.Sprintf("valid_to %s is before valid_from %s", t.get(r, "valid_to"), t.get(r, "valid_from")), "swap the dates")
	}
	return a
}

func (t *table) date(r row, column string) time.Time {
	value := t.get(r, column)
	if value == "" {
		return time.Time{}
	}
	date, err := time.Parse(time.DateOnly, value)
	if err != nil || date.Year() < 1800 || date.Year() > 2199 {
		t.report(r.line, fmt.Sprintf("%s %q is not a date", column, value), "write YYYY-MM-DD, or leave it empty")
		return time.Time{}
	}
	return date
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
	claims := func(a Alias) bool { return a.Class == "A" || a.Class == "B" }
	if claims(first.Alias) && claims(second.Alias) && shareLanguage(first.Alias, second.Alias) && shareNight(first.Alias, second.Alias) {
		t.report(second.line, fmt.Sprintf("alias %q is claimed by %q too, in line %d", second.Alias.Alias, first.CompanyID, first.line),
			"give it to one of them, make one class C with anchors, or end its validity")
	}
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

func keys(lines map[string]int) []string {
	names := make([]string, 0, len(lines))
	for name := range lines {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
