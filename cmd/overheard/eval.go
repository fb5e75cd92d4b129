package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/transform/evaluate"
)

func newEvalCommand(app *app) *cobra.Command {
	return newGroup(
		&cobra.Command{
			Use:   "eval",
			Short: "Score a stage against a labelled set",
			Long:  "Scores a stage of the pipeline against a labelled set. No database is needed.",
		},
		newEvalExtractionCommand(app), newEvalQualityCommand(app),
		newEvalMatchingCommand(app),
		newEvalStoriesCommand(app),
		newEvalDimensionsCommand(app),
		newEvalToneCommand(app),
	)
}

func newEvalExtractionCommand(app *app) *cobra.Command {
	var workers int
	cmd := &cobra.Command{
		Use:   "extraction FILE...",
		Short: "Score title, text, date, authors and type of recorded pages",
		Long: `Reads recorded pages (one JSON object a line; html_path is the gzipped page,
relative to the file's folder), extracts each from its address, content type and
bytes alone, and compares the result with the labels under gold.

Fields are scored on pages labelled as articles; a refused article has them all
wrong. body: mean F1 of runs of four words, pages with gold_qa.body_ok. title:
equal but for white space and the shape of quotes, dashes and ellipses. day: the
label's day in the label's zone, the page's or UTC. minute: within 60 s, where
the label has a time and a zone. authors: equal as sets of names, and the F1 of
the names. type: live blogs, videos and stubs count as articles; documentation,
product, service and forum as other; collection as listing. encoding: more
replacement characters or mojibake than the label has.

Time is CPU time where the system tells it; the mean holds the collector's too.
Bytes allocated are told with --workers 1.`,
		Example:     "overheard eval extraction --workers 1 pages.jsonl",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, files []string) error {
			if workers < 0 {
				return badUsage(fmt.Errorf("--workers %d: give 1 or more, or leave it out for the number of cores", workers))
			}
			lines, err := evaluate.CountLines(files)
			if err != nil {
				return badUsage(err)
			}
			bar := app.progress()
			bar.Start("pages", lines)
			report, err := evaluate.Extraction(cmd.Context(), app.log, files, evaluate.Options{
				Workers:  workers,
				Progress: func(done, damaged int) { bar.Advance("pages", done, damaged) },
			})
			bar.Finish("pages")
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
				app.printExtraction(report)
			}
			if err != nil || len(report.Damaged) == 0 {
				return err
			}
			for _, d := range report.Damaged[:min(len(report.Damaged), maxDamageShown)] {
				fmt.Fprintf(app.stderr, "overheard: %s\n", d)
			}
			return withFailures(fmt.Errorf("%d damaged lines were not scored", len(report.Damaged)))
		},
	}
	cmd.Flags().IntVar(&workers, "workers", 0, "extract `N` pages at once; 0 is the number of cores")
	return cmd
}

// maxDamageShown keeps a wrong file from filling the screen; --json has them all.
const maxDamageShown = 20

func (a *app) printExtraction(r evaluate.Report) {
	of := func(pages int) string { return fmt.Sprintf("of %d", pages) }
	clock := "CPU time"
	if !r.IsCPUTime {
		clock = "time on the wall"
	}
	allocated := "told with --workers 1"
	if r.BytesPerPage != nil {
		allocated = fmt.Sprintf("%d", *r.BytesPerPage)
	}
	writeColumns(a.stdout, nil, [][]string{
		{"pages", strconv.Itoa(r.Pages), ""},
		{"body F1", share(r.BodyF1), of(r.Counts.Body)},
		{"title exact", share(r.TitleExact), of(r.Counts.Title)},
		{"date same day", share(r.DateSameDay), of(r.Counts.Day)},
		{"date within a minute", share(r.DateWithinMinute), of(r.Counts.Minute)},
		{"authors exact", share(r.AuthorsExact), of(r.Counts.Authors)},
		{"authors F1", share(r.AuthorsF1), of(r.Counts.Authors)},
		{"page type right", share(r.PageTypeAccuracy), of(r.Counts.PageType)},
		{"language right", share(r.LanguageAccuracy), of(r.Counts.Language)},
		{"articles kept", share(r.ArticlesStored), of(r.Counts.Articles)},
		{"non-articles refused", strconv.Itoa(r.NonArticleRefused), of(r.NonArticlePages)},
		{"encoding errors", strconv.Itoa(r.EncodingErrors), of(r.EncodingPages)},
		{"ms a page", fmt.Sprintf("%.2f", r.MSPerPage), fmt.Sprintf("p50 %.2f, p99 %.2f, max %.2f (%s); %s", r.MSP50, r.MSP99, r.MSMax, r.SlowestID, clock)},
		{"bytes allocated a page", allocated, ""},
	})
	fmt.Fprintln(a.stdout)
	var cells [][]string
	for _, c := range r.PageTypes {
		mark := ""
		if !c.IsRight {
			mark = "wrong"
		}
		cells = append(cells, []string{c.Labelled, c.Read, strconv.Itoa(c.Pages), mark})
	}
	writeColumns(a.stdout, []string{"LABELLED", "READ AS", "PAGES", ""}, cells)
	for _, by := range []struct {
		name string
		list []evaluate.Group
	}{{"SOURCE", r.BySource}, {"LANGUAGE", r.ByLanguage}} {
		fmt.Fprintln(a.stdout)
		var rows [][]string
		for _, g := range by.list {
			rows = append(rows, []string{
				g.Name, strconv.Itoa(g.Pages), share(g.BodyF1), share(g.TitleExact), share(g.DateSameDay),
				share(g.DateWithinMinute), share(g.AuthorsExact), share(g.PageTypeAccuracy),
			})
		}
		writeColumns(a.stdout, []string{by.name, "PAGES", "BODY F1", "TITLE", "DAY", "MINUTE", "AUTHORS", "TYPE"}, rows)
	}
}

// share prints a share with three places, or a dash where nothing was scored.
func share(s *float64) string {
	if s == nil {
		return "-"
	}
	return fmt.Sprintf("%.3f", *s)
}
