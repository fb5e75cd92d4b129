package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/backfill"
	"github.com/overheard-news/overheard/jobs/ledger"
)

func newRunsIntervalsCommand(app *app) *cobra.Command {
	var filter ledger.IntervalFilter
	var night nightFlag
	cmd := &cobra.Command{
		Use:   "intervals",
		Short: "List what is due, what is under way, and what failed",
		Long: `Lists intervals of the ledger: what a job owes for a night, and how that stands.
Without --state those that have not ended and those that failed.`,
		Example:     "overheard runs intervals --state failed --job backfill",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{},
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter.Night = night.Time
			if err := filter.Validate(); err != nil {
				return badUsage(err)
			}
			return app.readLedger(cmd.Context(), func(ctx context.Context, l *ledger.Ledger) error {
				list, err := l.Intervals(ctx, filter)
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(list)
				}
				app.printIntervals(list)
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringSliceVar(&filter.States, "state", nil, "only those in these `STATES`: planned, queued, running, done, failed, cancelled, gap")
	flags.StringVar(&filter.Job, "job", "", "only those of this `JOB`: nightly, collect, recheck, backfill or rebuild")
	flags.Var(&night, "night", "only those of this night, `YYYY-MM-DD`")
	flags.Int64Var(&filter.BackfillID, "backfill", 0, "only those of this `PLAN`")
	flags.IntVar(&filter.Limit, "limit", 100, "at most this many intervals")
	return cmd
}

func (a *app) printIntervals(list []ledger.Interval) {
	if len(list) == 0 {
		fmt.Fprintln(a.stdout, "no such interval")
		return
	}
	lines := make([][]string, len(list))
	for i, v := range list {
		run, plan, at, problem := "", "", "", ""
		if v.RunID != nil {
			run = strconv.FormatInt(*v.RunID, 10)
		}
		if v.BackfillID != nil {
			plan = strconv.FormatInt(*v.BackfillID, 10)
		}
		for _, t := range []*time.Time{v.FinishedAt, v.StartedAt, &v.PlannedAt} {
			if t != nil {
				at = t.UTC().Format("2006-01-02 15:04:05Z")
				break
			}
		}
		if v.Error != nil {
			problem = shorten(*v.Error, 80)
		}
		lines[i] = []string{v.Night.String(), v.Job, v.Scope, v.State, strconv.Itoa(v.AttemptCount), run, plan, at, problem}
	}
	writeColumns(a.stdout, []string{"NIGHT", "JOB", "SCOPE", "STATE", "TRIES", "RUN", "PLAN", "SINCE", "ERROR"}, lines)
}

func newRunsRetryCommand(app *app) *cobra.Command {
	var target backfill.RetryTarget
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "retry [RUN]",
		Short: "Have what failed done again",
		Long: `Makes the interval of a run due again, or what failed or was cancelled of a
backfill, or whatever failed. Each is done for the night in its row, whatever the
clock says. What is a gap stays one: it cannot be had. Nights of a backfill that
were built on it are built again if anything has changed. Hosts that serve do the
work; overheard backfill apply PLAN does it here.`,
		Example:     "overheard runs retry 12\noverheard runs retry --backfill 3 --dry-run",
		Args:        cobra.MaximumNArgs(1),
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, args []string) error {
			given := 0
			if len(args) == 1 {
				id, err := runNumber(args[0])
				if err != nil {
					return err
				}
				target.RunID = id
				given++
			}
			if target.BackfillID != 0 {
				given++
			}
			if target.AllFailed {
				given++
			}
			if given != 1 {
				return badUsage(errors.New("say what to try again: a RUN, --backfill PLAN or --failed"))
			}
			return app.onBackfills(cmd.Context(), func(ctx context.Context, b *backfill.Backfills) error {
				retried, err := b.Retry(ctx, target, dryRun)
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(retried)
				}
				app.printRetried(retried)
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Int64Var(&target.BackfillID, "backfill", 0, "what failed or was cancelled of this `PLAN`")
	flags.BoolVar(&target.AllFailed, "failed", false, "every interval that failed")
	flags.BoolVar(&dryRun, "dry-run", false, "say what would be due, and leave it")
	return cmd
}

func (a *app) printRetried(r backfill.Retried) {
	if len(r.Intervals) == 0 {
		fmt.Fprintln(a.stdout, "nothing has failed that could be tried again")
		return
	}
	lines := make([][]string, len(r.Intervals))
	for i, v := range r.Intervals {
		problem := ""
		if v.Error != nil {
			problem = shorten(*v.Error, 80)
		}
		lines[i] = []string{v.Night.String(), v.Job, v.Scope, v.State, strconv.Itoa(v.Attempts), problem}
	}
	writeColumns(a.stdout, []string{"NIGHT", "JOB", "SCOPE", "WAS", "TRIES", "ERROR"}, lines)
	fmt.Fprintf(a.stdout, "\n%s%d intervals are due again\n", dryRunMark(r.IsDryRun), len(r.Intervals))
	for _, id := range r.Backfills {
		fmt.Fprintf(a.stdout, "backfill %d runs again; `overheard backfill apply %d` works on it here and follows it\n", id, id)
	}
}

func newRunsCancelCommand(app *app) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:   "cancel RUN",
		Short: "Stop a run, wherever it is worked on",
		Long: `Stops a run that works on an interval of the ledger, and waits until it has ended.
The interval is cancelled; overheard runs retry has it done after all.`,
		Example:     "overheard runs cancel 12",
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := runNumber(args[0])
			if err != nil {
				return err
			}
			return app.withDatabase(cmd.Context(), func(ctx context.Context, db *sqlx.DB) error {
				b, err := app.backfills(db, registries{}, nil, nil, time.Now)
				if err != nil {
					return err
				}
				cancelled, err := b.CancelRun(ctx, id, app.operatorAndHost(), dryRun)
				if err != nil {
					return judged(err)
				}
				if app.isJSON {
					return app.printJSON(cancelled)
				}
				if dryRun {
					fmt.Fprintf(app.stdout, "dry run: run %d (%s) would be stopped\n", id, cancelled.Job)
					return nil
				}
				fmt.Fprintf(app.stdout, "run %d (%s) was stopped in %.1f s\n", id, cancelled.Job, cancelled.Seconds)
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would be stopped, and leave it")
	return cmd
}

func runNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, badUsage(fmt.Errorf("a run is a number, as `overheard runs list` prints them, not %q", text))
	}
	return id, nil
}
