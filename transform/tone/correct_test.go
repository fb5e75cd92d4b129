package tone

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// cautious is a model that sees half of what is there.
var cautious = Confusion{
	Judged: [3][3]float64{{0.6, 0.3, 0.1}, {0.1, 0.8, 0.1}, {0.1, 0.4, 0.5}},
	Prior:  Shares{0.3, 0.5, 0.2},
}

// seenAs is what the model makes of true shares.
func seenAs(c Confusion, truth Shares) Shares {
	var s Shares
	for i := range truth {
		for j := range s {
			s[j] += truth[i] * c.Judged[i][j]
		}
	}
	return s
}

func TestAdjustUndoesTheConfusion(t *testing.T) {
	t.Parallel()
	for _, truth := range []Shares{{1, 0, 0}, {0.2, 0.7, 0.1}, {0.1, 0.1, 0.8}, {0, 1, 0}} {
		got := cautious.Adjust(seenAs(cautious, truth))
		if diff := cmp.Diff(truth, got, cmpopts.EquateApprox(0, 1e-9)); diff != "" {
			t.Errorf("shares (-want +got):\n%s", diff)
		}
	}
}

func TestAdjustGivesShares(t *testing.T) {
	t.Parallel()
	// Beyond what any true shares would be seen as.
	got := cautious.Adjust(Shares{0.9, 0.05, 0.05})
	if min(got[0], got[1], got[2]) < 0 || math.Abs(got[0]+got[1]+got[2]-1) > 1e-9 {
		t.Errorf("%v are no shares", got)
	}
	blind := Confusion{Judged: [3][3]float64{{0.3, 0.4, 0.3}, {0.3, 0.4, 0.3}, {0.3, 0.4, 0.3}}}
	if got := blind.Adjust(Shares{0.5, 0.3, 0.2}); got != (Shares{0.5, 0.3, 0.2}) {
		t.Errorf("a model that tells nothing apart corrects to %v", got)
	}
}

// Texts of three kinds with the probabilities a calibrated model gives them where
// classes are as frequent as the prior says; in the bag, their shares differ.
func TestExpectFindsOtherShares(t *testing.T) {
	t.Parallel()
	c := Confusion{Prior: Shares{0.25, 0.5, 0.25}}
	// P(kind | class), by class and kind.
	kinds := [3][3]float64{{0.7, 0.2, 0.1}, {0.2, 0.6, 0.2}, {0.1, 0.2, 0.7}}
	truth := Shares{0.6, 0.1, 0.3}
	var judged []Tone
	for kind := range 3 {
		var p [3]float64
		sum, share := 0.0, 0.0
		for class := range 3 {
			p[class] = c.Prior[class] * kinds[class][kind]
			sum += p[class]
			share += truth[class] * kinds[class][kind]
		}
		for range int(math.Round(share * 1000)) {
			judged = append(judged, Tone{p[0] / sum, p[1] / sum, p[2] / sum})
		}
	}
	got := c.Expect(judged)
	if diff := cmp.Diff(truth, got, cmpopts.EquateApprox(0, 0.01)); diff != "" {
		t.Errorf("shares (-want +got):\n%s", diff)
	}
	if off := math.Abs(Count(judged).Net() - truth.Net()); off < 0.05 {
		t.Errorf("counting alone is off by %v only: the test shows nothing", off)
	}
}

func TestTrustGrowsWithTheBag(t *testing.T) {
	t.Parallel()
	if Trust(0) != 0 || Trust(10) >= Trust(100) || Trust(1e6) < 0.99 {
		t.Errorf("trust in bags of 0, 10, 100 and a million: %v %v %v %v", Trust(0), Trust(10), Trust(100), Trust(1e6))
	}
	if got := Blend(Shares{1, 0, 0}, Shares{0, 0, 1}, 0.25); got != (Shares{0.75, 0, 0.25}) {
		t.Errorf("a quarter of the way is %v", got)
	}
}

func TestCorrectionIsTheInverse(t *testing.T) {
	t.Parallel()
	inverse, ok := cautious.Correction()
	if !ok {
		t.Fatal("no inverse")
	}
	for i := range 3 {
		for j := range 3 {
			sum, want := 0.0, 0.0
			for k := range 3 {
				sum += inverse[i][k] * cautious.Judged[j][k]
			}
			if i == j {
				want = 1
			}
			if math.Abs(sum-want) > 1e-9 {
				t.Errorf("row %d column %d of the product is %v", i, j, sum)
			}
		}
	}
}
