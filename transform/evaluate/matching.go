package evaluate

import (
	"context"
	"fmt"
	"time"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/match"
)

// MatchingOptions of a run. Zero values are usable.
type MatchingOptions struct {
	Night    time.Time               // on which names and anchors have to hold; zero: whenever
	Progress func(done, damaged int) // called after each line; may be nil
	Observe  func(MatchingCase)      // called with every document and company that was judged; may be nil
}

// MatchingCase is one document and one company: found, expected or both.
type MatchingCase struct {
	ID, Company           string
	IsFound, IsExpected   bool
	Class, Alias, Ground  string // of what was found; of what was expected if nothing was
	Language, Probability string
	Evidence              string // of what was found; else the name as the text has it
}

// Matching scores a matcher against documents in which the companies are
// labelled. A document and a company are one case, however often it is named.
//
// Three kinds of lines are read; offsets count code points:
//
//	{id, lang, country, title, text, alias, class, mentions: [{start, end, text, company_id, wikidata_id}]}
//	{id, title, text, mentions: [{start, end, text, wikidata_id, name, types}], evaluation_span}
//	{id, lang, text, mentions: [{start, end, text, type}]}
//
// The first names our companies. The second names everything by Wikidata, so
// only companies that have an identifier there are judged; what is called by the
// brand of a company, is named in the title alone or stands outside the span is
// not judged, nor is a name without a label where the source leaves many names
// without one. The third knows only what kind of thing a name is: a company
// found where no organisation and no product (MISC) is labelled is wrong, of
// the rest nothing can be told, and none of it enters precision.
func Matching(ctx context.Context, files []string, m *match.Matcher, set seeds.Set, opt MatchingOptions) (MatchingReport, error) {
	run := newMatchingRun(m, set, opt)
	done := 0
	damaged, err := readRecords(ctx, files, func(record matchingRecord) error {
		err := run.take(record)
		if done++; opt.Progress != nil {
			if err != nil {
				run.damaged++
			}
			opt.Progress(done, run.damaged)
		}
		return err
	})
	if err != nil {
		return MatchingReport{}, err
	}
	return run.report(damaged), nil
}

// MatchingReport is the score of a set; the shares are from 0 to 1, null where
// nothing of the set is judged.
type MatchingReport struct {
	Documents int `json:"documents"`
	Unjudged  int `json:"unjudged"` // found, but the labels cannot tell whether rightly
	MatchingFigures
	Naive            MatchingFigures `json:"naive"`             // every alias as a plain word
	Reliability      []Reliability   `json:"reliability"`       // by what a probability rests on
	CalibrationError *float64        `json:"calibration_error"` // mean distance of expected and observed, weighted by cases
	Typed            TypedFigures    `json:"typed"`             // of lines whose labels are kinds of names alone
	PartlyLabelled   []string        `json:"partly_labelled"`   // sources in which many names have no label
	Damaged          []Damage        `json:"damaged"`
}

// MatchingFigures are precision and recall, in all and by breakdown. A case
// found belongs to the class, script and alias that decided; one expected to the
// surest of its names in the text.
type MatchingFigures struct {
	MatchingScore
	ByClass    []MatchingGroup `json:"by_class"`
	ByLanguage []MatchingGroup `json:"by_language"`
	ByScript   []MatchingGroup `json:"by_script"`
	ByAlias    []MatchingGroup `json:"by_alias"`
}

// MatchingScore holds precision and recall with Wilson's 95 % intervals.
type MatchingScore struct {
	Precision     *float64 `json:"precision"`
	PrecisionLow  *float64 `json:"precision_low"`
	PrecisionHigh *float64 `json:"precision_high"`
	Found         int      `json:"found"` // what precision rests on
	Recall        *float64 `json:"recall"`
	RecallLow     *float64 `json:"recall_low"`
	RecallHigh    *float64 `json:"recall_high"`
	Expected      int      `json:"expected"` // what recall rests on
	F1            *float64 `json:"f1"`
}

// MatchingGroup is the score of one class, language, script or alias.
type MatchingGroup struct {
	Name string `json:"name"`
	MatchingScore
}

// Reliability holds what the matcher believes against what is so.
type Reliability struct {
	Ground   string  `json:"ground"`
	Expected float64 `json:"expected"` // mean probability
	Observed float64 `json:"observed"` // share that was right
	Low      float64 `json:"low"`      // Wilson's 95 % interval of it
	High     float64 `json:"high"`
	Count    int     `json:"count"`
}

// TypedFigures count companies found in texts of which only the kinds of names
// are known.
type TypedFigures struct {
	Documents  int          `json:"documents"`
	Bytes      int          `json:"bytes"`
	Found      int          `json:"found"`
	Wrong      int          `json:"wrong"` // where no organisation and no product is labelled
	NaiveFound int          `json:"naive_found"`
	NaiveWrong int          `json:"naive_wrong"`
	ByLanguage []TypedGroup `json:"by_language"`
}

// TypedGroup counts those of one language.
type TypedGroup struct {
	Name       string `json:"name"`
	Bytes      int    `json:"bytes"`
	Found      int    `json:"found"`
	Wrong      int    `json:"wrong"`
	NaiveFound int    `json:"naive_found"`
	NaiveWrong int    `json:"naive_wrong"`
}

// Quality gives the figures as rows of the table of quality.
func (r MatchingReport) Quality(setName, split string, measured time.Time) []seeds.Quality {
	var rows []seeds.Quality
	add := func(breakdown, part, measure string, value, low, high *float64, count int) {
		if value == nil {
			return
		}
		rows = append(rows, seeds.Quality{
			Stage: "matching", Set: setName, Split: split, Breakdown: breakdown, Part: part, Measure: measure,
			Value: decimal(value), Low: decimal(low), High: decimal(high), Count: count, MeasuredOn: measured,
		})
	}
	addScore := func(breakdown, part, prefix string, s MatchingScore) {
		add(breakdown, part, prefix+"precision", s.Precision, s.PrecisionLow, s.PrecisionHigh, s.Found)
		add(breakdown, part, prefix+"recall", s.Recall, s.RecallLow, s.RecallHigh, s.Expected)
	}
	for _, of := range []struct {
		prefix  string
		figures MatchingFigures
	}{{"", r.MatchingFigures}, {"naive_", r.Naive}} {
		addScore("all", "all", of.prefix, of.figures.MatchingScore)
		for _, by := range []struct {
			name   string
			groups []MatchingGroup
		}{
			{"class", of.figures.ByClass}, {"language", of.figures.ByLanguage},
			{"script", of.figures.ByScript}, {"alias", of.figures.ByAlias},
		} {
			for _, g := range by.groups {
				addScore(by.name, g.Name, of.prefix, g.MatchingScore)
			}
		}
	}
	judged := 0
	for _, row := range r.Reliability {
		judged += row.Count
	}
	add("all", "all", "calibration_error", r.CalibrationError, nil, nil, judged)
	return rows
}

// decimal writes a share for the table of quality; empty for none.
func decimal(v *float64) string {
	if v == nil {
		return ""
	}
	return fmt.Sprintf("%.6f", *v)
}
