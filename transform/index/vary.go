package index

import (
	"context"
	"math"
	"slices"
	"strings"
)

// Variation says where a company would stand by other methods, and what its
// position hangs on. All is zero for a comparator.
type Variation struct {
	RankLow, RankHigh int // over all variants, the published method among them

	// What moves the position furthest when it is left out, if that is further
	// than Constants.MarkPlaces: an indicator, an index into Input.Outlets.
	HasDecidingIndicator bool
	DecidingIndicator    Indicator
	HasDecidingOutlet    bool
	DecidingOutlet       int
}

// MethodVariant says how far the ranking by another method is from the published.
// For weights, tau and the mean are means over the draws.
type MethodVariant struct {
	Name           string
	KendallTau     float64 // 1: the same order, -1: reversed
	RankChangeMean float64 // places
	RankChangeMax  int
}

const (
	weightDraws     = 100
	weightVariation = 0.25 // standard deviation of a weight's factor, its mean 1
)

// methodVariants are the variants but the weights, in the order of their names.
var methodVariants = []struct {
	name    string
	weights Weights
}{
	{"arithmetic", Weights{Mean: Arithmetic}},
	{"copeland", Weights{Mean: Copeland}},
	{"copy_credit_3", Weights{CopyCreditLogFactor: 0.3}},
	{"copy_credit_7", Weights{CopyCreditLogFactor: 0.7}},
	{"half_life_10", Weights{HalfLifeNights: 10}},
	{"half_life_5", Weights{HalfLifeNights: 5}},
	{"percentiles", Weights{Scale: Percentiles}},
	{"z_scores", Weights{Scale: ZScores}},
}

// Vary computes the night by every variant of the method, and without each
// indicator and each outlet. Variations are in the order of in.Companies. The
// number of workers changes nothing but the time. An error is that of ctx alone.
func Vary(ctx context.Context, in *Input, workers int) ([]Variation, []MethodVariant, error) {
	published := Evaluate(in, nil)
	v := &varying{in: in, published: published.Rank, found: make([]Variation, len(in.Companies))}
	for c, rank := range published.Rank {
		v.found[c].RankLow, v.found[c].RankHigh = rank, rank
	}
	var methods []MethodVariant
	e := NewEvaluator(in)
	s := newScores(len(in.Companies))
	for _, variant := range methodVariants {
		e.evaluate(&variant.weights, s)
		v.widen(s.Rank, s.Rank)
		methods = append(methods, v.compare(variant.name, [][]int{s.Rank}))
	}
	e.evaluate(nil, s)
	methods = append(methods, v.varyWeights(e, s))
	slices.SortFunc(methods, func(a, b MethodVariant) int { return strings.Compare(a.Name, b.Name) })
	v.leaveOutIndicators(e, s)
	return v.found, methods, v.leaveOutOutlets(ctx, workers)
}

// varying is what the variants share.
type varying struct {
	in        *Input
	published []int
	found     []Variation
}

// widen lets the intervals reach from low to high.
func (v *varying) widen(low, high []int) {
	for c := range v.found {
		v.found[c].RankLow = min(v.found[c].RankLow, low[c])
		v.found[c].RankHigh = max(v.found[c].RankHigh, high[c])
	}
}

// varyWeights draws all weights anew, again and again. The interval takes the 5th
// and 95th percentile of the draws: their extremes would grow with their number.
func (v *varying) varyWeights(e *Evaluator, s *Scores) MethodVariant {
	draws := make([][]int, weightDraws)
	for i := range draws {
		e.reweigh(drawWeights(uint64(i)+1), s)
		draws[i] = slices.Clone(s.Rank)
	}
	low, high := make([]int, len(v.found)), make([]int, len(v.found))
	ranks := make([]int32, weightDraws)
	for c := range v.found {
		for i, draw := range draws {
			ranks[i] = int32(draw[c])
		}
		slices.Sort(ranks)
		low[c] = int(percentile(ranks, intervalTail))
		high[c] = int(percentile(ranks, 1-intervalTail))
	}
	v.widen(low, high)
	return v.compare("weights", draws)
}

// drawWeights draws a factor for each indicator and pillar, evenly from
// 1 - sqrt(3) * weightVariation to 1 + sqrt(3) * weightVariation, by the hash of
// its name and the number of the draw.
func drawWeights(draw uint64) *Weights {
	w := &Weights{Indicators: make([]float64, IndicatorCount), Pillars: make([]float64, PillarCount)}
	for i, name := range indicatorNames {
		w.Indicators[i] = weightFactor(name, draw)
	}
	for p, name := range pillarNames {
		w.Pillars[p] = weightFactor(name, draw)
	}
	return w
}

func weightFactor(name string, draw uint64) float64 {
	share := float64(random(HashOf(name), draw)>>11) / (1 << 53)
	return 1 + float64(weightVariation*math.Sqrt(3)*(2*share-1))
}

// reweigh computes scores again from the indicators in s.
func (e *Evaluator) reweigh(w *Weights, s *Scores) {
	e.rescale(w, s)
	for c := range e.in.Companies {
		e.combine(c, w, s)
	}
	e.rank(w, s)
}

// leaveOutIndicators finds the indicator each position hangs on.
func (v *varying) leaveOutIndicators(e *Evaluator, s *Scores) {
	furthest := make([]int, len(v.found))
	for i := range IndicatorCount {
		w := &Weights{Indicators: ones(IndicatorCount)}
		w.Indicators[i] = 0
		e.reweigh(w, s)
		for c := range v.found {
			if moved := v.moved(c, s.Rank); moved > max(furthest[c], v.in.Constants.MarkPlaces) {
				furthest[c] = moved
				v.found[c].HasDecidingIndicator, v.found[c].DecidingIndicator = true, Indicator(i)
			}
		}
	}
}

// leaveOutOutlets finds the outlet each position hangs on.
func (v *varying) leaveOutOutlets(ctx context.Context, workers int) error {
	outlets := len(v.in.Outlets)
	ranks := make([]int32, outlets*len(v.found))
	err := spreadOver(ctx, outlets, workers, func() func(int) {
		e, s := NewEvaluator(v.in), newScores(len(v.found))
		w := &Weights{Outlets: ones(outlets)}
		e.sums.add(v.in, w)
		return func(o int) {
			w.Outlets[o] = 0
			e.score(w, s)
			w.Outlets[o] = 1
			for c, rank := range s.Rank {
				ranks[o*len(v.found)+c] = int32(rank)
			}
		}
	})
	if err != nil {
		return err
	}
	for c := range v.found {
		furthest := v.in.Constants.MarkPlaces
		for o := range outlets {
			rank := int(ranks[o*len(v.found)+c])
			if moved := distance(rank, v.published[c]); moved > furthest {
				furthest = moved
				v.found[c].HasDecidingOutlet, v.found[c].DecidingOutlet = true, o
			}
		}
	}
	return nil
}

// moved is how far a company stands from its published position.
func (v *varying) moved(c int, ranks []int) int { return distance(ranks[c], v.published[c]) }

func distance(a, b int) int { return max(a-b, b-a) }

// compare holds orders against the published one.
func (v *varying) compare(name string, orders [][]int) MethodVariant {
	result := MethodVariant{Name: name}
	for _, ranks := range orders {
		result.KendallTau += kendall(v.published, ranks) / float64(len(orders))
		moved, ranked := 0, 0
		for c, rank := range v.published {
			if rank > 0 {
				ranked++
				places := v.moved(c, ranks)
				moved += places
				result.RankChangeMax = max(result.RankChangeMax, places)
			}
		}
		result.RankChangeMean += float64(moved) / float64(max(ranked, 1)) / float64(len(orders))
	}
	return result
}

// kendall is Kendall's tau of two orders without ties (Kendall 1938): pairs in the
// same order less pairs in the other, as a share of all. Companies without a
// position do not count; one company alone agrees with itself.
func kendall(a, b []int) float64 {
	same, other := 0, 0
	for i := range a {
		for j := range i {
			switch {
			case a[i] == 0 || a[j] == 0:
			case (a[i] < a[j]) == (b[i] < b[j]):
				same++
			default:
				other++
			}
		}
	}
	if same+other == 0 {
		return 1
	}
	return float64(same-other) / float64(same+other)
}

func ones(n int) []float64 {
	list := make([]float64, n)
	for i := range list {
		list[i] = 1
	}
	return list
}
