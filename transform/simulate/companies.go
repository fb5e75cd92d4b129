package simulate

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// DimensionCount is how many dimensions a mention can be labelled with.
const DimensionCount = 5

// Dimensions are their names.
var Dimensions = [DimensionCount]string{
	"global_layout", "global_competitiveness", "corporate_culture", "social_responsibility", "global_governance",
}

// Company is a company and what is true of it.
type Company struct {
	ID, Sector, Ownership, HomeCountry string
	IsComparator                       bool
	Rate                               float64                 // stories a night
	Interest                           []float64               // by outlet: its share of the stories, relative
	Fame                               []float64               // by country: how readily wires on it are carried
	Headline                           float64                 // share of stories that are about it
	Wires                              float64                 // share of stories that are carried by others
	Tone                               []float64               // by country: mean net tone of stories, -1 to 1
	Mix                                [DimensionCount]float64 // chance of each dimension to be what a story speaks of
	Reactions                          [][3]float64            // by platform: mean likes, shares, comments a night

	origins []float64 // cumulated interest
}

var (
	sectors    = []string{"automotive", "banking", "consumer", "electronics", "energy", "internet", "logistics", "construction", "pharma", "telecom"}
	ownerships = []string{"state", "private", "private", "state_backed", "private"}
)

// voicesPerStory is how many articles name the company of a story, on average, as
// drawn by news.go; measured, and only used to come near the volume asked for.
const voicesPerStory = 2.9

func (p *Press) drawCompanies(r *rand.Rand) {
	n := p.Config.Companies + p.Comparators
	rates := make([]float64, n)
	var sum float64
	for c := range rates {
		// Fame as in the published rankings: the first has thirty times the last.
		rates[c] = math.Pow(float64(c%p.Config.Companies)+1.5, -0.8) * spread(r, 0.2)
		sum += rates[c]
	}
	order := r.Perm(p.Config.Companies) // so that identifiers tell nothing
	for c := range n {
		company := Company{
			ID: fmt.Sprintf("c%03d", c), Sector: sectors[r.IntN(len(sectors))],
			Ownership: ownerships[r.IntN(len(ownerships))], HomeCountry: "CN",
		}
		place := c
		if c < p.Config.Companies {
			place = order[c]
		} else {
			company.ID, company.IsComparator = fmt.Sprintf("f%03d", c), true
			company.Ownership, company.HomeCountry = "foreign", "US"
		}
		company.Rate = rates[place] / sum * float64(n) * p.Mentions / voicesPerStory
		p.describe(r, &company)
		p.Companies = append(p.Companies, company)
	}
}

// describe draws what is true of a company.
func (p *Press) describe(r *rand.Rand, c *Company) {
	base := 0.25 * r.NormFloat64()
	fame := make([]float64, p.Countries)
	for g := range fame {
		fame[g] = spread(r, 1)
		c.Tone = append(c.Tone, min(max(base+0.15*r.NormFloat64(), -0.8), 0.8))
	}
	c.Fame = fame
	var total float64
	for i := range p.Outlets {
		o := &p.Outlets[i]
		interest := o.Volume * fame[o.country] * spread(r, 0.5)
		total += interest
		c.Interest = append(c.Interest, interest)
		c.origins = append(c.origins, total)
	}
	c.Headline = 0.2 + 0.5*r.Float64()
	c.Wires = 0.15 + 0.3*r.Float64()
	sum := 0.0
	for d := range c.Mix {
		c.Mix[d] = spread(r, 0.8)
		sum += c.Mix[d]
	}
	for d := range c.Mix {
		c.Mix[d] *= 0.9 / sum
	}
	loved := spread(r, 0.6) * math.Sqrt(c.Rate)
	for range p.Platforms {
		likes := 15 * loved * spread(r, 0.3)
		c.Reactions = append(c.Reactions, [3]float64{likes, likes / 5 * spread(r, 0.3), likes / 5 * spread(r, 0.3)})
	}
}
