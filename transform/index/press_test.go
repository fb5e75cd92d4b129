package index

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
)

// press is a press of which the truth is known: how often each company makes a
// story, how far its stories are carried, how often they are headlines. What a
// few weeks of it show is drawn by nights; the truth is the mean of many draws.
type press struct {
	outlets, countries, companies int
	nights                        int     // drawn, the window included
	stories                       float64 // a night, of all companies
	slope                         float64 // of ln rates over the companies' places
}

// ties are a company of a press: what is true of it.
type nature struct {
	rate     float64   // stories a night
	carried  float64   // mean number of outlets beyond the first
	headline float64   // share of voices in headlines
	tone     float64   // mean net tone of its voices
	at       []float64 // by outlet: cumulated chance to be the one that tells
}

func (p press) natures() []nature {
	rng := rand.New(rand.NewPCG(7, uint64(p.companies)))
	list := make([]nature, p.companies)
	var sum float64
	for c := range list {
		list[c].rate = math.Exp(-p.slope*float64(c)/float64(p.companies) + 0.3*rng.NormFloat64())
		sum += list[c].rate
	}
	for c := range list {
		n := &list[c]
		n.rate *= p.stories / sum
		n.carried = math.Exp(0.5 * rng.NormFloat64())
		n.headline = 0.2 + 0.6*rng.Float64()
		n.tone = 0.3 * rng.NormFloat64()
		n.at = make([]float64, p.outlets)
		likes := make([]float64, p.countries)
		for g := range likes {
			likes[g] = math.Exp(rng.NormFloat64())
		}
		var total float64
		for o := range n.at {
			total += likes[o%p.countries] * math.Exp(0.7*rng.NormFloat64())
			n.at[o] = total
		}
	}
	return list
}

// draw makes one input. Nights before the window become older sums.
func (p press) draw(natures []nature, seed uint64) *Input {
	rng := rand.New(rand.NewPCG(seed, 1))
	in := p.empty()
	type placed struct {
		company int
		outlet  int32
		Mention
	}
	var all []placed
	for c := range natures {
		n := &natures[c]
		for age := range p.nights {
			for range count(rng, n.rate) {
				story := int32(len(in.Stories))
				in.Stories = append(in.Stories, Story{ID: int64(story), Hash: rng.Uint64()})
				tone := n.tone + 0.6*rng.NormFloat64()
				carriers := n.carriers(rng, 1+count(rng, n.carried*rng.ExpFloat64()))
				for i, outlet := range carriers {
					m := Mention{
						Story: story, Age: uint8(age), Publishers: int32(len(carriers)), Tone: -1,
						IsHeadline: rng.Float64() < n.headline, IsFirst: i == 0,
						Weight: copyCredit(0.5, len(carriers)) * []float64{0.15, 0.35, 0.6}[rng.IntN(3)],
						Reach:  1,
					}
					// The tone is that of the story, with something of the outlet's own.
					if rng.Float64() < 0.7 {
						m.Tone = int32(c*p.countries) + outlet%int32(p.countries)
						net := min(max(tone+0.2*rng.NormFloat64(), -1), 1)
						m.Positive = max(net, 0)
						m.Negative = max(-net, 0)
					}
					if m.IsHeadline {
						m.Weight = copyCredit(0.5, len(carriers))
					}
					if i > 0 {
						m.Pickup = 1
					}
					all = append(all, placed{c, outlet, m})
				}
			}
		}
	}
	slices.SortFunc(all, func(a, b placed) int {
		if a.company != b.company {
			return a.company - b.company
		}
		if a.outlet != b.outlet {
			return int(a.outlet - b.outlet)
		}
		if a.Age != b.Age {
			return int(a.Age) - int(b.Age)
		}
		return int(a.Story - b.Story)
	})
	window := in.Constants.WindowNights
	for i := 0; i < len(all); {
		first := all[i]
		company := &in.Companies[first.company]
		if company.Cells.To == 0 {
			company.Cells.From = int32(len(in.Cells))
		}
		cell := Cell{Outlet: first.outlet, Mentions: Span{From: int32(len(in.Mentions))}}
		for i < len(all) && all[i].company == first.company && all[i].outlet == first.outlet {
			age, told := all[i].Age, 0.0
			for ; i < len(all) && all[i].company == first.company && all[i].outlet == first.outlet && all[i].Age == age; i++ {
				m := &all[i].Mention
				if int(age) < window {
					in.Mentions = append(in.Mentions, *m)
					continue
				}
				told += m.Weight
				fade := fading(in.Constants.HalfLifeNights, float64(age))
				cell.OlderMentions += fade
				company.addOlder(m, fade)
				if m.Tone >= 0 {
					in.Tones[m.Tone].Older.add(m, fade, fade*m.Weight, in.Constants.StronglyNegativeProbability)
				}
			}
			if int(age) >= window {
				cell.OlderAttention += fading(in.Constants.HalfLifeNights, float64(age)) * log2OnePlus(told)
			}
		}
		cell.Mentions.To = int32(len(in.Mentions))
		in.Cells = append(in.Cells, cell)
		company.Cells.To = int32(len(in.Cells))
	}
	return in
}

func (c *Company) addOlder(m *Mention, fade float64) {
	c.OlderWeight += fade * m.Weight
	if m.IsHeadline {
		c.OlderHeadlines += fade * m.Weight
	}
	if m.IsFirst {
		c.OlderStories += fade
	}
	c.OlderPickups += fade * m.Pickup
}

// carriers draws different outlets.
func (n *nature) carriers(rng *rand.Rand, count int) []int32 {
	var list []int32
	for range count {
		o, _ := slices.BinarySearch(n.at, rng.Float64()*n.at[len(n.at)-1])
		if o = min(o, len(n.at)-1); !slices.Contains(list, int32(o)) {
			list = append(list, int32(o))
		}
	}
	return list
}

// count is a Poisson variable.
func count(rng *rand.Rand, mean float64) int {
	n := 0
	for left := mean - rng.ExpFloat64(); left > 0; left -= rng.ExpFloat64() {
		n++
	}
	return n
}

// empty has outlets and companies and no news.
func (p press) empty() *Input {
	in := &Input{
		Night: "2026-11-20",
		Constants: Constants{
			WindowNights: 28, HalfLifeNights: 7, CopyCreditLogFactor: 0.5,
			OutletPriorArticles: 100, GlobalPriorArticles: 500,
			BreadthHalfShare: 0.002, PresenceFullShare: 0.001,
			PickupPriorStories: 5, PickupPrior: 0.3, ProminencePriorWeight: 3, ProminencePrior: 0.5,
			TonePriorMentions: 15, ReputationPriorMentions: 15, StrongNegativePriorReach: 4,
			StronglyNegativeProbability: 0.8, PositiveCountriesPriorWeight: 0.1, PositiveCountriesPrior: 0.5,
			GoalpostCap: 1.2, PillarFloor: 1, MarkPlaces: 5,
			DimensionHalfLifeNights: 30, DimensionLow: -13, DimensionHigh: -6,
		},
		Indicators: [IndicatorCount]Declared{
			{0.3, Log, -11.5, -5}, {0.2, Log, -11.5, -5}, {0.2, Logit, -6, 1},
			{0.2, Log, 0, 3}, {0.1, Log, 0, 2},
			{0.2, Plain, 0, 2.5}, {0.25, Plain, 0, 2.5}, {0.25, Plain, 0, 2.5},
			{0.2, LogOnePlus, 0.1, 0.6}, {0.1, Logit, -1, 0.5},
			{0.5, Plain, -0.3, 0.3}, {0.25, Logit, 1, 4}, {0.25, Logit, -1.5, 1.5},
		},
		Pillars: [PillarCount]Linked{{0.4, 1}, {0.3, 1}, {0.3, 1}},
	}
	for g := range p.countries {
		in.Countries = append(in.Countries, fmt.Sprintf("C%02d", g))
	}
	in.CountryTones = make([]float64, p.countries)
	in.Tongues = []Tongue{
		{Code: "de"},
		{Code: "en", HasCorrection: true, Correction: [3][3]float64{{1.6, -0.2, -0.4}, {-0.2, 1.3, -0.1}, {-0.4, -0.1, 1.5}}},
		{Code: "fr"},
	}
	for l := range max(p.countries/3, 1) {
		in.Languages = append(in.Languages, fmt.Sprintf("l%02d", l))
	}
	for o := range p.outlets {
		articles := make([]float64, in.Constants.WindowNights)
		n := 20 + float64(o*37%180)
		sum := 0.0
		for age := range p.nights {
			if age < len(articles) {
				articles[age] = n
			}
			sum += n * fading(in.Constants.HalfLifeNights, float64(age))
		}
		in.Outlets = append(in.Outlets, Outlet{
			ID: fmt.Sprintf("o%04d", o), IsInPanel: true, IsUp: true, IsTier1: o%3 == 0,
			Country: int32(o % p.countries), Language: int32(o % p.countries % len(in.Languages)),
			Weight: 1 / float64(p.outlets), ArticleSum: sum, WindowArticles: articles,
		})
	}
	for c := range p.companies {
		for g := range p.countries {
			in.Tones = append(in.Tones, ToneCell{Country: int32(g), Tongue: int32(g % 3)})
		}
		in.Companies = append(in.Companies, Company{
			ID: fmt.Sprintf("c%03d", c), IsRanked: true, IsSufficient: true, SectorStrong: 0.1,
			Tones: Span{int32(c * p.countries), int32((c + 1) * p.countries)},
		})
	}
	return in
}

// truth is the mean of many draws: all of it older, nothing left to chance.
func (p press) truth(natures []nature, draws int) *Input {
	in := p.empty()
	type sum struct{ attention, mentions float64 }
	cells := make([]map[int32]sum, p.companies)
	for c := range cells {
		cells[c] = map[int32]sum{}
	}
	for i := range draws {
		drawn := p.draw(natures, uint64(1_000_000+i))
		s := newSums(drawn)
		s.add(drawn, &Weights{})
		for c := range drawn.Companies {
			from, to := &drawn.Companies[c], &in.Companies[c]
			to.OlderWeight += from.OlderWeight / float64(draws)
			to.OlderHeadlines += from.OlderHeadlines / float64(draws)
			to.OlderStories += from.OlderStories / float64(draws)
			to.OlderPickups += from.OlderPickups / float64(draws)
			for i := from.Tones.From; i < from.Tones.To; i++ {
				in.Tones[i].Older.plus(&drawn.Tones[i].Older, 1/float64(draws))
			}
			for cell := from.Cells.From; cell < from.Cells.To; cell++ {
				o := drawn.Cells[cell].Outlet
				for i := s.tonesFrom[cell]; i < s.tonesFrom[cell+1]; i++ {
					in.Tones[s.toneCells[i]].Older.plus(&s.tones[i], 1/float64(draws))
				}
				was := cells[c][o]
				cells[c][o] = sum{
					was.attention + s.attention[cell]/float64(draws),
					was.mentions + s.mentions[cell]/float64(draws),
				}
				to.OlderWeight += s.weight[cell] / float64(draws)
				to.OlderHeadlines += s.headlines[cell] / float64(draws)
				to.OlderStories += s.stories[cell] / float64(draws)
				to.OlderPickups += s.pickups[cell] / float64(draws)
			}
		}
	}
	for c := range in.Companies {
		in.Companies[c].Cells.From = int32(len(in.Cells))
		for o := range int32(p.outlets) {
			if was, isNamed := cells[c][o]; isNamed {
				in.Cells = append(in.Cells, Cell{Outlet: o, OlderAttention: was.attention, OlderMentions: was.mentions})
			}
		}
		in.Companies[c].Cells.To = int32(len(in.Cells))
	}
	return in
}
