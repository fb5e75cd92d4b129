package index

import (
	"math"
	"testing"
)

func TestFlattenedIsTheSameNight(t *testing.T) {
	t.Parallel()
	in := small.draw(small.natures(), 3)
	flat := in.Flattened()
	want, got := Evaluate(in, nil), Evaluate(flat, nil)
	if len(in.Mentions) == 0 || len(flat.Mentions) > 0 {
		t.Fatalf("%d mentions, %d once flattened", len(in.Mentions), len(flat.Mentions))
	}
	for c := range want.Score {
		if math.Abs(want.Score[c]-got.Score[c]) > 1e-9 || want.Rank[c] != got.Rank[c] {
			t.Errorf("%s: score %.12f rank %d, flattened %.12f rank %d",
				in.Companies[c].ID, want.Score[c], want.Rank[c], got.Score[c], got.Rank[c])
		}
	}
}
