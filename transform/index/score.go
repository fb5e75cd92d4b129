package index

import (
	"cmp"
	"math"
	"slices"
)

// rescale fills in y and v of all indicators.
func (e *Evaluator) rescale(w *Weights, s *Scores) {
	for i := range IndicatorCount {
		switch w.Scale {
		case Goalposts:
			e.holdAgainstGoalposts(Indicator(i), s)
		case ZScores:
			e.holdAgainstMean(Indicator(i), s)
		case Percentiles:
			e.holdAgainstOthers(Indicator(i), s)
		}
	}
	for c := range e.in.Companies {
		e.shareOut(w, s.Indicators[c*IndicatorCount:(c+1)*IndicatorCount])
	}
}

func (e *Evaluator) holdAgainstGoalposts(i Indicator, s *Scores) {
	declared := &e.in.Indicators[i]
	for c := range e.in.Companies {
		score := &s.Indicators[c*IndicatorCount+int(i)]
		if !score.IsMissing {
			share := (score.Transformed - declared.Low) / (declared.High - declared.Low)
			score.Normalised = round12(float64(100 * min(max(share, 0), e.in.Constants.GoalpostCap)))
		}
	}
}

// holdAgainstMean makes z-scores over the ranked companies.
func (e *Evaluator) holdAgainstMean(i Indicator, s *Scores) {
	values := e.valuesOfRanked(i, s)
	if len(values) == 0 {
		return
	}
	var sum, squares float64
	for _, f := range values {
		sum += f
	}
	mean := sum / float64(len(values))
	for _, f := range values {
		squares += float64((f - mean) * (f - mean))
	}
	deviation := math.Sqrt(squares / float64(len(values)))
	for c := range e.in.Companies {
		score := &s.Indicators[c*IndicatorCount+int(i)]
		switch {
		case score.IsMissing:
		case deviation == 0:
			score.Normalised = 50
		default:
			z := (score.Transformed - mean) / deviation
			score.Normalised = min(max(50+float64(20*z), 0), float64(100*e.in.Constants.GoalpostCap))
		}
	}
}

// holdAgainstOthers makes percentiles over the ranked companies; of those that
// are equal to it, half are taken to be below.
func (e *Evaluator) holdAgainstOthers(i Indicator, s *Scores) {
	values := e.valuesOfRanked(i, s)
	if len(values) == 0 {
		return
	}
	slices.Sort(values)
	for c := range e.in.Companies {
		score := &s.Indicators[c*IndicatorCount+int(i)]
		if score.IsMissing {
			continue
		}
		below, _ := slices.BinarySearch(values, score.Transformed)
		upTo, _ := slices.BinarySearch(values, math.Nextafter(score.Transformed, math.Inf(1)))
		score.Normalised = 100 * (float64(below) + float64(upTo)) / float64(2*len(values))
	}
}

// valuesOfRanked are the transformed values of ranked companies that have one.
func (e *Evaluator) valuesOfRanked(i Indicator, s *Scores) []float64 {
	e.companies = e.companies[:0]
	for c := range e.in.Companies {
		score := &s.Indicators[c*IndicatorCount+int(i)]
		if e.in.Companies[c].IsRanked && !score.IsMissing {
			e.companies = append(e.companies, score.Transformed)
		}
	}
	return e.companies
}

// shareOut fills in v: the weights of missing indicators go to the others of
// their pillar in proportion.
func (e *Evaluator) shareOut(w *Weights, row []IndicatorScore) {
	var totals [PillarCount]float64
	for i := range row {
		if row[i].IsMissing {
			row[i].Weight = 0
			continue
		}
		row[i].Weight = e.in.Indicators[i].Weight
		if w.Indicators != nil {
			row[i].Weight = float64(row[i].Weight * w.Indicators[i])
		}
		totals[Indicator(i).Pillar()] += row[i].Weight
	}
	for i := range row {
		if total := totals[Indicator(i).Pillar()]; total > 0 {
			row[i].Weight = round12(row[i].Weight / total)
		}
	}
}

// combine makes pillars and the score of one company.
func (e *Evaluator) combine(c int, w *Weights, s *Scores) {
	row := s.Indicators[c*IndicatorCount : (c+1)*IndicatorCount]
	pillars := s.Pillars[c*PillarCount : (c+1)*PillarCount]
	for p := range pillars {
		pillars[p] = PillarScore{IsMissing: true}
	}
	for i := range row {
		if row[i].Weight > 0 {
			pillar := &pillars[Indicator(i).Pillar()]
			pillar.IsMissing = false
			pillar.Unfloored += float64(row[i].Weight * row[i].Normalised)
		}
	}
	var total float64
	for p := range pillars {
		pillar := &pillars[p]
		if pillar.IsMissing {
			continue
		}
		pillar.Unfloored = round12(pillar.Unfloored)
		pillar.Score = max(pillar.Unfloored, e.in.Constants.PillarFloor)
		pillar.Weight = e.in.Pillars[p].Weight
		if w.Pillars != nil {
			pillar.Weight = float64(pillar.Weight * w.Pillars[p])
		}
		total += pillar.Weight
	}
	s.Score[c] = 0
	if total == 0 {
		return
	}
	var sum float64
	for p := range pillars {
		pillar := &pillars[p]
		if pillar.IsMissing {
			continue
		}
		pillar.Weight = round12(pillar.Weight / total)
		linked := float64(e.in.Pillars[p].LinkFactor * pillar.Score)
		if w.Mean != Arithmetic {
			linked = ln(linked)
		}
		sum += float64(pillar.Weight * linked)
	}
	if w.Mean != Arithmetic {
		sum = exp(sum)
	}
	s.Score[c] = sum
}

// rank orders the ranked companies by score, ties by attention, then by id, which
// is the order of the input. What differs after the ninth decimal is a tie.
func (e *Evaluator) rank(w *Weights, s *Scores) {
	if w.Mean == Copeland {
		e.compareAll(s)
	}
	e.order = e.order[:0]
	for c := range e.in.Companies {
		s.Rank[c] = 0
		if e.in.Companies[c].IsRanked {
			e.order = append(e.order, c)
		}
	}
	slices.SortFunc(e.order, func(a, b int) int {
		return cmp.Or(
			cmp.Compare(math.Round(s.Score[b]*1e9), math.Round(s.Score[a]*1e9)),
			cmp.Compare(s.Indicator(b, Attention).Raw, s.Indicator(a, Attention).Raw),
			cmp.Compare(a, b),
		)
	})
	for position, c := range e.order {
		s.Rank[c] = position + 1
	}
}

// compareAll makes Copeland scores of the ranked companies: of each pair the one
// wins that is better in pillars of more weight (Copeland 1951). One that is
// missing in either counts for neither.
func (e *Evaluator) compareAll(s *Scores) {
	for c := range s.Score {
		s.Score[c] = 0
	}
	for a := range e.in.Companies {
		if !e.in.Companies[a].IsRanked {
			continue
		}
		for b := a + 1; b < len(e.in.Companies); b++ {
			if !e.in.Companies[b].IsRanked {
				continue
			}
			switch margin := e.margin(s, a, b); {
			case margin > 0:
				s.Score[a]++
				s.Score[b]--
			case margin < 0:
				s.Score[a]--
				s.Score[b]++
			}
		}
	}
}

// margin is the weight of the pillars in which a is better than b, less that of
// those in which b is.
func (e *Evaluator) margin(s *Scores, a, b int) float64 {
	var margin float64
	for p := range PillarCount {
		ofA, ofB := s.Pillar(a, Pillar(p)), s.Pillar(b, Pillar(p))
		switch {
		case ofA.IsMissing || ofB.IsMissing:
		case ofA.Score > ofB.Score:
			margin += e.in.Pillars[p].Weight
		case ofA.Score < ofB.Score:
			margin -= e.in.Pillars[p].Weight
		}
	}
	return round12(margin)
}
