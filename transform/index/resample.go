package index

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
)

// Interval says how sure the score and the rank of a company are. Ranks and
// probabilities are zero for a comparator.
type Interval struct {
	RankLow, RankHigh   int     // 90 % interval
	Top10, Top20        float64 // probability of a place among the first 10, 20
	ScoreLow, ScoreHigh float64 // 90 % interval
	LogScoreError       float64 // standard deviation of ln score
	TieGroup            int     // neighbours that cannot be told apart, from 1
	ComprehensiveTop40  float64 // probability that E is among the first 40
	HasComprehensive    bool
}

const (
	intervalTail = 0.05 // on either side
	surelyAbove  = 0.9  // a neighbour that is above in so many replicates is no tie
)

// Resample computes the night again as often as replicates says, each time with
// Poisson weights of outlets and stories (a multiplier bootstrap: Owen and Eckles
// 2012), and returns the intervals in the order of in.Companies. The number of
// workers changes nothing but the time. An error is that of ctx alone.
func Resample(ctx context.Context, in *Input, replicates, workers int) ([]Interval, error) {
	r := newReplicates(in, replicates)
	err := spreadOver(ctx, replicates, workers, func() func(int) {
		e := NewEvaluator(in)
		s := newScores(len(in.Companies))
		d := newDrawer(in)
		return func(i int) {
			d.draw(uint64(i) + 1)
			e.evaluate(&d.weights, s)
			e.comprehend(&d.weights, s)
			r.keep(i, s)
		}
	})
	if err != nil {
		return nil, err
	}
	return r.intervals(in, Evaluate(in, nil)), nil
}

// spreadOver calls do(0) ... do(n - 1), each once, on some workers; each worker
// makes its own do.
func spreadOver(ctx context.Context, n, workers int, newDo func() func(int)) error {
	var group sync.WaitGroup
	workers = max(min(workers, n), 1)
	for worker := range workers {
		group.Go(func() {
			do := newDo()
			for i := worker; i < n && ctx.Err() == nil; i += workers {
				do(i)
			}
		})
	}
	group.Wait()
	return ctx.Err()
}

// replicates are what is kept of each: company after company.
type replicates struct {
	count     int
	companies int
	logs      []float64 // ln score, replicate * companies + company
	ranks     []int32   // 0 for a comparator
	es        []float64 // E
}

func newReplicates(in *Input, count int) *replicates {
	size := count * len(in.Companies)
	return &replicates{
		count:     count,
		companies: len(in.Companies),
		logs:      make([]float64, size),
		ranks:     make([]int32, size),
		es:        make([]float64, size),
	}
}

func (r *replicates) keep(i int, s *Scores) {
	for c, score := range s.Score {
		r.logs[i*r.companies+c] = ln(max(score, 1e-12))
		r.ranks[i*r.companies+c] = int32(s.Rank[c])
		r.es[i*r.companies+c] = s.Comprehensive[c]
	}
}

// moved are the replicates with the mean of each company's logarithms where the
// published one is, ranked anew.
func (r *replicates) moved(in *Input, published *Scores) *replicates {
	to := newReplicates(in, r.count)
	for c := range r.companies {
		var sum float64
		for i := range r.count {
			sum += r.logs[i*r.companies+c]
		}
		shift := ln(max(published.Score[c], 1e-12)) - sum/float64(r.count)
		for i := range r.count {
			to.logs[i*r.companies+c] = r.logs[i*r.companies+c] + shift
		}
	}
	order := make([]int, 0, r.companies)
	for i := range r.count {
		logs := to.logs[i*r.companies : (i+1)*r.companies]
		order = order[:0]
		for c := range logs {
			if in.Companies[c].IsRanked {
				order = append(order, c)
			}
		}
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(math.Round(logs[b]*1e9), math.Round(logs[a]*1e9)), cmp.Compare(a, b))
		})
		for position, c := range order {
			to.ranks[i*r.companies+c] = int32(position + 1)
		}
	}
	return to
}

// intervals sums the replicates up.
//
// A logarithm of a noisy number is too low on average: of a company with few
// stories the replicates come out below what they were drawn from, and by as much
// the published score may be below the truth. Nobody knows whether it is. So there
// are two readings of a replicate: as it came, and moved. Intervals reach over the
// percentiles of both, and over what is published; probabilities and ties are
// those of the moved. sql/METHOD.md has what each of them covered.
func (r *replicates) intervals(in *Input, published *Scores) []Interval {
	found := make([]Interval, r.companies)
	moved := r.moved(in, published)
	for c := range found {
		interval := &found[c]
		rank := published.Rank[c]
		interval.ScoreLow, interval.ScoreHigh = published.Score[c], published.Score[c]
		interval.RankLow, interval.RankHigh = rank, rank
		for _, reading := range []*replicates{r, moved} {
			logs, ranks := reading.sorted(c)
			interval.LogScoreError = deviation(logs)
			interval.ScoreLow = min(interval.ScoreLow, exp(percentile(logs, intervalTail)))
			interval.ScoreHigh = max(interval.ScoreHigh, exp(percentile(logs, 1-intervalTail)))
			interval.RankLow = min(interval.RankLow, int(percentile(ranks, intervalTail)))
			interval.RankHigh = max(interval.RankHigh, int(percentile(ranks, 1-intervalTail)))
			if rank > 0 {
				interval.Top10, interval.Top20 = shareUpTo(ranks, 10), shareUpTo(ranks, 20)
			}
		}
	}
	moved.groupTies(published, found)
	r.comprehend(in, found)
	return found
}

// comprehensiveTop is how many companies are among the first by E.
const comprehensiveTop = 40

// comprehend counts in how many replicates E of a company is among the first; ties
// by id. Where nothing is labelled nothing is said.
func (r *replicates) comprehend(in *Input, found []Interval) {
	if len(in.Dimensions) == 0 {
		return
	}
	order := make([]int, 0, r.companies)
	for c := range found {
		if in.Companies[c].IsRanked {
			order = append(order, c)
			found[c].HasComprehensive = true
		}
	}
	for i := range r.count {
		es := r.es[i*r.companies : (i+1)*r.companies]
		slices.SortFunc(order, func(a, b int) int {
			return cmp.Or(cmp.Compare(es[b], es[a]), cmp.Compare(a, b))
		})
		for _, c := range order[:min(comprehensiveTop, len(order))] {
			found[c].ComprehensiveTop40 += 1 / float64(r.count)
		}
	}
}

// sorted are the logarithms and the ranks of one company, each in order.
func (r *replicates) sorted(c int) ([]float64, []int32) {
	logs, ranks := make([]float64, r.count), make([]int32, r.count)
	for i := range r.count {
		logs[i] = r.logs[i*r.companies+c]
		ranks[i] = r.ranks[i*r.companies+c]
	}
	slices.Sort(logs)
	slices.Sort(ranks)
	return logs, ranks
}

// percentile is the smallest value of a sorted list that the share of all does
// not exceed.
func percentile[T int32 | float64](sorted []T, share float64) T {
	position := int(math.Ceil(float64(share*float64(len(sorted))))) - 1
	return sorted[min(max(position, 0), len(sorted)-1)]
}

func deviation(values []float64) float64 {
	var sum, squares float64
	for _, v := range values {
		sum += v
	}
	mean := sum / float64(len(values))
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	return math.Sqrt(squares / float64(max(len(values)-1, 1)))
}

func shareUpTo(sorted []int32, rank int32) float64 {
	n, _ := slices.BinarySearch(sorted, rank+1)
	return float64(n) / float64(len(sorted))
}

// groupTies numbers groups of neighbours in the published order: a new group
// begins below a company that is surely above the next.
func (r *replicates) groupTies(published *Scores, found []Interval) {
	order := make([]int, 0, r.companies)
	for c, rank := range published.Rank {
		if rank > 0 {
			order = append(order, c)
		}
	}
	slices.SortFunc(order, func(a, b int) int { return published.Rank[a] - published.Rank[b] })
	group := 1
	for position, c := range order {
		if position > 0 && r.shareAbove(order[position-1], c) >= surelyAbove {
			group++
		}
		found[c].TieGroup = group
	}
}

// shareAbove is the share of the replicates in which one is above the other.
func (r *replicates) shareAbove(a, b int) float64 {
	n := 0
	for i := range r.count {
		if r.ranks[i*r.companies+a] < r.ranks[i*r.companies+b] {
			n++
		}
	}
	return float64(n) / float64(r.count)
}
