package match

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

// grounds are the rows of the table of probabilities.
var grounds = [...]struct {
	name        string
	probability float64
}{
	refused:            {"", 0},
	groundSure:         {"A", 0.98},
	groundTwoHan:       {"A of two Han characters", 0.95},
	groundSpanAlone:    {"B alone", 0.9},
	groundSpanSome:     {"B with some context", 0.95},
	groundSpanMuch:     {"B with much context", 0.95},
	groundSpanUnsure:   {"B unsure with context", 0.8},
	groundAnchorSome:   {"C with some context", 0.8},
	groundAnchorMuch:   {"C with much context", 0.85},
	groundAnchorUnsure: {"C unsure with context", 0.7},
	groundContested:    {"B or C against another sense", 0.7},
}
