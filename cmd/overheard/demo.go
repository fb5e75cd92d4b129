package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/cmd/overheard/console"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
)

func newDemoCommand(app *app) *cobra.Command {
	demo := demo{app: app}
	cmd := &cobra.Command{
		Use:   "demo",
		Short: "See a ranking made in a minute, from a synthetic press",
		Long: `Starts a private Postgres and a synthetic press on loopback, whose outlets
publish in many languages and play the tricks of the field. Crawls them, builds
and publishes their nights, prints the last ranking, and a score card: what was
found against what is true. Then it serves the console until Ctrl-C.

The demo has a data folder of its own, made anew each time; it never touches the
configured database.`,
		Example:     "overheard demo --once",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteNoDatabase: "", noteSettings: "data_dir pg_bindir crawl.concurrency console.", noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !cmd.Flags().Changed("log-level") && app.env["OVERHEARD_LOG_LEVEL"] == "" {
				app.log = newLogger(app.stderr, slog.LevelWarn, app.isTerminal) // who watches a demo wants the table
			}
			return demo.run(cmd.Context())
		},
	}
	flags := cmd.Flags()
	demo.size.register(flags)
	flags.StringVar(&demo.pressURL, "press", "", "`URL` of a press that overheard press serves; its size is the one it has")
	flags.BoolVar(&demo.once, "once", false, "end after the score card")
	return cmd
}

// demo is one run of the whole on a press that knows the truth.
type demo struct {
	app      *app
	size     pressSize
	pressURL string
	once     bool
	visit    time.Time // when the crawl began
	cost     crawlCost
}

func (d *demo) run(ctx context.Context) error {
	a := d.app
	reg, err := a.loadRegistries()
	if err != nil {
		return err
	}
	stand, err := d.openPress(ctx, reg)
	if err != nil {
		return err
	}
	defer stand.close()
	reg.outlets = stand.outlets
	last := stand.last
	d.configure()

	dir, err := newDemoFolder(filepath.Join(a.config.DataDir, "demo"))
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	url, stopServer, err := a.startServer(ctx, dir)
	if err != nil {
		return err
	}
	defer stopServer()
	db, closeDB, err := a.openAndMigrate(ctx, url)
	if err != nil {
		return err
	}
	defer closeDB()

	report, err := d.nights(ctx, db, reg, last)
	if err != nil {
		err = verdict(report, err)
		if d.cost.Pages > 0 && ctx.Err() == nil { // a night was refused: the card says what is missing
			err = errors.Join(err, d.show(ctx, db, stand, last))
		}
		return err
	}
	if err := d.show(ctx, db, stand, last); err != nil || d.once {
		return err
	}
	return d.serveConsole(ctx, db)
}

// newDemoFolder makes a folder for one demo below parent, and clears away those
// of demos that were killed.
func newDemoFolder(parent string) (string, error) {
	old, err := filepath.Glob(filepath.Join(parent, "run-*"))
	if err != nil {
		return "", fmt.Errorf("look for old demos in %s: %w", parent, err)
	}
	for _, dir := range old {
		if status, err := warehouse.InspectServer(dir); err == nil && !status.Running && status.OwnerPID == 0 {
			_ = os.RemoveAll(dir) // one that cannot be removed harms nobody
		}
	}
	if err := os.MkdirAll(parent, 0o755); err != nil {
		return "", fmt.Errorf("make a folder for the demo: %w", err)
	}
	dir, err := os.MkdirTemp(parent, "run-")
	if err != nil {
		return "", fmt.Errorf("make a folder for the demo: %w", err)
	}
	return dir, os.Chmod(dir, 0o755) // Postgres runs as another user where we are root
}

// configure sets what a crawl of loopback needs. Manners stay on: the press
// counts every breach.
func (d *demo) configure() {
	c := &d.app.config
	c.TimeZone = "UTC"
	c.Crawl.ProxyURL = ""
	c.Crawl.AllowPrivateNetworks = true
	c.Crawl.TrustChannelDates = false
	c.Crawl.HostGap = 5 * time.Millisecond
	c.Crawl.MaxCrawlDelay = time.Second
	// All outlets share the machine: a slow host needs its crawl-delay for each of
	// its pages, and everybody the time that all pages take.
	perOutlet := float64(d.size.nights) * d.size.articles
	all := float64(d.size.outlets) * perOutlet
	c.Crawl.RequestTimeout = 3 * time.Second
	if all > 10_000 {
		c.Crawl.RequestTimeout = 15 * time.Second // a late answer is no dead host
	}
	c.Crawl.OutletDeadline = 3*time.Minute + time.Duration((perOutlet+all/50)*float64(time.Second))
	c.Jobs.CollectDeadline = max(c.Jobs.CollectDeadline, 2*c.Crawl.OutletDeadline)
	c.Crawl.MaxAge = time.Duration(d.size.nights+2) * 24 * time.Hour
}

// nights crawls once and publishes the nights in their order.
func (d *demo) nights(ctx context.Context, db *sqlx.DB, reg registries, last time.Time) (ledger.Report, error) {
	show := d.app.progress()
	defer show.Close()
	work, closeAll, err := d.app.wire(db, reg, show, time.Now)
	if err != nil {
		return ledger.Report{}, err
	}
	defer closeAll()
	d.visit = time.Now()
	measure := startCost()
	report, err := work.Collect(ctx, ledger.CauseDemo, false)
	if err != nil {
		return report, err
	}
	if d.cost, err = measure.end(ctx, db); err != nil {
		return report, err
	}
	d.cost.IsPressIncluded = d.pressURL == ""
	show.Start("nights", d.size.nights)
	defer show.Finish("nights")
	for i := d.size.nights - 1; i >= 0; i-- {
		night := last.AddDate(0, 0, -i)
		if report, err := work.Nightly(ctx, ledger.CauseDemo, night, true); err != nil {
			return report, err
		}
		show.Advance("nights", 1, 0)
	}
	return report, nil
}

// show prints the ranking and what the truth says of it.
func (d *demo) show(ctx context.Context, db *sqlx.DB, stand newsStand, last time.Time) error {
	rows, err := readRanking(ctx, db, last, 1000)
	if err != nil {
		return err
	}
	found, err := readFound(ctx, db, rows)
	if err != nil {
		return err
	}
	found.Visits = []time.Time{d.visit}
	card, err := stand.score(ctx, found)
	if err != nil {
		return err
	}
	if d.app.isJSON {
		return d.app.printJSON(struct {
			Ranking   []rankingRow    `json:"ranking"`
			ScoreCard press.ScoreCard `json:"score_card"`
			Cost      crawlCost       `json:"cost"`
		}{rows, card, d.cost})
	}
	d.app.printRanking(rows[:min(20, len(rows))])
	fmt.Fprintln(d.app.stdout)
	if err := card.WriteText(d.app.stdout); err != nil {
		return err
	}
	fmt.Fprintf(d.app.stdout, "\n%s\n", d.cost)
	return nil
}

// serveConsole shows the result in a browser until Ctrl-C, which is how a demo
// ends well.
func (d *demo) serveConsole(ctx context.Context, db *sqlx.DB) error {
	fmt.Fprintf(d.app.stdout, "\nConsole: http://%s (Ctrl-C ends the demo)\n", d.app.config.Console.Listen)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return console.Serve(ctx, d.app.log, db, d.app.config.Console.Listen, nil) })
	return g.Wait()
}
