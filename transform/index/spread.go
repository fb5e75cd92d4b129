package index

// panel is what the outlets come to, before any company is looked at: weights
// scaled to 1 and what the shrinkage of shares needs of each country. The letters
// are those of sql/METHOD.md and of the model int_attention_shrunk.
type panel struct {
	weight      []float64 // w by outlet; 0 outside the panel
	denominator []float64 // N + prior, by outlet
	half        []float64 // X at which an outlet counts by half
	countries   []part
	languages   []part
	far         float64
	farTier1    float64
	tier1       float64 // weight of tier 1; 0: there is none
	articles    float64
}

// part is a country or a language of the panel.
type part struct {
	outlets    int32   // of the panel
	weight     float64 // of them
	articles   float64
	prior      float64 // K = sum of w * prior / (N + prior)
	priorTier1 float64
	full       float64 // X at which a company is fully present
}

func newPanel(in *Input) panel {
	return panel{
		weight:      make([]float64, len(in.Outlets)),
		denominator: make([]float64, len(in.Outlets)),
		half:        make([]float64, len(in.Outlets)),
		countries:   make([]part, len(in.Countries)),
		languages:   make([]part, len(in.Languages)),
	}
}

// multiplier is what an outlet counts: 1 unless the weights say otherwise.
func (w *Weights) multiplier(outlet int32) float64 {
	if w.Outlets == nil {
		return 1
	}
	return w.Outlets[outlet]
}

// weigh sums the panel with the multipliers of outlets.
func (p *panel) weigh(in *Input, s *sums, w *Weights) {
	k := &in.Constants
	clear(p.countries)
	clear(p.languages)
	var total float64
	for o := range in.Outlets {
		total += float64(w.multiplier(int32(o)) * in.Outlets[o].Weight)
	}
	if total == 0 || w.Outlets == nil {
		total = 1
	}
	p.tier1, p.articles = 0, 0
	for o := range in.Outlets {
		outlet := &in.Outlets[o]
		p.weight[o] = 0
		if !outlet.IsInPanel {
			continue
		}
		times := w.multiplier(int32(o))
		weight := float64(times*outlet.Weight) / total
		p.weight[o] = weight
		p.denominator[o] = s.articles[o] + k.OutletPriorArticles
		p.half[o] = float64(k.BreadthHalfShare * p.denominator[o])
		country, language := &p.countries[outlet.Country], &p.languages[outlet.Language]
		country.outlets++
		language.outlets++
		country.weight += weight
		articles := float64(times * s.articles[o])
		country.articles += articles
		language.articles += articles
		p.articles += articles
		prior := float64(weight*k.OutletPriorArticles) / p.denominator[o]
		country.prior += prior
		if outlet.IsTier1 {
			country.priorTier1 += prior
			p.tier1 += weight
		}
	}
	p.far, p.farTier1 = 0, 0
	for g := range p.countries {
		country := &p.countries[g]
		share := k.GlobalPriorArticles / (country.articles + k.GlobalPriorArticles)
		p.far += float64(country.prior * share)
		p.farTier1 += float64(country.priorTier1 * share)
		country.full = float64((country.articles + k.GlobalPriorArticles) * k.PresenceFullShare)
	}
	for l := range p.languages {
		language := &p.languages[l]
		language.full = float64((language.articles + k.GlobalPriorArticles) * k.PresenceFullShare)
	}
}

// spreadScratch are the sums of one company by country and language.
type spreadScratch struct {
	countries places
	languages places
}

// places are X and M by country or language, and which of them are not zero.
type places struct {
	attention []float64
	mentions  []float64
}

func newSpreadScratch(in *Input) spreadScratch {
	return spreadScratch{
		countries: newPlaces(len(in.Countries)),
		languages: newPlaces(len(in.Languages)),
	}
}

func newPlaces(n int) places {
	return places{attention: make([]float64, n), mentions: make([]float64, n)}
}

// measureSpread computes the five indicators of Spread.
func (e *Evaluator) measureSpread(c int, w *Weights, row []IndicatorScore) {
	p, countries, languages := &e.panel, &e.spread.countries, &e.spread.languages
	countries.clear()
	languages.clear()
	company := &e.in.Companies[c]
	var own, ownTier1, breadth, attention float64
	for cell := company.Cells.From; cell < company.Cells.To; cell++ {
		o := e.in.Cells[cell].Outlet
		outlet := &e.in.Outlets[o]
		x := e.sums.attention[cell]
		times := w.multiplier(o)
		if !outlet.IsInPanel || times == 0 || x == 0 {
			continue
		}
		weight := p.weight[o]
		share := float64(weight*x) / p.denominator[o]
		own += share
		if outlet.IsTier1 {
			ownTier1 += share
		}
		breadth += float64(weight*x) / (x + p.half[o])
		x = float64(times * x)
		m := float64(times * e.sums.mentions[cell])
		attention += x
		countries.add(outlet.Country, x, m)
		languages.add(outlet.Language, x, m)
	}
	panelShare := 0.0
	if p.articles > 0 {
		panelShare = attention / p.articles
	}
	near, nearTier1 := e.near()
	e.set(row, Attention, own+near+float64(panelShare*p.far))
	if p.tier1 > 0 {
		e.set(row, AttentionTier1, (ownTier1+nearTier1+float64(panelShare*p.farTier1))/p.tier1)
	}
	e.set(row, OutletBreadth, breadth)
	e.set(row, EffectiveCountries, countries.effective(p.countries))
	e.set(row, EffectiveLanguages, languages.effective(p.languages))
}

// near is the part of attention that outlets take over from their countries.
func (e *Evaluator) near() (all, tier1 float64) {
	b := e.in.Constants.GlobalPriorArticles
	for g, x := range e.spread.countries.attention {
		if x == 0 {
			continue
		}
		country := &e.panel.countries[g]
		share := x / (country.articles + b)
		all += float64(country.prior * share)
		tier1 += float64(country.priorTier1 * share)
	}
	return all, tier1
}

func (p *places) clear() {
	clear(p.attention)
	clear(p.mentions)
}

func (p *places) add(place int32, attention, mentions float64) {
	p.attention[place] += attention
	p.mentions[place] += mentions
}

// effective is exp(H), H the entropy of presence, corrected for a small sample
// (Miller 1955: the entropy of n draws from K kinds is too low by about
// (K - 1) / 2n). With S the sum of presences s, H = ln S - sum of s ln s / S.
func (p *places) effective(parts []part) float64 {
	var sum, logs, seen, mentions float64
	count := 0
	for i := range parts {
		if parts[i].outlets > 0 {
			count++
		}
		if p.attention[i] == 0 {
			continue
		}
		presence := round12(min(p.attention[i]/parts[i].full, 1))
		if presence == 0 {
			continue
		}
		sum += presence
		if presence < 1 {
			logs += float64(presence * ln(presence))
		}
		seen += min(p.mentions[i], 1)
		mentions += p.mentions[i]
	}
	if sum == 0 {
		return 1
	}
	entropy := ln(sum) - logs/sum + max(seen-1, 0)/float64(2*max(mentions, 1))
	return min(max(exp(entropy), 1), float64(count))
}
