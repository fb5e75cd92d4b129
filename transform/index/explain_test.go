package index

import (
	"context"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// twoNights is a press on a night and on the night before it.
func twoNights(seed uint64) (before, after *Input) {
	p := press{outlets: 12, countries: 4, companies: 6, nights: 40, stories: 12, slope: 1}
	after = p.draw(p.natures(), seed)
	return yesterday(after), after
}

// yesterday takes the newest night away from an input, and has the rest fade one
// night less.
func yesterday(in *Input) *Input {
	fade := fading(in.Constants.HalfLifeNights, 1)
	out := *in
	out.Outlets, out.Companies = slices.Clone(in.Outlets), slices.Clone(in.Companies)
	out.Cells, out.Tones, out.Mentions = slices.Clone(in.Cells), slices.Clone(in.Tones), nil
	for o := range out.Outlets {
		outlet := &out.Outlets[o]
		outlet.ArticleSum = (outlet.ArticleSum - outlet.WindowArticles[0]) / fade
		outlet.WindowArticles = append(slices.Clone(outlet.WindowArticles[1:]), 0)
	}
	for c := range out.Companies {
		company := &out.Companies[c]
		for _, sum := range []*float64{&company.OlderWeight, &company.OlderHeadlines, &company.OlderStories, &company.OlderPickups} {
			*sum /= fade
		}
	}
	for t := range out.Tones {
		older := out.Tones[t].Older
		out.Tones[t].Older = Tone{}
		out.Tones[t].Older.plus(&older, 1/fade)
	}
	for i := range out.Cells {
		cell := &out.Cells[i]
		cell.OlderAttention /= fade
		cell.OlderMentions /= fade
		cell.Mentions.From = int32(len(out.Mentions))
		for _, m := range in.Mentions[in.Cells[i].Mentions.From:in.Cells[i].Mentions.To] {
			if m.Age > 0 {
				m.Age--
				out.Mentions = append(out.Mentions, m)
			}
		}
		cell.Mentions.To = int32(len(out.Mentions))
	}
	return &out
}

func mustExplain(t *testing.T, before, after *Input, workers int) []Change {
	t.Helper()
	changes, err := Explain(t.Context(), before, after, 1, nil, workers)
	if err != nil {
		t.Fatal(err)
	}
	if len(changes) == 0 {
		t.Fatal("nothing changed")
	}
	return changes
}

// totals are the absolute differences of all companies together.
func totals(changes []Change) (method, coverage float64) {
	for _, c := range changes {
		for _, d := range c.Differences {
			method += math.Abs(d.Method)
			coverage += math.Abs(d.Coverage)
		}
	}
	return method, coverage
}

func TestWhatChangedIsToldApart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name                   string
		change                 func(before, after *Input)
		hasMethod, hasCoverage bool
	}{
		{"news alone", func(_, _ *Input) {}, false, false},
		{"an outlet that is down tonight", func(_, after *Input) { after.Outlets[3].IsUp = false }, false, true},
		{"an outlet that was down the night before", func(before, _ *Input) { before.Outlets[3].IsUp = false }, false, true},
		{"goalposts", func(_, after *Input) { after.Indicators[Attention].Low -= 0.5 }, true, false},
		{"what is usual in a country", func(_, after *Input) { after.CountryTones = []float64{0.1, 0, 0, 0} }, true, false},
		{"what is usual in a sector", func(_, after *Input) {
			for c := range after.Companies {
				after.Companies[c].SectorTone = -0.2
			}
		}, true, false},
		{"weights of indicators", func(_, after *Input) {
			after.Indicators[Attention].Weight, after.Indicators[OutletBreadth].Weight = 0.2, 0.3
		}, true, false},
		{"weights of the panel", func(_, after *Input) {
			after.Outlets[0].Weight *= 1.5
			after.Outlets[1].Weight *= 0.5
		}, true, false},
		{"an outlet that has left the panel", func(_, after *Input) { leavePanel(after, 0) }, true, false},
		{"an outlet that is new in the panel", func(before, _ *Input) { leavePanel(before, 0) }, true, false},
		{"an outlet nobody knew, of a country of its own", func(before, after *Input) {
			after.Countries = append(after.Countries, "ZZ")
			after.CountryTones = append(after.CountryTones, 0)
			after.Outlets[11].Country, after.Outlets[11].ID = 4, "z"
			before.Outlets[11].ID = "y"
		}, true, false},
		{"links", func(_, after *Input) { after.Pillars[Spread].LinkFactor = 1.1 }, false, false}, // it is told apart by the models
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			before, after := twoNights(1)
			after.Outlets, after.Companies = slices.Clone(after.Outlets), slices.Clone(after.Companies)
			c.change(before, after)
			method, coverage := totals(mustExplain(t, before, after, 2))
			if method != 0 != c.hasMethod || coverage != 0 != c.hasCoverage {
				t.Errorf("method %g, coverage %g; want any: %t, %t", method, coverage, c.hasMethod, c.hasCoverage)
			}
		})
	}
}

// leavePanel is as a night is loaded on which an outlet is in the window alone.
func leavePanel(in *Input, o int) {
	outlet := &in.Outlets[o]
	outlet.IsInPanel, outlet.IsUp, outlet.Weight, outlet.ArticleSum = false, false, 0, 0
}

// TestHeldOutletsStandStill works out by hand what an outlet that is down would
// have given tonight's attention if it had not moved.
func TestHeldOutletsStandStill(t *testing.T) {
	t.Parallel()
	before, after := twoNights(2)
	const down = 5
	after.Outlets[down].IsUp = false
	changes := mustExplain(t, before, after, 1)

	s := newSums(before)
	s.add(before, &Weights{})
	stood := *after
	stood.Outlets, stood.Cells = slices.Clone(after.Outlets), slices.Clone(after.Cells)
	stood.Outlets[down].ArticleSum = before.Outlets[down].ArticleSum
	for i := range stood.Cells { // those of before are in the same order
		if cell := &stood.Cells[i]; cell.Outlet == down {
			cell.OlderAttention, cell.OlderMentions, cell.Mentions = s.attention[i], s.mentions[i], Span{}
		}
	}
	published, want := Evaluate(after, nil), Evaluate(&stood, nil)
	for c, change := range changes {
		for i := range int(Likes) {
			expected := points(published, c, i) - points(want, c, i)
			if got := change.Differences[i].Coverage; math.Abs(got-expected) > 1e-9 {
				t.Errorf("%s of %s: coverage %g, want %g", Indicator(i), change.CompanyID, got, expected)
			}
		}
	}
}

// TestStoriesAreLeftOutOfBothNights deletes each story by hand and finds the same
// effects and the same three.
func TestStoriesAreLeftOutOfBothNights(t *testing.T) {
	t.Parallel()
	before, after := twoNights(3)
	changes := mustExplain(t, before, after, 2)
	before = settle(before, 1)
	upCount, downCount := 0, 0
	for c, change := range changes {
		whole := ln(Evaluate(after, nil).Score[c]) - ln(Evaluate(before, nil).Score[c])
		var effects []float64
		of := map[int64]float64{}
		for story := range after.Stories {
			b, a := delete1(before, story), delete1(after, story)
			effect := whole - (ln(Evaluate(a, nil).Score[c]) - ln(Evaluate(b, nil).Score[c]))
			effects = append(effects, effect)
			of[after.Stories[story].ID] = effect
		}
		slices.Sort(effects)
		for i, e := range change.Down {
			downCount++
			if math.Abs(e.Effect-of[e.StoryID]) > 1e-8 || math.Abs(e.Effect-effects[i]) > 1e-8 {
				t.Errorf("%s down %d: %g, want %g, which is of the story %g", change.CompanyID, i, e.Effect, effects[i], of[e.StoryID])
			}
		}
		for i, e := range change.Up {
			upCount++
			if want := effects[len(effects)-1-i]; math.Abs(e.Effect-of[e.StoryID]) > 1e-8 || math.Abs(e.Effect-want) > 1e-8 {
				t.Errorf("%s up %d: %g, want %g, which is of the story %g", change.CompanyID, i, e.Effect, want, of[e.StoryID])
			}
		}
	}
	if upCount < 6 || downCount < 6 {
		t.Errorf("%d stories up, %d down: the press shows too little", upCount, downCount)
	}
}

// delete1 is the input without the mentions of a story.
func delete1(in *Input, story int) *Input {
	out := *in
	out.Cells, out.Mentions = slices.Clone(in.Cells), nil
	for i := range out.Cells {
		span := in.Cells[i].Mentions
		from := int32(len(out.Mentions))
		for _, m := range in.Mentions[span.From:span.To] {
			if m.Story != int32(story) {
				out.Mentions = append(out.Mentions, m)
			}
		}
		out.Cells[i].Mentions = Span{from, int32(len(out.Mentions))}
	}
	return &out
}

// TestSettledNightsAreTheSame holds a night whose oldest mentions have become sums
// against itself.
func TestSettledNightsAreTheSame(t *testing.T) {
	t.Parallel()
	before, _ := twoNights(4)
	for _, gap := range []int{2, 5, 40} {
		settled := settle(before, gap)
		if len(settled.Mentions) >= len(before.Mentions) {
			t.Errorf("gap %d: %d of %d mentions are left", gap, len(settled.Mentions), len(before.Mentions))
		}
		want, got := Evaluate(before, nil), Evaluate(settled, nil)
		for i := range want.Indicators {
			if math.Abs(want.Indicators[i].Normalised-got.Indicators[i].Normalised) > 1e-7 {
				t.Errorf("gap %d, indicator %d: %g, want %g", gap, i, got.Indicators[i].Normalised, want.Indicators[i].Normalised)
			}
		}
	}
}

func TestExplanationsDoNotHangOnWorkers(t *testing.T) {
	t.Parallel()
	before, after := twoNights(5)
	after.Outlets[2].IsUp = false
	one := mustExplain(t, before, after, 1)
	if diff := cmp.Diff(one, mustExplain(t, before, after, 3)); diff != "" {
		t.Errorf("-one worker +three:\n%s", diff)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Explain(ctx, before, after, 1, nil, 2); err == nil {
		t.Error("no error though the context has ended")
	}
}

// TestChangesAreSurerThanScores: what both nights share is no chance.
func TestChangesAreSurerThanScores(t *testing.T) {
	t.Parallel()
	before, after := twoNights(6)
	intervals, err := Resample(t.Context(), after, explainReplicates, 2)
	if err != nil {
		t.Fatal(err)
	}
	for c, change := range mustExplain(t, before, after, 2) {
		if change.LogError <= 0 || change.LogError >= intervals[c].LogScoreError {
			t.Errorf("%s: error of the change %g, of the score %g", change.CompanyID, change.LogError, intervals[c].LogScoreError)
		}
	}
}

// TestReactionsStand holds a platform that is missing tonight as it was.
func TestReactionsStand(t *testing.T) {
	t.Parallel()
	before, after := twoNights(7)
	for _, in := range []*Input{before, after} {
		in.Companies = slices.Clone(in.Companies)
	}
	was := Reactions{Raw: [3]float64{1, 2, 1.5}, Has: [3]bool{true, true, true}}
	standing := &Standing{Rebased: map[string]Reactions{}, Held: map[string]Reactions{}}
	for c := range before.Companies {
		before.Companies[c].Reactions, before.Companies[c].HasReactions = was.Raw, was.Has
		standing.Rebased[before.Companies[c].ID] = Reactions{}
		standing.Held[before.Companies[c].ID] = was
	}
	changes, err := Explain(t.Context(), before, after, 1, standing, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, change := range changes {
		if d := change.Differences[Likes]; d.Coverage >= 0 || d.Method != 0 {
			t.Errorf("%s: likes that are missing are %+v, want a loss by coverage", change.CompanyID, d)
		}
		if d := change.Differences[Pickups]; d.Coverage <= 0 {
			t.Errorf("%s: pickups got the weight of likes, that is %+v", change.CompanyID, d)
		}
	}
}
