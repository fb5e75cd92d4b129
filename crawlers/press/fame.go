package press

import (
	"cmp"
	"math"
	"slices"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// popularity draws companies as often as the press of a night is inclined to
// write about them: Zipf's law, slow waves that differ by company, and a taste
// of each language.
type popularity map[string][]float64 // cumulative by company

func (p *Press) popularity(day int) popularity {
	rank := p.fame()
	out := popularity{}
	for _, l := range p.spoken() {
		sum := 0.0
		for i := range p.cfg.Companies {
			c := dice.Roll(p.seed, "waves", uint64(i))
			slow := math.Sin(2 * math.Pi * (float64(day)/(15+30*c.Unit()) + c.Unit()))
			fast := math.Sin(2 * math.Pi * (float64(day)/(3+6*c.Unit()) + c.Unit()))
			taste := dice.Roll(p.seed, "taste "+l.code, uint64(i))
			if !p.names[l.code][i].isEmpty() {
				sum += math.Exp(0.5*slow+0.4*fast+0.8*(taste.Unit()-0.5)) / math.Pow(float64(rank[i])+2, 1.05)
			}
			out[l.code] = append(out[l.code], sum)
		}
	}
	return out
}

// fame ranks the companies: those with names in many languages are the known
// ones, chance decides between equals.
func (p *Press) fame() []int {
	d := dice.Roll(p.seed, "fame")
	known := make([]float64, len(p.cfg.Companies))
	order := make([]int, len(known))
	for i, c := range p.cfg.Companies {
		for _, forms := range c.Forms {
			for _, f := range forms {
				if f.Class == classSure {
					known[i]++
				}
			}
		}
		known[i] *= 0.5 + d.Unit()
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(known[b], known[a]) })
	rank := make([]int, len(order))
	for place, i := range order {
		rank[i] = place
	}
	return rank
}

// draw returns an index into the companies, or -1 if the language names none.
func (c popularity) draw(d *dice.Dice, language string) int16 {
	sums := c[language]
	at := 1 - d.Unit() // above 0: never a first company without a name
	if len(sums) == 0 || sums[len(sums)-1] == 0 {
		return -1
	}
	i, _ := slices.BinarySearch(sums, at*sums[len(sums)-1])
	return int16(i)
}
