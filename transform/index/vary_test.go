package index

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestKendall(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		a, b []int
		want float64
	}{
		{"the same", []int{1, 2, 3, 4}, []int{1, 2, 3, 4}, 1},
		{"reversed", []int{1, 2, 3, 4}, []int{4, 3, 2, 1}, -1},
		{"one pair of six changed", []int{1, 2, 3, 4}, []int{2, 1, 3, 4}, 4.0 / 6},
		{"comparators do not count", []int{1, 0, 2}, []int{1, 0, 2}, 1},
		{"nobody to compare", []int{1}, []int{1}, 1},
	} {
		if got := kendall(c.a, c.b); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%s: %g, want %g", c.name, got, c.want)
		}
	}
}

// scores are an evaluator and scores of companies with given attention alone.
func scoresOf(transformed ...float64) (*Evaluator, *Scores) {
	p := press{outlets: 1, countries: 1, companies: len(transformed)}
	e, s := NewEvaluator(p.empty()), newScores(len(transformed))
	for i := range s.Indicators {
		s.Indicators[i].IsMissing = true
	}
	for c, f := range transformed {
		s.Indicators[c*IndicatorCount] = IndicatorScore{Raw: exp(f), Transformed: f}
	}
	return e, s
}

func TestScales(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		scale Scale
		want  []float64
	}{
		// Goalposts are -11.5 and -5: 0 at or below the lower, 120 at the most.
		{"goalposts", Goalposts, []float64{0, 100 * 6.5 / 6.5, 120}},
		// Mean -5, deviation sqrt(2/3) * 7 = 5.7155.
		{"z-scores", ZScores, []float64{50 - 20*7/5.715476066494082, 50, 50 + 20*7/5.715476066494082}},
		// One of three is equal to itself and counts by half.
		{"percentiles", Percentiles, []float64{100.0 / 6, 50, 500.0 / 6}},
	} {
		e, s := scoresOf(-12, -5, 2)
		e.rescale(&Weights{Scale: c.scale}, s)
		for company, want := range c.want {
			if got := s.Indicator(company, Attention).Normalised; math.Abs(got-want) > 1e-9 {
				t.Errorf("%s of company %d: %g, want %g", c.name, company, got, want)
			}
		}
	}
}

// TestCopeland: the third company is best in nothing but mean; it wins no pair by
// weight of pillars that it does not win by two of three.
func TestCopeland(t *testing.T) {
	t.Parallel()
	e, s := scoresOf(0, 0, 0)
	pillars := [][]float64{{90, 10, 10}, {20, 60, 60}, {80, 50, 5}} // spread .4, influence .3, reputation .3
	for c, scores := range pillars {
		for p, score := range scores {
			s.Pillars[c*PillarCount+p] = PillarScore{Score: score, Weight: e.in.Pillars[p].Weight}
		}
	}
	e.rank(&Weights{Mean: Copeland}, s)
	// 1 beats 0 by .6 to .4; 2 loses to 0 (.4 + .3 against .3 for influence), and
	// to 1 by .6 to .4.
	if diff := cmp.Diff([]float64{0, 2, -2}, s.Score); diff != "" {
		t.Errorf("pairs differ (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{2, 1, 3}, s.Rank); diff != "" {
		t.Errorf("ranks differ (-want +got):\n%s", diff)
	}
}

// TestWeightFactors: mean 1 and the declared variation over many draws.
func TestWeightFactors(t *testing.T) {
	t.Parallel()
	var sum, squares float64
	const n = 20_000
	for draw := range uint64(n) {
		factor := weightFactor("attention", draw+1)
		sum += factor
		squares += factor * factor
	}
	mean := sum / n
	if spread := math.Sqrt(squares/n - mean*mean); math.Abs(mean-1) > 0.01 || math.Abs(spread-weightVariation) > 0.01 {
		t.Errorf("mean %.4f, standard deviation %.4f", mean, spread)
	}
}

// TestMethodsChangeWhatTheyName evaluates a press by every variant: what a variant
// is about must differ, the published numbers must not.
func TestMethodsChangeWhatTheyName(t *testing.T) {
	t.Parallel()
	in := small.draw(small.natures(), 5)
	published := Evaluate(in, nil)
	for _, variant := range methodVariants {
		if got := Evaluate(in, &variant.weights); slices.Equal(got.Score, published.Score) {
			t.Errorf("%s changes no score", variant.name)
		}
	}
	declared := &Weights{HalfLifeNights: in.Constants.HalfLifeNights, CopyCreditLogFactor: in.Constants.CopyCreditLogFactor}
	for c, got := range Evaluate(in, declared).Score {
		// N of the press is a sum of 40 nights, so it can be faded anew exactly.
		if math.Abs(got-published.Score[c]) > 1e-9 {
			t.Errorf("the declared constants give company %d %.12f, published is %.12f", c, got, published.Score[c])
		}
	}
	variations, methods, err := Vary(t.Context(), in, 2)
	if err != nil {
		t.Fatal(err)
	}
	for c, v := range variations {
		if v.RankLow < 1 || v.RankLow > published.Rank[c] || v.RankHigh < published.Rank[c] {
			t.Errorf("company %d: %d to %d, published %d", c, v.RankLow, v.RankHigh, published.Rank[c])
		}
	}
	var names []string
	for _, m := range methods {
		names = append(names, m.Name)
		if m.KendallTau > 1 || m.KendallTau < 0.3 || float64(m.RankChangeMax) < m.RankChangeMean {
			t.Errorf("%+v", m)
		}
	}
	want := []string{
		"arithmetic", "copeland", "copy_credit_3", "copy_credit_7", "half_life_10", "half_life_5",
		"percentiles", "weights", "z_scores",
	}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("variants differ (-want +got):\n%s", diff)
	}
}

// TestAPositionThatHangsOnOneOutlet: a company that one outlet alone writes about
// falls when that outlet is left out, and the mark names it; the others do not
// hang on it.
func TestAPositionThatHangsOnOneOutlet(t *testing.T) {
	t.Parallel()
	in := small.draw(small.natures(), 6)
	in.Constants.MarkPlaces = 5
	last := len(in.Companies)
	in.Companies = append(in.Companies, Company{
		ID: "z", IsRanked: true, Cells: Span{int32(len(in.Cells)), int32(len(in.Cells)) + 1},
	})
	in.Cells = append(in.Cells, Cell{Outlet: 7, OlderAttention: 400, OlderMentions: 400})
	variations, _, err := Vary(t.Context(), in, 2)
	if err != nil {
		t.Fatal(err)
	}
	if v := variations[last]; !v.HasDecidingOutlet || v.DecidingOutlet != 7 {
		t.Errorf("the company of one outlet: %+v, published %d", v, Evaluate(in, nil).Rank[last])
	}
	in.Constants.MarkPlaces = len(in.Companies)
	variations, _, err = Vary(t.Context(), in, 2)
	if err != nil {
		t.Fatal(err)
	}
	for c, v := range variations {
		if v.HasDecidingOutlet || v.HasDecidingIndicator {
			t.Errorf("company %d cannot move further than there are places: %+v", c, v)
		}
	}
}
