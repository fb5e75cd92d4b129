package build

import (
	"math"
	"slices"
	"testing"

	"github.com/overheard-news/overheard/transform/index"
)

// outletNights takes away what an outlet said in one of the last nights, every outlet
// in turn, and looks at the first fifty (method, section 10, test 1). In memory, so
// that it is every outlet and not a sample; copies elsewhere keep their credit. A small
// press has a few heavy outlets and is not held to the bound.
func (tr *trial) outletNights(t *testing.T) {
	in := mustReadIndex(t, tr.db, tr.last())
	long := *tr.press
	long.Nights = truthNights
	news := long.Draw(100)
	night := tr.judged(tr.drawn(in, long.Sum(news, tr.method), tr.reactionMedians(t, tr.last()), truthNights))
	before := index.Evaluate(night, nil)
	var sum float64
	trials, furthest, worstMean := 0, 0, 0.0
	for age := range 3 {
		printed := make([]float64, len(night.Outlets))
		n := &news.Nights[truthNights-1-age]
		for o, count := range n.Others {
			printed[o] = float64(count)
		}
		for _, a := range n.Articles {
			printed[a.Outlet]++
		}
		for o := range night.Outlets {
			place := slices.IndexFunc(night.Outlets, func(of index.Outlet) bool { return of.ID == tr.press.Outlets[o].ID })
			if printed[o] == 0 {
				continue
			}
			after := index.Evaluate(withoutOutletNight(night, int32(place), uint8(age), printed[o]), nil)
			moved, first := 0, 0
			for c, rank := range before.Rank {
				if rank == 0 || rank > 50 {
					continue
				}
				first++
				places := max(rank-after.Rank[c], after.Rank[c]-rank)
				moved += places
				furthest = max(furthest, places)
			}
			trials++
			sum += float64(moved) / float64(first)
			worstMean = max(worstMean, float64(moved)/float64(first))
		}
	}
	mean := sum / float64(trials)
	t.Logf("%d outlet-nights taken away: mean |Δrank| of the first fifty %.4f (bound .02), of the worst of them %.3f, greatest %d (bound 2)",
		trials, mean, worstMean, furthest)
	if *acceptanceSize != "small" && (mean > 0.02 || furthest > 2) {
		t.Error("the bound is missed")
	}
}

// withoutOutletNight is the night without what an outlet said so many nights ago.
func withoutOutletNight(in *index.Input, outlet int32, age uint8, articles float64) *index.Input {
	to := *in
	to.Outlets = slices.Clone(in.Outlets)
	to.Outlets[outlet].ArticleSum -= articles * math.Exp2(-float64(age)/in.Constants.HalfLifeNights)
	to.Cells, to.Mentions = slices.Clone(in.Cells), make([]index.Mention, 0, len(in.Mentions))
	for i := range to.Cells {
		cell := &to.Cells[i]
		list := in.Mentions[cell.Mentions.From:cell.Mentions.To]
		cell.Mentions.From = int32(len(to.Mentions))
		for _, m := range list {
			if cell.Outlet != outlet || m.Age != age {
				to.Mentions = append(to.Mentions, m)
			}
		}
		cell.Mentions.To = int32(len(to.Mentions))
	}
	return &to
}
