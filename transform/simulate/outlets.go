package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Outlet is a title.
type Outlet struct {
	ID        string
	Publisher string // the owner: its titles reprint each other
	Country   string
	Language  string
	Tier      int
	Volume    float64    // mean articles a night that name no company
	Weekdays  [7]float64 // factors, Sunday first
	WireTaste float64    // how readily it prints wires, relative to others

	country int
}

// shares of tiers and sizes, largest tier first.
var (
	tierShares  = [3]float64{0.15, 0.35, 0.5}
	tierVolumes = [3]float64{1.9, 1.1, 0.65} // relative to the mean
)

// drawOutlets places outlets: every country has some, larger ones more. A third of
// all belongs to an owner that has another title in the country.
func (p *Press) drawOutlets(r *rand.Rand) {
	cumulated := make([]float64, p.Countries)
	var total float64
	for g := range cumulated {
		total += 1 / math.Sqrt(float64(g)+1.5)
		cumulated[g] = total
	}
	owners := make([][]string, p.Countries)
	for i := range p.Config.Outlets {
		g := i
		if g >= p.Countries {
			g = pick(r, cumulated)
		}
		o := Outlet{
			ID: fmt.Sprintf("o%04d", i), Country: places[g].code, Language: places[g].language, country: g,
			Tier: 1 + pick(r, []float64{tierShares[0], tierShares[0] + tierShares[1], 1}),
		}
		if places[g].hasEnglish && r.Float64() < 0.2 {
			o.Language = "en"
		}
		o.Publisher = "p" + o.ID
		if n := len(owners[g]); n > 0 && r.Float64() < 0.33 {
			o.Publisher = owners[g][r.IntN(n)]
		}
		owners[g] = append(owners[g], o.Publisher)
		o.Volume = p.Articles * tierVolumes[o.Tier-1] * spread(r, 0.35)
		o.WireTaste = spread(r, 0.5)
		for day := range o.Weekdays {
			o.Weekdays[day] = 1.1 * spread(r, 0.05)
		}
		o.Weekdays[0], o.Weekdays[6] = 0.7*spread(r, 0.1), 0.8*spread(r, 0.1)
		p.Outlets = append(p.Outlets, o)
	}
}

// pick draws a place from cumulated chances.
func pick(r *rand.Rand, cumulated []float64) int {
	x := r.Float64() * cumulated[len(cumulated)-1]
	low, high := 0, len(cumulated)-1
	for low < high {
		if middle := (low + high) / 2; cumulated[middle] > x {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// spread is a factor around 1, its logarithm with that deviation.
func spread(r *rand.Rand, deviation float64) float64 {
	return math.Exp(deviation*r.NormFloat64() - deviation*deviation/2)
}

// poisson is a number of things that happen so often on average.
func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for left := mean - r.ExpFloat64(); left > 0; left -= r.ExpFloat64() {
		n++
	}
	return n
}

// hashOf is FNV-1a.
func hashOf(text string) uint64 {
	h := uint64(0xcbf29ce484222325)
	for i := range len(text) {
		h = (h ^ uint64(text[i])) * 0x100000001b3
	}
	return h
}
