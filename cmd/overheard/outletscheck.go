package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/probe"
)

func newOutletsCheckCommand(app *app) *cobra.Command {
	var choice checkChoice
	var isExploring bool
	cmd := &cobra.Command{
		Use:   "check [ID...]",
		Short: "Ask the channels of outlets how they are, live",
		Long: `Asks every channel of the outlets once, with the manners of the crawler, and
prints a line for each as it comes: what robots.txt says, what answered, of which
kind it is, how many items it announces, how old the newest is, and which share of
them is on the outlet's own site.

ok; moved (redirects for a look at the registry, with the line to put there);
empty; stale (nothing new for two weeks); not_a_feed; blocked (robots.txt, 401,
403, 429); gone (404, 410); failed; network_down (our own is out). Exits with 1 if
any channel is not ok.

A channel costs one request, a sitemap index two, and each host its robots.txt;
--explore costs up to a dozen more for an outlet with a bad channel.`,
		Example:     "overheard outlets check --country JP,KR --limit 20 --explore",
		Annotations: map[string]string{noteSettings: checkSettings, noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, ids []string) error {
			all, err := app.outlets()
			if err != nil {
				return err
			}
			list, err := choice.of(all, ids)
			if err != nil {
				return badUsage(err)
			}
			fetcher, err := fetch.New(app.log, app.fetchConfig())
			if err != nil {
				return badUsage(err)
			}
			defer fetcher.Close()
			prober := probe.New(app.log, fetcher, probe.Config{Concurrency: app.config.Crawl.Concurrency, IsExploring: isExploring})

			bar := app.progress()
			defer bar.Close()
			rows := app.checkRows()
			total := 0
			for _, o := range list {
				total += len(o.Channels)
			}
			bar.Start("channels", total)
			results := []probe.Result{}
			verdicts := map[string]int{}
			err = prober.Check(cmd.Context(), list, func(r probe.Result) {
				results = append(results, r)
				verdicts[r.Verdict]++
				if r.IsBad() {
					bar.Advance("channels", 0, 1)
				} else {
					bar.Advance("channels", 1, 0)
				}
				writeCheckRow(rows, r, len(results) == 1)
			})
			bar.Finish("channels")
			bar.Close()
			if app.isJSON {
				err = errors.Join(err, app.printJSON(results))
			} else if len(results) > 0 {
				fmt.Fprintf(app.stdout, "\n%d of %d channels: %s\n", len(results), total, verdictCounts(verdicts))
			}
			if err != nil {
				return err
			}
			if verdicts[probe.VerdictOK] < len(results) {
				return silently(exitFailed)
			}
			return nil
		},
	}
	cmd.Flags().StringSliceVar(&choice.countries, "country", nil, "only outlets of these `CODES`, with commas between")
	cmd.Flags().IntVar(&choice.limit, "limit", 0, "only the first `N` outlets; 0 is all")
	cmd.Flags().BoolVar(&isExploring, "explore", false, "look for channels to put in place of bad ones")
	return cmd
}

// checkSettings are the settings a check heeds.
const checkSettings = "crawl.outlets_dir crawl.user_agent_contact crawl.proxy_url crawl.allow_private_networks crawl.host_gap crawl.max_crawl_delay " +
	"crawl.host_concurrency crawl.host_daily_budget crawl.max_in_flight crawl.concurrency crawl.request_timeout crawl.max_wire_bytes crawl.max_body_bytes crawl.max_redirects crawl.robots_ttl"

// checkChoice is which outlets are checked.
type checkChoice struct {
	countries []string
	limit     int
}

func (c checkChoice) of(all []outlets.Outlet, ids []string) ([]outlets.Outlet, error) {
	if c.limit < 0 {
		return nil, fmt.Errorf("--limit %d: give 1 or more, or leave it out for all", c.limit)
	}
	var chosen []outlets.Outlet
	missing := slices.Clone(ids)
	known := map[string]bool{}
	for _, o := range all {
		known[o.Country] = true
		missing = slices.DeleteFunc(missing, func(id string) bool { return id == o.ID })
		if (len(ids) == 0 || slices.Contains(ids, o.ID)) && (len(c.countries) == 0 || containsFold(c.countries, o.Country)) {
			chosen = append(chosen, o)
		}
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("no outlet is called %s: overheard outlets list prints them", strings.Join(missing, ", "))
	}
	for _, code := range c.countries {
		if !known[strings.ToUpper(code)] {
			return nil, fmt.Errorf("--country %s: no outlet is of that country", code)
		}
	}
	if len(chosen) == 0 {
		return nil, errors.New("no outlet is left to check: its country is another than --country says")
	}
	if c.limit > 0 {
		chosen = chosen[:min(c.limit, len(chosen))]
	}
	return chosen, nil
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(each string) bool { return strings.EqualFold(each, s) })
}

// checkRows is where rows go as they come. Where both streams are terminals, bars
// and rows share one screen, and only the bars know where they stand.
func (a *app) checkRows() io.Writer {
	switch {
	case a.isJSON:
		return io.Discard
	case a.isTerminal && isTerminal(a.stdout):
		return a.stderr
	}
	return a.stdout
}

// checkFormat sets the columns beforehand, as rows are printed before the last
// is known: longer ids push only their own row.
const checkFormat = "%-12s  %-24s  %-7s  %-7s  %6s  %6s  %6s  %5s  %s\n"

func writeCheckRow(w io.Writer, r probe.Result, isFirst bool) {
	if isFirst {
		fmt.Fprintf(w, checkFormat, "VERDICT", "OUTLET", "KIND", "FOUND", "STATUS", "ITEMS", "NEWEST", "OWN", "CHANNEL")
	}
	status, items, newest, own := "", "", "", ""
	if r.HTTPStatus > 0 {
		status = strconv.Itoa(r.HTTPStatus)
	}
	if r.ItemCount > 0 {
		items, own = strconv.Itoa(r.ItemCount), fmt.Sprintf("%.0f%%", 100*r.OwnShare)
	}
	if !r.NewestAt.IsZero() {
		newest = roughAge(time.Since(r.NewestAt))
	}
	line := fmt.Sprintf(checkFormat, r.Verdict, r.OutletID, r.Kind, r.KindFound, status, items, newest, own, r.URL)
	if r.Reason != "" {
		line += "              " + r.Reason + "\n"
	}
	if r.Proposal != "" {
		line += "              propose  " + r.Proposal + "  (" + r.ProposalReason + ")\n"
	}
	io.WriteString(w, line)
}

// roughAge is an age as one looks at it in a list: 5m, 3h, 12d.
func roughAge(age time.Duration) string {
	switch {
	case age < 0:
		return "0m"
	case age < time.Hour:
		return fmt.Sprintf("%dm", int(age.Minutes()))
	case age < 48*time.Hour:
		return fmt.Sprintf("%dh", int(age.Hours()))
	default:
		return fmt.Sprintf("%dd", int(age.Hours()/24))
	}
}

func verdictCounts(counts map[string]int) string {
	var parts []string
	for _, verdict := range []string{probe.VerdictOK, probe.VerdictMoved, probe.VerdictEmpty, probe.VerdictStale, probe.VerdictNotAFeed,
		probe.VerdictBlocked, probe.VerdictGone, probe.VerdictFailed, probe.VerdictNetworkDown} {
		if counts[verdict] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[verdict], verdict))
		}
	}
	return strings.Join(parts, ", ")
}
