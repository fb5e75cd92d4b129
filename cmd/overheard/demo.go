package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
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
	flags.IntVar(&demo.days, "days", 7, "nights to crawl and publish")
	flags.IntVar(&demo.outlets, "outlets", 100, "outlets of the press, at most 1000")
	flags.Int64Var(&demo.seed, "seed", 1, "the press of a seed is always the same")
	flags.BoolVar(&demo.once, "once", false, "end after the score card")
	return cmd
}

// demo is one run of the whole on a press that knows the truth.
type demo struct {
	app           *app
	days, outlets int
	seed          int64
	once          bool
}

func (d *demo) run(ctx context.Context) error {
	a := d.app
	if d.days < 1 || d.days > 60 {
		return badUsage(fmt.Errorf("--days %d: 1 to 60 are possible", d.days))
	}
	reg, err := a.loadRegistries()
	if err != nil {
		return err
	}
	last := ledger.LastFinishedNight(time.Now(), time.UTC)
	gdp := map[string]int64{}
	for _, c := range reg.seeds.Countries {
		gdp[c.Code] = c.GDPMUSD
	}
	world, err := press.New(press.Config{
		Seed: d.seed, Outlets: d.outlets, Nights: d.days, LastNight: last, ArticlesPerOutletNight: articlesPerNight,
		Companies: press.CompaniesFrom(reg.seeds), Tricks: press.AllTricks(), GDP: gdp,
	})
	if err != nil {
		return badUsage(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("open a port for the synthetic press: %w", err)
	}
	pressCtx, stopPress := context.WithCancel(ctx)
	defer stopPress()
	go func() {
		if err := world.Serve(pressCtx, listener); err != nil && !errors.Is(err, context.Canceled) {
			a.log.Error("the synthetic press stopped", "error", err)
		}
	}()
	reg.outlets = world.Outlets(listener.Addr().(*net.TCPAddr).Port)
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
		return verdict(report, err)
	}
	if err := d.show(ctx, db, world, last); err != nil || d.once {
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

// articlesPerNight is the mean of an outlet of the demo.
const articlesPerNight = 6

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
	c.Crawl.RequestTimeout = 3 * time.Second
	c.Crawl.OutletDeadline = 3 * time.Minute
	c.Crawl.MaxAge = time.Duration(d.days+2) * 24 * time.Hour
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
	report, err := work.Collect(ctx, ledger.CauseDemo, false)
	if err != nil {
		return report, err
	}
	show.Start("nights", d.days)
	defer show.Finish("nights")
	for i := d.days - 1; i >= 0; i-- {
		night := last.AddDate(0, 0, -i)
		if report, err := work.Nightly(ctx, ledger.CauseDemo, night, true); err != nil {
			return report, err
		}
		show.Advance("nights", 1, 0)
	}
	return report, nil
}

// show prints the ranking and what the truth says of it.
func (d *demo) show(ctx context.Context, db *sqlx.DB, world *press.Press, last time.Time) error {
	rows, err := readRanking(ctx, db, last, 1000)
	if err != nil {
		return err
	}
	found, err := readFound(ctx, db, rows)
	if err != nil {
		return err
	}
	card := world.Score(found)
	if d.app.isJSON {
		return d.app.printJSON(struct {
			Ranking   []rankingRow    `json:"ranking"`
			ScoreCard press.ScoreCard `json:"score_card"`
		}{rows, card})
	}
	d.app.printRanking(rows[:min(20, len(rows))])
	fmt.Fprintln(d.app.stdout)
	return card.WriteText(d.app.stdout)
}

// readFound reads what the crawl stored, in the press's words.
func readFound(ctx context.Context, db *sqlx.DB, ranking []rankingRow) (press.Found, error) {
	var found press.Found
	var articles []struct {
		URL      string      `db:"canonical_url"`
		OutletID string      `db:"outlet_id"`
		Night    ledger.Date `db:"night"`
		StoryID  int64       `db:"story_id"`
	}
	err := db.SelectContext(ctx, &articles, `
		select a.canonical_url, a.outlet_id, a.night, coalesce(s.story_id, a.article_id) as story_id
		from staging.articles as a
		left join staging.article_stories as s on s.night = a.night and s.article_id = a.article_id
		order by a.canonical_url`)
	if err != nil {
		return found, fmt.Errorf("read the articles for the score card: %w", err)
	}
	for _, a := range articles {
		found.Articles = append(found.Articles, press.FoundArticle{
			CanonicalURL: a.URL, OutletID: a.OutletID, Night: a.Night.Time, StoryID: a.StoryID,
		})
	}
	var mentions []struct {
		URL       string `db:"canonical_url"`
		CompanyID string `db:"company_id"`
		Class     string `db:"alias_class"`
	}
	err = db.SelectContext(ctx, &mentions, `
		select a.canonical_url, m.company_id, m.alias_class
		from staging.mentions as m
		inner join staging.articles as a on a.night = m.night and a.article_id = m.article_id
		order by a.canonical_url, m.company_id`)
	if err != nil {
		return found, fmt.Errorf("read the mentions for the score card: %w", err)
	}
	for _, m := range mentions {
		found.Mentions = append(found.Mentions, press.FoundMention{CanonicalURL: m.URL, CompanyID: m.CompanyID, Class: m.Class})
	}
	for _, r := range ranking {
		found.Ranking = append(found.Ranking, r.CompanyID)
	}
	return found, nil
}

// serveConsole shows the result in a browser until Ctrl-C, which is how a demo
// ends well.
func (d *demo) serveConsole(ctx context.Context, db *sqlx.DB) error {
	fmt.Fprintf(d.app.stdout, "\nConsole: http://%s (Ctrl-C ends the demo)\n", d.app.config.Console.Listen)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return console.Serve(ctx, d.app.log, db, d.app.config.Console.Listen) })
	return g.Wait()
}
