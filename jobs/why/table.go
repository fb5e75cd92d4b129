package why

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// order sorts the parts by pillar, the strongest first in each.
func (m *Move) order() {
	pillars := []string{"spread", "influence", "reputation"}
	slices.SortFunc(m.Parts, func(a, b Part) int {
		return cmp.Or(
			cmp.Compare(slices.Index(pillars, a.Pillar), slices.Index(pillars, b.Pillar)),
			cmp.Compare(math.Abs(b.Contribution), math.Abs(a.Contribution)),
			cmp.Compare(a.Indicator, b.Indicator),
		)
	})
}

// Effect is a change of ln score as it is printed: in thousandths of a hundredth,
// so that 1.234 % is 1234.
type Effect int64

const effectUnit = 1e-5 // of ln score

// String writes 1234 as +1.234, and nothing as 0.
func (e Effect) String() string {
	if e == 0 {
		return "0"
	}
	sign := "+"
	if e < 0 {
		sign, e = "−", -e
	}
	return fmt.Sprintf("%s%d.%03d", sign, e/1000, e%1000)
}

// EffectOf rounds a change of ln score.
func EffectOf(change float64) Effect { return Effect(math.Round(change / effectUnit)) }

// Row is a line of the table of contributions.
type Row struct {
	Part                          Part
	Label                         string // the indicator in words
	Before, Now                   string // its value
	Total, News, Coverage, Method Effect
}

// Table is the contributions rounded so that they add up as they stand: across to
// the total of a row, and down to Sum.
type Table struct {
	Rows []Row
	Sum  Row
}

// Table rounds the contributions. Each column is rounded to its own sum (largest
// remainders), and the total of a row is what its columns come to: a number may
// stand by one in the third decimal from its own rounding, and no sum is off.
func (m *Move) Table() Table {
	if m.State != StateMoved {
		return Table{}
	}
	sum := Row{Total: EffectOf(*m.LogScoreChange)}
	sums := apportion(sum.Total, []float64{*m.News, *m.Coverage, *m.Method})
	sum.News, sum.Coverage, sum.Method = sums[0], sums[1], sums[2]
	var columns [3][]float64
	for _, p := range m.Parts {
		columns[0] = append(columns[0], p.News)
		columns[1] = append(columns[1], p.Coverage)
		columns[2] = append(columns[2], p.Method)
	}
	news, coverage, method := apportion(sum.News, columns[0]), apportion(sum.Coverage, columns[1]), apportion(sum.Method, columns[2])
	rows := make([]Row, len(m.Parts))
	for i, p := range m.Parts {
		rows[i] = Row{
			Part: p, Label: p.label(), Before: p.text(p.PreviousValue), Now: p.text(p.Value),
			News: news[i], Coverage: coverage[i], Method: method[i],
			Total: news[i] + coverage[i] + method[i],
		}
	}
	return Table{Rows: rows, Sum: sum}
}

// apportion rounds the values so that they come to the sum: down at first, then
// one more where most was cut off. What is nothing stays nothing.
func apportion(sum Effect, values []float64) []Effect {
	rounded := make([]Effect, len(values))
	cut := make([]float64, len(values))
	var byCut []int
	for i, value := range values {
		exact := value / effectUnit
		rounded[i] = Effect(math.Floor(exact))
		cut[i] = exact - math.Floor(exact)
		sum -= rounded[i]
		if exact != 0 {
			byCut = append(byCut, i)
		}
	}
	slices.SortStableFunc(byCut, func(a, b int) int { return cmp.Compare(cut[b], cut[a]) })
	for n := 0; sum != 0 && len(byCut) > 0; n++ {
		if sum > 0 {
			rounded[byCut[n%len(byCut)]]++
			sum--
		} else {
			rounded[byCut[len(byCut)-1-n%len(byCut)]]--
			sum++
		}
	}
	return rounded
}

// label names the part.
func (p Part) label() string {
	switch p.PartType {
	case "floor":
		return "floor of the pillar"
	case "link":
		return "link to the new basis"
	case "weight":
		return "weight of the pillar"
	}
	return Words(p.Indicator)
}

// Words is the name of an indicator as people read it.
func Words(indicator string) string { return strings.ReplaceAll(indicator, "_", " ") }

// text writes a value in the indicator's own unit; attention is a share, in
// thousandths.
func (p Part) text(value *float64) string {
	switch {
	case value == nil:
		return "missing"
	case strings.HasPrefix(p.Indicator, "attention"):
		return fmt.Sprintf("%.3f ‰", 1000**value)
	}
	return fmt.Sprintf("%.4f", *value)
}
