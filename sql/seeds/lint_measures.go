package seeds

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// codes checks dimension_codes.csv.
func (l *linter) codes() {
	t := readTable(l.fsys, "dimension_codes.csv", codeColumns)
	seen := map[string]int{}
	for _, r := range t.rows {
		c := DimensionCode{
			Dimension: t.oneOf(r, "dimension", dimensions),
			Framework: t.oneOf(r, "framework", frameworks),
			Code:      t.need(r, "code"),
			Name:      t.need(r, "name"),
		}
		if c.Code != "" {
			t.unique(seen, r, "code", c.Dimension+"\x00"+c.Framework+"\x00"+c.Code, strings.Join([]string{c.Dimension, c.Framework, c.Code}, " "))
		}
		l.set.Codes = append(l.set.Codes, c)
	}
	l.keep(t)
}

// roundingOfSums is how far from 1 rounding may take three shares.
const roundingOfSums = 1e-6

// tones checks tone_confusions.csv: a language has all nine entries or none, and
// what the model says of one true tone sums to 1.
func (l *linter) tones() {
	t := readTable(l.fsys, "tone_confusions.csv", toneColumns)
	languages := l.knownLanguages()
	seen, count, firstLines, sums := map[string]int{}, map[string]int{}, map[string]int{}, map[string]float64{}
	var inOrder []string
	for _, r := range t.rows {
		c := ToneConfusion{
			Language:   t.need(r, "language_code"),
			True:       t.oneOf(r, "true_tone", tones),
			Judged:     t.oneOf(r, "judged_tone", tones),
			Confusion:  t.need(r, "confusion"),
			Correction: t.need(r, "correction"),
		}
		t.decimal(r, "confusion")
		t.decimal(r, "correction")
		if c.Language != "" && len(languages) > 0 && !languages[c.Language] {
			t.report(r.line, fmt.Sprintf("language_code %q is not in languages.csv", c.Language), "write a code such as "+listed(languages))
		}
		t.unique(seen, r, "entry", strings.Join([]string{c.Language, c.True, c.Judged}, "\x00"), strings.Join([]string{c.Language, c.True, c.Judged}, " "))
		if count[c.Language] == 0 {
			firstLines[c.Language] = r.line
			inOrder = append(inOrder, c.Language)
		}
		count[c.Language]++
		share, _ := strconv.ParseFloat(c.Confusion, 64)
		sums[c.Language+"\x00"+c.True] += share
		l.set.Tones = append(l.set.Tones, c)
	}
	for _, language := range inOrder {
		if all := len(tones) * len(tones); count[language] != all {
			t.report(firstLines[language], fmt.Sprintf("language %q has %d of %d entries", language, count[language], all), "give all nine, one for each pair of tones")
			continue
		}
		for _, tone := range tones {
			if sum := sums[language+"\x00"+tone]; math.Abs(sum-1) > roundingOfSums {
				t.report(firstLines[language], fmt.Sprintf("confusion of %s in language %q sums to %.6f", tone, language, sum), "the three judged tones of a true one must sum to 1")
			}
		}
	}
	l.keep(t)
}

// quality checks quality.csv.
func (l *linter) quality() {
	t := readTable(l.fsys, "quality.csv", qualityColumns)
	seen := map[string]int{}
	for _, r := range t.rows {
		q := Quality{
			Stage: t.oneOf(r, "stage", stages), Set: t.need(r, "set_name"), Split: t.oneOf(r, "split", splits),
			Breakdown: t.need(r, "breakdown"), Part: t.need(r, "part"), Measure: t.need(r, "measure"),
			Value: t.decimal(r, "value"), Low: t.decimal(r, "value_low"), High: t.decimal(r, "value_high"),
			MeasuredOn: t.date(r, "measured_on"),
		}
		t.need(r, "measured_on")
		if count := t.need(r, "sample_count"); count != "" {
			n, err := strconv.Atoi(count)
			if err != nil || n < 0 || n > math.MaxInt32 {
				t.report(r.line, fmt.Sprintf("sample_count %q is not a count", count), "write digits only")
			}
			q.Count = n
		}
		if (q.Low == "") != (q.High == "") {
			t.report(r.line, "one end of the interval is missing", "give value_low and value_high, or neither")
		}
		key := strings.Join([]string{q.Stage, q.Set, q.Split, q.Breakdown, q.Part, q.Measure}, "\x00")
		t.unique(seen, r, "figure", key, strings.ReplaceAll(key, "\x00", " "))
		l.set.Quality = append(l.set.Quality, q)
	}
	l.keep(t)
}
