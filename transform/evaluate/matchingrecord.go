package evaluate

import (
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"
)

// matchingRecord is a line of any of the three kinds that Matching reads.
type matchingRecord struct {
	ID             string         `json:"id"`
	Lang           string         `json:"lang"`
	Country        string         `json:"country"`
	Title          *string        `json:"title"`
	Text           string         `json:"text"`
	Alias          string         `json:"alias"` // the hard alias that the text is about
	Class          string         `json:"class"`
	Mentions       []labelledName `json:"mentions"`
	EvaluationSpan []int          `json:"evaluation_span"`
	Source         string         `json:"source"`
}

// labelledName is a name in a text; from and to count bytes.
type labelledName struct {
	Start      int     `json:"start"`
	End        int     `json:"end"`
	Text       string  `json:"text"`
	CompanyID  *string `json:"company_id"`
	WikidataID *string `json:"wikidata_id"`
	Type       string  `json:"type"`

	from, to int
}

// schema is which kind of line a record is.
type schema uint8

const (
	schemaOwn    schema = iota // names our companies
	schemaLinked               // names everything, by Wikidata
	schemaTyped                // knows the kinds of names alone
)

func (r *matchingRecord) schema() schema {
	isOurs := func(n labelledName) bool { return n.CompanyID != nil }
	isLinked := func(n labelledName) bool { return n.WikidataID != nil }
	isTyped := func(n labelledName) bool { return n.Type != "" }
	switch {
	case r.Alias != "" || slices.ContainsFunc(r.Mentions, isOurs):
		return schemaOwn
	case slices.ContainsFunc(r.Mentions, isLinked):
		return schemaLinked
	case slices.ContainsFunc(r.Mentions, isTyped) || r.Title == nil:
		return schemaTyped
	}
	return schemaLinked
}

// locate turns the offsets into bytes and holds them against the text.
func (r *matchingRecord) locate() error {
	if r.Text == "" {
		return fmt.Errorf("line %q has no text", r.ID)
	}
	for i := range r.Mentions {
		n := &r.Mentions[i]
		if n.Start == -1 && n.End == -1 { // named in the title alone
			n.from, n.to = -1, -1
			continue
		}
		var err error
		if n.from, n.to, err = byteSpan(r.Text, n.Start, n.End); err != nil {
			return fmt.Errorf("mention %q: %w", n.Text, err)
		}
		if got := r.Text[n.from:n.to]; got != n.Text {
			return fmt.Errorf("mention %d to %d is %q, the text there reads %q", n.Start, n.End, n.Text, got)
		}
	}
	return nil
}

// judgedSpan is the part of the text whose names are labelled, in bytes.
func (r *matchingRecord) judgedSpan() (from, to int) {
	if len(r.EvaluationSpan) == 2 {
		if from, to, err := byteSpan(r.Text, r.EvaluationSpan[0], r.EvaluationSpan[1]); err == nil {
			return from, to
		}
	}
	return 0, len(r.Text)
}

// isLabelled says whether any label touches the place.
func (r *matchingRecord) isLabelled(p place) bool {
	return slices.ContainsFunc(r.Mentions, func(n labelledName) bool { return n.from < p.to && p.from < n.to })
}

// coverage counts the words of a source that have a capital inside a sentence,
// and those of them that no label touches.
type coverage struct{ capitals, outside int }

// A source labels only some of its names if more than mostOutside of such words
// stand outside labels. Where every name is labelled it is a tenth or less.
const (
	mostOutside    = 0.25
	fewestCapitals = 20
)

func (r *matchingRun) cover(record matchingRecord) {
	c := r.coverage[record.Source]
	if c == nil {
		c = &coverage{}
		r.coverage[record.Source] = c
	}
	before, beforeThat := ' ', ' '
	for at, letter := range record.Text {
		if unicode.IsUpper(letter) && before == ' ' && (unicode.IsLower(beforeThat) || beforeThat == ',') {
			if next, _ := utf8.DecodeRuneInString(record.Text[at+utf8.RuneLen(letter):]); unicode.IsLower(next) {
				c.capitals++
				if !record.isLabelled(place{at, at + 1}) {
					c.outside++
				}
			}
		}
		beforeThat, before = before, letter
	}
}

// isPartial says whether a source labels only some of its names, so that a name
// without a label proves nothing.
func (r *matchingRun) isPartial(source string) bool {
	c := r.coverage[source]
	return c != nil && c.capitals >= fewestCapitals && float64(c.outside) > mostOutside*float64(c.capitals)
}
