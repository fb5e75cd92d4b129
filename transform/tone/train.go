package tone

// How the model is made. The sentences of a language are dealt into five folds by
// their hash, so that all rows of one sentence stay together. Five linear models are
// fitted, each without its fold; every row is thus judged once by a model that has not
// seen its sentence, which gives the figures, the calibration, the thresholds and the
// confusion. The model that ships is the mean of the five.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"log/slog"
	"math"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/overheard-news/overheard/transform/linear"
)

// Case is one labelled target in a sentence.
type Case struct {
	Language   string
	Source     string
	Text       string
	Start, End int // bytes of the target; equal: the whole text is meant
	Label      int // -1, 0 or 1
}

// HeldOut says whether a sentence is kept from every training, for measuring: a fifth
// of RuSentNE, which has no development part with labels that shares no sentence with
// its training part.
func HeldOut(source, text string) bool {
	return strings.HasPrefix(source, "rusentne") && (dealt("held", text)>>7)%5 == 0
}

// dealt is a hash of a text for one purpose.
func dealt(purpose, text string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(purpose + text))
	return h.Sum32()
}

const (
	folds     = 5
	stopShare = 10 // one in so many sentences of the rest tells when to stop
	foldShift = 3  // bits of the hash that are not used: FNV's low bits are weak
	stopShift = 5
	ownModels = 300 // rows a language needs for a model of its own
)

// recipe is how one model is fitted.
type recipe struct {
	name       string
	groups     groups
	l2         float64
	minCount   int
	classes    []float64 // weights
	isRatioed  bool
	features   int // at most
	isForCases func(Case) bool
	weight     func(Case) float32
}

// recipes were chosen by cross-validation on the training rows (MODEL.md).
func recipes() []recipe {
	all := func(Case) float32 { return 1 }
	return []recipe{
		{
			name: "en", groups: groupsOf("en"), l2: 5e-5, minCount: 3, isRatioed: true, features: 110_000,
			isForCases: func(c Case) bool { return c.Language == "en" }, weight: all,
		},
		{
			name: "ru", groups: groupsOf("ru"), l2: 1e-4, minCount: 3, isRatioed: true, features: 60_000,
			isForCases: func(c Case) bool { return c.Language == "ru" }, weight: all,
		},
		{
			name: shared, groups: lexicalGroups, l2: 1e-4, minCount: 3, features: 10_000,
			isForCases: func(Case) bool { return true },
			weight: func(c Case) float32 {
				if c.Language == "ru" && c.Label == 0 {
					return 0.4
				}
				return 1
			},
		},
	}
}

// Fit is what a training tells of one model.
type Fit struct {
	Name     string
	Rows     int
	Features int
	Bytes    int
	MacroF1  float64 // of rows judged by a model that has not seen their sentence
	LogLoss  float64
	Prior    Shares
}

// Train makes the model from labelled cases; rows that are held out are left out. It
// needs English and Russian ones. The same cases give the same bytes, in any order.
func Train(ctx context.Context, log *slog.Logger, cases []Case) (*Model, []Fit, error) {
	m := &Model{judges: map[string]*judge{}}
	cases = sortedCases(cases)
	var fits []Fit
	for _, r := range recipes() {
		var own []Case
		for _, c := range cases {
			if r.isForCases(c) && !HeldOut(c.Source, c.Text) {
				own = append(own, c)
			}
		}
		if len(own) < ownModels {
			return nil, nil, fmt.Errorf("model %s: %d labelled rows, at least %d are needed: give the training files of both languages", r.name, len(own), ownModels)
		}
		j, fit, err := r.fit(ctx, own)
		if err != nil {
			return nil, nil, fmt.Errorf("model %s: %w", r.name, err)
		}
		log.Info("tone model fitted", "name", fit.Name, "rows", fit.Rows, "macro_f1", fit.MacroF1, "features", fit.Features)
		m.judges[r.name] = j
		fits = append(fits, fit)
	}
	var err error
	m.lexica, err = readLexica()
	return m, fits, err
}

func (r recipe) fit(ctx context.Context, cases []Case) (*judge, Fit, error) {
	examples, err := r.examples(cases)
	if err != nil {
		return nil, Fit{}, err
	}
	models, scores, err := r.cross(ctx, cases, examples)
	if err != nil {
		return nil, Fit{}, err
	}
	mean, err := linear.Average(models...)
	if err != nil {
		return nil, Fit{}, err
	}
	j := &judge{linear: mean.Pruned(r.features).Quantised(), groups: r.groups}
	labels := make([]int, len(cases))
	for i, e := range examples {
		labels[i] = e.Label
	}
	if j.calibration, err = calibrate(scores, labels); err != nil {
		return nil, Fit{}, err
	}
	j.calibration.round()
	probabilities := make([][]float64, len(scores))
	for i, s := range scores {
		probabilities[i] = j.calibration.apply(s)
	}
	j.offsets = offsets(probabilities, labels)
	j.confusion = confusionOf(probabilities, labels)
	fit := Fit{Name: r.name, Rows: len(cases), Features: j.linear.Features(), Bytes: len(j.linear.Encode()), Prior: j.confusion.Prior}
	chosen := make([]int, len(labels))
	for i, p := range probabilities {
		var s [3]float64
		for c := range p {
			s[c] = math.Log(max(p[c], 1e-12)) + j.offsets[c]
		}
		chosen[i] = highest(s[0], s[1], s[2])
		fit.LogLoss -= math.Log(max(p[labels[i]], 1e-12)) / float64(len(labels))
	}
	fit.MacroF1 = MacroF1(labels, chosen)
	return j, fit, nil
}

func (r recipe) examples(cases []Case) ([]linear.Example, error) {
	lexica := map[string]*lexicon{}
	examples := make([]linear.Example, len(cases))
	for i, c := range cases {
		lex := lexica[c.Language]
		if lex == nil {
			var err error
			if lex, err = readLexicon(c.Language); err != nil {
				return nil, err
			}
			lexica[c.Language] = lex
		}
		e := linear.Example{Label: c.Label + 1, Weight: r.weight(c)}
		e.Features, e.Values = read(c.Language, c.Text, c.Start, c.End, lex, r.groups)
		examples[i] = e
	}
	return examples, nil
}

// cross fits a model without each fold and gives every row the scores of the model
// that has not seen it.
func (r recipe) cross(ctx context.Context, cases []Case, examples []linear.Example) ([]*linear.Model, [][]float64, error) {
	models, faults, scores := make([]*linear.Model, folds), make([]error, folds), make([][]float64, len(cases))
	free := make(chan struct{}, max(1, runtime.GOMAXPROCS(0)))
	var all sync.WaitGroup
	for fold := range folds {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			if faults[fold] = ctx.Err(); faults[fold] != nil {
				return
			}
			var seen, stop []linear.Example
			for i, c := range cases {
				switch {
				case foldOf(c.Text) == fold:
				case (dealt("stop", c.Text)>>stopShift)%stopShare == 0:
					stop = append(stop, examples[i])
				default:
					seen = append(seen, examples[i])
				}
			}
			models[fold], faults[fold] = linear.Train(seen, linear.Config{
				Classes: 3, L2: r.l2, MinCount: r.minCount, Weights: r.classes, HeldOut: stop, IsRatioScaled: r.isRatioed,
			})
			if faults[fold] != nil {
				return
			}
			for i, c := range cases {
				if foldOf(c.Text) == fold {
					scores[i] = models[fold].Scores(examples[i].Features, examples[i].Values)
				}
			}
		})
	}
	all.Wait()
	return models, scores, errors.Join(faults...)
}

func foldOf(text string) int { return int(dealt("fold", text)>>foldShift) % folds }

// confusionOf measures how probabilities err.
func confusionOf(probabilities [][]float64, labels []int) Confusion {
	var c Confusion
	var count [3]float64
	for i, p := range probabilities {
		l := labels[i]
		count[l]++
		for j := range p {
			c.Judged[l][j] += p[j]
		}
	}
	for l := range count {
		c.Prior[l] = rounded(count[l] / float64(len(labels)))
		for j := range c.Judged[l] {
			c.Judged[l][j] = rounded(c.Judged[l][j] / max(1, count[l]))
		}
	}
	return c
}

// rounded keeps six decimals: enough, and the same in the file as in memory.
func rounded(x float64) float64 { return math.Round(x*1e6) / 1e6 }

func (c *calibration) round() {
	for to := range c.matrix {
		c.bias[to] = rounded(c.bias[to])
		for from := range c.matrix[to] {
			c.matrix[to][from] = rounded(c.matrix[to][from])
		}
	}
}

// sortedCases orders cases so that the order of files does not matter.
func sortedCases(cases []Case) []Case {
	cases = slices.Clone(cases)
	slices.SortStableFunc(cases, func(a, b Case) int {
		return cmp.Or(cmp.Compare(a.Language, b.Language), cmp.Compare(a.Text, b.Text), cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Label, b.Label))
	})
	return cases
}
