package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/backfill"
)

func newBackfillApplyCommand(app *app) *cobra.Command {
	return app.startCommand("apply", "Do what a plan says, and follow it",
		`Does exactly what the plan says, newest night first, or refuses with exit code 3
if the plan would be another one by now (the ledger, the registry, or what can be
had has moved) or another backfill is at the same nights.

This process works on it too, and follows it to the end; Ctrl-C puts the backfill
on pause. With --workers 0 it only follows, and Ctrl-C ends just that. With --detach
it returns at once. Then hosts that serve with the role worker do the work.

Applied again it goes on with one that runs, and says so of one that is done.`,
		func(ctx context.Context, b *backfill.Backfills, id int64, dryRun bool) (backfill.Applied, error) {
			return b.Apply(ctx, id, dryRun)
		})
}

func newBackfillResumeCommand(app *app) *cobra.Command {
	return app.startCommand("resume", "Go on with a backfill that was paused or cancelled",
		`Goes on with a backfill that was paused or cancelled. What is done stays done.
Failures are tried again by overheard runs retry --backfill PLAN.`,
		func(ctx context.Context, b *backfill.Backfills, id int64, dryRun bool) (backfill.Applied, error) {
			return b.Resume(ctx, id, dryRun)
		})
}

// startCommand is apply or resume.
func (a *app) startCommand(
	verb, short, long string, start func(context.Context, *backfill.Backfills, int64, bool) (backfill.Applied, error),
) *cobra.Command {
	var workers int
	var isDetached, dryRun bool
	cmd := &cobra.Command{
		Use:         verb + " PLAN",
		Short:       short,
		Long:        long,
		Example:     "overheard backfill " + verb + " 3",
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{noteSettings: "time_zone crawl. archive. jobs.", noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, args []string) error {
			id, err := planNumber(args[0])
			if err != nil {
				return err
			}
			if workers < 0 {
				return badUsage(fmt.Errorf("--workers: %d is less than none", workers))
			}
			return a.session(cmd.Context(), func(ctx context.Context, s session) error {
				b := s.jobs.Backfills()
				applied, err := start(ctx, b, id, dryRun)
				if err != nil {
					return judged(err)
				}
				switch isOver := applied.State != backfill.StateRunning; {
				case dryRun || isDetached || isOver:
					s.show.Close()
					return a.printApplied(applied, dryRun)
				default:
					return a.seeThrough(ctx, s, applied, workers)
				}
			})
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.IntVar(&workers, "workers", 4, "intervals this process works on at a time; 0: it only follows")
	flags.BoolVar(&isDetached, "detach", false, "return at once and leave the work to hosts that serve")
	flags.BoolVar(&dryRun, "dry-run", false, "say what would start, and leave it")
	return cmd
}

// printApplied says what apply or resume did or would do.
func (a *app) printApplied(applied backfill.Applied, dryRun bool) error {
	if a.isJSON {
		return a.printJSON(applied)
	}
	id := applied.BackfillID
	switch applied.Before {
	case backfill.StateDone, backfill.StateFailures:
		fmt.Fprintf(a.stdout, "backfill %d has been done (%s); nothing was written, `overheard backfill show %d` tells of it\n", id, applied.Before, id)
		return nil
	case backfill.StateRunning:
		fmt.Fprintf(a.stdout, "backfill %d runs already; nothing was written, `overheard backfill show %d` tells how far it is\n", id, id)
		return nil
	}
	verb := "runs"
	if dryRun {
		verb = "would run"
	}
	fmt.Fprintf(a.stdout, "%sbackfill %d %s: %d intervals are due, %d are gaps\n", dryRunMark(dryRun), id, verb, applied.Planned, applied.Gaps)
	if dryRun && len(applied.First) > 0 {
		fmt.Fprintln(a.stdout, "first:")
		lines := make([][]string, len(applied.First))
		for i, it := range applied.First {
			lines[i] = []string{"  " + it.Night.String(), it.Job, it.Scope, it.Source}
		}
		writeColumns(a.stdout, nil, lines)
	}
	return nil
}

const (
	followInterval = 300 * time.Millisecond // between looks at how far a backfill is
	pausePatience  = 30 * time.Second       // to write that it is paused, after an interrupt
)

// seeThrough works on a backfill and follows it to its end. An interrupt pauses it
// if this process worked on it, for then it is the operator's own; otherwise only
// the following ends.
func (a *app) seeThrough(ctx context.Context, s session, applied backfill.Applied, workers int) error {
	b, id := s.jobs.Backfills(), applied.BackfillID
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	worked := make(chan error, 1)
	go func() {
		if workers == 0 {
			worked <- b.Tend(work)
			return
		}
		worked <- a.workOn(work, s, workers)
	}()
	following, giveUp := context.WithCancelCause(ctx)
	defer giveUp(nil)
	ended := make(chan error, 1)
	go func() { // a worker that cannot go on ends the following
		err := <-worked
		giveUp(err)
		ended <- err
	}()
	detail, err := a.follow(following, s, id)
	if ctx.Err() != nil && workers > 0 {
		err = errors.Join(a.pauseOnInterrupt(ctx, b, id), ctx.Err())
	}
	stop()
	if workErr := <-ended; workErr != nil && !errors.Is(workErr, context.Canceled) {
		err = errors.Join(err, workErr)
	}
	s.show.Close()
	switch {
	case ctx.Err() != nil && workers == 0:
		a.log.Info("following ends; the backfill goes on where it is worked on", "backfill_id", id)
		return ctx.Err()
	case err != nil:
		return err
	}
	if a.isJSON {
		if err := a.printJSON(detail); err != nil {
			return err
		}
	} else if err := a.printBackfill(detail, nil); err != nil {
		return err
	}
	return outcome(detail)
}

// follow shows how far a backfill is until it has ended.
func (a *app) follow(ctx context.Context, s session, id int64) (backfill.Detail, error) {
	name := fmt.Sprintf("backfill %d", id)
	settled, failed := 0, 0
	return s.jobs.Backfills().Follow(ctx, id, followInterval, func(now backfill.Summary) {
		p := now.Progress
		if p == nil {
			return
		}
		s.show.Start(name, p.IntervalCount)
		text := progressText(now)
		s.show.Describe(name, func(time.Duration) string { return text })
		s.show.Advance(name, p.Settled()-p.Failed-settled, p.Failed-failed)
		settled, failed = p.Settled()-p.Failed, p.Failed
	})
}

// pauseOnInterrupt pauses a backfill whose operator has interrupted it.
func (a *app) pauseOnInterrupt(ctx context.Context, b *backfill.Backfills, id int64) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pausePatience)
	defer cancel()
	if _, err := b.Pause(ctx, id, false); err != nil {
		var no *backfill.RefusedError
		if errors.As(err, &no) {
			return nil // it has ended meanwhile
		}
		return err
	}
	fmt.Fprintf(a.stderr, "overheard: backfill %d is paused; `overheard backfill resume %d` goes on\n", id, id)
	return nil
}

// outcome is the exit code of a backfill that was followed to its end.
func outcome(d backfill.Detail) error {
	switch d.State {
	case backfill.StateDone:
		return nil
	case backfill.StateFailures:
		return withFailures(fmt.Errorf("backfill %d is done with failures; `overheard runs retry --backfill %d` tries them again", d.BackfillID, d.BackfillID))
	case backfill.StatePaused:
		return withFailures(fmt.Errorf("backfill %d was paused elsewhere; `overheard backfill resume %d` goes on", d.BackfillID, d.BackfillID))
	default:
		return withFailures(fmt.Errorf("backfill %d was cancelled", d.BackfillID))
	}
}
