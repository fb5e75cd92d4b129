package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/ledger"
)

func newPressCommand(app *app) *cobra.Command {
	var size pressSize
	var archives pressArchives
	var listen, registry string
	cmd := &cobra.Command{
		Use:   "press",
		Short: "Serve the synthetic press of the demo by itself",
		Long: `Serves the synthetic press of overheard demo as a process of its own, so that
its time and memory are not taken for the crawler's, until Ctrl-C. Give its
address to overheard demo --press, which asks it for the registry and for the
score card; or have the registry written to a folder and crawl that, as every
command does with --outlets-dir and OVERHEARD_CRAWL_ALLOW_PRIVATE_NETWORKS=true.

With --warc nothing is served: the pages are written to WARC files, among pages of
hosts that no registry knows, to try overheard import warc on.`,
		Example:     "overheard press --outlets 200 --days 30 --history --registry ./press-outlets",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, _ []string) error {
			if archives.dir != "" {
				return app.archivePress(cmd.Context(), size, archives, registry)
			}
			return app.servePress(cmd.Context(), size, listen, registry)
		},
	}
	size.register(cmd.Flags())
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8099", "`ADDRESS` on loopback; port 0 takes a free one")
	cmd.Flags().StringVar(&registry, "registry", "", "`FOLDER` to write the registry to; empty: none")
	archives.register(cmd.Flags())
	return cmd
}

// pressSize is how large a press is.
type pressSize struct {
	nights, outlets int
	articles        float64
	seed            int64
	hasHistory      bool
}

func (s *pressSize) register(flags *pflag.FlagSet) {
	flags.IntVar(&s.nights, "days", 7, "nights of the press, the last of them the last finished one")
	flags.IntVar(&s.outlets, "outlets", 100, "outlets of the press, at most 1000")
	flags.Float64Var(&s.articles, "articles", 6, "articles an outlet publishes in a night, on average")
	flags.BoolVar(&s.hasHistory, "history", false, "most outlets keep sitemaps of all nights, some take old pages down: for backfills")
	flags.Int64Var(&s.seed, "seed", 1, "the press of a seed is always the same")
}

// plan makes the press. Its last night is the last finished one.
func (s *pressSize) plan(reg registries) (*press.Press, error) {
	if s.nights < 1 || s.nights > 60 {
		return nil, badUsage(fmt.Errorf("--days %d: 1 to 60 are possible", s.nights))
	}
	gdp := map[string]int64{}
	for _, c := range reg.seeds.Countries {
		gdp[c.Code] = c.GDPMUSD
	}
	tricks := press.AllTricks()
	if s.hasHistory {
		tricks = tricks.WithHistory()
	}
	world, err := press.New(press.Config{
		Seed: s.seed, Outlets: s.outlets, Nights: s.nights, LastNight: ledger.LastFinishedNight(time.Now(), time.UTC),
		ArticlesPerOutletNight: s.articles, Companies: press.CompaniesFrom(reg.seeds), Tricks: tricks, GDP: gdp,
	})
	if err != nil {
		return nil, badUsage(err)
	}
	return world, nil
}

func (a *app) servePress(ctx context.Context, size pressSize, listen, registry string) error {
	reg, err := a.loadRegistries()
	if err != nil {
		return err
	}
	world, err := size.plan(reg)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", listen)
	if err != nil {
		return fmt.Errorf("open %s for the synthetic press: %w", listen, err)
	}
	address := listener.Addr().(*net.TCPAddr)
	if !address.IP.IsLoopback() {
		return badUsage(fmt.Errorf("--listen %s: the press is for this machine only, write an address on loopback", listen))
	}
	if registry != "" {
		if err := outlets.Write(registry, world.Outlets(address.Port)); err != nil {
			return err
		}
	}
	fmt.Fprintf(a.stdout, "http://%s\n", address)
	if err := world.Serve(ctx, listener); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// newsStand is a press as the demo sees it, in this process or another one.
type newsStand struct {
	outlets []outlets.Outlet
	last    time.Time // its last night
	score   func(context.Context, press.Found) (press.ScoreCard, error)
	close   func()
}

// openPress makes a press, or asks for what the one at --press is.
func (d *demo) openPress(ctx context.Context, reg registries) (newsStand, error) {
	if d.pressURL != "" {
		desk, err := press.NewDesk(d.pressURL)
		if err != nil {
			return newsStand{}, badUsage(err)
		}
		plan, err := desk.Plan(ctx)
		if err != nil {
			return newsStand{}, err
		}
		d.size.nights, d.size.outlets = plan.Nights, len(plan.Outlets)
		d.size.articles = float64(plan.Articles) / float64(plan.Nights*len(plan.Outlets))
		return newsStand{outlets: plan.Outlets, last: plan.LastNight, score: desk.Score, close: func() {}}, nil
	}
	world, err := d.size.plan(reg)
	if err != nil {
		return newsStand{}, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return newsStand{}, fmt.Errorf("open a port for the synthetic press: %w", err)
	}
	ctx, stop := context.WithCancel(ctx)
	go func() {
		if err := world.Serve(ctx, listener); err != nil && !errors.Is(err, context.Canceled) {
			d.app.log.Error("the synthetic press stopped", "error", err)
		}
	}()
	return newsStand{
		outlets: world.Outlets(listener.Addr().(*net.TCPAddr).Port), last: ledger.LastFinishedNight(time.Now(), time.UTC), close: stop,
		score: func(_ context.Context, found press.Found) (press.ScoreCard, error) { return world.Score(found), nil },
	}, nil
}
