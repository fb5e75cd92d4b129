package index

// Scores are what an evaluation finds. Lists by company are in the order of
// Input.Companies; those by company and indicator, or pillar, are one company
// after the other.
type Scores struct {
	Indicators    []IndicatorScore // company * IndicatorCount + indicator
	Pillars       []PillarScore    // company * PillarCount + pillar
	Score         []float64        // the index; for Copeland, pairs won less pairs lost
	Rank          []int            // from 1; 0 for a comparator
	Comprehensive []float64        // E over the five dimensions; 1 where nothing is labelled
}

// IndicatorScore is one indicator of one company.
type IndicatorScore struct {
	IsMissing   bool    // it could not be measured; the rest is 0
	Raw         float64 // in its own unit
	Transformed float64 // f
	Normalised  float64 // y
	Weight      float64 // v, after those of missing indicators are shared out
}

// PillarScore is one pillar of one company.
type PillarScore struct {
	IsMissing bool    // all of its indicators are
	Unfloored float64 // the weighted mean
	Score     float64 // P: not below the floor
	Weight    float64 // in the score, after those of missing pillars are shared out
}

// Indicator is that of one company.
func (s *Scores) Indicator(company int, i Indicator) IndicatorScore {
	return s.Indicators[company*IndicatorCount+int(i)]
}

// Pillar is that of one company.
func (s *Scores) Pillar(company int, p Pillar) PillarScore {
	return s.Pillars[company*PillarCount+int(p)]
}

// Evaluate computes the index of a night: as published if w is nil, else with
// what w changes.
func Evaluate(in *Input, w *Weights) *Scores {
	return NewEvaluator(in).Evaluate(w)
}

// Evaluator computes the index of one night again and again without asking for
// memory. It is for one goroutine.
type Evaluator struct {
	in         *Input
	sums       sums
	panel      panel
	spread     spreadScratch
	reputation reputationScratch
	dimension  dimensionScratch
	companies  []float64 // scratch of scales
	order      []int     // scratch of ranks
}

// NewEvaluator prepares an evaluator of the input, which it does not change.
func NewEvaluator(in *Input) *Evaluator {
	return &Evaluator{
		in:         in,
		sums:       newSums(in),
		panel:      newPanel(in),
		spread:     newSpreadScratch(in),
		reputation: newReputationScratch(in),
		dimension:  newDimensionScratch(in),
	}
}

// Evaluate is as the function of this name.
func (e *Evaluator) Evaluate(w *Weights) *Scores {
	if w == nil {
		w = &Weights{}
	}
	s := newScores(len(e.in.Companies))
	e.evaluate(w, s)
	e.comprehend(w, s)
	return s
}

func newScores(companies int) *Scores {
	return &Scores{
		Indicators:    make([]IndicatorScore, companies*IndicatorCount),
		Pillars:       make([]PillarScore, companies*PillarCount),
		Score:         make([]float64, companies),
		Rank:          make([]int, companies),
		Comprehensive: make([]float64, companies),
	}
}

// evaluate writes into s, which may hold an evaluation of before. E is left out:
// comprehend fills it in.
func (e *Evaluator) evaluate(w *Weights, s *Scores) {
	if w == nil {
		w = &Weights{}
	}
	e.sums.add(e.in, w)
	e.score(w, s)
}

// score is the second half: from sums of cells to scores. It can be repeated with
// other weights of outlets, indicators and pillars, scale and mean, on the same
// sums.
func (e *Evaluator) score(w *Weights, s *Scores) {
	e.panel.weigh(e.in, &e.sums, w)
	for c := range e.in.Companies {
		row := s.Indicators[c*IndicatorCount : (c+1)*IndicatorCount]
		e.measure(c, w, row)
	}
	e.rescale(w, s)
	for c := range e.in.Companies {
		e.combine(c, w, s)
	}
	e.rank(w, s)
}

// measure fills in the raw and transformed values of one company.
func (e *Evaluator) measure(c int, w *Weights, row []IndicatorScore) {
	for i := range row {
		row[i] = IndicatorScore{IsMissing: true}
	}
	e.measureSpread(c, w, row)
	e.measureInfluence(c, w, row)
	e.measureReputation(c, w, row)
}

// set notes a raw value and its transform.
func (e *Evaluator) set(row []IndicatorScore, i Indicator, raw float64) {
	raw = round12(raw)
	row[i] = IndicatorScore{Raw: raw, Transformed: round12(e.in.Indicators[i].Transform.of(raw))}
}

// of is the transformed value. Values are cut to where it is defined.
func (t Transform) of(raw float64) float64 {
	switch t {
	case Log:
		return ln(max(raw, 1e-12))
	case LogOnePlus:
		return ln(1 + max(raw, 0))
	case Logit:
		cut := min(max(raw, 1e-6), 1-1e-6)
		return ln(cut) - ln(1-cut)
	default:
		return raw
	}
}
