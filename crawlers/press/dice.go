package press

import "math"

// dice is a stream of numbers that depends on its seed alone. The same seed
// gives the same press on every machine and every Go release, which math/rand
// does not promise; copying a dice copies the stream.
type dice struct{ state uint64 }

// roll starts a stream for one subject: the label keeps the streams of
// different decisions about the same thing apart.
func roll(seed uint64, label string, parts ...uint64) dice {
	h := seed ^ 0x9e3779b97f4a7c15
	for i := range len(label) {
		h = mix(h ^ uint64(label[i]))
	}
	for _, part := range parts {
		h = mix(h ^ mix(part))
	}
	return dice{state: h}
}

// mix is the finaliser of SplitMix64.
func mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

func (d *dice) next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return mix(d.state)
}

// below returns a number in [0, n); n must be positive.
func (d *dice) below(n int) int { return int(d.next() % uint64(n)) }

// between returns a number in [low, high].
func (d *dice) between(low, high int) int { return low + d.below(high-low+1) }

// unit returns a number in [0, 1).
func (d *dice) unit() float64 { return float64(d.next()>>11) / (1 << 53) }

func (d *dice) chance(share float64) bool { return d.unit() < share }

// order returns the numbers below n in random order.
func (d *dice) order(n int) []int {
	out := make([]int, n)
	for i := range out {
		j := d.below(i + 1)
		out[i], out[j] = out[j], i
	}
	return out
}

// heavy returns a number of at least low with a long tail (Pareto, α = 1.3).
func (d *dice) heavy(low float64) int {
	return int(low / math.Pow(1-d.unit(), 1/1.3))
}
