package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/transform/evaluate"
	"github.com/overheard-news/overheard/transform/tone"
)

func newEvalToneCommand(app *app) *cobra.Command {
	var isShowingErrors, isHeldOutOnly bool
	cmd := &cobra.Command{
		Use:   "tone FILE...",
		Short: "Score the tone towards a company",
		Long: `Reads labelled sentences (one JSON object a line, plain or gzipped: id, lang, text,
target, start, end, label, source; offsets count code points, end exclusive; label
-1, 0 or 1) and judges each towards its target. A row without a target is judged as
a whole.

Macro-F1 is the mean of the F1 of the three labels over the rows that were judged,
with a 95 % interval of resampled rows; the strict one counts a row whose language
is not judged as neutral. Bags: rows of a language with at least 150 are drawn 400
times into bags of 50 and 200, as they come or with varied shares of the labels, and
the mean error of net tone (share of positive minus share of negative) is told: of
labels counted, of probabilities averaged, corrected by the confusion matrix (PACC),
the same trusted by the size of the bag, corrected by expectation maximisation (EM),
and of always saying the net tone of the training rows.

--held-out scores only what no training uses of a set it uses: a fifth of RuSentNE.`,
		Example:     "overheard eval tone dev.jsonl",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, files []string) error {
			model, err := tone.Load()
			if err != nil {
				return err
			}
			lines, err := evaluate.CountLines(files)
			if err != nil {
				return badUsage(err)
			}
			bar := app.progress()
			bar.Start("rows", lines)
			var wrong []evaluate.ToneCase
			report, err := evaluate.Tone(cmd.Context(), files, model, evaluate.ToneOptions{
				IsHeldOutOnly: isHeldOutOnly,
				Progress:      func(done, damaged int) { bar.Advance("rows", done, damaged) },
				Observe: func(c evaluate.ToneCase) {
					if !c.IsJudged || c.Judged != c.Label {
						wrong = append(wrong, c)
					}
				},
			})
			bar.Finish("rows")
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
				app.printTone(report)
			}
			if err != nil {
				return err
			}
			if isShowingErrors && !app.isJSON {
				app.printWrongTones(wrong)
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
	cmd.Flags().BoolVar(&isShowingErrors, "errors", false, "list every row that was judged otherwise or not at all")
	cmd.Flags().BoolVar(&isHeldOutOnly, "held-out", false, "score only rows that no training uses of a set it uses")
	return cmd
}

func (a *app) printTone(r evaluate.ToneReport) {
	of := func(f *evaluate.Figure) string {
		if f == nil {
			return "-"
		}
		return figure(&f.Value, &f.Low, &f.High)
	}
	writeColumns(a.stdout, nil, [][]string{
		{"rows", strconv.Itoa(r.Rows), fmt.Sprintf("%d judged, %d in languages that are not", r.Judged, r.Abstained)},
		{"macro-F1", of(r.MacroF1Range), "of the rows judged"},
		{"macro-F1, strict", share(r.MacroF1Strict), "the others counted as neutral"},
		{"accuracy", of(r.AccuracyRange), "the most frequent label alone: " + share(r.Majority)},
		{"log loss", share(r.LogLoss), ""},
		{"calibration error", share(r.CalibrationError), ""},
		{"microseconds a row", fmt.Sprintf("%.0f", r.MicrosecondsRow), ""},
	})
	fmt.Fprintln(a.stdout)
	name := [3]string{"negative", "neutral", "positive"}
	var cells [][]string
	for l, label := range r.ByLabel {
		row := []string{name[label.Label+1], strconv.Itoa(label.Rows)}
		for j := range name {
			row = append(row, strconv.Itoa(r.Confusion[l*len(name)+j].Rows))
		}
		cells = append(cells, append(row, share(label.Precision), share(label.Recall), share(label.F1)))
	}
	writeColumns(a.stdout, []string{"LABELLED", "ROWS", "NEGATIVE", "NEUTRAL", "POSITIVE", "PRECISION", "RECALL", "F1"}, cells)
	for _, by := range []struct {
		name string
		list []evaluate.ToneGroup
	}{{"LANGUAGE", r.ByLanguage}, {"SOURCE", r.BySource}} {
		var rows [][]string
		for _, g := range by.list {
			rows = append(rows, []string{g.Name, strconv.Itoa(g.Rows), strconv.Itoa(g.Abstained), of(g.MacroF1Range), of(g.AccuracyRange), share(g.Majority)})
		}
		fmt.Fprintln(a.stdout)
		writeColumns(a.stdout, []string{by.name, "ROWS", "ABSTAINED", "MACRO-F1", "ACCURACY", "MAJORITY"}, rows)
	}
	if len(r.Bags) == 0 {
		return
	}
	var rows [][]string
	for _, b := range r.Bags {
		row := []string{strconv.Itoa(b.Size), b.Prevalence}
		for _, v := range []float64{b.Chosen, b.Count, b.Adjusted, b.Shrunk, b.Expected, b.Constant} {
			row = append(row, fmt.Sprintf("%.3f", v))
		}
		rows = append(rows, row)
	}
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, []string{"BAG OF", "SHARES", "LABELS", "PROBABILITIES", "PACC", "PACC TRUSTED", "EM", "CONSTANT"}, rows)
}

func (a *app) printWrongTones(list []evaluate.ToneCase) {
	var rows [][]string
	for _, c := range list {
		judged := "abstained"
		if c.IsJudged {
			judged = strconv.Itoa(c.Judged)
		}
		rows = append(rows, []string{
			c.ID, c.Language, strconv.Itoa(c.Label), judged,
			fmt.Sprintf("%.2f %.2f %.2f", c.Tone.Negative, c.Tone.Neutral, c.Tone.Positive), c.Target, c.Text,
		})
	}
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, []string{"ROW", "LANGUAGE", "LABEL", "JUDGED", "PROBABILITIES", "TARGET", "TEXT"}, rows)
}
