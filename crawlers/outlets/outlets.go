// Package outlets is the registry of what we crawl: one YAML file a country,
// read strictly, each fault told with its file, line and remedy.
//
// fields.go reads the fields of one entry, place.go says how an outlet stands
// among the others: its domain, the hosts of its channels, the panel.
//
// BuiltIn gives the registry that was compiled in, Load one from a folder, and
// both refuse a registry with any fault; Lint tells all faults and goes on. Write
// is the other direction, for programs that make a registry. README.md beside
// this file says how each field of the built-in registry was decided.
package outlets

import "slices"

// Outlet is one title with a country, a language and the channels it is read by.
type Outlet struct {
	ID        string // stable, never reused
	Name      string
	Publisher string // owner: the unit of independence
	Country   string // ISO 3166-1 alpha-2, ZZ for unknown
	Language  string // BCP 47, und for undetermined
	Tier      int    // 1 mainstream, 2 regional or trade, 3 other
	TimeZone  string // IANA, in which times without a zone are read; if not declared, the main one of the country
	Reach     string // global, national, regional or local; if not declared, by tier
	HomeURL   string
	Channels  []Channel
	Expect    *Expect // nil: nothing declared
	File      string  // where it is declared
	Line      int
}

// IsInPanel tells whether the outlet counts. The press of the home country is
// read where it is listed, but an echo from there is no attention abroad.
func (o Outlet) IsInPanel() bool {
	return !slices.Contains(homeCountries, o.Country)
}

// homeCountries are where the ranked companies are at home.
var homeCountries = []string{"CN", "HK", "MO"}

// Channel is one address an outlet's articles are announced at.
type Channel struct {
	Kind string // feed, sitemap, or page for a section page that links articles
	URL  string
}

// Expect is what a normal day of the outlet looks like.
type Expect struct {
	ArticlesPerDay Range
}

// Range is a closed range of counts.
type Range struct {
	Min, Max int
}
