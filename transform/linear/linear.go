// Package linear fits and applies multinomial logistic regressions over sparse,
// hashed features: the one kind of model that judges text here. A model is small,
// answers in microseconds, can be read weight by weight, and comes out the same,
// byte for byte, wherever it is fitted.
//
//	model, err := linear.Train(examples, linear.Config{Classes: 3, L2: 1e-4, HeldOut: others})
//	p := model.Probabilities(features, nil)
//	file := model.Encode() // int8 weights with a checksum
//
// Features are hashes that the caller makes (Hash); two that collide share a weight.
// Nothing is drawn by chance and nothing depends on the order of a map, on the
// number of cores or on the processor: sums run in the order of the examples,
// products are rounded before they are added (an explicit conversion keeps a
// compiler from fusing them, see the Go specification on floating-point operators),
// and exp and log are our own, as those of package math differ between processors.
package linear

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// Example is one labelled case.
type Example struct {
	Features []uint32  // hashes; one that comes twice counts twice
	Values   []float32 // of each feature; nil: all 1
	Label    int       // 0 to Config.Classes-1
	Weight   float32   // how much the case counts; 0 is 1
}

// Config of a training. Classes is required; of the rest zero values are usable.
type Config struct {
	Classes    int
	L2         float64   // penalty: the objective is the mean log loss + L2/2 times the squared weights, the bias left out
	MinCount   int       // features of fewer examples are left out
	Weights    []float64 // of the classes; nil: all 1
	HeldOut    []Example // training stops where the mean log loss of these is least; none: where it converges
	Iterations int       // at most; 0 is 200
	// IsRatioScaled relaxes the penalty of a feature that is found more often with
	// a class than without, by the log ratio of the two: NB-SVM (Wang and Manning
	// 2012) in terms of the penalty.
	IsRatioScaled bool
}

// ErrExamples says that examples cannot be learned from.
var ErrExamples = errors.New("examples cannot be learned from")

// Model gives a score to each class: bias plus weights of the features present.
type Model struct {
	classes int
	keys    []uint32  // sorted
	weights []float32 // classes of the first key, of the second, ...
	bias    []float64
	scale   []float32 // steps of the weights of each class, if they are quantised
	table   []int32   // open addressing: index into keys + 1, 0 is free
	shift   uint32
}

// Classes tells how many there are.
func (m *Model) Classes() int { return m.classes }

// Features tells how many have a weight.
func (m *Model) Features() int { return len(m.keys) }

// Scores returns one number per class, the higher the likelier. Values belong to
// the features one by one; nil: all 1. A feature never seen in training adds nothing.
func (m *Model) Scores(features []uint32, values []float32) []float64 {
	scores := slices.Clone(m.bias)
	for i, f := range features {
		k := m.find(f)
		if k < 0 {
			continue
		}
		value := 1.0
		if values != nil {
			value = float64(values[i])
		}
		for c, w := range m.weights[k*m.classes : (k+1)*m.classes] {
			scores[c] += float64(value * float64(w))
		}
	}
	return scores
}

// Probabilities returns one number per class, 0 to 1, which sum to 1.
func (m *Model) Probabilities(features []uint32, values []float32) []float64 {
	p := m.Scores(features, values)
	Softmax(p)
	return p
}

// Weights returns the weights of a feature, one per class; nil if it has none.
func (m *Model) Weights(feature uint32) []float32 {
	k := m.find(feature)
	if k < 0 {
		return nil
	}
	return m.weights[k*m.classes : (k+1)*m.classes]
}

// Softmax turns scores into probabilities, in place.
func Softmax(scores []float64) {
	top, sum := slices.Max(scores), 0.0
	for c, s := range scores {
		scores[c] = exp(s - top)
		sum += scores[c]
	}
	for c := range scores {
		scores[c] /= sum
	}
}

// index builds the table that finds a key in about one step.
func (m *Model) index() {
	bits := uint32(4)
	for 1<<bits < 2*len(m.keys) {
		bits++
	}
	m.table, m.shift = make([]int32, 1<<bits), 32-bits
	for i, key := range m.keys {
		at := m.slot(key)
		for m.table[at] != 0 {
			at = (at + 1) & (len(m.table) - 1)
		}
		m.table[at] = int32(i + 1)
	}
}

// slot spreads keys by Fibonacci hashing: they need not be good hashes.
func (m *Model) slot(key uint32) int { return int((key * 2654435769) >> m.shift) }

func (m *Model) find(key uint32) int {
	for at := m.slot(key); ; at = (at + 1) & (len(m.table) - 1) {
		i := m.table[at]
		if i == 0 {
			return -1
		}
		if m.keys[i-1] == key {
			return int(i - 1)
		}
	}
}

// Hash makes a feature of a text: FNV-1a of its bytes, mixed so that short texts
// spread over all bits.
func Hash(text string) uint32 {
	return HashOf(2166136261, text)
}

// HashOf goes on from another hash, so that parts need not be joined first.
func HashOf(h uint32, text string) uint32 {
	for i := range len(text) {
		h = (h ^ uint32(text[i])) * 16777619
	}
	h ^= h >> 16
	h *= 0x7feb352d
	h ^= h >> 15
	return h
}

// check tells what is wrong with a configuration or an example.
func (cfg Config) check(examples []Example) error {
	if cfg.Classes < 2 || cfg.Classes > maxClasses {
		return fmt.Errorf("%d classes: give 2 to %d", cfg.Classes, maxClasses)
	}
	if cfg.Weights != nil && len(cfg.Weights) != cfg.Classes {
		return fmt.Errorf("%d class weights for %d classes", len(cfg.Weights), cfg.Classes)
	}
	if len(examples) == 0 {
		return fmt.Errorf("%w: there are none", ErrExamples)
	}
	for i, e := range slices.Concat(examples, cfg.HeldOut) {
		switch {
		case e.Label < 0 || e.Label >= cfg.Classes:
			return fmt.Errorf("%w: example %d has label %d of %d classes", ErrExamples, i, e.Label, cfg.Classes)
		case e.Values != nil && len(e.Values) != len(e.Features):
			return fmt.Errorf("%w: example %d has %d features and %d values", ErrExamples, i, len(e.Features), len(e.Values))
		case e.Weight < 0 || math.IsNaN(float64(e.Weight)) || math.IsInf(float64(e.Weight), 0):
			return fmt.Errorf("%w: example %d has weight %v", ErrExamples, i, e.Weight)
		}
	}
	return nil
}
