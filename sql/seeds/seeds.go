// Package seeds holds what we know by hand: countries, languages, the constants
// of the method, the companies with the names they are written by, and how well
// what we make of a text was measured to be.
//
// The facts are CSV files beside this one. BuiltIn gives them as they were
// compiled in; Lint reads any folder of the same files strictly and tells every
// fault with its file, line and remedy; Sync writes a set into the schema seeds
// inside the caller's transaction and notes in ops.alias_changes what changed in
// the names, and SyncOutlets does the same for the outlet registry, which lives
// in crawlers/outlets.
//
// To add a company: one line in companies.csv, at least one in
// company_aliases.csv, then go test ./sql/seeds. An identifier is never reused: a
// company that leaves the file stays in the database as inactive. A company that
// was dissolved or merged away stays in the file, with the last day it is followed.
//
// The class of an alias is the question to ask of it. Can it be nothing else,
// in any text? A. Is it the company wherever it stands as a name of its own? B,
// and the matcher looks at its neighbours. Is it a common word, an abbreviation
// of many, a surname? C, and the text has to speak of the company otherwise: by
// the anchors of the alias, by those of the company (company_anchors.csv), by its
// ticker or town. A longer name of somebody else that contains one of ours is D.
// What a B or C means besides goes into company_senses.csv, with the words that
// speak for it and the countries whose press means it by default.
//
// A brand or a platform is an alias of its company (kind brand). It is a company
// of its own, with parent_id, if it is written about as one; its mentions then
// count for the company in counts_for, or, if that is empty, for itself.
package seeds

import (
	"fmt"
	"time"
)

// Problem is one fault in a registry or seed file, with what to do about it.
type Problem struct {
	File    string
	Line    int
	Message string
	Remedy  string
	// IsAdvice says that the data can be worked with as it is, but that a
	// registry one would publish would not have it so.
	IsAdvice bool
}

// Error writes the problem the way editors and CI logs can jump to.
func (p Problem) Error() string {
	return fmt.Sprintf("%s:%d: %s (%s)", p.File, p.Line, p.Message, p.Remedy)
}

// Country is a place an outlet can publish from.
type Country struct {
	Code     string // ISO 3166-1 alpha-2, ZZ for unknown
	Name     string
	Region   string
	GDPMUSD  int64  // millions of US dollars, 0 for not known
	TimeZone string // IANA, the main one of the country
}

// Language is a language an outlet or an article can be in.
type Language struct {
	Code string // BCP 47 primary subtag, und for undetermined
	Name string
}

// Constant is one declared judgement of the method.
type Constant struct {
	MethodVersion string
	Name          string
	Value         string // decimal
	Unit          string
	Reason        string
}

// Company is one company that is followed.
type Company struct {
	ID           string
	Name         string
	NameZH       string
	Sector       string
	Ownership    string // state, state_backed, private, foreign
	HomeCountry  string
	HQCity       string
	Ticker       string
	WikidataID   string
	IsComparator bool
	ParentID     string    // company that controls it, if that is followed, too
	CountsFor    string    // company its mentions count for; empty: itself
	ValidFrom    time.Time // zero: always
	ValidTo      time.Time // zero: still
}

// Anchor is a word that speaks for a company without naming it.
type Anchor struct {
	CompanyID string
	Anchor    string
	Kind      string // executive, product, place or term
	ValidFrom time.Time
	ValidTo   time.Time
}

// Sense is what else an alias may mean.
type Sense struct {
	CompanyID string
	Alias     string
	Sense     string   // in words
	Cues      []string // words that speak for it
	Countries []string // whose press means it by default
}

// DimensionCode is a dimension in the words of another framework.
type DimensionCode struct {
	Dimension, Framework, Code, Name string
}

// ToneConfusion is one entry of a language's confusion matrix of the tone model,
// and of its inverse.
type ToneConfusion struct {
	Language, True, Judged string
	Confusion, Correction  string // decimals
}

// Quality is one measured figure of a judgement about text.
type Quality struct {
	Stage, Set, Split, Breakdown, Part, Measure string
	Value, Low, High                            string // decimals; empty where there is none
	Count                                       int
	MeasuredOn                                  time.Time
}

// Alias is one written form of a company's name, or (class D) of something
// that contains one and is not the company.
type Alias struct {
	CompanyID       string
	Alias           string
	Language        string // und for all
	Class           string // A, B, C or D
	Kind            string // name, brand, former; other with class D
	IsCaseSensitive bool
	Anchors         []string
	ValidFrom       time.Time // zero: always
	ValidTo         time.Time // zero: still
}

// Set is everything the seed files say.
type Set struct {
	Countries []Country
	Languages []Language
	Constants []Constant
	Companies []Company
	Aliases   []Alias
	Anchors   []Anchor
	Senses    []Sense
	Codes     []DimensionCode
	Tones     []ToneConfusion
	Quality   []Quality
}
