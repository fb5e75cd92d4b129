package seeds

import (
	"fmt"
	"strings"
)

// anchors checks company_anchors.csv: words that speak for a company and are not
// its names.
func (l *linter) anchors() {
	t := readTable(l.fsys, "company_anchors.csv", anchorColumns)
	named := map[string]bool{}
	for _, a := range l.set.Aliases {
		if a.Class != "D" {
			named[a.CompanyID+"\x00"+fold(a.Alias)] = true
		}
	}
	seen := map[string]int{}
	for _, r := range t.rows {
		a := Anchor{CompanyID: t.need(r, "company_id"), Anchor: t.need(r, "anchor"), Kind: t.oneOf(r, "kind", anchorKinds)}
		a.ValidFrom, a.ValidTo = t.period(r)
		l.isKnown(t, r, a.CompanyID)
		if len([]rune(a.Anchor)) == 1 {
			t.report(r.line, fmt.Sprintf("anchor %q is a single character", a.Anchor), "use a longer word")
		}
		key := a.CompanyID + "\x00" + fold(a.Anchor)
		if named[key] {
			t.report(r.line, fmt.Sprintf("anchor %q is an alias of %q", a.Anchor, a.CompanyID), "an anchor must add something: delete it here or there")
		}
		if a.Anchor != "" {
			t.unique(seen, r, "anchor of "+a.CompanyID, key, a.Anchor)
		}
		l.set.Anchors = append(l.set.Anchors, a)
	}
	l.keep(t)
}

// senses checks company_senses.csv: only a name that needs context can mean
// something else, and a sense nothing speaks for would never be chosen.
func (l *linter) senses() {
	t := readTable(l.fsys, "company_senses.csv", senseColumns)
	countries := l.knownCountries()
	classes := map[string][]string{}
	for _, a := range l.set.Aliases {
		key := a.CompanyID + "\x00" + a.Alias
		classes[key] = append(classes[key], a.Class)
	}
	seen := map[string]int{}
	for _, r := range t.rows {
		s := Sense{
			CompanyID: t.need(r, "company_id"),
			Alias:     t.need(r, "alias"),
			Sense:     t.need(r, "sense"),
			Cues:      t.list(r, "cues", "cue"),
			Countries: t.list(r, "countries", "country"),
		}
		if l.isKnown(t, r, s.CompanyID) && s.Alias != "" && len(l.set.Aliases) > 0 {
			t.needsContext(r, s, strings.Join(classes[s.CompanyID+"\x00"+s.Alias], ""))
		}
		if len(s.Cues)+len(s.Countries) == 0 {
			t.report(r.line, fmt.Sprintf("sense %q has neither cues nor countries", s.Sense), "list words that speak for it, or countries whose press means it")
		}
		for _, cue := range s.Cues {
			if fold(cue) == fold(s.Alias) {
				t.report(r.line, fmt.Sprintf("cue %q is the alias itself", cue), "a cue must add something: delete it")
			}
		}
		for _, country := range s.Countries {
			if len(countries) > 0 && !countries[country] {
				t.report(r.line, fmt.Sprintf("country %q is not in countries.csv", country), "write ISO 3166-1 alpha-2 codes in capitals, separated by |")
			}
		}
		t.unique(seen, r, "sense of "+s.Alias, s.CompanyID+"\x00"+s.Alias+"\x00"+s.Sense, s.Sense)
		l.set.Senses = append(l.set.Senses, s)
	}
	l.keep(t)
}

// needsContext reports a sense of a name that is not there, or that is accepted
// or refused without asking what it means.
func (t *table) needsContext(r row, s Sense, classes string) {
	switch {
	case classes == "":
		t.report(r.line, fmt.Sprintf("alias %q is no alias of %q", s.Alias, s.CompanyID), "write it as company_aliases.csv has it, or add it there")
	case !strings.ContainsAny(classes, "BC"):
		t.report(r.line, fmt.Sprintf("alias %q of %q is of class %s", s.Alias, s.CompanyID, classes), "only B and C ask what else a name may mean: change its class, or delete the sense")
	}
}
