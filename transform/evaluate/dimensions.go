package evaluate

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/dimension"
	"github.com/overheard-news/overheard/transform/match"
)

// DimensionOptions of a run. Zero values are usable.
type DimensionOptions struct {
	Observe func(DimensionCase) // called with every text; may be nil
}

// DimensionCase is one text: what was said of it and what should be.
type DimensionCase struct {
	ID, Language, Text string
	Expected           []string
	Found              []dimension.Label
}

// IsRight says that every dimension is told that is labelled, and no other.
func (c DimensionCase) IsRight() bool {
	var found []string
	for _, l := range c.Found {
		found = append(found, l.Dimension)
	}
	slices.Sort(found)
	return slices.Equal(found, c.Expected)
}

// DimensionReport is the score of a set. Figures come with 95 % intervals, null
// where nothing of the set is judged.
type DimensionReport struct {
	Rows          int              `json:"rows"`
	MacroF1       *Figure          `json:"macro_f1"`      // mean of the F1 of the five dimensions
	Baseline      *Figure          `json:"baseline"`      // macro-F1 of words without guards or weights
	ExactShare    *Figure          `json:"exact"`         // texts with every dimension right
	Abstained     *Figure          `json:"abstained"`     // texts nothing was said of: no rules for the language, or none fired
	WithoutRules  int              `json:"without_rules"` // of these, in languages without rules
	EvidenceShare *Figure          `json:"evidence"`      // right labels whose evidence overlaps the labelled span
	Calibration   *float64         `json:"calibration"`   // mean distance of probability and share right, weighted by labels
	ByDimension   []DimensionScore `json:"by_dimension"`  // in the order of dimension.Names
	ByLanguage    []DimensionGroup `json:"by_language"`   // sorted
	Damaged       []Damage         `json:"damaged"`
}

// DimensionScore is the score of one dimension.
type DimensionScore struct {
	Name      string  `json:"name"`
	Precision *Figure `json:"precision"`
	Recall    *Figure `json:"recall"`
	F1        *Figure `json:"f1"`
	Baseline  float64 `json:"baseline"` // F1 of words without guards or weights
}

// DimensionGroup is the score of one language.
type DimensionGroup struct {
	Name      string  `json:"name"`
	Rows      int     `json:"rows"`
	MacroF1   *Figure `json:"macro_f1"`
	Baseline  float64 `json:"baseline"`
	Abstained *Figure `json:"abstained"`
	Evidence  *Figure `json:"evidence"`
}

// dimensionMarks are the marks of one text, by dimension.
type dimensionMarks struct {
	language                string
	expected, found, plain  []bool
	isAbstained, isRuleless bool
	right, overlapping      int
	probability             []float64 // of each label found
	isRight                 []bool    // the same
}

// Dimensions scores a labeller against texts in which the dimensions of one
// company are labelled, each line
//
//	{id, lang, text, target, start, end, dimensions: [{dimension, start, end, text}]}
//
// with offsets in code points. A dimension is present in a text or it is not; its
// F1 is that of "present", macro-F1 the mean over the five. In a small language a
// dimension that is neither labelled nor found counts as 1 for it. The baseline is
// dimension.Keywords: the same words, alone, without guards, weights or order.
func Dimensions(ctx context.Context, files []string, l *dimension.Labeller, opt DimensionOptions) (DimensionReport, error) {
	var marks []dimensionMarks
	damaged, err := readRecords(ctx, files, func(record dimensionRecord) error {
		target, evidence, err := record.spans()
		if err != nil {
			return err
		}
		quotes := []match.Quote{{Text: record.Text, Start: target.start, End: target.end}}
		labels, ok := l.Label(record.Language, quotes)
		plain, _ := l.Keywords(record.Language, quotes)
		marks = append(marks, markDimensions(record.Language, evidence, labels, plain, ok))
		if opt.Observe != nil {
			opt.Observe(DimensionCase{
				ID: record.ID, Language: record.Language, Text: record.Text,
				Expected: slices.Sorted(maps.Keys(evidence)), Found: labels,
			})
		}
		return nil
	})
	if err != nil {
		return DimensionReport{}, err
	}
	return reportDimensions(marks, damaged), nil
}

func markDimensions(language string, evidence map[string]byteRange, labels []dimension.Label, plain []string, ok bool) dimensionMarks {
	m := dimensionMarks{language: language, isAbstained: len(labels) == 0, isRuleless: !ok}
	for _, name := range dimension.Names() {
		span, isExpected := evidence[name]
		m.expected = append(m.expected, isExpected)
		m.plain = append(m.plain, slices.Contains(plain, name))
		i := slices.IndexFunc(labels, func(l dimension.Label) bool { return l.Dimension == name })
		m.found = append(m.found, i >= 0)
		if i < 0 {
			continue
		}
		m.probability = append(m.probability, labels[i].Probability)
		m.isRight = append(m.isRight, isExpected)
		if isExpected {
			m.right++
			if span.overlaps(byteRange{labels[i].Start, labels[i].End}) {
				m.overlapping++
			}
		}
	}
	return m
}

func reportDimensions(marks []dimensionMarks, damaged []Damage) DimensionReport {
	r := DimensionReport{Rows: len(marks), Damaged: damaged}
	r.MacroF1 = bootstrap(len(marks), func(cases []int) float64 { return macroF1(marks, cases, foundOf) })
	r.Baseline = bootstrap(len(marks), func(cases []int) float64 { return macroF1(marks, cases, plainOf) })
	exact := 0
	for _, m := range marks {
		if slices.Equal(m.expected, m.found) {
			exact++
		}
		if m.isRuleless {
			r.WithoutRules++
		}
	}
	r.ExactShare = proportion(exact, len(marks))
	r.Abstained, r.EvidenceShare = abstention(marks)
	r.Calibration = dimensionCalibration(marks)
	for d, name := range dimension.Names() {
		r.ByDimension = append(r.ByDimension, scoreDimension(marks, d, name))
	}
	byLanguage := map[string][]dimensionMarks{}
	for _, m := range marks {
		byLanguage[m.language] = append(byLanguage[m.language], m)
	}
	for _, language := range slices.Sorted(maps.Keys(byLanguage)) {
		some := byLanguage[language]
		g := DimensionGroup{Name: language, Rows: len(some)}
		g.MacroF1 = bootstrap(len(some), func(cases []int) float64 { return macroF1(some, cases, foundOf) })
		g.Baseline = macroF1(some, upTo(len(some)), plainOf)
		g.Abstained, g.Evidence = abstention(some)
		r.ByLanguage = append(r.ByLanguage, g)
	}
	return r
}

func foundOf(m *dimensionMarks) []bool { return m.found }
func plainOf(m *dimensionMarks) []bool { return m.plain }

func upTo(count int) []int {
	all := make([]int, count)
	for i := range all {
		all[i] = i
	}
	return all
}

// macroF1 is the mean over the dimensions of the F1 of some cases.
func macroF1(marks []dimensionMarks, cases []int, said func(*dimensionMarks) []bool) float64 {
	names := dimension.Names()
	sum := 0.0
	for d := range names {
		sum += dimensionF1(marks, cases, d, said)
	}
	return sum / float64(len(names))
}

// dimensionF1 is 2·right / (expected + found); 1 where nothing is expected or found.
func dimensionF1(marks []dimensionMarks, cases []int, d int, said func(*dimensionMarks) []bool) float64 {
	right, total := 0, 0
	for _, i := range cases {
		expected, found := marks[i].expected[d], said(&marks[i])[d]
		if expected && found {
			right++
		}
		if expected {
			total++
		}
		if found {
			total++
		}
	}
	if total == 0 {
		return 1
	}
	return 2 * float64(right) / float64(total)
}

func scoreDimension(marks []dimensionMarks, d int, name string) DimensionScore {
	right, expected, found := 0, 0, 0
	for _, m := range marks {
		if m.expected[d] {
			expected++
		}
		if m.found[d] {
			found++
		}
		if m.expected[d] && m.found[d] {
			right++
		}
	}
	return DimensionScore{
		Name: name, Precision: proportion(right, found), Recall: proportion(right, expected),
		F1:       bootstrap(len(marks), func(cases []int) float64 { return dimensionF1(marks, cases, d, foundOf) }),
		Baseline: dimensionF1(marks, upTo(len(marks)), d, plainOf),
	}
}

func abstention(marks []dimensionMarks) (abstained, evidence *Figure) {
	silent, right, overlapping := 0, 0, 0
	for _, m := range marks {
		if m.isAbstained {
			silent++
		}
		right += m.right
		overlapping += m.overlapping
	}
	return proportion(silent, len(marks)), proportion(overlapping, right)
}

// dimensionCalibration is the expected calibration error over bins of a tenth.
func dimensionCalibration(marks []dimensionMarks) *float64 {
	var sum [10]float64
	var right, count [10]int
	all := 0
	for _, m := range marks {
		for i, p := range m.probability {
			bin := min(int(p*10), 9)
			sum[bin] += p
			count[bin]++
			all++
			if m.isRight[i] {
				right[bin]++
			}
		}
	}
	if all == 0 {
		return nil
	}
	gap := 0.0
	for bin := range sum {
		gap += max(sum[bin]-float64(right[bin]), float64(right[bin])-sum[bin])
	}
	gap /= float64(all)
	return &gap
}

// Quality gives the figures as rows of the table of quality.
func (r DimensionReport) Quality(setName, split string, measured time.Time) []seeds.Quality {
	var rows []seeds.Quality
	add := func(breakdown, part, measure string, f *Figure) {
		if f != nil {
			rows = append(rows, seeds.Quality{
				Stage: "dimensions", Set: setName, Split: split, Breakdown: breakdown, Part: part, Measure: measure,
				Value: places(f.Value), Low: places(f.Low), High: places(f.High), Count: f.Count, MeasuredOn: measured,
			})
		}
	}
	add("all", "all", "macro_f1", r.MacroF1)
	add("all", "all", "baseline_macro_f1", r.Baseline)
	add("all", "all", "exact", r.ExactShare)
	add("all", "all", "abstained", r.Abstained)
	add("all", "all", "evidence", r.EvidenceShare)
	for _, d := range r.ByDimension {
		add("dimension", d.Name, "precision", d.Precision)
		add("dimension", d.Name, "recall", d.Recall)
		add("dimension", d.Name, "f1", d.F1)
	}
	for _, g := range r.ByLanguage {
		add("language", g.Name, "macro_f1", g.MacroF1)
		add("language", g.Name, "abstained", g.Abstained)
	}
	slices.SortStableFunc(rows, func(a, b seeds.Quality) int { return cmp.Compare(a.Breakdown, b.Breakdown) })
	return rows
}

func places(v float64) string { return fmt.Sprintf("%.6f", v) }
