// Package dice throws the numbers that the synthetic press is drawn with. The
// same seed gives the same numbers on every machine and every Go release, which
// math/rand does not promise.
package dice

import "math"

// Dice is a stream of numbers that depends on its seed alone. Copying it copies
// the stream.
type Dice struct{ state uint64 }

// Roll starts a stream for one subject: the label keeps the streams of
// different decisions about the same thing apart.
func Roll(seed uint64, label string, parts ...uint64) Dice {
	h := seed ^ 0x9e3779b97f4a7c15
	for i := range len(label) {
		h = Mix(h ^ uint64(label[i]))
	}
	for _, part := range parts {
		h = Mix(h ^ Mix(part))
	}
	return Dice{state: h}
}

// Mix is the finaliser of SplitMix64.
func Mix(z uint64) uint64 {
	z += 0x9e3779b97f4a7c15
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb
	return z ^ (z >> 31)
}

// Next returns the next 64 bits.
func (d *Dice) Next() uint64 {
	d.state += 0x9e3779b97f4a7c15
	return Mix(d.state)
}

// Below returns a number in [0, n); n must be positive.
func (d *Dice) Below(n int) int { return int(d.Next() % uint64(n)) }

// Between returns a number in [low, high].
func (d *Dice) Between(low, high int) int { return low + d.Below(high-low+1) }

// Unit returns a number in [0, 1).
func (d *Dice) Unit() float64 { return float64(d.Next()>>11) / (1 << 53) }

// Chance is true as often as the share says.
func (d *Dice) Chance(share float64) bool { return d.Unit() < share }

// Order returns the numbers below n in random order.
func (d *Dice) Order(n int) []int {
	out := make([]int, n)
	for i := range out {
		j := d.Below(i + 1)
		out[i], out[j] = out[j], i
	}
	return out
}

// Heavy returns a number of at least low with a long tail (Pareto, α = 1.3).
func (d *Dice) Heavy(low float64) int {
	return int(low / math.Pow(1-d.Unit(), 1/1.3))
}
