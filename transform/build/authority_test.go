package build

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPageRank(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		outlets  []string
		reprints []reprint
		damping  float64
		want     []float64
	}{
		{"nobody", nil, nil, .85, []float64{}},
		{"no links", []string{"a", "b"}, nil, .85, []float64{1, 1}},
		{
			// a = .5 + .5 b/1, b = .5 + .5 a/1
			"two that take from each other",
			[]string{"a", "b"},
			[]reprint{{"a", "b", 7}, {"b", "a", 1}},
			.5,
			[]float64{1, 1},
		},
		{
			// c opens any: a = .5 + .5 (b + c/3), b = .5 + .5 c/3, c = .5 + .5 (a + c/3), sum 3:
			// b = .5 + c/6, a = .75 + c/4, c = .875 + 7c/24, so c = 21/17.
			"a chain", []string{"a", "b", "c"},
			[]reprint{{"b", "a", 1}, {"a", "c", 1}},
			.5,
			[]float64{.75 + 21./17/4, .5 + 21./17/6, 21. / 17},
		},
		{
			// a gives 3/4 to b and 1/4 to c, which open any; with s = (b + c) / 6:
			// a = .5 + s, b = .5 + 3a/8 + s, c = .5 + a/8 + s, sum 3: b + c = 3 - a, so a = 6/7.
			"by the number of stories", []string{"a", "b", "c"},
			[]reprint{{"a", "c", 1}, {"a", "b", 3}},
			.5,
			[]float64{6. / 7, 6./7 + 18./56, 6./7 + 6./56},
		},
		{
			"strangers and selves count for nothing",
			[]string{"a", "b"},
			[]reprint{{"a", "x", 9}, {"x", "b", 9}, {"b", "b", 9}},
			.85,
			[]float64{1, 1},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := pageRank(c.outlets, c.reprints, c.damping)
			if len(got) != len(c.want) {
				t.Fatalf("%d authorities, want %d", len(got), len(c.want))
			}
			for i := range got {
				if math.Abs(got[i]-c.want[i]) > 1e-13 {
					t.Errorf("%s: %.15f, want %.15f", c.outlets[i], got[i], c.want[i])
				}
			}
		})
	}
}

// TestPageRankIsTheSameInAnyOrder also holds that the mean is 1 where outlets
// that reprint nobody lose nothing of it.
func TestPageRankIsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	outlets := make([]string, 300)
	for i := range outlets {
		outlets[i] = string(rune('a'+i%26)) + string(rune('a'+i/26))
	}
	reprints := map[[2]int]int64{}
	for range 3000 {
		reprints[[2]int{random.IntN(250), random.IntN(300)}] += 1 + random.Int64N(9)
	}
	var links []reprint
	for pair, count := range reprints {
		links = append(links, reprint{outlets[pair[0]], outlets[pair[1]], count})
	}
	want := pageRank(outlets, links, .85)
	sum := 0.0
	for _, authority := range want {
		sum += authority
	}
	if mean := sum / float64(len(want)); math.Abs(mean-1) > 1e-12 {
		t.Errorf("the mean is %.15f, want 1", mean)
	}
	for range 5 {
		random.Shuffle(len(links), func(i, j int) { links[i], links[j] = links[j], links[i] })
		if diff := cmp.Diff(want, pageRank(outlets, links, .85)); diff != "" {
			t.Fatalf("another order gives other numbers (-want +got):\n%s", diff)
		}
	}
}
