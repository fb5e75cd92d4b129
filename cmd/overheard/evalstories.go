package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/evaluate"
	"github.com/overheard-news/overheard/transform/match"
)

func newEvalStoriesCommand(app *app) *cobra.Command {
	var isShowingErrors bool
	cmd := &cobra.Command{
		Use:   "stories FILE...",
		Short: "Score which pairs of articles are one story",
		Long: `Reads pairs of articles (one JSON object a line, plain or gzipped: id, kind, label,
and a and b with lang, title, text, published_at), clusters each pair alone, and
compares what is found with the label: same (a text and its reprint), translation
(told in two languages), or different.

Precision, recall and F1 are those of pairs, with 95 % intervals, for same and for
translation, in all and by language. By kind of pair the share that was found to be
what its label says is told. Companies are looked for with the built-in seeds:
translations must name one in common.`,
		Example:     "overheard eval stories dev.jsonl",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, files []string) error {
			lines, err := evaluate.CountLines(files)
			if err != nil {
				return badUsage(err)
			}
			bar := app.progress()
			bar.Start("pairs", lines)
			var wrong []evaluate.StoriesCase
			report, err := evaluateStories(cmd.Context(), files, evaluate.StoriesOptions{
				Progress: func(done, damaged int) { bar.Advance("pairs", done, damaged) },
				Observe: func(c evaluate.StoriesCase) {
					if c.Found != c.Label {
						wrong = append(wrong, c)
					}
				},
			})
			bar.Finish("pairs")
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
				app.printStories(report)
			}
			if err != nil {
				return err
			}
			if isShowingErrors && !app.isJSON {
				app.printWrongStories(wrong)
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
	cmd.Flags().BoolVar(&isShowingErrors, "errors", false, "list every pair that was found to be something else")
	return cmd
}

// evaluateStories scores pairs with the companies of the built-in seeds.
func evaluateStories(ctx context.Context, files []string, opt evaluate.StoriesOptions) (evaluate.StoriesReport, error) {
	set, err := seeds.BuiltIn()
	if err != nil {
		return evaluate.StoriesReport{}, err
	}
	matcher, err := match.New(set)
	if err != nil {
		return evaluate.StoriesReport{}, err
	}
	opt.Companies = func(language, title, text string) []string {
		var companies []string
		for _, m := range matcher.Match(match.Document{Title: title, Body: text, Language: language}) {
			if m.Probability >= 0.5 {
				companies = append(companies, m.CompanyID)
			}
		}
		return companies
	}
	return evaluate.Stories(ctx, files, opt)
}

func (a *app) printStories(r evaluate.StoriesReport) {
	of := func(f *evaluate.Figure) string {
		if f == nil {
			return "-"
		}
		return figure(&f.Value, &f.Low, &f.High)
	}
	rows := [][]string{{"pairs", strconv.Itoa(r.Pairs), ""}, {"as labelled", of(r.Accuracy), ""}}
	for _, s := range []struct {
		name  string
		score evaluate.StoriesScore
	}{{"same", r.Same}, {"translation", r.Translation}} {
		rows = append(rows,
			[]string{s.name + " precision", of(s.score.Precision), fmt.Sprintf("of %d found", s.score.Found)},
			[]string{s.name + " recall", of(s.score.Recall), fmt.Sprintf("of %d expected", s.score.Expected)},
			[]string{s.name + " F1", of(s.score.F1), ""},
		)
	}
	writeColumns(a.stdout, nil, rows)
	for _, by := range []struct {
		name string
		list []evaluate.StoriesGroup
	}{{"KIND", r.ByKind}, {"LANGUAGE", r.ByLanguage}} {
		fmt.Fprintln(a.stdout)
		var cells [][]string
		for _, g := range by.list {
			cells = append(cells, []string{g.Name, strconv.Itoa(g.Pairs), of(g.Accuracy), of(g.Same.F1), of(g.Translation.F1)})
		}
		writeColumns(a.stdout, []string{by.name, "PAIRS", "AS LABELLED", "SAME F1", "TRANSLATION F1"}, cells)
	}
}

func (a *app) printWrongStories(list []evaluate.StoriesCase) {
	var rows [][]string
	for _, c := range list {
		rows = append(rows, []string{c.ID, c.Kind, c.Language, c.Label, c.Found, c.JoinedBy, fmt.Sprintf("%.2f", c.Likeness)})
	}
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, []string{"PAIR", "KIND", "LANGUAGE", "LABEL", "FOUND", "JOINED BY", "LIKENESS"}, rows)
}
