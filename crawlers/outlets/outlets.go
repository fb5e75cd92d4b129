// Package outlets is the registry of what we crawl: one YAML file a country,
// read strictly, each fault told with its file, line and remedy.
//
// BuiltIn gives the registry that was compiled in, Load one from a folder, and
// both refuse a registry with any fault; Lint tells all faults and goes on. Write
// is the other direction, for programs that make a registry. README.md beside
// this file says how each field of the built-in registry was decided.
package outlets

// Outlet is one title with a country, a language and the channels it is read by.
type Outlet struct {
	ID        string // stable, never reused
	Name      string
	Publisher string // owner: the unit of independence
	Country   string // ISO 3166-1 alpha-2, ZZ for unknown
	Language  string // BCP 47, und for undetermined
	Tier      int    // 1 mainstream, 2 regional or trade, 3 other
	TimeZone  string // IANA, in which times without a zone are read
	Reach     string // global, national, regional or local
	HomeURL   string
	Channels  []Channel
	Expect    *Expect // nil: nothing declared
	File      string  // where it is declared
	Line      int
}

// Channel is one address an outlet's articles are announced at.
type Channel struct {
	Kind string // feed or sitemap
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
