// Package match finds the companies that an article names.
//
//	m, err := match.New(set)
//	mentions := m.Match(match.Document{Title: a.Title, Body: a.Body, Language: a.Language, Night: night})
//
// One pass of an Aho-Corasick automaton (automaton.go) over folded text
// (fold.go) finds every string of every alias. A string counts where it is a
// word of its own (boundary.go), endings of the language allowed
// (inflection.go), in a language and on a night the alias holds in, and written
// as the alias demands. Of overlapping strings the longest stays, so that a
// blocker (class D) such as "People's Bank of China" swallows the name inside it.
//
// Class A is then accepted. B has to pass the span rule (span.go) somewhere in
// the document; C needs words of context as well, from anywhere in the document
// (sense.go): its own anchors and those of its company, sure names of the company,
// its family or its sector, words of the sector and of business (sector.go),
// "Chinese phone maker" in its sentence (context.go). What else a name may mean
// is held against that: in a country whose press means the other thing, or where
// one of its cues stands, the company has to be spoken for by something of its
// own. An abbreviation that the document spells out as something else is out.
// There is one sense in a document: a name accepted once counts wherever nothing
// speaks against it, a name never accepted counts nowhere.
//
// Probability is measured on labelled news, by what the decision rests on
// (probability.go). Which stored texts a changed table of names can matter to is
// told by Changed and a Finder (finder.go).
package match

import (
	"sync"
	"time"
)

// Matcher holds the compiled aliases. It is safe for concurrent use.
type Matcher struct {
	machine  *automaton
	keys     []key
	entries  []entry
	owners   []owner
	context  *automaton // over the clues
	clueKeys []key
	china    []clue
	business []clue
	readings sync.Pool
}

// Document is the text to read. The language is a BCP 47 tag, empty or und if
// not known: aliases bound to a language then do not match, except those in a
// script of their own. Without a night every alias holds.
type Document struct {
	Title, Body, Language string
	Country               string // of the outlet, ISO 3166-1 alpha-2; empty if not known
	Night                 time.Time
}

// Mention is one company named in the document.
type Mention struct {
	CompanyID   string
	Alias       string // the surest alias, as the seed file writes it
	Class       string // of that alias: A, B or C
	Position    string // headline, lead, body or passing
	Salience    float64
	Probability float64
	Ground      string // what the probability rests on: a row of probability.go
	Occurrences int
	Evidence    string // a sentence of the document, at most 400 characters
	Namings     []Naming
	Quotes      []Quote // the first places that name it, at most mostQuotes
}

// Quote is a sentence that names the company: what tone and dimensions are read
// from.
type Quote struct {
	Text       string // the sentence as one line
	Start, End int    // bytes of the name in it
	Position   string // headline, lead or body
}

// mostQuotes is how many sentences of a mention are given on.
const mostQuotes = 8

// Naming is one place where the company is named. What recurs on many pages of
// an outlet is furniture: later steps know it by the hash of its sentence.
type Naming struct {
	Sentence   int64  // first 63 bits of the SHA-256 of the sentence as one line
	Position   string // headline, lead or body
	Start, End int    // bytes of the name in the title or in the body
}

// mostNamings is how many places of a mention are told.
const mostNamings = 100

// Match returns the companies named, sorted by CompanyID; nil if there are none.
func (m *Matcher) Match(doc Document) []Mention {
	r := m.readings.Get().(*reading)
	defer m.readings.Put(r)
	r.begin(m, doc)
	r.scan(title)
	r.scan(body)
	if r.candidates == 0 {
		return nil
	}
	return r.decide()
}

func dayNumber(t time.Time) int {
	year, month, day := t.Date()
	return year*10000 + int(month)*100 + day
}
