package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/evaluate"
	"github.com/overheard-news/overheard/transform/match"
)

func newEvalMatchingCommand(app *app) *cobra.Command {
	var isShowingErrors bool
	cmd := &cobra.Command{
		Use:   "matching FILE...",
		Short: "Score which companies are found in labelled texts",
		Long: `Reads labelled texts (one JSON object a line, plain or gzipped), looks for the
companies of the built-in seeds, and compares them with the labels. A text and a
company are one case, however often it is named there.

Labels may be ours (company_id), Wikidata identifiers (wikidata_id), or kinds of
names alone (type: ORG, MISC, ...). Offsets count characters, ends excluded.
With identifiers only companies that have one are judged, and names without a label
only where the source labels nearly all. With kinds alone it can
only be told what is wrong: a company where no organisation and no product is.

Precision and recall are told with 95 % intervals, by class of the alias, script,
language and alias, beside the naive matcher: every alias as a plain word. A case
found belongs to the alias that decided, one expected to its surest name in the
text. Names that hold no more are not looked for. Reliability holds the probability of a mention against the share that was
right, by what the probability rests on.`,
		Example:     "overheard eval matching dev.jsonl",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, files []string) error {
			set, err := seeds.BuiltIn()
			if err != nil {
				return err
			}
			matcher, err := match.New(set)
			if err != nil {
				return err
			}
			lines, err := evaluate.CountLines(files)
			if err != nil {
				return badUsage(err)
			}
			bar := app.progress()
			bar.Start("texts", lines)
			var wrong []evaluate.MatchingCase
			report, err := evaluate.Matching(cmd.Context(), files, matcher, set, evaluate.MatchingOptions{
				Night:    time.Now().UTC(),
				Progress: func(done, damaged int) { bar.Advance("texts", done, damaged) },
				Observe: func(c evaluate.MatchingCase) {
					if c.IsFound != c.IsExpected {
						wrong = append(wrong, c)
					}
				},
			})
			bar.Finish("texts")
			bar.Close()
			switch {
			case errors.Is(err, evaluate.ErrNoFile):
				return badUsage(err)
			case err != nil:
				return err
			}
			if app.isJSON {
				err = app.printJSON(report)
			} else {
				app.printMatching(report)
			}
			if err != nil {
				return err
			}
			if isShowingErrors && !app.isJSON {
				app.printWrongMatches(wrong)
			}
			if len(report.Damaged) == 0 {
				return nil
			}
			for _, d := range report.Damaged[:min(len(report.Damaged), maxDamageShown)] {
				fmt.Fprintf(app.stderr, "overheard: %s\n", d)
			}
			return withFailures(fmt.Errorf("%d damaged lines were not scored", len(report.Damaged)))
		},
	}
	cmd.Flags().BoolVar(&isShowingErrors, "errors", false, "list every company that was found wrongly or missed")
	return cmd
}

func (a *app) printMatching(r evaluate.MatchingReport) {
	writeColumns(a.stdout, nil, [][]string{
		{"texts", strconv.Itoa(r.Documents), ""},
		{"precision", figure(r.Precision, r.PrecisionLow, r.PrecisionHigh), fmt.Sprintf("of %d found", r.Found)},
		{"recall", figure(r.Recall, r.RecallLow, r.RecallHigh), fmt.Sprintf("of %d expected", r.Expected)},
		{"naive precision", figure(r.Naive.Precision, r.Naive.PrecisionLow, r.Naive.PrecisionHigh), fmt.Sprintf("of %d found", r.Naive.Found)},
		{"naive recall", figure(r.Naive.Recall, r.Naive.RecallLow, r.Naive.RecallHigh), fmt.Sprintf("of %d expected", r.Naive.Expected)},
		{"not judged", strconv.Itoa(r.Unjudged), "found, but the labels cannot tell"},
		{"calibration error", share(r.CalibrationError), ""},
	})
	for _, by := range []struct {
		name        string
		list, naive []evaluate.MatchingGroup
	}{
		{"CLASS", r.ByClass, r.Naive.ByClass}, {"LANGUAGE", r.ByLanguage, r.Naive.ByLanguage},
		{"SCRIPT", r.ByScript, r.Naive.ByScript}, {"ALIAS", r.ByAlias, r.Naive.ByAlias},
	} {
		a.printMatchingGroups(by.name, by.list, by.naive)
	}
	if len(r.Reliability) > 0 {
		fmt.Fprintln(a.stdout)
		var rows [][]string
		for _, row := range r.Reliability {
			rows = append(rows, []string{row.Ground, fmt.Sprintf("%.3f", row.Expected), figure(&row.Observed, &row.Low, &row.High), strconv.Itoa(row.Count)})
		}
		writeColumns(a.stdout, []string{"RESTS ON", "EXPECTED", "RIGHT", "CASES"}, rows)
	}
	if len(r.PartlyLabelled) > 0 {
		fmt.Fprintf(a.stdout, "\nOnly some names are labelled in %s: a name without a label is not judged there.\n", strings.Join(r.PartlyLabelled, ", "))
	}
	if r.Typed.Documents > 0 {
		fmt.Fprintln(a.stdout)
		rows := [][]string{}
		all := evaluate.TypedGroup{
			Name: "all", Bytes: r.Typed.Bytes, Found: r.Typed.Found, Wrong: r.Typed.Wrong, NaiveFound: r.Typed.NaiveFound, NaiveWrong: r.Typed.NaiveWrong,
		}
		for _, g := range append([]evaluate.TypedGroup{all}, r.Typed.ByLanguage...) {
			rows = append(rows, []string{
				g.Name, fmt.Sprintf("%.1f", float64(g.Bytes)/1e6), strconv.Itoa(g.Found), strconv.Itoa(g.Wrong), strconv.Itoa(g.NaiveFound), strconv.Itoa(g.NaiveWrong),
			})
		}
		writeColumns(a.stdout, []string{"KINDS ALONE", "MB", "FOUND", "WRONG", "NAIVE FOUND", "NAIVE WRONG"}, rows)
	}
}

func (a *app) printMatchingGroups(name string, list, naive []evaluate.MatchingGroup) {
	if len(list) == 0 {
		return
	}
	plain := map[string]evaluate.MatchingScore{}
	for _, g := range naive {
		plain[g.Name] = g.MatchingScore
	}
	var rows [][]string
	for _, g := range list {
		n := plain[g.Name]
		rows = append(rows, []string{
			g.Name, figure(g.Precision, g.PrecisionLow, g.PrecisionHigh), strconv.Itoa(g.Found),
			figure(g.Recall, g.RecallLow, g.RecallHigh), strconv.Itoa(g.Expected), share(n.Precision), share(n.Recall),
		})
	}
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, []string{name, "PRECISION", "FOUND", "RECALL", "EXPECTED", "NAIVE P", "NAIVE R"}, rows)
}

func (a *app) printWrongMatches(list []evaluate.MatchingCase) {
	var rows [][]string
	for _, c := range list {
		fault := "missed"
		if c.IsFound {
			fault = "wrong"
		}
		rows = append(rows, []string{fault, c.ID, c.Language, c.Company, c.Class, c.Alias, c.Ground, c.Evidence})
	}
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, []string{"FAULT", "TEXT", "LANGUAGE", "COMPANY", "CLASS", "ALIAS", "RESTS ON", "EVIDENCE"}, rows)
}

// figure prints a share with its interval, or a dash where nothing was scored.
func figure(value, low, high *float64) string {
	if value == nil {
		return "-"
	}
	return fmt.Sprintf("%.3f (%.3f-%.3f)", *value, *low, *high)
}
