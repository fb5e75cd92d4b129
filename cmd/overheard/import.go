package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/jobs/importing"
	"github.com/overheard-news/overheard/jobs/ledger"
)

func newImportCommand(app *app) *cobra.Command {
	return newGroup(&cobra.Command{
		Use:     "import",
		Short:   "Store pages that others have archived",
		Long:    "Reads web archives and stores the pages of outlets in them, as if the crawler had\nfetched them itself.",
		Example: "overheard import warc CC-NEWS-20260301020000-00012.warc.gz",
	}, newImportWARCCommand(app), newImportListCommand(app))
}

// importOrder is what the operator asked of import warc.
type importOrder struct {
	app      *app
	sources  []string
	isDryRun bool
	isAgain  bool
	parallel int
}

func newImportWARCCommand(app *app) *cobra.Command {
	order := importOrder{app: app}
	cmd := &cobra.Command{
		Use:   "warc FILE|URL...",
		Short: "Store the pages of outlets in WARC files",
		Long: `Reads WARC files of version 1.0 or 1.1, such as those of CC-NEWS, compressed or
not, from disk or by HTTP, and stores the articles of the outlets we know, told by
their host. Everything else is passed over. Damaged records are counted, and make
the exit code 1.

An import that was cut off, by Ctrl-C or a kill, goes on inside its file when the
same command is given again; a file that is done is not read again, unless --again
asks for it. Nothing is built or published: at the end it is told which nights have
articles of the files, and how to build them.`,
		Example:     "overheard import warc https://data.commoncrawl.org/crawl-data/CC-NEWS/2026/03/CC-NEWS-20260301020000-00012.warc.gz",
		Args:        cobra.MinimumNArgs(1),
		Annotations: map[string]string{noteSettings: "time_zone crawl. archive."},
		RunE: func(cmd *cobra.Command, args []string) error {
			order.sources = args
			if order.parallel < 1 {
				return badUsage(fmt.Errorf("--parallel %d: at least one file is read at a time", order.parallel))
			}
			if order.isDryRun {
				return order.count(cmd.Context())
			}
			return order.store(cmd.Context())
		},
	}
	flags := cmd.Flags()
	flags.BoolVar(&order.isDryRun, "dry-run", false, "count pages by outlet and date of capture; store nothing, open no database")
	flags.BoolVar(&order.isAgain, "again", false, "read files again that are done")
	flags.IntVar(&order.parallel, "parallel", 1, "`N` files read at a time")
	return cmd
}

// each does something with every file, as many at a time as asked for. One that
// fails does not stop the others; an interrupt does.
func (o *importOrder) each(ctx context.Context, do func(ctx context.Context, n int, source string) error) error {
	var mu sync.Mutex
	var faults []error
	var group errgroup.Group
	group.SetLimit(o.parallel)
	for n, source := range o.sources {
		group.Go(func() error {
			if ctx.Err() != nil {
				return nil
			}
			if err := do(ctx, n, source); err != nil {
				mu.Lock()
				defer mu.Unlock()
				faults = append(faults, err)
			}
			return nil
		})
	}
	_ = group.Wait() // every error is in faults
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return errors.Join(faults...)
}

// fetcher is what downloads files: as carefully as pages, but not held to the
// limits of one.
func (o *importOrder) fetcher() (*fetch.Fetcher, error) {
	fetcher, err := fetch.New(o.app.log, o.app.fetchConfig())
	if err != nil {
		return nil, badUsage(err)
	}
	return fetcher, nil
}

// count is --dry-run.
func (o *importOrder) count(ctx context.Context) error {
	reg, err := o.app.loadRegistries()
	if err != nil {
		return err
	}
	fetcher, err := o.fetcher()
	if err != nil {
		return err
	}
	defer fetcher.Close()
	show := newImportProgress(o.app.progress())
	defer show.close()
	importer := importing.New(o.app.log, nil, nil, importing.Config{Outlets: reg.outlets}, fetcher, nil, show, time.Now)
	counts := make([]importing.Count, len(o.sources))
	err = o.each(ctx, func(ctx context.Context, n int, source string) error {
		var err error
		counts[n], err = importer.Count(ctx, source)
		show.done(counts[n].Source)
		return err
	})
	show.close()
	if o.app.isJSON {
		return errors.Join(err, o.app.printJSON(counts))
	}
	o.printCounts(counts)
	return err
}

func (o *importOrder) printCounts(counts []importing.Count) {
	var sum importing.Tally
	shares := map[importing.ShareCount]int64{}
	var order []importing.ShareCount
	for _, c := range counts {
		sum.Records += c.Tally.Records
		sum.Pages += c.Tally.Pages
		sum.Damaged += c.Tally.Damaged
		sum.Foreign += c.Tally.Foreign
		for _, share := range c.Shares {
			pages := share.Pages
			share.Pages = 0
			if _, isKnown := shares[share]; !isKnown {
				order = append(order, share)
			}
			shares[share] += pages
		}
	}
	lines := make([][]string, len(order))
	for i, share := range order {
		lines[i] = []string{share.OutletID, share.Date, strconv.FormatInt(shares[share], 10)}
	}
	if len(lines) > 0 {
		writeColumns(o.app.stdout, []string{"OUTLET", "CAPTURED", "PAGES"}, lines)
		fmt.Fprintln(o.app.stdout)
	}
	fmt.Fprintf(o.app.stdout, "%s; nothing was stored\n", tallyLine(sum, false))
}

// tallyLine says what was found.
func tallyLine(t importing.Tally, isStored bool) string {
	line := fmt.Sprintf("%d records, %d pages of outlets", t.Records, t.Pages)
	if isStored {
		line += fmt.Sprintf(", %d articles stored", t.Stored)
	}
	return line + fmt.Sprintf(", %d damaged, %d of other hosts", t.Damaged, t.Foreign)
}

// store imports the files.
func (o *importOrder) store(ctx context.Context) error {
	a := o.app
	reg, err := a.loadRegistries()
	if err != nil {
		return err
	}
	db, closeDB, err := a.database(ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	show := newImportProgress(a.progress())
	defer show.close()
	importer, closeAll, err := o.wire(db, reg, show)
	if err != nil {
		return err
	}
	defer closeAll()
	results := make([]importing.Result, len(o.sources))
	err = o.each(ctx, func(ctx context.Context, n int, source string) error {
		var err error
		results[n], err = importer.Run(ctx, ledger.CauseOperator, source)
		show.done(results[n].Source)
		if err == nil {
			err = verdict(results[n].Report, nil)
		}
		return err
	})
	show.close()
	if a.isJSON {
		return errors.Join(err, a.printJSON(results))
	}
	o.printResults(results)
	return err
}

func (o *importOrder) printResults(results []importing.Result) {
	out := o.app.stdout
	nights := map[string]int64{}
	first, last := "", ""
	for _, r := range results {
		switch {
		case r.Source == "" || r.Report.RunID == 0 && !r.IsSkipped:
			continue // not begun
		case r.IsSkipped:
			fmt.Fprintf(out, "%s was imported before: %s; --again reads it again\n", r.Source, tallyLine(r.Tally, true))
			continue
		}
		fmt.Fprintf(out, "%s: %s (run %d)\n  %s\n", r.Source, r.Report.State, r.Report.RunID, tallyLine(r.Tally, true))
		for _, n := range r.Nights {
			night := n.Night.String()
			nights[night] += n.Articles
			if first == "" || night < first {
				first = night
			}
			last = max(last, night)
		}
	}
	if first == "" {
		return
	}
	fmt.Fprintf(out, "\n%d nights have new articles, from %s to %s. To build and publish them:\n", len(nights), first, last)
	fmt.Fprintf(out, "  overheard backfill plan --steps build --from %s --to %s\n", first, last)
}

func newImportListCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:         "list",
		Short:       "List the files that are or were imported",
		Long:        "Lists the files that are or were imported, the newest first, and how far each is.",
		Example:     "overheard import list",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteExits: "0 1 2"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.listImports(cmd.Context())
		},
	}
}

func (a *app) listImports(ctx context.Context) error {
	db, closeDB, err := a.database(ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	rows, err := importing.List(ctx, db)
	if err != nil {
		return err
	}
	if a.isJSON {
		return a.printJSON(rows)
	}
	lines := make([][]string, len(rows))
	for i, r := range rows {
		run, problem := "", ""
		if r.RunID != nil {
			run = strconv.FormatInt(*r.RunID, 10)
		}
		if r.Error != nil {
			problem = shorten(*r.Error, 60)
		}
		lines[i] = []string{
			filepath.Base(r.Source), r.State, shareDone(r), strconv.FormatInt(r.Counts.Records, 10), strconv.FormatInt(r.Counts.Pages, 10),
			strconv.FormatInt(r.Counts.Stored, 10), strconv.FormatInt(r.Counts.Damaged, 10), r.UpdatedAt.UTC().Format("2006-01-02 15:04Z"), run, problem,
		}
	}
	writeColumns(a.stdout, []string{"FILE", "STATE", "DONE", "RECORDS", "PAGES", "STORED", "DAMAGED", "LAST STEP", "RUN", "ERROR"}, lines)
	return nil
}

// shareDone is how much of a file is done; nothing where its size or its form do
// not tell.
func shareDone(r importing.Row) string {
	switch {
	case r.State == "done":
		return "100%"
	case r.ByteCount == nil || *r.ByteCount == 0 || r.Position > *r.ByteCount:
		return ""
	}
	return fmt.Sprintf("%d%%", r.Position*100 / *r.ByteCount)
}

// wire puts an importer together over an open database. close gives back what it
// holds.
func (o *importOrder) wire(db *sqlx.DB, reg registries, show *importProgress) (importer *importing.Importer, closeAll func(), err error) {
	a := o.app
	reportZone, err := time.LoadLocation(a.config.TimeZone)
	if err != nil {
		return nil, nil, badUsage(fmt.Errorf("time_zone: %w", err))
	}
	fetcher, err := o.fetcher()
	if err != nil {
		return nil, nil, err
	}
	collector, closeCollector, err := a.collector(db, reg, reportZone, fetcher, show.show, time.Now)
	if err != nil {
		fetcher.Close()
		return nil, nil, err
	}
	intake := func(ctx context.Context, run *ledger.Run) importing.Intake { return collector.Intake(ctx, run) }
	importer = importing.New(a.log, db, ledger.New(a.log, db, time.Now).Counted(a.metrics), importing.Config{
		Outlets:      reg.outlets,
		MaxBodyBytes: a.config.Crawl.MaxBodyBytes,
		IsRepeated:   o.isAgain,
	}, fetcher, intake, show, time.Now)
	return importer, func() {
		closeCollector()
		fetcher.Close()
	}, nil
}
