package match

// ground is what the decision for a company rests on: the class of the name that
// decides, and the best that the document says for it.
type ground uint8

const (
	refused ground = iota
	groundSure
	groundTwoHan
	groundSpanDefined
	groundSpanAnchored
	groundSpanAlone
	groundSpanUnsure
	groundAnchorDefined
	groundAnchorMany
	groundAnchorOne
	groundAnchorKin
	groundAnchorTrade
	groundAnchorUnsure
	groundContested
)

// grounds are the rows of the table of probabilities.
var grounds = [...]struct {
	name        string
	probability float64
}{
	refused:             {"", 0},
	groundSure:          {"A", 0.98},
	groundTwoHan:        {"A of two Han characters", 0.95},
	groundSpanDefined:   {"B spelled out", 0.95},
	groundSpanAnchored:  {"B with an anchor", 0.95},
	groundSpanAlone:     {"B alone", 0.9},
	groundSpanUnsure:    {"B unsure with an anchor", 0.8},
	groundAnchorDefined: {"C spelled out", 0.85},
	groundAnchorMany:    {"C with two anchors or more", 0.85},
	groundAnchorOne:     {"C with one anchor", 0.8},
	groundAnchorKin:     {"C beside a relative", 0.8},
	groundAnchorTrade:   {"C beside a Chinese trade", 0.8},
	groundAnchorUnsure:  {"C unsure with an anchor", 0.7},
	groundContested:     {"B or C against another sense", 0.7},
}
