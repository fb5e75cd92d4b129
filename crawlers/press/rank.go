package press

import (
	"cmp"
	"slices"

	"github.com/overheard-news/overheard/transform/index"
)

// FoundIndex is the index as it was published, to be held against the one that a
// reader without fault would have made of the same news.
type FoundIndex struct {
	Night  *index.Input // as loaded, flattened: it carries panel, goalposts and tones
	Ranked []FoundRank
}

// FoundRank is a published rank and its 90 % interval.
type FoundRank struct {
	CompanyID       string
	Rank, Low, High int
}

// scoreIndex compares published ranks with those of the index over the true sums,
// and counts the intervals that hold the true rank. The press does not know tone:
// there the truth takes over what was found. What is published of companies that no
// true article names counts as missed.
func (c *ScoreCard) scoreIndex(p *Press, truth *truthIndex, found *FoundIndex) {
	in := p.trueNight(truth.articles, found.Night)
	scores := index.Evaluate(in, nil)
	ranks := map[string]int{}
	var order []string
	for i, company := range in.Companies {
		if scores.Rank[i] > 0 && company.Cells.From < company.Cells.To {
			ranks[company.ID] = scores.Rank[i]
			order = append(order, company.ID)
		}
	}
	slices.SortFunc(order, func(a, b string) int { return ranks[a] - ranks[b] })
	published := slices.SortedFunc(slices.Values(found.Ranked), func(a, b FoundRank) int { return cmp.Compare(a.Rank, b.Rank) })
	var names []string
	width := 0
	for _, r := range published {
		names = append(names, r.CompanyID)
		rank, isTrue := ranks[r.CompanyID]
		if isTrue && r.Low <= rank && rank <= r.High {
			c.IntervalsRight++
		}
		width += r.High - r.Low
	}
	c.Intervals = len(published)
	c.IntervalWidth = float64(width) / float64(max(1, len(published)))
	c.ScoreTau = kendall(order, names)
}

// trueNight is the night with the sums of the true articles.
func (p *Press) trueNight(articles []TruthArticle, in *index.Input) *index.Input {
	byOutlet, byCompany := p.decayedSums(articles)
	to := *in
	to.Outlets, to.Companies, to.Cells = slices.Clone(in.Outlets), slices.Clone(in.Companies), nil
	for o := range to.Outlets {
		to.Outlets[o].ArticleSum = 0
		if s, isKnown := byOutlet[to.Outlets[o].ID]; isKnown {
			to.Outlets[o].ArticleSum = s.articles
		}
	}
	for i := range to.Companies {
		company := &to.Companies[i]
		company.Cells.From = int32(len(to.Cells))
		for o := range to.Outlets {
			if s, isKnown := byOutlet[to.Outlets[o].ID]; isKnown && s.x[company.ID] > 0 {
				to.Cells = append(to.Cells, index.Cell{
					Outlet: int32(o), OlderAttention: s.x[company.ID], OlderMentions: s.mentions[company.ID],
				})
			}
		}
		company.Cells.To = int32(len(to.Cells))
		said := companySums{}
		if s, isKnown := byCompany[company.ID]; isKnown {
			said = *s
		}
		company.OlderWeight, company.OlderHeadlines = said.weight, said.headlines
		company.OlderStories, company.OlderPickups = said.stories, said.pickups
	}
	return &to
}
