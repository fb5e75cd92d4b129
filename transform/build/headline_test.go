package build

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/overheard-news/overheard/transform/index"
)

// headlines adds a positive headline more, of a story of its own, for any company in
// any outlet, a thousand times and each time to the same night: neither spread nor
// reputation may fall (method, section 10, test 6). The outlet's articles grow by one,
// too. All in memory, so that rare places are reached: outlets of countries where a
// company is hardly known, companies of which almost nothing is.
func (tr *trial) headlines(t *testing.T) {
	in := mustReadIndex(t, tr.db, tr.last())
	long := *tr.press
	long.Nights = truthNights
	night := tr.judged(tr.drawn(in, long.Sum(long.Draw(100), tr.method), tr.reactionMedians(t, tr.last()), truthNights))
	before := index.Evaluate(night, nil)
	rng := rand.New(rand.NewPCG(6, 6))
	trials, fell := 1000, 0
	worst := map[index.Pillar]float64{index.Spread: math.Inf(1), index.Reputation: math.Inf(1)}
	for range trials {
		c, o := rng.IntN(len(night.Companies)), rng.IntN(len(night.Outlets))
		after := index.Evaluate(withHeadline(night, c, int32(o)), nil)
		for _, p := range []index.Pillar{index.Spread, index.Reputation} {
			change := after.Pillar(c, p).Unfloored - before.Pillar(c, p).Unfloored
			worst[p] = math.Min(worst[p], change)
			if change < -1e-9 {
				fell++
				if fell <= 10 {
					for i := range index.IndicatorCount {
						was, is := before.Indicator(c, index.Indicator(i)), after.Indicator(c, index.Indicator(i))
						if is.Normalised < was.Normalised-1e-9 {
							t.Logf("%s in %s: %s falls from %.6f to %.6f", night.Companies[c].ID, night.Outlets[o].ID, index.Indicator(i), was.Normalised, is.Normalised)
						}
					}
					t.Errorf("%s in %s: %s falls by %.6f", night.Companies[c].ID, night.Outlets[o].ID, p, -change)
				}
			}
		}
	}
	t.Logf("%d of %d headlines lowered a pillar (bound 0); the least change of spread %.2g, of reputation %.2g",
		fell, trials, worst[index.Spread], worst[index.Reputation])
}

// withHeadline is the night with a story more that the outlet tells of the company in
// a headline, well disposed and sure.
func withHeadline(in *index.Input, c int, outlet int32) *index.Input {
	to := *in
	to.Outlets = slices.Clone(in.Outlets)
	to.Outlets[outlet].ArticleSum++
	to.Companies = slices.Clone(in.Companies)
	to.Stories = append(slices.Clone(in.Stories), index.Story{ID: int64(len(in.Stories) + 1), Hash: 1})
	of := &in.Outlets[outlet]
	added := index.Mention{
		Story: int32(len(in.Stories)), Tone: -1, Publishers: 1, IsHeadline: true, IsFirst: true, Weight: 1,
		Reach: 1, Negative: 0.01, Positive: 0.97,
	}
	// Tone goes where the outlet's other voices on the company have it.
	for i := in.Companies[c].Tones.From; i < in.Companies[c].Tones.To; i++ {
		if in.Tones[i].Country == of.Country {
			added.Tone = i
		}
	}
	to.Cells, to.Mentions = nil, make([]index.Mention, 0, len(in.Mentions)+1)
	for company := range to.Companies {
		span := in.Companies[company].Cells
		to.Companies[company].Cells.From = int32(len(to.Cells))
		isPlaced := company != c
		place := func(cell index.Cell, mentions []index.Mention) {
			cell.Mentions.From = int32(len(to.Mentions))
			if company == c && cell.Outlet == outlet && !isPlaced {
				to.Mentions = append(to.Mentions, added)
				isPlaced = true
			}
			to.Mentions = append(to.Mentions, mentions...)
			cell.Mentions.To = int32(len(to.Mentions))
			to.Cells = append(to.Cells, cell)
		}
		for i := span.From; i < span.To; i++ {
			cell := in.Cells[i]
			if cell.Outlet > outlet && !isPlaced {
				place(index.Cell{Outlet: outlet}, nil)
			}
			place(cell, in.Mentions[cell.Mentions.From:cell.Mentions.To])
		}
		if !isPlaced {
			place(index.Cell{Outlet: outlet}, nil)
		}
		to.Companies[company].Cells.To = int32(len(to.Cells))
	}
	return &to
}
