package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/ledger"
)

func newRunsCommand(app *app) *cobra.Command {
	return newGroup(&cobra.Command{
		Use:     "runs",
		Short:   "Read the ledger of runs, stop one, try again what failed",
		Long:    "What ran, when, why, and how it ended; what is due; and a second try.",
		Example: "overheard runs list --limit 5",
	}, newRunsListCommand(app), newRunsShowCommand(app), newRunsIntervalsCommand(app), newRunsRetryCommand(app), newRunsCancelCommand(app))
}

func newRunsListCommand(app *app) *cobra.Command {
	var filter ledger.RunFilter
	cmd := &cobra.Command{
		Use:         "list",
		Short:       "List the newest runs",
		Long:        "Lists the newest runs, newest first. The runs of a backfill's intervals, which can be\nvery many, are left out unless --all or their --job is given.",
		Example:     "overheard runs list --job nightly",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteExits: "0 1 2"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.readLedger(cmd.Context(), func(ctx context.Context, l *ledger.Ledger) error {
				rows, err := l.List(ctx, filter)
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(rows)
				}
				app.printRuns(rows)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&filter.Job, "job", "", "only runs of this `JOB`: nightly, collect, recheck, build, publish, backfill or rebuild")
	cmd.Flags().BoolVar(&filter.IsAll, "all", false, "those of a backfill's intervals as well")
	cmd.Flags().IntVar(&filter.Limit, "limit", 20, "at most this many runs")
	return cmd
}

func newRunsShowCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:         "show RUN",
		Short:       "Show one run, the runs it started, and what failed in them",
		Long:        "Shows a run with its error and counts, the runs it started, and the channels and\npages that failed in them, each with the reason.",
		Example:     "overheard runs show 12",
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{noteExits: "0 1 2"},
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := runNumber(args[0])
			if err != nil {
				return err
			}
			return app.readLedger(cmd.Context(), func(ctx context.Context, l *ledger.Ledger) error {
				rows, err := l.Show(ctx, id)
				if err != nil {
					return err
				}
				failures, err := l.Failures(ctx, id)
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(withTheirFailures(rows, failures))
				}
				rows = app.printFamily(rows)
				for _, row := range rows {
					var counts map[string]int64
					if json.Unmarshal(row.Counts, &counts) == nil && len(counts) > 0 {
						fmt.Fprintf(app.stdout, "\nrun %d, %s: %s\n", row.RunID, row.Job, countsLine(counts))
					}
					if row.Error != nil {
						fmt.Fprintf(app.stdout, "\nrun %d, %s: %s\n", row.RunID, row.Job, *row.Error)
					}
				}
				app.printFailures(failures)
				return nil
			})
		},
	}
}

// shownRuns bounds the runs that are shown of one that started very many.
const shownRuns = 50

// printFamily prints a run and those it started; of very many only the newest that
// did not end well, and how many there are in all. It returns those it printed.
func (a *app) printFamily(rows []ledger.Row) []ledger.Row {
	all := len(rows)
	if all > shownRuns {
		kept := rows[:1]
		for _, row := range slices.Backward(rows[1:]) {
			if row.State != ledger.StateDone && len(kept) < shownRuns {
				kept = append(slices.Clip(kept), row)
			}
		}
		rows = kept
	}
	a.printRuns(rows)
	if len(rows) < all {
		fmt.Fprintf(a.stdout, "\nit started %d runs; `overheard runs list --all` and `overheard runs intervals` show more\n", all-1)
	}
	return rows
}

// runWithFailures is a run as runs show --json prints it.
type runWithFailures struct {
	ledger.Row
	Failures []ledger.Failure `json:"failures"`
}

func withTheirFailures(rows []ledger.Row, failures []ledger.Failure) []runWithFailures {
	list := make([]runWithFailures, len(rows))
	for i, row := range rows {
		list[i] = runWithFailures{Row: row, Failures: []ledger.Failure{}}
		for _, f := range failures {
			if f.RunID == row.RunID {
				list[i].Failures = append(list[i].Failures, f)
			}
		}
	}
	return list
}

func (a *app) printFailures(failures []ledger.Failure) {
	if len(failures) == 0 {
		return
	}
	lines := make([][]string, len(failures))
	for i, f := range failures {
		lines[i] = []string{f.OutletID, f.URL, f.Reason}
	}
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, []string{"OUTLET", "WHAT FAILED", "WHY"}, lines)
}

// readLedger opens the database for commands that only read what ran.
func (a *app) readLedger(ctx context.Context, do func(context.Context, *ledger.Ledger) error) error {
	db, closeDB, err := a.database(ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	return do(ctx, ledger.New(a.log, db, time.Now))
}

func (a *app) printRuns(rows []ledger.Row) {
	lines := make([][]string, len(rows))
	for i, r := range rows {
		night, took := "", ""
		if r.Night != nil {
			night = r.Night.String()
		}
		if r.FinishedAt != nil {
			took = r.FinishedAt.Sub(r.StartedAt).Round(100 * time.Millisecond).String()
		}
		problem := ""
		if r.Error != nil {
			problem = shorten(*r.Error, 60)
		}
		lines[i] = []string{
			strconv.FormatInt(r.RunID, 10), r.Job, night, string(r.State), r.Cause,
			r.StartedAt.UTC().Format("2006-01-02 15:04:05Z"), took, problem,
		}
	}
	writeColumns(a.stdout, []string{"RUN", "JOB", "NIGHT", "STATE", "CAUSE", "STARTED", "TOOK", "ERROR"}, lines)
}

// shorten keeps the first line of a text, at most n runes of it.
func shorten(s string, n int) string {
	s, _, _ = strings.Cut(s, "\n")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}

// countsLine writes counters in a fixed order: "discovered 10, stored 9".
func countsLine(counts map[string]int64) string {
	names := make([]string, 0, len(counts))
	for name, n := range counts {
		if n != 0 {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	parts := make([]string, len(names))
	for i, name := range names {
		parts[i] = fmt.Sprintf("%s %d", name, counts[name])
	}
	return strings.Join(parts, ", ")
}
