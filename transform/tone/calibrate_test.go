package tone

import (
	"math"
	"testing"
)

func TestMacroF1IsTheMeanOfThree(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		labels, chosen []int
		want           float64
	}{
		{[]int{0, 1, 2}, []int{0, 1, 2}, 1},
		{[]int{0, 0, 1, 2}, []int{0, 1, 1, 1}, (2.0/3 + 0.5 + 0) / 3},
		{[]int{1, 1}, []int{1, 1}, 1.0 / 3},
	} {
		if got := MacroF1(c.labels, c.chosen); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("macro-F1 of %v judged %v is %v, want %v", c.labels, c.chosen, got, c.want)
		}
	}
}

// Scores twice as sure as they should be are made half as sure.
func TestCalibrateUndoesOverconfidence(t *testing.T) {
	t.Parallel()
	var scores [][]float64
	var labels []int
	// In 70 of 100 rows the favoured class is right, in 15 each of the others.
	for i := range 900 {
		favoured := i % 3
		s := make([]float64, 3)
		s[favoured] = 5
		label := favoured
		if i/3%20 >= 14 {
			label = (favoured + 1 + i/3%2) % 3
		}
		scores, labels = append(scores, s), append(labels, label)
	}
	c, err := calibrate(scores, labels)
	if err != nil {
		t.Fatal(err)
	}
	if p := c.apply([]float64{5, 0, 0}); math.Abs(p[0]-0.7) > 0.03 {
		t.Errorf("calibrated probability is %v, want about 0.7", p)
	}
}

func TestOffsetsHelpTheRareClass(t *testing.T) {
	t.Parallel()
	var probabilities [][]float64
	var labels []int
	for i := range 400 {
		switch i % 10 {
		case 0: // rare, seen but never the likeliest
			probabilities, labels = append(probabilities, []float64{0.4, 0.5, 0.1}), append(labels, 0)
		case 1:
			probabilities, labels = append(probabilities, []float64{0.1, 0.5, 0.4}), append(labels, 2)
		default:
			probabilities, labels = append(probabilities, []float64{0.1, 0.8, 0.1}), append(labels, 1)
		}
	}
	o := offsets(probabilities, labels)
	for i, p := range probabilities {
		if got := highest(math.Log(p[0])+o[0], math.Log(p[1])+o[1], math.Log(p[2])+o[2]); got != labels[i] {
			t.Fatalf("row %d is chosen %d, want %d with offsets %v", i, got, labels[i], o)
		}
	}
}
