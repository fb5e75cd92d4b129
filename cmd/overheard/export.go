package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/export"
)

func newExportCommand(app *app) *cobra.Command {
	var night, from, to nightFlag
	var options export.Options
	cmd := &cobra.Command{
		Use:   "export",
		Short: "Write the result tables as CSV and Parquet files",
		Long: `Writes the tables and views of the schema marts into a folder, one file each and
format, all of one moment, and manifest.json: what each table and column means,
types, keys, rows, checksums, and the nights with their method and revision. The
Parquet files carry the same as metadata.

The folder appears once it is whole; what is interrupted leaves nothing. Nights
bound the tables that have them; tables without a night, such as companies, are
written whole. The role overheard_bi is enough: nothing is written to the database.

CSV is that of RFC 4180 in UTF-8: nothing between commas is null, "" is an empty
text. In Parquet numeric is DECIMAL, timestamps are UTC in microseconds.`,
		Example: "overheard export --output marts\n" +
			"overheard export --format parquet --tables company_rankings,companies --from 2026-11-01",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			options.From, options.To, options.Program = from.Time, to.Time, "overheard "+buildVersion().Version
			if !night.IsZero() {
				options.From, options.To = night.Time, night.Time
			}
			for _, format := range options.Formats {
				if !slices.Contains(export.Formats(), format) {
					return badUsage(fmt.Errorf("--format %s: there is %s", format, strings.Join(export.Formats(), " and ")))
				}
			}
			if !options.To.IsZero() && options.From.After(options.To) {
				return badUsage(fmt.Errorf("--from %s is after --to %s", &from, &to))
			}
			return app.export(cmd.Context(), options)
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&options.Formats, "format", export.Formats(), "`FORMATS` to write")
	flags.StringVarP(&options.Dir, "output", "o", "overheard-export", "`DIR` to make")
	flags.StringSliceVar(&options.Tables, "tables", nil, "`TABLES` of marts to write (default: all)")
	flags.Var(&from, "from", "first night, `YYYY-MM-DD` (default: the first published)")
	flags.Var(&to, "to", "last night, `YYYY-MM-DD` (default: the last published)")
	flags.Var(&night, "night", "this night alone, `YYYY-MM-DD`")
	flags.BoolVar(&options.IsForced, "force", false, "replace the export that stands in DIR")
	cmd.MarkFlagsMutuallyExclusive("night", "from")
	cmd.MarkFlagsMutuallyExclusive("night", "to")
	return cmd
}

// export reads the database as it is: a reader of marts may not migrate it.
func (a *app) export(ctx context.Context, options export.Options) error {
	var manifest export.Manifest
	started := time.Now()
	err := a.withBareDatabase(ctx, func(db *sqlx.DB) (err error) {
		show := newExportProgress(a.progress())
		defer show.close()
		manifest, err = export.Run(ctx, db, options, show.tell)
		return err
	})
	var unknown *export.UnknownTableError
	switch {
	case errors.As(err, &unknown):
		return badUsage(err)
	case err != nil:
		return err
	case a.isJSON:
		return a.printJSON(struct {
			Dir string `json:"dir"`
			export.Manifest
		}{absolute(options.Dir), manifest})
	}
	a.printExport(options.Dir, manifest, time.Since(started))
	return nil
}

func (a *app) printExport(dir string, m export.Manifest, took time.Duration) {
	header := []string{"TABLE", "ROWS"}
	var lines [][]string
	var size int64
	for i, t := range m.Tables {
		line := []string{t.Name, fmt.Sprint(t.RowCount)}
		for _, f := range t.Files {
			if i == 0 {
				header = append(header, f.Format)
			}
			line = append(line, byteSize(f.ByteCount))
			size += f.ByteCount
		}
		lines = append(lines, line)
	}
	writeColumns(a.stdout, header, lines)
	nights := "no night is published yet"
	switch {
	case m.NightCount == 1:
		nights = "the night of " + m.FirstNight
	case m.NightCount > 1:
		nights = fmt.Sprintf("%d nights, %s to %s", m.NightCount, m.FirstNight, m.LastNight)
	}
	fmt.Fprintf(a.stdout, "\n%s: %d tables, %s, %s in %s\n", dir, len(m.Tables), nights, byteSize(size), roundDuration(took))
}

// exportProgress shows tables that are whole, and rows and bytes of all.
type exportProgress struct {
	show *progress
	mu   sync.Mutex
	last export.Progress
}

const exportTask = "export"

func newExportProgress(show *progress) *exportProgress {
	p := &exportProgress{show: show}
	show.Start(exportTask, 0)
	show.Describe(exportTask, p.words)
	return p
}

// tell is called by the export.
func (p *exportProgress) tell(now export.Progress) {
	p.mu.Lock()
	before := p.last
	p.last = now
	p.mu.Unlock()
	if before.Tables == 0 {
		p.show.Start(exportTask, now.Tables)
	}
	p.show.Advance(exportTask, now.TableCount-before.TableCount, 0)
}

// words is as in: 3/14 tables, company_rankings, 1203200 rows, 34121/s, 120 MB.
func (p *exportProgress) words(elapsed time.Duration) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := fmt.Sprintf("%d/%d tables", p.last.TableCount, p.last.Tables)
	if p.last.TableCount < p.last.Tables {
		text += ", " + p.last.Table
	}
	text += fmt.Sprintf(", %d rows", p.last.RowCount)
	if elapsed >= time.Second {
		text += fmt.Sprintf(", %.0f/s", float64(p.last.RowCount)/elapsed.Seconds())
	}
	return text + ", " + byteSize(p.last.ByteCount)
}

func (p *exportProgress) close() {
	p.show.Finish(exportTask)
	p.show.Close()
}
