package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/build"
)

// rangeFlags are what build takes to build many nights.
type rangeFlags struct {
	from, to nightFlag
	workers  int
}

func (f *rangeFlags) register(cmd *cobra.Command) {
	cmd.Flags().Var(&f.from, "from", "build every night from this one on, `YYYY-MM-DD`, several tables at a time")
	cmd.Flags().Var(&f.to, "to", "last of these nights, `YYYY-MM-DD` (default: the last finished night)")
	cmd.Flags().IntVar(&f.workers, "workers", runtime.NumCPU(), "tables made at a time with --from")
	cmd.Flags().Lookup("workers").DefValue = "the number of cores"
	cmd.MarkFlagsMutuallyExclusive("from", "night")
}

// buildRange rebuilds the nights of the flags.
func (a *app) buildRange(ctx context.Context, f *rangeFlags, isDryRun bool) error {
	if f.workers < 1 {
		return badUsage(fmt.Errorf("--workers: %d is less than one", f.workers))
	}
	return a.session(ctx, func(ctx context.Context, s session) error {
		to := f.to.or(s.jobs.LastFinishedNight())
		if to.Before(f.from.Time) {
			return badUsage(fmt.Errorf("--from %s is after --to %s", &f.from, to.Format(time.DateOnly)))
		}
		if isDryRun {
			nights, err := s.jobs.NightsToRebuild(ctx, f.from.Time, to)
			if err != nil {
				return err
			}
			return a.printRange(nights)
		}
		report, err := s.jobs.Rebuild(ctx, ledger.CauseOperator, f.from.Time, to, f.workers, rebuildProgress(s.show))
		s.show.Close()
		if err != nil {
			return verdict(report, err)
		}
		return a.printReport(report)
	})
}

// printRange lists nights that would be built.
func (a *app) printRange(nights []time.Time) error {
	dates := make([]ledger.Date, len(nights))
	for i, n := range nights {
		dates[i] = ledger.Date{Time: n}
	}
	if a.isJSON {
		return a.printJSON(map[string]any{"nights_built": dates})
	}
	if len(dates) == 0 {
		fmt.Fprintln(a.stdout, "No night of this range has articles.")
		return nil
	}
	fmt.Fprintf(a.stdout, "%d nights would be built, from %s to %s.\n", len(dates), dates[0], dates[len(dates)-1])
	return nil
}

// rebuildProgress shows the nights as they become whole, and the tables between.
func rebuildProgress(show *progress) func(build.RebuildProgress) {
	const nights, tables = "nights", "tables"
	isStarted := false
	return func(p build.RebuildProgress) {
		if !isStarted {
			isStarted = true
			show.Start(nights, p.NightCount)
			show.Start(tables, p.StepCount)
		}
		show.Advance(tables, 1, 0)
		if p.Table == "" {
			show.Advance(nights, 1, 0)
		}
	}
}

var errNoFrom = errors.New("--to and --workers go with --from")
