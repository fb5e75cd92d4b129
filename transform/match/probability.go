package match

import "math"

// ground is what the decision for a company rests on: the class of the name that
// decides, and how much the document says for it.
type ground uint8

const (
	refused ground = iota
	groundSure
	groundTwoHan
	groundSpanAlone
	groundSpanSome
	groundSpanMuch
	groundSpanUnsure
	groundAnchorSome
	groundAnchorMuch
	groundAnchorUnsure
	groundContested
)

// grounds is the table of probabilities. Each is the share of mentions that were
// right in the development half of our gold (transform/testdata/matching/dev*.jsonl,
// 901 texts, measured 2026-11-23), drawn towards what had been judged before it was
// measured: the cues of other senses were written with these texts in view, so
// the measured share alone would promise too much. eval matching holds the table
// against any other set.
var grounds = [...]struct {
	name         string
	judged       float64 // before it was measured
	right, cases int
}{
	groundSure:         {"A", 0.98, 250, 258},
	groundTwoHan:       {"A of two Han characters", 0.95, 9, 9},
	groundSpanAlone:    {"B alone", 0.9, 20, 20},
	groundSpanSome:     {"B with some context", 0.95, 8, 8},
	groundSpanMuch:     {"B with much context", 0.97, 1, 1},
	groundSpanUnsure:   {"B unsure with context", 0.8, 9, 10},
	groundAnchorSome:   {"C with some context", 0.8, 136, 142},
	groundAnchorMuch:   {"C with much context", 0.9, 39, 40},
	groundAnchorUnsure: {"C unsure with context", 0.7, 46, 46},
	groundContested:    {"B or C against another sense", 0.7, 9, 10},
}

// judgedWeight is how many cases the judgement before the measurement is worth.
const judgedWeight = 40

// probability of a mention that rests on g, with two places.
func (g ground) probability() float64 {
	row := &grounds[g]
	share := (float64(row.right) + judgedWeight*row.judged) / float64(row.cases+judgedWeight)
	return math.Round(share*100) / 100
}
