package evaluate

import (
	"cmp"
	"maps"
	"math"
	"slices"
)

// parts say to which class, language, script and alias a case belongs.
type parts struct{ class, language, script, alias string }

// count adds up the cases of one part.
type count struct{ found, right, expected, hit int }

func (c count) score() MatchingScore {
	s := MatchingScore{Found: c.found, Expected: c.expected}
	if p := proportion(c.right, c.found); p != nil {
		s.Precision, s.PrecisionLow, s.PrecisionHigh = &p.Value, &p.Low, &p.High
	}
	if p := proportion(c.hit, c.expected); p != nil {
		s.Recall, s.RecallLow, s.RecallHigh = &p.Value, &p.Low, &p.High
	}
	if s.Precision != nil && s.Recall != nil {
		f1 := 0.0
		if sum := *s.Precision + *s.Recall; sum > 0 {
			f1 = 2 * *s.Precision * *s.Recall / sum
		}
		s.F1 = &f1
	}
	return s
}

// matchingTally adds up cases, in all and by breakdown.
type matchingTally struct {
	all                                    count
	byClass, byLanguage, byScript, byAlias map[string]*count
}

func newMatchingTally() matchingTally {
	return matchingTally{
		byClass: map[string]*count{}, byLanguage: map[string]*count{}, byScript: map[string]*count{}, byAlias: map[string]*count{},
	}
}

func (t *matchingTally) each(p parts, add func(*count)) {
	add(&t.all)
	for _, by := range []struct {
		counts map[string]*count
		name   string
	}{{t.byClass, p.class}, {t.byLanguage, p.language}, {t.byScript, p.script}, {t.byAlias, p.alias}} {
		if by.counts[by.name] == nil {
			by.counts[by.name] = &count{}
		}
		add(by.counts[by.name])
	}
}

func (t *matchingTally) found(p parts, isRight bool) {
	t.each(p, func(c *count) {
		c.found++
		if isRight {
			c.right++
		}
	})
}

func (t *matchingTally) expected(p parts, isFound bool) {
	t.each(p, func(c *count) {
		c.expected++
		if isFound {
			c.hit++
		}
	})
}

func (t *matchingTally) figures() MatchingFigures {
	return MatchingFigures{
		MatchingScore: t.all.score(),
		ByClass:       groupsOf(t.byClass), ByLanguage: groupsOf(t.byLanguage), ByScript: groupsOf(t.byScript), ByAlias: groupsOf(t.byAlias),
	}
}

func groupsOf(counts map[string]*count) []MatchingGroup {
	groups := make([]MatchingGroup, 0, len(counts))
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		groups = append(groups, MatchingGroup{Name: name, MatchingScore: counts[name].score()})
	}
	return groups
}

// typedTally adds up texts of which only the kinds of names are known.
type typedTally struct {
	figures    TypedFigures
	byLanguage map[string]*TypedGroup
}

func newTypedTally() typedTally { return typedTally{byLanguage: map[string]*TypedGroup{}} }

func (t *typedTally) add(language string, record matchingRecord, ours, plain []found) {
	g := t.byLanguage[language]
	if g == nil {
		g = &TypedGroup{Name: language}
		t.byLanguage[language] = g
	}
	wrong, naiveWrong := countWrong(record, ours), countWrong(record, plain)
	g.Bytes += len(record.Text)
	g.Found += len(ours)
	g.Wrong += wrong
	g.NaiveFound += len(plain)
	g.NaiveWrong += naiveWrong
	t.figures.Documents++
	t.figures.Bytes += len(record.Text)
	t.figures.Found += len(ours)
	t.figures.Wrong += wrong
	t.figures.NaiveFound += len(plain)
	t.figures.NaiveWrong += naiveWrong
}

// countWrong counts the companies of which no place is labelled as that of an
// organisation or a product.
func countWrong(record matchingRecord, list []found) int {
	wrong := 0
	for _, f := range list {
		if !slices.ContainsFunc(f.places, func(p place) bool {
			return slices.ContainsFunc(record.Mentions, func(n labelledName) bool {
				return (n.Type == "ORG" || n.Type == "MISC") && n.from < p.to && p.from < n.to
			})
		}) {
			wrong++
		}
	}
	return wrong
}

func (r *matchingRun) report(damaged []Damage) MatchingReport {
	for _, t := range r.pending {
		r.judgeText(t)
	}
	report := MatchingReport{
		Documents: r.documents, Unjudged: r.unjudged, MatchingFigures: r.ours.figures(), Naive: r.plain.figures(),
		Reliability: []Reliability{}, Typed: r.typed.figures, Damaged: append([]Damage{}, damaged...),
	}
	report.PartlyLabelled = []string{}
	for _, source := range slices.Sorted(maps.Keys(r.coverage)) {
		if r.isPartial(source) {
			report.PartlyLabelled = append(report.PartlyLabelled, source)
		}
	}
	report.Typed.ByLanguage = []TypedGroup{}
	for _, name := range slices.Sorted(maps.Keys(r.typed.byLanguage)) {
		report.Typed.ByLanguage = append(report.Typed.ByLanguage, *r.typed.byLanguage[name])
	}
	distance, cases := 0.0, 0
	for ground, t := range r.trust {
		p := proportion(t.right, t.count)
		row := Reliability{Ground: ground, Expected: t.sum / float64(t.count), Observed: p.Value, Low: p.Low, High: p.High, Count: t.count}
		distance += math.Abs(row.Expected-row.Observed) * float64(t.count)
		cases += t.count
		report.Reliability = append(report.Reliability, row)
	}
	slices.SortFunc(report.Reliability, func(a, b Reliability) int { return cmp.Compare(a.Ground, b.Ground) })
	if cases > 0 {
		mean := distance / float64(cases)
		report.CalibrationError = &mean
	}
	return report
}
