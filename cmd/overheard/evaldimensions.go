package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/transform/dimension"
	"github.com/overheard-news/overheard/transform/evaluate"
)

func newEvalDimensionsCommand(app *app) *cobra.Command {
	var isShowingErrors bool
	cmd := &cobra.Command{
		Use:   "dimensions FILE...",
		Short: "Score which of the five dimensions are told of labelled texts",
		Long: `Reads texts in which one company and its dimensions are labelled (one JSON object
a line, plain or gzipped: id, lang, text, target, start, end, and dimensions with
dimension, start, end, text; offsets count characters, ends excluded), labels each by
the built-in rules, and compares.

Precision, recall and F1 of each dimension and macro-F1 over the five are told with
95 % intervals, in all and by language; so are the share of texts nothing was said
of, the share of right labels whose evidence overlaps the labelled one, and the mean
distance between the probability told and the share that was right. The baseline is
the list of words the method describes the dimensions by, without stems or guards.`,
		Example:     "overheard eval dimensions dev.jsonl",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, files []string) error {
			labeller, err := dimension.Load()
			if err != nil {
				return err
			}
			var wrong []evaluate.DimensionCase
			report, err := evaluate.Dimensions(cmd.Context(), files, labeller, evaluate.DimensionOptions{
				Observe: func(c evaluate.DimensionCase) {
					if !c.IsRight() {
						wrong = append(wrong, c)
					}
				},
			})
			switch {
			case errors.Is(err, evaluate.ErrNoFile):
				return badUsage(err)
			case err != nil:
				return err
			}
			if app.isJSON {
				err = app.printJSON(report)
			} else {
				app.printDimensions(report)
			}
			if err != nil {
				return err
			}
			if isShowingErrors && !app.isJSON {
				app.printWrongDimensions(wrong)
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
	cmd.Flags().BoolVar(&isShowingErrors, "errors", false, "list every text of which something else was told than is labelled")
	return cmd
}

func (a *app) printDimensions(r evaluate.DimensionReport) {
	of := func(f *evaluate.Figure) string {
		if f == nil {
			return "-"
		}
		return figure(&f.Value, &f.Low, &f.High)
	}
	writeColumns(a.stdout, nil, [][]string{
		{"texts", strconv.Itoa(r.Rows), fmt.Sprintf("%d in languages without rules", r.WithoutRules)},
		{"macro-F1", of(r.MacroF1), ""},
		{"macro-F1 of words alone", of(r.Baseline), ""},
		{"all five right", of(r.ExactShare), ""},
		{"nothing told", of(r.Abstained), ""},
		{"evidence overlaps", of(r.EvidenceShare), "of right labels"},
		{"calibration error", share(r.Calibration), ""},
	})
	fmt.Fprintln(a.stdout)
	var rows [][]string
	for _, d := range r.ByDimension {
		rows = append(rows, []string{d.Name, of(d.Precision), of(d.Recall), of(d.F1), fmt.Sprintf("%.3f", d.Baseline)})
	}
	writeColumns(a.stdout, []string{"DIMENSION", "PRECISION", "RECALL", "F1", "WORDS ALONE"}, rows)
	fmt.Fprintln(a.stdout)
	rows = nil
	for _, g := range r.ByLanguage {
		rows = append(rows, []string{g.Name, strconv.Itoa(g.Rows), of(g.MacroF1), fmt.Sprintf("%.3f", g.Baseline), of(g.Abstained), of(g.Evidence)})
	}
	writeColumns(a.stdout, []string{"LANGUAGE", "TEXTS", "MACRO-F1", "WORDS ALONE", "NOTHING TOLD", "EVIDENCE"}, rows)
}

func (a *app) printWrongDimensions(list []evaluate.DimensionCase) {
	var rows [][]string
	for _, c := range list {
		var found []string
		for _, l := range c.Found {
			found = append(found, fmt.Sprintf("%s (%.2f %q)", l.Dimension, l.Probability, l.Evidence))
		}
		rows = append(rows, []string{c.ID, strings.Join(c.Expected, ", "), strings.Join(found, ", ")})
	}
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, []string{"TEXT", "LABELLED", "TOLD"}, rows)
}
