package tone

// From scores to probabilities and from probabilities to one label.

import (
	"fmt"
	"math"

	"github.com/overheard-news/overheard/transform/linear"
)

// calibration is matrix scaling (Guo et al. 2017): a small multinomial regression
// over the scores of a model, fitted on rows the model had not seen.
type calibration struct {
	matrix [3][3]float64 // of a class, by score
	bias   [3]float64
}

func (c calibration) apply(scores []float64) []float64 {
	p := make([]float64, 3)
	for to := range p {
		p[to] = c.bias[to]
		for from, s := range scores {
			p[to] += float64(c.matrix[to][from] * s)
		}
	}
	linear.Softmax(p)
	return p
}

// calibrate fits a calibration to scores and labels 0 to 2.
func calibrate(scores [][]float64, labels []int) (calibration, error) {
	examples := make([]linear.Example, len(scores))
	for i, s := range scores {
		examples[i] = linear.Example{Features: []uint32{0, 1, 2}, Values: []float32{float32(s[0]), float32(s[1]), float32(s[2])}, Label: labels[i]}
	}
	m, err := linear.Train(examples, linear.Config{Classes: 3, L2: 1e-3})
	if err != nil {
		return calibration{}, fmt.Errorf("calibrate: %w", err)
	}
	var c calibration
	copy(c.bias[:], m.Scores(nil, nil))
	for from := range 3 {
		for to, w := range m.Weights(uint32(from)) {
			c.matrix[to][from] = float64(w)
		}
	}
	return c, nil
}

// offsets finds what to add to the log probabilities of the negative and the positive
// class so that macro-F1 is highest: a search over a grid in which each point is
// judged with its neighbours, as a lone peak is chance.
func offsets(probabilities [][]float64, labels []int) [3]float64 {
	const steps, width = 21, 0.1 // -1 to 1
	var f1 [steps][steps]float64
	at := func(i int) float64 { return float64(i-steps/2) * width }
	logs := make([][3]float64, len(probabilities))
	for i, p := range probabilities {
		for c := range p {
			logs[i][c] = math.Log(max(p[c], 1e-12))
		}
	}
	chosen := make([]int, len(labels))
	for a := range steps {
		for b := range steps {
			for i, l := range logs {
				chosen[i] = highest(l[0]+at(a), l[1], l[2]+at(b))
			}
			f1[a][b] = MacroF1(labels, chosen)
		}
	}
	best, offset := 0.0, [3]float64{}
	for a := 1; a < steps-1; a++ {
		for b := 1; b < steps-1; b++ {
			sum := 0.0
			for i := -1; i <= 1; i++ {
				for k := -1; k <= 1; k++ {
					sum += f1[a+i][b+k]
				}
			}
			if sum > best {
				best, offset = sum, [3]float64{at(a), 0, at(b)}
			}
		}
	}
	return offset
}

// highest is the index of the largest of three numbers, the first of equals.
func highest(a, b, c float64) int {
	switch {
	case a >= b && a >= c:
		return 0
	case b >= c:
		return 1
	}
	return 2
}

// MacroF1 is the mean of the F1 of three classes, 0 to 2, in equal parts; a class that
// is neither labelled nor chosen has F1 0.
func MacroF1(labels, chosen []int) float64 {
	var right, labelled, found [3]int
	for i, l := range labels {
		labelled[l]++
		found[chosen[i]]++
		if l == chosen[i] {
			right[l]++
		}
	}
	sum := 0.0
	for c := range right {
		if labelled[c]+found[c] > 0 {
			sum += 2 * float64(right[c]) / float64(labelled[c]+found[c])
		}
	}
	return sum / 3
}
