package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/transform/dimension"
	"github.com/overheard-news/overheard/transform/evaluate"
	"github.com/overheard-news/overheard/transform/match"
	"github.com/overheard-news/overheard/transform/tone"
)

// measured is one set to be measured: STAGE:SET:SPLIT=FILE,FILE.
type measured struct {
	stage, set, split string
	files             []string
}

func parseMeasured(text string) (measured, error) {
	name, file, hasFile := strings.Cut(text, "=")
	parts := strings.Split(name, ":")
	if !hasFile || len(parts) != 3 || slices.Contains(parts, "") || file == "" {
		return measured{}, fmt.Errorf("%q: give STAGE:SET:SPLIT=FILE, such as tone:overheard:dev=transform/testdata/tone/dev.jsonl", text)
	}
	if _, ok := evaluations[parts[0]]; !ok {
		return measured{}, fmt.Errorf("%q: there is no stage %q", text, parts[0])
	}
	return measured{parts[0], parts[1], parts[2], strings.Split(file, ",")}, nil
}

// evaluations measure a stage on a file.
var evaluations = map[string]func(ctx context.Context, app *app, m measured, day time.Time) ([]seeds.Quality, error){
	"extraction": func(ctx context.Context, app *app, m measured, day time.Time) ([]seeds.Quality, error) {
		r, err := evaluate.Extraction(ctx, app.log, m.files, evaluate.Options{})
		return r.Quality(m.set, m.split, day), err
	},
	"matching": func(ctx context.Context, _ *app, m measured, day time.Time) ([]seeds.Quality, error) {
		set, err := seeds.BuiltIn()
		if err != nil {
			return nil, err
		}
		matcher, err := match.New(set)
		if err != nil {
			return nil, err
		}
		r, err := evaluate.Matching(ctx, m.files, matcher, set, evaluate.MatchingOptions{})
		return r.Quality(m.set, m.split, day), err
	},
	"dimensions": func(ctx context.Context, _ *app, m measured, day time.Time) ([]seeds.Quality, error) {
		labeller, err := dimension.Load()
		if err != nil {
			return nil, err
		}
		r, err := evaluate.Dimensions(ctx, m.files, labeller, evaluate.DimensionOptions{})
		return r.Quality(m.set, m.split, day), err
	},
	"tone": func(ctx context.Context, _ *app, m measured, day time.Time) ([]seeds.Quality, error) {
		model, err := tone.Load()
		if err != nil {
			return nil, err
		}
		r, err := evaluate.Tone(ctx, m.files, model, evaluate.ToneOptions{})
		return r.Quality(m.set, m.split, day), err
	},
	"stories": func(ctx context.Context, _ *app, m measured, day time.Time) ([]seeds.Quality, error) {
		r, err := evaluateStories(ctx, m.files, evaluate.StoriesOptions{})
		return r.Quality(m.set, m.split, day), err
	},
}

func newEvalQualityCommand(app *app) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "quality STAGE:SET:SPLIT=FILE...",
		Short: "Measure stages on labelled sets, for the table of quality",
		Long: `Measures each set and writes the figures into a file of the columns of
sql/seeds/quality.csv, which marts.quality is made of. Figures of a set and split
that is measured take the place of those in the file; others stay. A set of several
files has commas between them.`,
		Example:     "overheard eval quality --output sql/seeds/quality.csv stories:overheard:test=transform/testdata/stories/test.jsonl",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, args []string) error {
			if output == "" {
				return badUsage(errors.New("give an --output FILE"))
			}
			var sets []measured
			for _, arg := range args {
				m, err := parseMeasured(arg)
				if err != nil {
					return badUsage(err)
				}
				sets = append(sets, m)
			}
			rows, err := readQuality(output)
			if err != nil {
				return badUsage(err)
			}
			day := time.Now().UTC().Truncate(24 * time.Hour)
			for _, m := range sets {
				found, err := evaluations[m.stage](cmd.Context(), app, m, day)
				if errors.Is(err, evaluate.ErrNoFile) {
					return badUsage(err)
				}
				if err != nil {
					return fmt.Errorf("measure %s on %s: %w", m.stage, strings.Join(m.files, ", "), err)
				}
				rows = slices.DeleteFunc(rows, func(r []string) bool { return r[0] == m.stage && r[1] == m.set && r[2] == m.split })
				for _, q := range found {
					rows = append(rows, []string{
						q.Stage, q.Set, q.Split, q.Breakdown, q.Part, q.Measure, q.Value, q.Low, q.High, strconv.Itoa(q.Count), q.MeasuredOn.Format(time.DateOnly),
					})
				}
				fmt.Fprintf(app.stderr, "%s on %s, %s: %d figures\n", m.stage, m.set, m.split, len(found))
			}
			return writeQuality(output, rows)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "`FILE` to write; what it has of other sets stays")
	return cmd
}

var qualityHeader = strings.Split("stage,set_name,split,breakdown,part,measure,value,value_low,value_high,sample_count,measured_on", ",")

// readQuality reads the rows of a file; none if there is no file.
func readQuality(name string) ([][]string, error) {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	if len(rows) == 0 || !slices.Equal(rows[0], qualityHeader) {
		return nil, fmt.Errorf("%s has other columns than %s", name, strings.Join(qualityHeader, ","))
	}
	return rows[1:], nil
}

func writeQuality(name string, rows [][]string) error {
	slices.SortFunc(rows, func(a, b []string) int {
		return cmp.Or(slices.Compare(a[:6], b[:6]), slices.Compare(a, b))
	})
	part := name + ".part"
	f, err := os.Create(part)
	if err != nil {
		return err
	}
	w := csv.NewWriter(f)
	err = w.WriteAll(append([][]string{qualityHeader}, rows...))
	if err = errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", part, err)
	}
	return os.Rename(part, name)
}
