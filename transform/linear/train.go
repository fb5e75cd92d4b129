package linear

// Training is L-BFGS (Nocedal 1980; Nocedal and Wright 2006, algorithm 7.5) over
// the whole set: it needs no learning rate, no order of examples and no chance.

import (
	"math"
	"slices"
)

const (
	defaultIterations = 200
	patience          = 8    // iterations without a better held-out loss
	memory            = 7    // pairs that stand for the curvature
	smallestGain      = 1e-7 // of the objective, relative, below which it has converged
)

// Train fits a model. It is deterministic: the same examples and configuration
// give the same bytes. The error wraps ErrExamples where an example is not usable.
func Train(examples []Example, cfg Config) (*Model, error) {
	if err := cfg.check(examples); err != nil {
		return nil, err
	}
	keys := frequent(examples, max(1, cfg.MinCount))
	t := &training{classes: cfg.Classes, l2: cfg.L2, features: len(keys)}
	t.seen = compact(examples, keys, cfg)
	t.unseen = compact(cfg.HeldOut, keys, cfg)
	if cfg.IsRatioScaled {
		t.scale = ratios(t.seen, len(keys), cfg.Classes)
	}
	if cfg.Iterations == 0 {
		cfg.Iterations = defaultIterations
	}
	w := t.minimise(cfg.Iterations)
	m := &Model{classes: cfg.Classes, keys: keys, bias: w[len(keys)*cfg.Classes:]}
	m.weights = make([]float32, len(keys)*cfg.Classes)
	for i := range m.weights {
		m.weights[i] = float32(float64(w[i] * t.scaleOf(i)))
	}
	m.index()
	return m, nil
}

// frequent returns the features of at least minCount examples, sorted.
func frequent(examples []Example, minCount int) []uint32 {
	var all []uint32
	for _, e := range examples {
		own := slices.Clone(e.Features)
		slices.Sort(own)
		all = append(all, slices.Compact(own)...)
	}
	slices.Sort(all)
	var keys []uint32
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j] == all[i] {
			j++
		}
		if j-i >= minCount {
			keys = append(keys, all[i])
		}
		i = j
	}
	return keys
}

// rows are examples with their features numbered.
type rows struct {
	starts  []int32
	columns []int32
	values  []float32
	labels  []int32
	weights []float64
	total   float64 // of weights
}

func (r *rows) len() int { return len(r.labels) }

func compact(examples []Example, keys []uint32, cfg Config) *rows {
	r := &rows{starts: []int32{0}}
	for _, e := range examples {
		for i, f := range e.Features {
			k, isKnown := slices.BinarySearch(keys, f)
			if !isKnown {
				continue
			}
			value := float32(1)
			if e.Values != nil {
				value = e.Values[i]
			}
			r.columns, r.values = append(r.columns, int32(k)), append(r.values, value)
		}
		weight := float64(e.Weight)
		if weight == 0 {
			weight = 1
		}
		if cfg.Weights != nil {
			weight *= cfg.Weights[e.Label]
		}
		r.starts = append(r.starts, int32(len(r.columns)))
		r.labels, r.weights = append(r.labels, int32(e.Label)), append(r.weights, weight)
		r.total += weight
	}
	return r
}

// ratios are the log ratios of how often a feature stands with a class and without
// it, both smoothed by one, as numbers not below zero.
func ratios(r *rows, features, classes int) []float64 {
	with, size := make([]float64, features*classes), make([]float64, classes)
	for i := range r.len() {
		for _, k := range r.columns[r.starts[i]:r.starts[i+1]] {
			with[int(k)*classes+int(r.labels[i])]++
			size[r.labels[i]]++
		}
	}
	all := 0.0
	for _, n := range size {
		all += n
	}
	scale := make([]float64, features*classes)
	for k := range features {
		sum := 0.0
		for c := range classes {
			sum += with[k*classes+c]
		}
		for c := range classes {
			in := (with[k*classes+c] + 1) / (size[c] + float64(features))
			out := (sum - with[k*classes+c] + 1) / (all - size[c] + float64(features))
			scale[k*classes+c] = math.Abs(logarithm(in / out))
		}
	}
	return scale
}

// training is one problem: rows to fit, rows to stop by.
type training struct {
	classes, features int
	l2                float64
	seen, unseen      *rows
	scale             []float64 // of weights; nil: all 1
}

func (t *training) scaleOf(i int) float64 {
	if t.scale == nil {
		return 1
	}
	return t.scale[i]
}

// scores fills out with the scores of a row.
func (t *training) scores(r *rows, i int, w, out []float64) {
	copy(out, w[t.features*t.classes:])
	for j := r.starts[i]; j < r.starts[i+1]; j++ {
		at, value := int(r.columns[j])*t.classes, float64(r.values[j])
		for c := range out {
			out[c] += float64(value * float64(w[at+c]*t.scaleOf(at+c)))
		}
	}
}

// loss is the mean log loss of rows.
func (t *training) loss(r *rows, w []float64) float64 {
	p, sum := make([]float64, t.classes), 0.0
	for i := range r.len() {
		t.scores(r, i, w, p)
		Softmax(p)
		sum -= float64(r.weights[i] * logarithm(max(p[r.labels[i]], 1e-300)))
	}
	return sum / r.total
}

// objective is the penalised loss; gradient is filled.
func (t *training) objective(w, gradient []float64) float64 {
	clear(gradient)
	r, p, sum := t.seen, make([]float64, t.classes), 0.0
	bias := gradient[t.features*t.classes:]
	for i := range r.len() {
		t.scores(r, i, w, p)
		Softmax(p)
		sum -= float64(r.weights[i] * logarithm(max(p[r.labels[i]], 1e-300)))
		p[r.labels[i]]--
		for c := range p {
			p[c] = float64(p[c]*r.weights[i]) / r.total
			bias[c] += p[c]
		}
		for j := r.starts[i]; j < r.starts[i+1]; j++ {
			at, value := int(r.columns[j])*t.classes, float64(r.values[j])
			for c := range p {
				gradient[at+c] += float64(value * p[c])
			}
		}
	}
	penalty := 0.0
	for i, v := range w[:t.features*t.classes] {
		gradient[i] = float64(gradient[i]*t.scaleOf(i)) + float64(t.l2*v)
		penalty += float64(v * v)
	}
	return sum/r.total + float64(t.l2*penalty)/2
}

// minimise returns the weights of the least objective or, with rows held out, of
// the iteration that does best on them.
func (t *training) minimise(iterations int) []float64 {
	size := (t.features + 1) * t.classes
	w, gradient := make([]float64, size), make([]float64, size)
	next, nextGradient := make([]float64, size), make([]float64, size)
	value := t.objective(w, gradient)
	best, bestLoss, since := slices.Clone(w), math.Inf(1), 0
	var past curvature
	for range iterations {
		direction := past.direction(gradient)
		slope := dot(direction, gradient)
		if slope >= 0 {
			break
		}
		step, nextValue := 1.0, 0.0
		if len(past.steps) == 0 {
			step = 1 / max(1, math.Sqrt(dot(gradient, gradient)))
		}
		isLower := false
		for range 30 {
			for i := range w {
				next[i] = w[i] + float64(step*direction[i])
			}
			nextValue = t.objective(next, nextGradient)
			if nextValue <= value+float64(1e-4*float64(step*slope)) {
				isLower = true
				break
			}
			step /= 2
		}
		if !isLower {
			break
		}
		past.add(w, next, gradient, nextGradient)
		gain := value - nextValue
		w, next, gradient, nextGradient, value = next, w, nextGradient, gradient, nextValue
		if t.unseen.len() > 0 {
			loss := t.loss(t.unseen, w)
			if since++; loss < bestLoss {
				copy(best, w)
				bestLoss, since = loss, 0
			}
			if since >= patience {
				break
			}
		}
		if gain < smallestGain*max(1, math.Abs(value)) {
			break
		}
	}
	if t.unseen.len() > 0 {
		return best
	}
	return w
}

// curvature is what the last steps tell of the second derivative.
type curvature struct {
	steps, changes [][]float64
	inverse        []float64 // 1 over step times change
}

func (h *curvature) add(from, to, gradient, nextGradient []float64) {
	step, change := make([]float64, len(from)), make([]float64, len(from))
	for i := range from {
		step[i], change[i] = to[i]-from[i], nextGradient[i]-gradient[i]
	}
	product := dot(step, change)
	if product <= 1e-18 {
		return
	}
	h.steps, h.changes, h.inverse = append(h.steps, step), append(h.changes, change), append(h.inverse, 1/product)
	if len(h.steps) > memory {
		h.steps, h.changes, h.inverse = h.steps[1:], h.changes[1:], h.inverse[1:]
	}
}

// direction is the two-loop recursion.
func (h *curvature) direction(gradient []float64) []float64 {
	d := make([]float64, len(gradient))
	for i, g := range gradient {
		d[i] = -g
	}
	share := make([]float64, len(h.steps))
	for i := len(h.steps) - 1; i >= 0; i-- {
		share[i] = float64(h.inverse[i] * dot(h.steps[i], d))
		addTimes(d, -share[i], h.changes[i])
	}
	if last := len(h.steps) - 1; last >= 0 {
		factor := 1 / float64(h.inverse[last]*dot(h.changes[last], h.changes[last]))
		for i := range d {
			d[i] *= factor
		}
	}
	for i := range h.steps {
		addTimes(d, share[i]-float64(h.inverse[i]*dot(h.changes[i], d)), h.steps[i])
	}
	return d
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += float64(a[i] * b[i])
	}
	return sum
}

func addTimes(to []float64, factor float64, what []float64) {
	for i := range to {
		to[i] += float64(factor * what[i])
	}
}
