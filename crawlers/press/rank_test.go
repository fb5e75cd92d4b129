package press

import (
	"math"
	"slices"
	"testing"

	"github.com/overheard-news/overheard/transform/index"
)

// emptyNight is a night of the press without news, as a database would hold it.
func emptyNight(p *Press) *index.Input {
	in := &index.Input{
		Night: "2026-11-20",
		Constants: index.Constants{
			WindowNights: 1, HalfLifeNights: decayNights, CopyCreditLogFactor: copyCredit,
			OutletPriorArticles: outletPrior, GlobalPriorArticles: countryPrior,
			BreadthHalfShare: 0.002, PresenceFullShare: 0.001, PickupPriorStories: 5, PickupPrior: 0.3,
			ProminencePriorWeight: 3, ProminencePrior: 0.5, TonePriorMentions: 15, ReputationPriorMentions: 15,
			PositiveCountriesPriorWeight: 0.1, PositiveCountriesPrior: 0.5, GoalpostCap: 1.2, PillarFloor: 1,
		},
		Pillars:   [index.PillarCount]index.Linked{{Weight: 0.4, LinkFactor: 1}, {Weight: 0.3, LinkFactor: 1}, {Weight: 0.3, LinkFactor: 1}},
		Languages: []string{"und"},
	}
	for i := range in.Indicators {
		in.Indicators[i] = index.Declared{Weight: 0.2, Low: 0, High: 1}
	}
	in.Indicators[index.Attention] = index.Declared{Weight: 0.2, Transform: index.Log, Low: -12, High: 0}
	list := p.Outlets(0)
	weights := PanelWeights(list, p.cfg.GDP)
	for _, o := range list {
		if !slices.Contains(in.Countries, o.Country) {
			in.Countries = append(in.Countries, o.Country)
		}
		in.Outlets = append(in.Outlets, index.Outlet{
			ID: o.ID, IsInPanel: true, IsTier1: true, Weight: weights[o.ID], ArticleSum: 7,
			Country: int32(slices.Index(in.Countries, o.Country)), WindowArticles: make([]float64, 1),
		})
	}
	in.CountryTones = make([]float64, len(in.Countries))
	for _, c := range p.cfg.Companies {
		in.Companies = append(in.Companies, index.Company{ID: c.ID, IsRanked: c.Chinese})
	}
	return in
}

// TestTrueNightHasTheTrueAttention holds the two roads to attention against each
// other: the index over the true sums, and the ranking written here.
func TestTrueNightHasTheTrueAttention(t *testing.T) {
	t.Parallel()
	p := newPress(t, nil)
	truth := p.truth(nil)
	in := p.trueNight(truth.articles, emptyNight(p))
	scores := index.Evaluate(in, nil)
	for _, standing := range truth.ranking {
		c := slices.IndexFunc(in.Companies, func(c index.Company) bool { return c.ID == standing.CompanyID })
		if got := scores.Indicator(c, index.Attention).Raw; math.Abs(got-standing.Attention) > 1e-9 {
			t.Errorf("%s has an attention of %.12f, by its ranking %.12f", standing.CompanyID, got, standing.Attention)
		}
	}
	if len(truth.ranking) < 5 {
		t.Errorf("too little to judge: %d companies", len(truth.ranking))
	}
}

// TestIntervalsOnTheCard: ranks as they truly are lie in any interval; an interval
// that lies elsewhere is counted, and an order upside down has a τ of -1.
func TestIntervalsOnTheCard(t *testing.T) {
	t.Parallel()
	p := newPress(t, nil)
	in := p.trueNight(p.truth(nil).articles, emptyNight(p))
	scores := index.Evaluate(in, nil)
	right := FoundIndex{Night: emptyNight(p)}
	for c, company := range in.Companies {
		if rank := scores.Rank[c]; rank > 0 && company.Cells.From < company.Cells.To {
			right.Ranked = append(right.Ranked, FoundRank{company.ID, rank, rank, rank + 1})
		}
	}
	found := perfect(p)
	found.Index = &right
	if card := p.Score(found); card.ScoreTau != 1 || card.IntervalsRight != len(right.Ranked) || card.Intervals != len(right.Ranked) || card.IntervalWidth != 1 {
		t.Errorf("a perfect index has τ %.3f, %d of %d intervals right, %.1f wide", card.ScoreTau, card.IntervalsRight, card.Intervals, card.IntervalWidth)
	}
	wrong := FoundIndex{Night: right.Night}
	for _, r := range right.Ranked {
		wrong.Ranked = append(wrong.Ranked, FoundRank{r.CompanyID, 1 + len(in.Companies) - r.Rank, r.Rank + 1, r.Rank + 2})
	}
	found.Index = &wrong
	if card := p.Score(found); card.ScoreTau != -1 || card.IntervalsRight != 0 {
		t.Errorf("an index upside down has τ %.3f and %d intervals right", card.ScoreTau, card.IntervalsRight)
	}
}
