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
// right in the development half of our gold (transform/testdata/matching/dev.jsonl,
// 599 texts, measured 2026-11-23), drawn towards what had been judged before it was
// measured as if that were ten cases more. Companies that the labels are older
// than count as right. eval matching holds the table against any other set.
//
// The gold is about names that are hard, half of it about their other senses:
// where most texts mean the company the probabilities are too low rather than
// too high.
var grounds = [...]struct {
	name         string
	judged       float64 // before it was measured
	right, cases int
}{
	groundSure:         {"A", 0.98, 133, 137},
	groundTwoHan:       {"A of two Han characters", 0.95, 4, 4},
	groundSpanAlone:    {"B alone", 0.9, 25, 27},
	groundSpanSome:     {"B with some context", 0.95, 7, 7},
	groundSpanMuch:     {"B with much context", 0.97, 1, 1},
	groundSpanUnsure:   {"B unsure with context", 0.8, 7, 8},
	groundAnchorSome:   {"C with some context", 0.8, 110, 114},
	groundAnchorMuch:   {"C with much context", 0.9, 29, 29},
	groundAnchorUnsure: {"C unsure with context", 0.7, 42, 43},
	groundContested:    {"B or C against another sense", 0.7, 6, 8},
}

// judgedWeight is how many cases the judgement before the measurement is worth.
const judgedWeight = 10

// probability of a mention that rests on g, with two places.
func (g ground) probability() float64 {
	row := &grounds[g]
	share := (float64(row.right) + judgedWeight*row.judged) / float64(row.cases+judgedWeight)
	return math.Round(share*100) / 100
}
