package index

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// How many stories of a company are left out in turn, the weightiest first, and
// how many of them are kept in each direction.
const (
	explainStories = 200
	explainKept    = 3
)

// explainReplicates is how often the change is computed with other outlets and
// stories. The standard error it gives is itself known to 1 / sqrt(2 * 100) = 7 %.
const explainReplicates = 100

// Change is why the score of one company moved from one night to the next
// (sql/METHOD.md, section 6).
type Change struct {
	CompanyID   string
	Differences [IndicatorCount]Difference
	Up, Down    []StoryEffect // the strongest first
	LogError    float64       // standard error of the change of ln score
}

// Difference is what an indicator gives its pillar tonight, in points, less what
// it would have given.
type Difference struct {
	Method   float64 // on the basis of the night before
	Coverage float64 // on that basis, with all held that was not up on both nights
}

// StoryEffect is the change of ln score, less the change if the story is left out
// of both nights.
type StoryEffect struct {
	StoryID int64
	Effect  float64
}

// Reactions are raw values of likes, shares and comments.
type Reactions struct {
	Raw [3]float64
	Has [3]bool
}

// Standing are the reactions of tonight as they would have been, by company id:
// platforms hang on no outlet, so who loads the nights works them out.
type Standing struct {
	Rebased map[string]Reactions // held against the medians of the night before
	Held    map[string]Reactions // and only of platforms that were there on both nights
}

// Explain tells for every company of both nights what coverage and method did to
// it, and which stories moved it most. What is neither is news. Gap is the number
// of nights between the two; standing may be nil where there are no platforms.
// The result does not depend on the number of workers.
func Explain(ctx context.Context, before, after *Input, gap int, standing *Standing, workers int) ([]Change, error) {
	if standing == nil {
		standing = &Standing{}
	}
	before, after = withoutDimensions(settle(before, gap)), withoutDimensions(after)
	rebased := rebase(before, after)
	rebased.react(standing.Rebased)
	held := hold(before, rebased)
	held.react(standing.Held)
	asIs, asRebased, asHeld := Evaluate(after, nil), Evaluate(rebased, nil), Evaluate(held, nil)
	x := explainer{before: before, held: held}
	known := byID(before.Companies)
	var changes []Change
	for c := range after.Companies {
		b, isKnown := known[after.Companies[c].ID]
		if !isKnown {
			continue
		}
		change := Change{CompanyID: after.Companies[c].ID}
		for i := range change.Differences {
			middle := points(asRebased, c, i)
			change.Differences[i] = Difference{
				Method:   round12(points(asIs, c, i) - middle),
				Coverage: round12(middle - points(asHeld, c, i)),
			}
		}
		changes = append(changes, change)
		x.pairs = append(x.pairs, pair{before: b, held: c})
	}
	if err := x.attribute(ctx, changes, workers); err != nil {
		return nil, err
	}
	return changes, measureErrors(ctx, before, after, x.pairs, changes, workers)
}

// withoutDimensions is the input without what no score hangs on.
func withoutDimensions(in *Input) *Input {
	out := *in
	out.Companies, out.Dimensions, out.Labels = slices.Clone(in.Companies), nil, nil
	for c := range out.Companies {
		out.Companies[c].Dimensions = Span{}
	}
	return &out
}

// measureErrors resamples both nights alike: an outlet or a story has the same
// weight on either, so what both nights share does not count as chance.
func measureErrors(ctx context.Context, before, after *Input, pairs []pair, changes []Change, workers int) error {
	logs := make([]float64, explainReplicates*len(pairs)) // pair by pair
	err := spreadOver(ctx, explainReplicates, workers, func() func(int) {
		of := [2]*replicate{newReplicate(before), newReplicate(after)}
		return func(i int) {
			b, a := of[0].evaluate(i), of[1].evaluate(i)
			for n, p := range pairs {
				logs[n*explainReplicates+i] = ln(max(a.Score[p.held], 1e-12)) - ln(max(b.Score[p.before], 1e-12))
			}
		}
	})
	for n := range changes {
		changes[n].LogError = deviation(logs[n*explainReplicates : (n+1)*explainReplicates])
	}
	return err
}

// replicate evaluates one night with drawn weights.
type replicate struct {
	e      *Evaluator
	scores *Scores
	w      Weights
	hashes []uint64 // by outlet
}

func newReplicate(in *Input) *replicate {
	r := &replicate{e: NewEvaluator(in), scores: newScores(len(in.Companies)), hashes: make([]uint64, len(in.Outlets))}
	r.w.Outlets, r.w.Stories = make([]float64, len(in.Outlets)), make([]float64, len(in.Stories))
	for o := range in.Outlets {
		r.hashes[o] = HashOf(in.Outlets[o].ID)
	}
	return r
}

func (r *replicate) evaluate(i int) *Scores {
	draw(r.e.in, r.hashes, uint64(i)+1, &r.w)
	r.e.evaluate(&r.w, r.scores)
	return r.scores
}

// explainer holds what the companies share.
type explainer struct {
	before, held *Input
	pairs        []pair // by change
}

// pair is a company by its index in either night.
type pair struct{ before, held int }

func byID(companies []Company) map[string]int {
	indexes := make(map[string]int, len(companies))
	for i := range companies {
		indexes[companies[i].ID] = i
	}
	return indexes
}

// points are what an indicator gives its pillar.
func points(s *Scores, c, i int) float64 {
	score := s.Indicator(c, Indicator(i))
	return float64(score.Weight * score.Normalised)
}

// attribute fills in the stories. No company looks at another's.
func (x *explainer) attribute(ctx context.Context, changes []Change, workers int) error {
	return spreadOver(ctx, len(changes), workers, func() func(int) {
		before, held := newLone(x.before), newLone(x.held)
		return func(i int) { x.leaveOut(&changes[i], x.pairs[i], before, held) }
	})
}

// leaveOut leaves each of the weightiest stories of a company out of both nights.
func (x *explainer) leaveOut(change *Change, of pair, before, held *lone) {
	whole := held.logScore(of.held) - before.logScore(of.before)
	var effects []StoryEffect
	for _, story := range x.candidates(of) {
		without := held.without(of.held, story.held) - before.without(of.before, story.before)
		effects = append(effects, StoryEffect{StoryID: story.id, Effect: round12(whole - without)})
	}
	slices.SortStableFunc(effects, func(p, q StoryEffect) int { return cmp.Compare(q.Effect, p.Effect) })
	for _, e := range effects[:min(explainKept, len(effects))] {
		if e.Effect > 0 {
			change.Up = append(change.Up, e)
		}
	}
	slices.SortStableFunc(effects, func(p, q StoryEffect) int { return cmp.Compare(p.Effect, q.Effect) })
	for _, e := range effects[:min(explainKept, len(effects))] {
		if e.Effect < 0 {
			change.Down = append(change.Down, e)
		}
	}
}

// candidate is a story by its index in either night, -1 where it is not told.
type candidate struct {
	id           int64
	hash         uint64
	before, held int32
	weight       float64
}

// candidates are the stories of a company whose weight changed most between the
// nights, at most explainStories, heaviest first; ties by the hash of the story.
func (x *explainer) candidates(of pair) []candidate {
	found := map[int64]*candidate{}
	note := func(in *Input, c int, sign float64, index func(*candidate) *int32) {
		for cell := in.Companies[c].Cells.From; cell < in.Companies[c].Cells.To; cell++ {
			span := in.Cells[cell].Mentions
			for _, m := range in.Mentions[span.From:span.To] {
				story := &in.Stories[m.Story]
				s := found[story.ID]
				if s == nil {
					s = &candidate{id: story.ID, hash: story.Hash, before: -1, held: -1}
					found[story.ID] = s
				}
				*index(s) = m.Story
				s.weight += float64(sign * float64(m.Weight*fading(in.Constants.HalfLifeNights, float64(m.Age))))
			}
		}
	}
	note(x.before, of.before, -1, func(s *candidate) *int32 { return &s.before })
	note(x.held, of.held, 1, func(s *candidate) *int32 { return &s.held })
	list := make([]candidate, 0, len(found))
	for _, s := range found {
		list = append(list, *s)
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(math.Abs(b.weight), math.Abs(a.weight)), cmp.Compare(a.hash, b.hash), cmp.Compare(a.id, b.id))
	})
	return list[:min(explainStories, len(list))]
}

// lone evaluates one company of a night again and again.
type lone struct {
	e       *Evaluator
	weights Weights
	scores  *Scores
}

func newLone(in *Input) *lone {
	l := &lone{e: NewEvaluator(in), scores: newScores(len(in.Companies))}
	l.weights.Stories = make([]float64, len(in.Stories))
	for i := range l.weights.Stories {
		l.weights.Stories[i] = 1
	}
	l.e.evaluate(&l.weights, l.scores)
	return l
}

// logScore is ln score of a company, of the sums as they stand.
func (l *lone) logScore(c int) float64 {
	row := l.scores.Indicators[c*IndicatorCount : (c+1)*IndicatorCount]
	l.e.measure(c, &l.weights, row)
	for i := range row {
		l.e.normalise(Indicator(i), &row[i])
	}
	l.e.shareOut(&l.weights, row)
	l.e.combine(c, &l.weights, l.scores)
	return ln(l.scores.Score[c])
}

// without is ln score of a company with a story left out; -1 is a story that was
// not told.
func (l *lone) without(c int, story int32) float64 {
	if story < 0 {
		return l.logScore(c)
	}
	in := l.e.in
	resum := func() {
		for cell := in.Companies[c].Cells.From; cell < in.Companies[c].Cells.To; cell++ {
			span := in.Cells[cell].Mentions
			for _, m := range in.Mentions[span.From:span.To] {
				if m.Story == story {
					l.e.sums.addCell(in, &l.weights, int(cell))
					break
				}
			}
		}
	}
	l.weights.Stories[story] = 0
	resum()
	score := l.logScore(c)
	l.weights.Stories[story] = 1
	resum()
	return score
}

// normalise is y by the goalposts.
func (e *Evaluator) normalise(i Indicator, score *IndicatorScore) {
	if score.IsMissing {
		return
	}
	declared := &e.in.Indicators[i]
	share := (score.Transformed - declared.Low) / (declared.High - declared.Low)
	score.Normalised = round12(float64(100 * min(max(share, 0), e.in.Constants.GoalpostCap)))
}
