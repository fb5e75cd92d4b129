package tone

// Validation is what a language that has no model of its own was measured at, on our
// development set (transform/testdata/tone/dev.jsonl). Languages stand here if the
// lower end of the 95 % interval of accuracy (Wilson) is above the share of the most
// frequent label.
type Validation struct {
	Language string
	Rows     int
	MacroF1  float64
	Accuracy float64
	Majority float64 // accuracy of always saying the most frequent label
}

// lexical are the languages that are judged by their lexicon.
var lexical = []Validation{}

// Validated lists the languages that are judged by their lexicon with their figures.
func Validated() []Validation { return lexical }
