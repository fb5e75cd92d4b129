package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/build"
)

func newNightlyCommand(app *app) *cobra.Command {
	var night nightFlag
	var isDryRun bool
	cmd := &cobra.Command{
		Use:   "nightly",
		Short: "Do a whole night: collect, build, check, publish",
		Long: `Reads every outlet, stores what is new, computes the night's ranking, runs the
checks, and publishes the night if all pass. Prints the ranking.

Every step can be run again: what is stored is not fetched twice, and a night is
replaced, never added to. A run that was cut off goes on where it stopped.`,
		Example:     "overheard nightly --night 2026-11-21",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone crawl. archive. jobs. alerts.", noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.session(cmd.Context(), func(ctx context.Context, s session) error {
				at := night.or(s.jobs.LastFinishedNight())
				if isDryRun {
					preview, err := s.jobs.PreviewNight(ctx, at)
					if err != nil {
						return err
					}
					return app.printNightPreview(preview)
				}
				report, err := s.jobs.Nightly(ctx, ledger.CauseOperator, at, false)
				s.show.Close()
				app.tellOnce(ctx, s.db)
				if err != nil {
					return verdict(report, err)
				}
				if err := app.printNight(ctx, s.db, report, at); err != nil {
					return err
				}
				return verdict(report, nil)
			})
		},
	}
	night.register(cmd)
	dryRunFlag(cmd, &isDryRun, "say what waits and which nights would be built; do nothing")
	return cmd
}

func newCollectCommand(app *app) *cobra.Command {
	var dueOnly, isDryRun bool
	cmd := &cobra.Command{
		Use:   "collect",
		Short: "Read the outlets and store what is new",
		Long: `Polls the channels of the outlets, fetches every URL that has no outcome yet, and
stores articles and the companies they name. Nothing is built or published.`,
		Example:     "overheard collect --due",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone crawl. archive. jobs. alerts."},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.session(cmd.Context(), func(ctx context.Context, s session) error {
				if isDryRun {
					preview, err := s.jobs.PreviewCollect(ctx)
					if err != nil {
						return err
					}
					return app.printCollectPreview(preview)
				}
				report, err := s.jobs.Collect(ctx, ledger.CauseOperator, dueOnly)
				s.show.Close()
				app.tellOnce(ctx, s.db)
				if err != nil {
					return verdict(report, err)
				}
				if err := app.printReport(report); err != nil {
					return err
				}
				return verdict(report, nil)
			})
		},
	}
	cmd.Flags().BoolVar(&dueOnly, "due", false, "poll only the channels whose next poll has come")
	dryRunFlag(cmd, &isDryRun, "say what waits to be read; do nothing")
	return cmd
}

func newBuildCommand(app *app) *cobra.Command {
	var many rangeFlags
	cmd := app.nightStep("build", "Compute the intermediate tables of a night, or of many",
		`Clusters the night's stories and computes the intermediate tables, in one
transaction. Later nights that were built before are computed again, because
their sums carry this one. Nothing is published.

With --from every night of a range that has articles is built, and the later ones
that were built before, several tables at a time. The tables are the same as if
they were built one after the other. Cut off, by Ctrl-C or worse, it goes on where
it stopped: give the same command again. Until then the nights that are not whole
are not published. A night that the checks refuse ends it.

With --dry-run the night is built, checked and rolled back: the tables with their
rows and what the checks found are printed, and nothing is written, no run either.

With --explain the plan is printed, and nothing is done: the nights that would be
built and why, the tables in order with what they are made from and what reads
them, and the checks.`,
		(*jobs.Jobs).RehearseBuild,
		func(ctx context.Context, work *jobs.Jobs, night time.Time) (ledger.Report, error) {
			return work.Build(ctx, ledger.CauseOperator, night)
		})
	many.register(cmd)
	one := cmd.RunE
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if many.from.IsZero() {
			if cmd.Flags().Changed("to") || cmd.Flags().Changed("workers") {
				return badUsage(errNoFrom)
			}
			return one(cmd, args)
		}
		isDryRun, err := cmd.Flags().GetBool("dry-run")
		if err != nil {
			return err
		}
		return app.buildRange(cmd.Context(), &many, isDryRun)
	}
	app.addExplain(cmd)
	cmd.Example = "overheard build --night 2026-11-21\noverheard build --from 2026-10-01 --to 2026-10-30 --workers 2\noverheard build --explain"
	return cmd
}

func newPublishCommand(app *app) *cobra.Command {
	return app.nightStep("publish", "Check a night that was built, and publish it",
		`Computes the result tables of a night, runs every check, and commits, all in one
transaction. If a check refuses, readers keep the night as it was; the exit code
is 3 and the message says which check and why.

With --dry-run all of it is done and rolled back, whatever the checks say, and the
companies that would move against what stands are printed too. Nothing is written,
no run either; exit code 3 means that the night would be refused.`,
		(*jobs.Jobs).RehearsePublish,
		func(ctx context.Context, work *jobs.Jobs, night time.Time) (ledger.Report, error) {
			return work.Publish(ctx, ledger.CauseOperator, night)
		})
}

// nightStep is a command that does one step for one night, or rehearses it.
func (a *app) nightStep(
	name, short, long string,
	rehearse func(*jobs.Jobs, context.Context, time.Time) (build.Result, []time.Time, error),
	step func(context.Context, *jobs.Jobs, time.Time) (ledger.Report, error),
) *cobra.Command {
	var night nightFlag
	var isDryRun bool
	cmd := &cobra.Command{
		Use:         name,
		Short:       short,
		Long:        long,
		Example:     "overheard " + name + " --night 2026-11-21",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone jobs.", noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.session(cmd.Context(), func(ctx context.Context, s session) error {
				at := night.or(s.jobs.LastFinishedNight())
				if isDryRun {
					return a.rehearse(ctx, name, at, func(ctx context.Context, at time.Time) (build.Result, []time.Time, error) {
						return rehearse(s.jobs, ctx, at)
					})
				}
				report, err := step(ctx, s.jobs, at)
				s.show.Close()
				if err != nil {
					return verdict(report, err)
				}
				return a.printReport(report)
			})
		},
	}
	night.register(cmd)
	dryRunFlag(cmd, &isDryRun, "do it, print what it brings, and roll it back")
	return cmd
}

// nightFlag is --night: a report date.
type nightFlag struct {
	time.Time
}

func (n *nightFlag) register(cmd *cobra.Command) {
	cmd.Flags().Var(n, "night", "report date, `YYYY-MM-DD` (default: the last finished night)")
}

// String is what help prints as the default: nothing.
func (n *nightFlag) String() string {
	if n.IsZero() {
		return ""
	}
	return n.Format(time.DateOnly)
}

// Set reads a date.
func (n *nightFlag) Set(text string) error {
	t, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return errors.New("a night is a date such as 2026-11-21")
	}
	n.Time = t
	return nil
}

// Type names the value in help.
func (n *nightFlag) Type() string { return "YYYY-MM-DD" }

func (n *nightFlag) or(night time.Time) time.Time {
	if n.IsZero() {
		return night
	}
	return n.Time
}

// printReport says how a run ended, with its counts.
func (a *app) printReport(report ledger.Report) error {
	if a.isJSON {
		return a.printJSON(report)
	}
	fmt.Fprintf(a.stdout, "%s: %s (run %d)\n", report.Job, report.State, report.RunID)
	if line := countsLine(report.Counts); line != "" {
		fmt.Fprintln(a.stdout, line)
	}
	return nil
}
