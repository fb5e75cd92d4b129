package index

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// small is a press that is quick to resample.
var small = press{outlets: 30, countries: 6, companies: 20, nights: 40, stories: 60, slope: 3}

// TestIntervalsCoverTheTruth draws four weeks of presses of which the truth is
// known, from one with few stories to one with many, and asks how often the 90 %
// interval holds the true rank. An interval that never misses is too wide to say
// anything, so both ends are held.
func TestIntervalsCoverTheTruth(t *testing.T) {
	t.Parallel()
	for _, p := range []press{
		{outlets: 60, countries: 12, companies: 40, nights: 40, stories: 60, slope: 4},
		{outlets: 60, countries: 12, companies: 40, nights: 40, stories: 200, slope: 4},
		{outlets: 30, countries: 6, companies: 40, nights: 40, stories: 100, slope: 1},
	} {
		t.Run(fmt.Sprintf("%d stories, slope %g", int(p.stories), p.slope), func(t *testing.T) {
			t.Parallel()
			natures := p.natures()
			truth := Evaluate(p.truth(natures, 60), nil)
			covered, all, width := 0, 0, 0
			for i := range 10 {
				in := p.draw(natures, uint64(i))
				intervals, err := Resample(t.Context(), in, 60, 2)
				if err != nil {
					t.Fatal(err)
				}
				for c, interval := range intervals {
					if in.Companies[c].Cells.From == in.Companies[c].Cells.To {
						continue // nobody named it: it is not in the ranking
					}
					all++
					width += interval.RankHigh - interval.RankLow
					if interval.RankLow <= truth.Rank[c] && truth.Rank[c] <= interval.RankHigh {
						covered++
					}
				}
			}
			share := float64(covered) / float64(all)
			t.Logf("covered %.3f of %d, mean width %.1f places", share, all, float64(width)/float64(all))
			if share < 0.88 || share > 0.99 {
				t.Errorf("the intervals cover the truth in %.3f of %d cases, want 0.88 to 0.99", share, all)
			}
		})
	}
}

// TestResultsDoNotDependOnTheNumberOfWorkers compares one with eight.
func TestResultsDoNotDependOnTheNumberOfWorkers(t *testing.T) {
	t.Parallel()
	in := small.draw(small.natures(), 3)
	of := func(workers int) any {
		intervals, err := Resample(t.Context(), in, 40, workers)
		if err != nil {
			t.Fatal(err)
		}
		variations, methods, err := Vary(t.Context(), in, workers)
		if err != nil {
			t.Fatal(err)
		}
		return []any{intervals, variations, methods}
	}
	if diff := cmp.Diff(of(1), of(8)); diff != "" {
		t.Errorf("1 and 8 workers differ (-1 +8):\n%s", diff)
	}
}

func TestCancelledWorkIsNoResult(t *testing.T) {
	t.Parallel()
	in := small.draw(small.natures(), 3)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Resample(ctx, in, 40, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("resample: got %v", err)
	}
	if _, _, err := Vary(ctx, in, 2); !errors.Is(err, context.Canceled) {
		t.Errorf("vary: got %v", err)
	}
}

// TestPoisson holds the draws against the distribution: mean and variance 1, and
// e^-1 of them 0; and against numbers that were worked out by hand of the formula.
func TestPoisson(t *testing.T) {
	t.Parallel()
	const n = 200_000
	var sum, squares, zeros float64
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range uint64(n) {
		count := float64(poisson(rng.Uint64(), i%500+1))
		sum += count
		squares += count * count
		if count == 0 {
			zeros++
		}
	}
	mean := sum / n
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"mean", mean, 1}, {"variance", squares/n - mean*mean, 1}, {"share of zeros", zeros / n, 0.36788},
	} {
		if c.got < c.want-0.01 || c.got > c.want+0.01 {
			t.Errorf("%s is %.4f, want %.4f", c.name, c.got, c.want)
		}
	}
	// SplitMix64 with the seed 0 gives this number first (Vigna's reference).
	if got := mix(0); got != 0xE220A8397B1DCDAF {
		t.Errorf("mix(0) is %x", got)
	}
	if got := HashOf("a"); got != 0x0cc175b9c0f1b6a8 {
		t.Errorf("the hash of a is %x", got)
	}
}

// TestTies: of two companies that say and are said to say the same, neither is
// surely above; one that has ten times as much is.
func TestTies(t *testing.T) {
	t.Parallel()
	r := &replicates{count: 10, companies: 3}
	for i := range int32(10) {
		second := 2 + i%2
		r.ranks = append(r.ranks, 1, second, 5-second)
	}
	found := make([]Interval, 3)
	r.groupTies(&Scores{Rank: []int{1, 2, 3}}, found)
	got := []int{found[0].TieGroup, found[1].TieGroup, found[2].TieGroup}
	if diff := cmp.Diff([]int{1, 2, 2}, got); diff != "" {
		t.Errorf("tie groups differ (-want +got):\n%s", diff)
	}
}

func TestPercentile(t *testing.T) {
	t.Parallel()
	sorted := make([]int32, 500)
	for i := range sorted {
		sorted[i] = int32(i + 1)
	}
	got := []int32{percentile(sorted, 0.05), percentile(sorted, 0.95), percentile(sorted[:1], 0.05)}
	if diff := cmp.Diff([]int32{25, 475, 1}, got); diff != "" {
		t.Errorf("percentiles differ (-want +got):\n%s", diff)
	}
	if !slices.IsSorted(sorted) {
		t.Error("the list was changed")
	}
}
