package dimension

// What a linear model makes of the rules. It is given how far the rules believe in
// each dimension, which rules fired, and the words of the sentence, and is held
// against the rules alone on texts it has not seen. It ships only if it is better;
// so far it is not (see the figures of overheard train dimensions), and the rules
// speak alone.

import (
	"errors"
	"fmt"
	"slices"

	"github.com/overheard-news/overheard/transform/linear"
	"github.com/overheard-news/overheard/transform/match"
)

// Text is a text whose dimensions are known.
type Text struct {
	Language   string
	Quote      match.Quote
	Dimensions []string
}

// Comparison holds the macro-F1 over held-out texts of the rules alone, of a linear
// model over the words, and of one over rules and words.
type Comparison struct {
	Texts int     `json:"texts"`
	Folds int     `json:"folds"`
	Rules float64 `json:"rules"`
	Words float64 `json:"words"`
	Both  float64 `json:"rules_and_words"`
}

// ErrTexts says that texts cannot be learned from.
var ErrTexts = errors.New("texts cannot be learned from")

// penalty of the weights: of 1e-3, 1e-2, 3e-2 and 1e-1 the one that is kindest to
// the model. The verdict is the same with each.
const penalty = 1e-3

// Compare cross-validates: the texts of each language are dealt out to the folds in
// their order, and each fold is labelled by what was learned from the others. Texts
// in languages without rules are left out.
func (l *Labeller) Compare(texts []Text, folds int) (Comparison, error) {
	cases, err := l.cases(texts, folds)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{Texts: len(cases), Folds: folds}
	c.Rules = macroF1(cases, func(k *learnCase, d int) bool { return k.belief[d] >= threshold })
	for _, kind := range []struct {
		score    *float64
		features func(*learnCase) []uint32
	}{
		{&c.Words, func(k *learnCase) []uint32 { return k.words }},
		{&c.Both, func(k *learnCase) []uint32 { return slices.Concat(k.rules, k.words) }},
	} {
		for i := range cases {
			cases[i].features = kind.features(&cases[i])
		}
		said, err := crossValidate(cases, folds)
		if err != nil {
			return Comparison{}, err
		}
		*kind.score = macroF1(cases, func(k *learnCase, d int) bool { return said[k.number][d] })
	}
	return c, nil
}

// learnCase is one text on its way through the folds.
type learnCase struct {
	number, fold int
	isPresent    []bool    // by dimension
	belief       []float64 // of the rules, by dimension
	rules, words []uint32
	features     []uint32 // those in use
}

func (l *Labeller) cases(texts []Text, folds int) ([]learnCase, error) {
	if folds < 2 {
		return nil, fmt.Errorf("%w: %d folds, give 2 or more", ErrTexts, folds)
	}
	var cases []learnCase
	dealt := map[string]int{}
	r := &reader{}
	for _, text := range texts {
		s := l.sets[primary(text.Language)]
		if s == nil {
			continue
		}
		k := learnCase{number: len(cases), fold: dealt[s.language] % folds}
		dealt[s.language]++
		for _, name := range dimensions {
			k.isPresent = append(k.isPresent, slices.Contains(text.Dimensions, name))
		}
		var v vote
		for _, f := range s.read(r, text.Quote.Text, nameSpan{text.Quote.Start, text.Quote.End}) {
			v.add(s.rules[f.rule], f, 0)
			k.rules = append(k.rules, linear.Hash("rule "+s.rules[f.rule].id))
		}
		for d, name := range dimensions {
			belief, _ := v.belief(d)
			k.belief = append(k.belief, belief)
			k.rules = append(k.rules, linear.Hash(fmt.Sprintf("belief %s %.0f", name, 5*belief)))
		}
		for i := range r.tokens.list {
			k.words = append(k.words, linear.Hash("word "+s.language+" "+stem(r.tokens.word(i))))
		}
		cases = append(cases, k)
	}
	if len(cases) < folds {
		return nil, fmt.Errorf("%w: %d in languages with rules are too few for %d folds", ErrTexts, len(cases), folds)
	}
	return cases, nil
}

// stem is a word without most of its endings: its first five characters.
func stem(word []byte) string {
	runes := []rune(string(word))
	return string(runes[:min(5, len(runes))])
}

// crossValidate learns each dimension from all folds but one and labels that one.
func crossValidate(cases []learnCase, folds int) ([][]bool, error) {
	said := make([][]bool, len(cases))
	for i := range said {
		said[i] = make([]bool, len(dimensions))
	}
	for d := range dimensions {
		for fold := range folds {
			var examples []linear.Example
			for _, k := range cases {
				if k.fold == fold {
					continue
				}
				e := linear.Example{Features: k.features}
				if k.isPresent[d] {
					e.Label = 1
				}
				examples = append(examples, e)
			}
			model, err := linear.Train(examples, linear.Config{Classes: 2, L2: penalty})
			if err != nil {
				return nil, fmt.Errorf("learn %s: %w", dimensions[d], err)
			}
			for _, k := range cases {
				if k.fold == fold {
					said[k.number][d] = model.Probabilities(k.features, nil)[1] >= threshold
				}
			}
		}
	}
	return said, nil
}

// macroF1 is the mean over the dimensions of the F1 of their presence.
func macroF1(cases []learnCase, says func(*learnCase, int) bool) float64 {
	sum := 0.0
	for d := range dimensions {
		right, total := 0, 0
		for i := range cases {
			isSaid := says(&cases[i], d)
			if isSaid && cases[i].isPresent[d] {
				right++
			}
			if isSaid {
				total++
			}
			if cases[i].isPresent[d] {
				total++
			}
		}
		if total == 0 {
			sum++
			continue
		}
		sum += 2 * float64(right) / float64(total)
	}
	return sum / float64(len(dimensions))
}
