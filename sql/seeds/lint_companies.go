package seeds

import (
	"fmt"
	"regexp"
	"slices"
)

var (
	idPattern       = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	wikidataPattern = regexp.MustCompile(`^Q[1-9][0-9]*$`)
	tickerPattern   = regexp.MustCompile(`^[A-Z]+:[A-Z0-9.-]+$`)
)

func (l *linter) companies() {
	t := readTable(l.fsys, "companies.csv", companyColumns)
	countries := l.knownCountries()
	l.companyLines = map[string]int{}
	items, tickers := map[string]int{}, map[string]int{}
	for _, r := range t.rows {
		c := Company{
			ID:           t.need(r, "company_id"),
			Name:         t.need(r, "name"),
			NameZH:       t.get(r, "name_zh"),
			Sector:       t.oneOf(r, "sector", sectors),
			Ownership:    t.oneOf(r, "ownership", ownerships),
			HomeCountry:  t.need(r, "home_country"),
			HQCity:       t.get(r, "hq_city"),
			Ticker:       t.get(r, "ticker"),
			WikidataID:   t.get(r, "wikidata_id"),
			IsComparator: t.truth(r, "is_comparator"),
			ParentID:     t.get(r, "parent_id"),
			CountsFor:    t.get(r, "counts_for"),
		}
		c.ValidFrom, c.ValidTo = t.period(r)
		if c.ID != "" && !idPattern.MatchString(c.ID) {
			t.report(r.line, fmt.Sprintf("company_id %q is not an identifier", c.ID), "use small letters, digits and single hyphens")
		}
		t.unique(l.companyLines, r, "company_id", c.ID, c.ID)
		if c.HomeCountry != "" && len(countries) > 0 && !countries[c.HomeCountry] {
			t.report(r.line, fmt.Sprintf("home_country %q is not in countries.csv", c.HomeCountry), "write an ISO 3166-1 alpha-2 code in capitals")
		}
		if c.WikidataID != "" && !wikidataPattern.MatchString(c.WikidataID) {
			t.report(r.line, fmt.Sprintf("wikidata_id %q is not an item", c.WikidataID), "write it like Q160120, or leave it empty")
		}
		t.unique(items, r, "wikidata_id", c.WikidataID, c.WikidataID)
		if c.Ticker != "" && !tickerPattern.MatchString(c.Ticker) {
			t.report(r.line, fmt.Sprintf("ticker %q is not EXCHANGE:CODE", c.Ticker), "write it like HKEX:0700, or leave it empty")
		}
		t.unique(tickers, r, "ticker", c.Ticker, c.Ticker)
		// A comparator is measured and not ranked, so a Chinese company marked as
		// one would silently drop out of the ranking.
		if c.IsComparator != (c.Ownership == "foreign") {
			t.report(r.line, fmt.Sprintf("is_comparator is %t and ownership is %q", c.IsComparator, c.Ownership), "comparators, and only they, are foreign")
		}
		l.set.Companies = append(l.set.Companies, c)
	}
	t.families(l.set.Companies)
	l.keep(t)
}

// families checks who belongs to whom, once all companies are known.
func (t *table) families(companies []Company) {
	parents, lines := map[string]string{}, map[string]int{}
	for _, c := range companies {
		if _, ok := parents[c.ID]; !ok {
			parents[c.ID] = c.ParentID
		}
	}
	for i, r := range t.rows {
		c := companies[i]
		if _, ok := lines[c.ID]; ok {
			continue
		}
		lines[c.ID] = r.line
		if _, ok := parents[c.ParentID]; !ok && c.ParentID != "" {
			t.report(r.line, fmt.Sprintf("parent_id %q is not in this file", c.ParentID), Suggest(c.ParentID, keys(parents))+"add the parent, or leave it empty")
			continue
		}
		ancestors, isCycle := ancestorsOf(c.ID, parents)
		switch {
		case isCycle:
			t.report(r.line, fmt.Sprintf("company %q is an ancestor of itself", c.ID), "empty one parent_id of the circle")
		case c.CountsFor != "" && !slices.Contains(ancestors, c.CountsFor):
			t.report(r.line, fmt.Sprintf("counts_for %q is neither the parent of %q nor above it", c.CountsFor, c.ID), "a company counts for one that controls it: give that as parent_id, or leave counts_for empty")
		}
	}
}

// ancestorsOf lists the parent of a company, the parent's parent and so on; it
// stops and says so where they come back to the company.
func ancestorsOf(id string, parents map[string]string) (ancestors []string, isCycle bool) {
	for at := parents[id]; at != "" && !slices.Contains(ancestors, at); at = parents[at] {
		if at == id {
			return ancestors, true
		}
		ancestors = append(ancestors, at)
	}
	return ancestors, false
}
