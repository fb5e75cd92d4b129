package press

import (
	"cmp"
	"math"
	"slices"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// The truth's ranking is METHOD.md 2 and 3 over the true articles, written anew
// and simply so that it can disagree with the SQL: weights of mentions, copies
// that share their credit, a concave sum per outlet and night, sums that decay
// over the nights, shares shrunk towards the country and the world.

const (
	decayNights     = 7.0 // half-life of the sums
	outletPrior     = 100 // articles of prior behind an outlet's share
	countryPrior    = 500 // and behind a country's
	copyCredit      = 0.5
	countryShareCap = 0.08
)

// Standing is one company in the truth's ranking.
type Standing struct {
	CompanyID string
	Attention float64
}

// PanelWeights gives each outlet its declared weight: a country counts by the
// square root of its GDP, at most 8 % of the panel; inside it an outlet counts
// by the square root of its reach, which its tier stands for.
func PanelWeights(list []outlets.Outlet, gdp map[string]int64) map[string]float64 {
	inside, mass := map[string]float64{}, map[string]float64{}
	reach := func(tier int) float64 { return math.Sqrt(map[int]float64{1: 1, 2: 0.4, 3: 0.15}[tier]) }
	for _, o := range list {
		inside[o.Country] += reach(o.Tier)
		mass[o.Country] = 1
		if g := gdp[o.Country]; g > 0 {
			mass[o.Country] = math.Sqrt(float64(g))
		}
	}
	capShares(mass, countryShareCap)
	out := make(map[string]float64, len(list))
	for _, o := range list {
		out[o.ID] = mass[o.Country] * reach(o.Tier) / inside[o.Country]
	}
	return out
}

// capShares scales the masses to a sum of 1 with none above the cap, handing
// what is cut off to the others; with too few countries all weigh the same.
func capShares(mass map[string]float64, ceiling float64) {
	ceiling = max(ceiling, 1/float64(max(1, len(mass))))
	capped := map[string]bool{}
	for range len(mass) + 1 {
		free, rest := 1-ceiling*float64(len(capped)), 0.0
		for _, k := range sortedKeys(mass) {
			if !capped[k] {
				rest += mass[k]
			}
		}
		isDone := true
		for _, k := range sortedKeys(mass) {
			switch {
			case capped[k]:
				mass[k] = ceiling
			case rest > 0:
				mass[k] *= free / rest
				if mass[k] > ceiling*(1+1e-9) {
					capped[k], isDone = true, false
				}
			}
		}
		if isDone {
			return
		}
	}
}

func sortedKeys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// sums are the decayed sums of one outlet.
type sums struct {
	articles float64
	x        map[string]float64 // by company
	mentions map[string]float64
}

// companySums are the decayed sums of one company over all outlets: weights of its
// mentions, of those in headlines, stories, and voices that told one again.
type companySums struct {
	weight, headlines, stories, pickups float64
}

// rank orders the Chinese companies by attention on the last night.
func (p *Press) rank(articles []TruthArticle) []Standing {
	registry := p.Outlets(0)
	weights := p.cfg.Weights
	if weights == nil {
		weights = PanelWeights(registry, p.cfg.GDP)
	}
	isRanked := map[string]bool{}
	for _, c := range p.cfg.Companies {
		isRanked[c.ID] = c.Chinese
	}
	byOutlet, _ := p.decayedSums(articles)
	byCountry, world := map[string]*sums{}, &sums{x: map[string]float64{}}
	for _, o := range registry {
		if byCountry[o.Country] == nil {
			byCountry[o.Country] = &sums{x: map[string]float64{}}
		}
		s := byOutlet[o.ID]
		for _, t := range []*sums{byCountry[o.Country], world} {
			t.articles += s.articles
			for c, x := range s.x {
				t.x[c] += x
			}
		}
	}
	var out []Standing
	for c := range world.x {
		if !isRanked[c] || world.articles == 0 {
			continue
		}
		attention, prior := 0.0, world.x[c]/world.articles
		for _, o := range registry {
			s, g := byOutlet[o.ID], byCountry[o.Country]
			country := (g.x[c] + countryPrior*prior) / (g.articles + countryPrior)
			attention += weights[o.ID] * (s.x[c] + outletPrior*country) / (s.articles + outletPrior)
		}
		out = append(out, Standing{c, attention})
	}
	slices.SortFunc(out, func(a, b Standing) int {
		return cmp.Or(-cmp.Compare(a.Attention, b.Attention), cmp.Compare(a.CompanyID, b.CompanyID))
	})
	return out
}

// decayedSums adds up what each outlet printed, and what was said of each company,
// night by night.
func (p *Press) decayedSums(articles []TruthArticle) (map[string]*sums, map[string]*companySums) {
	publishers := map[int64]map[string]bool{} // story → who carries it
	for _, a := range articles {
		if a.IsToBeHad {
			if publishers[a.StoryID] == nil {
				publishers[a.StoryID] = map[string]bool{}
			}
			publishers[a.StoryID][a.PublisherID] = true
		}
	}
	out := map[string]*sums{}
	for i := range p.outlets {
		out[p.outlets[i].slug] = &sums{x: map[string]float64{}, mentions: map[string]float64{}}
	}
	companies := map[string]*companySums{}
	for _, c := range p.cfg.Companies {
		companies[c.ID] = &companySums{}
	}
	counted := map[string]map[int64]bool{} // publisher → stories it has been credited for
	byNight := map[int][]TruthArticle{}
	for _, a := range articles {
		if a.IsToBeHad {
			byNight[dayOf(a.Night)] = append(byNight[dayOf(a.Night)], a)
		}
	}
	lambda := math.Pow(2, -1/decayNights)
	for day := p.firstDay; day < p.firstDay+p.cfg.Nights; day++ {
		for _, s := range out {
			s.articles *= lambda
			for c := range s.x {
				s.x[c] *= lambda
				s.mentions[c] *= lambda
			}
		}
		for _, s := range companies {
			*s = companySums{s.weight * lambda, s.headlines * lambda, s.stories * lambda, s.pickups * lambda}
		}
		tonight := byNight[day]
		slices.SortStableFunc(tonight, func(a, b TruthArticle) int {
			return cmp.Or(a.PublishedAt.Compare(b.PublishedAt), cmp.Compare(a.CanonicalURL, b.CanonicalURL))
		})
		for key, m := range creditOf(tonight, publishers, counted, out, companies) {
			out[key.outlet].x[key.company] += math.Log2(1 + m)
		}
	}
	return out, companies
}

type outletCompany struct{ outlet, company string }

// creditOf adds up one night's mentions. A publisher's first copy of a story has
// its credit, the others none.
func creditOf(
	tonight []TruthArticle, publishers map[int64]map[string]bool, counted map[string]map[int64]bool,
	out map[string]*sums, companies map[string]*companySums,
) map[outletCompany]float64 {
	mass := map[outletCompany]float64{}
	for _, a := range tonight {
		out[a.OutletID].articles++
		if counted[a.PublisherID] == nil {
			counted[a.PublisherID] = map[int64]bool{}
		}
		if counted[a.PublisherID][a.StoryID] {
			continue
		}
		n := float64(len(publishers[a.StoryID]))
		isFirst := !slices.ContainsFunc(sortedKeys(publishers[a.StoryID]), func(publisher string) bool {
			return counted[publisher][a.StoryID]
		})
		counted[a.PublisherID][a.StoryID] = true
		for _, m := range a.Mentions {
			weight := m.Salience * (1 + copyCredit*math.Log2(n)) / n
			mass[outletCompany{a.OutletID, m.CompanyID}] += weight
			out[a.OutletID].mentions[m.CompanyID]++
			companies[m.CompanyID].add(weight, m.Position == "headline", isFirst)
		}
	}
	return mass
}

// add counts a voice: all have an authority of 1.
func (s *companySums) add(weight float64, isHeadline, isFirst bool) {
	s.weight += weight
	if isHeadline {
		s.headlines += weight
	}
	if isFirst {
		s.stories++
	} else {
		s.pickups++
	}
}
