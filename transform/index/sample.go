package index

import (
	"crypto/md5"
	"encoding/binary"
)

// HashOf is the first 8 bytes of the md5 of an id, read as a number, as
// left(md5(id), 16) has them in SQL.
func HashOf(id string) uint64 {
	sum := md5.Sum([]byte(id))
	return binary.BigEndian.Uint64(sum[:8])
}

// poissonBounds are 2^64 times the distribution function of a Poisson variable
// with mean 1, at 0, 1, 2 ..., rounded up: 1/e * (1 + 1 + 1/2 + 1/6 + ...). What
// is behind the last bound, less than one in 10^19, counts as the value there.
var poissonBounds = [...]uint64{
	0x5e2d58d8b3bcdf1b, 0xbc5ab1b16779be36, 0xeb715e1dc1582dc3, 0xfb23979734a252f2,
	0xff1025f59174dc3e, 0xffd90f3ba4055e1a, 0xfffa8b71fc72c914, 0xffff540c0914b3ca,
	0xffffed1f4aa8f121, 0xfffffe216e641463, 0xffffffd4d85d3184, 0xfffffffc6da262b5,
	0xffffffffba12d179, 0xfffffffffb07c64d, 0xffffffffffab8ea6, 0xfffffffffffabe23,
	0xffffffffffffb11b, 0xfffffffffffffba2, 0xffffffffffffffc6, 0xfffffffffffffffe,
}

// poisson is how often something with this hash counts in a replicate: a Poisson
// variable with mean 1, drawn by the inverse of its distribution function at
// u = splitmix64(hash xor replicate * golden) / 2^64. It hangs on nothing but its
// arguments, so a replicate can be made again by anyone.
func poisson(hash, replicate uint64) int {
	u := random(hash, replicate)
	for count, bound := range poissonBounds {
		if u < bound {
			return count
		}
	}
	return len(poissonBounds)
}

// random is an even random number of 64 bits for a hash and a replicate.
func random(hash, replicate uint64) uint64 {
	return mix(hash ^ replicate*0x9E3779B97F4A7C15)
}

// mix is the step of the generator SplitMix64 (Steele, Lea and Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9E3779B97F4A7C15
	x = (x ^ x>>30) * 0xBF58476D1CE4E5B9
	x = (x ^ x>>27) * 0x94D049BB133111EB
	return x ^ x>>31
}

// Draw are the weights of one replicate, counted from 1. They hang on nothing but
// the hashes of outlets and stories and the number.
func Draw(in *Input, replicate int) *Weights {
	d := newDrawer(in)
	d.draw(uint64(replicate))
	return &d.weights
}

// drawer draws one replicate after the other.
type drawer struct {
	in      *Input
	hashes  []uint64 // by outlet
	weights Weights
}

func newDrawer(in *Input) *drawer {
	d := &drawer{in: in, hashes: make([]uint64, len(in.Outlets))}
	d.weights.Outlets = make([]float64, len(in.Outlets))
	d.weights.Stories = make([]float64, len(in.Stories))
	for o := range in.Outlets {
		d.hashes[o] = HashOf(in.Outlets[o].ID)
	}
	return d
}

func (d *drawer) draw(replicate uint64) {
	for o, hash := range d.hashes {
		d.weights.Outlets[o] = float64(poisson(hash, replicate))
	}
	for s := range d.in.Stories {
		d.weights.Stories[s] = float64(poisson(d.in.Stories[s].Hash, replicate))
	}
}

// draw fills in the weights of a replicate.
func draw(in *Input, outletHashes []uint64, replicate uint64, w *Weights) {
	d := drawer{in: in, hashes: outletHashes, weights: *w}
	d.draw(replicate)
}
