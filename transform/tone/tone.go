// Package tone judges whether what is said of a company is good or bad for it: the
// tone towards the company, not of the page.
//
//	model, err := tone.Load()
//	judged, ok := model.Judge(article.Language, mention.Quotes)
//
// A sentence is read around the name (tokens, features): what is said, on which side
// of the name, how far from it, denied or not. A linear model of the language
// (transform/linear) makes three probabilities of it. English and Russian have a
// model of their own; the other languages of the table (languages.go) share one that
// knows words only through the lexicon of the language (words/). A language that was
// not measured, or on which its measure is no better than saying always the same,
// is not judged: no tone is better than a made-up one.
//
// The probabilities are calibrated, not certain. Counts over many texts are to be
// corrected for how the model errs (Adjust, Expect). What it was trained on, how good
// it is and where it ends is told in MODEL.md; `overheard train tone` makes it again.
package tone

import (
	"math"
	"slices"

	"github.com/overheard-news/overheard/transform/linear"
	"github.com/overheard-news/overheard/transform/match"
)

// Tone is how likely a text is negative, neutral or positive towards the company;
// the three sum to 1.
type Tone struct{ Negative, Neutral, Positive float64 }

// Net is Positive minus Negative, -1 to 1.
func (t Tone) Net() float64 { return t.Positive - t.Negative }

// Model judges the languages it was made for. It is safe for concurrent use.
type Model struct {
	judges map[string]*judge // by name; shared is that of the lexical languages
	lexica map[string]*lexicon
}

// shared is the name of the model that reads lexicons alone.
const shared = "shared"

// judge is a linear model with what makes probabilities and labels of its scores.
type judge struct {
	linear      *linear.Model
	calibration calibration
	offsets     [3]float64 // added to log probabilities before one label is chosen
	confusion   Confusion
	groups      groups
}

// weights of the quotes of a mention, by where they stand: the salience of the method.
var weights = map[string]float64{"headline": 1, "lead": 0.6}

// weightElsewhere is that of the other positions.
const weightElsewhere = 0.35

// Judge tells the tone of the quotes towards the company they name. False: the
// language is not judged, or there is nothing to read.
//
// Each quote is judged alone and the probabilities are averaged, weighted by salience:
// a mean is calibrated if its parts are, does not depend on the order of the quotes,
// and one strong sentence in the body cannot turn over a headline.
func (m *Model) Judge(language string, quotes []match.Quote) (Tone, bool) {
	j := m.judgeOf(language)
	if j == nil {
		return Tone{}, false
	}
	var sum Tone
	total := 0.0
	for _, q := range quotes {
		if q.Start < 0 || q.End < q.Start || q.End > len(q.Text) || q.Text == "" {
			continue
		}
		weight, isKnown := weights[q.Position]
		if !isKnown {
			weight = weightElsewhere
		}
		features, values := read(language, q.Text, q.Start, q.End, m.lexica[language], j.groups)
		p := j.calibration.apply(j.linear.Scores(features, values))
		sum.Negative += weight * p[0]
		sum.Neutral += weight * p[1]
		sum.Positive += weight * p[2]
		total += weight
	}
	if total == 0 {
		return Tone{}, false
	}
	return Tone{sum.Negative / total, sum.Neutral / total, sum.Positive / total}, true
}

// judgeOf returns what judges a language; nil: nothing does.
func (m *Model) judgeOf(language string) *judge {
	if j := m.judges[language]; j != nil && language != shared {
		return j
	}
	if slices.ContainsFunc(lexical, func(v Validation) bool { return v.Language == language }) {
		return m.judges[shared]
	}
	return nil
}

// Label chooses one label, -1, 0 or 1: the likeliest after the rare ones are helped
// as far as macro-F1 gains by it (Model card, thresholds).
func (m *Model) Label(language string, t Tone) int {
	j := m.judgeOf(language)
	best, most := 0, math.Inf(-1)
	for c, p := range []float64{t.Negative, t.Neutral, t.Positive} {
		score := math.Log(max(p, 1e-12))
		if j != nil {
			score += j.offsets[c]
		}
		if score > most {
			best, most = c, score
		}
	}
	return best - 1
}

// Confusion tells how the model errs in a language; false: it is not judged.
func (m *Model) Confusion(language string) (Confusion, bool) {
	j := m.judgeOf(language)
	if j == nil {
		return Confusion{}, false
	}
	return j.confusion, true
}

// Languages lists those that are judged, sorted.
func (m *Model) Languages() []string {
	var list []string
	for language := range m.lexica {
		if m.judgeOf(language) != nil {
			list = append(list, language)
		}
	}
	slices.Sort(list)
	return list
}
