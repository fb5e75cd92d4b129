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
		after := index.Evaluate(withVoices(night, c, []index.Mention{aHeadline}, []int32{int32(o)}), nil)
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

// aHeadline is a story that one outlet tells, sure and well disposed.
var aHeadline = index.Mention{
	Publishers: 1, IsHeadline: true, IsFirst: true, Weight: 1, Reach: 1, Negative: 0.01, Positive: 0.97,
}

// wire lets one story on a company run in 300 outlets, and six originals in outlets of
// the same kind: the wire may move attention no more (method, section 10, test 4). Of
// six originals the mean over all these outlets is taken. A small press has fewer
// outlets, and the bound says less of it.
func (tr *trial) wire(t *testing.T) {
	in := mustReadIndex(t, tr.db, tr.last())
	long := *tr.press
	long.Nights = truthNights
	night := tr.judged(tr.drawn(in, long.Sum(long.Draw(100), tr.method), tr.reactionMedians(t, tr.last()), truthNights))
	before := index.Evaluate(night, nil)
	const carriers = 300
	outlets := rand.New(rand.NewPCG(4, 4)).Perm(len(night.Outlets))
	count := min(carriers, len(outlets))
	places := make([]int32, count)
	for i := range places {
		places[i] = int32(outlets[i])
	}
	slices.Sort(places)
	credit := (1 + tr.method.CopyCreditLogFactor*math.Log2(carriers)) / carriers
	for _, position := range []string{"headline", "lead", "body", "passing"} {
		salience := tr.method.Salience[position]
		var sum, most float64
		for c := range night.Companies {
			gain := func(weight float64) float64 {
				voices := make([]index.Mention, count)
				for i := range voices {
					voices[i] = aHeadline
					voices[i].Weight = weight
				}
				after := index.Evaluate(withVoices(night, c, voices, places), nil)
				return after.Indicator(c, index.Attention).Raw - before.Indicator(c, index.Attention).Raw
			}
			ratio := gain(salience*credit) / (gain(salience) * 6 / carriers)
			sum += ratio / float64(len(night.Companies))
			most = max(most, ratio)
		}
		t.Logf("%-8s: one story in %d outlets moves attention %.3f times as much as six originals on the mean of %d companies, at most %.3f (bound 1)",
			position, count, sum, len(night.Companies), most)
		if *acceptanceSize != "small" && sum > 1 {
			t.Errorf("the bound is missed in the %s", position)
		}
	}
}

// withVoices is the night with voices more on a company, each a story of its own to
// all but its weight, in outlets in the order of their places.
func withVoices(in *index.Input, c int, voices []index.Mention, outlets []int32) *index.Input {
	to := *in
	to.Outlets = slices.Clone(in.Outlets)
	to.Companies = slices.Clone(in.Companies)
	to.Stories = slices.Clone(in.Stories)
	added := map[int32]index.Mention{}
	for i, v := range voices {
		o := outlets[i]
		to.Outlets[o].ArticleSum++
		v.Story, v.Tone = int32(len(to.Stories)), -1
		to.Stories = append(to.Stories, index.Story{ID: int64(len(to.Stories) + 1), Hash: uint64(i)})
		// Tone goes where the country's other voices on the company have it.
		for k := in.Companies[c].Tones.From; k < in.Companies[c].Tones.To; k++ {
			if in.Tones[k].Country == in.Outlets[o].Country {
				v.Tone = k
			}
		}
		added[o] = v
	}
	to.Cells, to.Mentions = nil, make([]index.Mention, 0, len(in.Mentions)+len(voices))
	for company := range to.Companies {
		span := in.Companies[company].Cells
		to.Companies[company].Cells.From = int32(len(to.Cells))
		place := func(cell index.Cell, mentions []index.Mention) {
			cell.Mentions.From = int32(len(to.Mentions))
			if v, isThere := added[cell.Outlet]; isThere && company == c {
				to.Mentions = append(to.Mentions, v)
			}
			to.Mentions = append(to.Mentions, mentions...)
			cell.Mentions.To = int32(len(to.Mentions))
			to.Cells = append(to.Cells, cell)
		}
		left := outlets
		if company != c {
			left = nil
		}
		for i := span.From; i < span.To; i++ {
			cell := in.Cells[i]
			for ; len(left) > 0 && left[0] < cell.Outlet; left = left[1:] {
				place(index.Cell{Outlet: left[0]}, nil)
			}
			if len(left) > 0 && left[0] == cell.Outlet {
				left = left[1:]
			}
			place(cell, in.Mentions[cell.Mentions.From:cell.Mentions.To])
		}
		for ; len(left) > 0; left = left[1:] {
			place(index.Cell{Outlet: left[0]}, nil)
		}
		to.Companies[company].Cells.To = int32(len(to.Cells))
	}
	return &to
}
