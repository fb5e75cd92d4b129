package linear

import (
	"cmp"
	"errors"
	"maps"
	"math"
	"slices"
)

// Average returns the model whose scores are the mean of those of the given models:
// several linear models that vote by their scores are one linear model.
func Average(models ...*Model) (*Model, error) {
	if len(models) == 0 {
		return nil, errors.New("average of no models")
	}
	classes := models[0].classes
	bias, sums := make([]float64, classes), map[uint32][]float64{}
	for _, m := range models {
		if m.classes != classes {
			return nil, errors.New("models of different classes have no average")
		}
		for c, b := range m.bias {
			bias[c] += b / float64(len(models))
		}
		for k, key := range m.keys {
			sum := sums[key]
			if sum == nil {
				sum = make([]float64, classes)
				sums[key] = sum
			}
			for c := range sum {
				sum[c] += float64(m.weights[k*classes+c]) / float64(len(models))
			}
		}
	}
	mean := &Model{classes: classes, bias: bias, keys: slices.Sorted(maps.Keys(sums))}
	for _, key := range mean.keys {
		for _, s := range sums[key] {
			mean.weights = append(mean.weights, float32(s))
		}
	}
	mean.index()
	return mean, nil
}

// Pruned keeps that many features: those whose largest weight is largest, of equals
// those with the lower hash.
func (m *Model) Pruned(keep int) *Model {
	if len(m.keys) <= keep {
		return m
	}
	order := make([]int, len(m.keys))
	size := make([]float64, len(m.keys))
	for k := range order {
		order[k] = k
		for _, w := range m.weights[k*m.classes : (k+1)*m.classes] {
			size[k] = max(size[k], math.Abs(float64(w)))
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(size[b], size[a]) })
	order = order[:keep]
	slices.Sort(order)
	p := &Model{classes: m.classes, bias: slices.Clone(m.bias), scale: m.scale}
	for _, k := range order {
		p.keys = append(p.keys, m.keys[k])
		p.weights = append(p.weights, m.weights[k*m.classes:(k+1)*m.classes]...)
	}
	p.index()
	return p
}
