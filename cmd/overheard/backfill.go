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

func newBackfillCommand(app *app) *cobra.Command {
	return newGroup(&cobra.Command{
		Use:   "backfill",
		Short: "Make up or renew nights of the past",
		Long: `Makes up or renews nights of the past: plan says what can be had from where and
what that takes, apply does exactly that, and control of it is one command each.
What is done is in the ledger, so any of it can be cut off and goes on.`,
		Example: "overheard backfill plan --from 2026-11-01 --to 2026-11-21\noverheard backfill apply 1",
	},
		newBackfillPlanCommand(app), newBackfillApplyCommand(app), newBackfillListCommand(app), newBackfillShowCommand(app),
		newBackfillPauseCommand(app), newBackfillResumeCommand(app), newBackfillCancelCommand(app))
}

func newBackfillPlanCommand(app *app) *cobra.Command {
	var from, to nightFlag
	var request backfill.Request
	var hasIntervals bool
	cmd := &cobra.Command{
		Use:   "plan --from NIGHT --to NIGHT",
		Short: "Say what a backfill would do and cost, and keep it under a number",
		Long: `Decides for every outlet and night which source can serve it, and what that takes
in requests, bytes and time, from what such work took before. Nothing is fetched.
The plan is kept under a number, which apply takes.

Sources are tried in this order: archive (pages our crawler kept), warc (imported
files), live (the outlet itself: addresses that wait, sitemaps by date). Feeds hold
the last days only, which a collect reads. What no source has is a gap, told here.

Steps: read fetches and stores, match finds companies in stored articles again,
build computes and publishes the nights, and the later ones that carry their sums.`,
		Example: "overheard backfill plan --from 2026-11-01 --to 2026-11-21 --outlets country:GB,tier:1\n" +
			"overheard backfill plan --from 2026-11-01 --to 2026-11-21 --steps match,build",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone crawl.outlets_dir crawl.host_gap crawl.host_daily_budget"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			request.From, request.To = ledger.Date{Time: from.Time}, ledger.Date{Time: to.Time}
			return app.onBackfills(cmd.Context(), func(ctx context.Context, b *backfill.Backfills) error {
				plan, err := b.Plan(ctx, request, app.operatorAndHost())
				if err != nil {
					return err
				}
				var items []backfill.Item
				if hasIntervals {
					if items, err = b.Items(ctx, plan.BackfillID); err != nil {
						return err
					}
				}
				if app.isJSON {
					return app.printJSON(struct {
						backfill.Plan
						Intervals []backfill.Item `json:"intervals,omitempty"`
					}{plan, items})
				}
				app.printPlan(plan, items)
				return nil
			})
		},
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.Var(&from, "from", "first night, `YYYY-MM-DD`")
	flags.Var(&to, "to", "last night, `YYYY-MM-DD`")
	flags.StringSliceVar(&request.Outlets, "outlets", nil, "outlets by `ID`, or country:GB, language:en, tier:1, of which all kinds given must hold (default: all)")
	flags.StringSliceVar(&request.Sources, "source", nil, "`SOURCES` to use: live, archive, warc (default: all)")
	flags.StringSliceVar(&request.Steps, "steps", nil, "`STEPS` to do: read, match, build (default: all)")
	flags.IntVar(&request.Window, "window", 0, "intervals with the workers at a time; 0 means 8")
	flags.BoolVar(&hasIntervals, "intervals", false, "every outlet and night as well")
	return cmd
}

func newBackfillListCommand(app *app) *cobra.Command {
	var limit int
	cmd := &cobra.Command{
		Use:         "list",
		Short:       "List the newest plans and how far they are",
		Long:        "Lists the newest plans, newest first, with how many of their intervals have ended and\nhow long the rest will take.",
		Example:     "overheard backfill list",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.onBackfills(cmd.Context(), func(ctx context.Context, b *backfill.Backfills) error {
				list, err := b.List(ctx, limit)
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(list)
				}
				app.printBackfills(list)
				return nil
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", 20, "at most this many plans")
	return cmd
}

func newBackfillShowCommand(app *app) *cobra.Command {
	var hasIntervals bool
	cmd := &cobra.Command{
		Use:   "show PLAN",
		Short: "Show a plan, how far it is, and what became of it",
		Long: `Shows what was planned by night, how far it is and when it will be done; and once
it has ended what could not be had and why, which published nights changed, which
companies moved by which articles, and what it cost against what was estimated.`,
		Example:     "overheard backfill show 3 --intervals",
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{},
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.onBackfill(cmd.Context(), args[0], func(ctx context.Context, b *backfill.Backfills, id int64) error {
				detail, err := b.Show(ctx, id)
				if err != nil {
					return err
				}
				var items []backfill.Item
				if hasIntervals {
					if items, err = b.Items(ctx, id); err != nil {
						return err
					}
				}
				if app.isJSON {
					return app.printJSON(struct {
						backfill.Detail
						Intervals []backfill.Item `json:"intervals,omitempty"`
					}{detail, items})
				}
				return app.printBackfill(detail, items)
			})
		},
	}
	cmd.Flags().BoolVar(&hasIntervals, "intervals", false, "every outlet and night as well")
	return cmd
}

func newBackfillPauseCommand(app *app) *cobra.Command {
	return app.stopCommand("pause", "Start nothing new of a backfill",
		`Starts nothing new; what is under way ends by itself. resume goes on.`,
		func(ctx context.Context, b *backfill.Backfills, id int64, dryRun bool) (backfill.Stopped, error) {
			return b.Pause(ctx, id, dryRun)
		},
		func(s backfill.Stopped) string {
			if s.Before == s.State && !s.IsDryRun {
				return fmt.Sprintf("backfill %d was paused before", s.BackfillID)
			}
			return fmt.Sprintf("backfill %d is paused: %d intervals wait, %d under way end by themselves; `overheard backfill resume %d` goes on",
				s.BackfillID, s.Waiting, s.Running, s.BackfillID)
		})
}

func newBackfillCancelCommand(app *app) *cobra.Command {
	return app.stopCommand("cancel", "Stop a backfill, and what of it is under way",
		`Stops a backfill wherever it is worked on, and waits until nothing of it is under
way. What was stored stays. resume does what was left, if that is wanted after all.`,
		func(ctx context.Context, b *backfill.Backfills, id int64, dryRun bool) (backfill.Stopped, error) {
			return b.Cancel(ctx, id, app.operatorAndHost(), dryRun)
		},
		func(s backfill.Stopped) string {
			if s.Before == s.State && !s.IsDryRun {
				return fmt.Sprintf("backfill %d was cancelled before", s.BackfillID)
			}
			text := fmt.Sprintf("backfill %d is cancelled: %d intervals do not start, %d were stopped", s.BackfillID, s.Waiting, s.Running)
			if s.Running > 0 && !s.IsDryRun {
				text += fmt.Sprintf(" in %.1f s", s.Seconds)
			}
			if s.Abandoned > 0 {
				text += fmt.Sprintf(", %d of them without a worker any more", s.Abandoned)
			}
			if s.Unbuilt > 0 {
				text += fmt.Sprintf("; articles of %d nights changed and are not built: the next night makes that up, or `overheard backfill resume %d`",
					s.Unbuilt, s.BackfillID)
			}
			return text
		})
}

// stopCommand is pause or cancel.
func (a *app) stopCommand(
	verb, short, long string, do func(context.Context, *backfill.Backfills, int64, bool) (backfill.Stopped, error), say func(backfill.Stopped) string,
) *cobra.Command {
	var dryRun bool
	cmd := &cobra.Command{
		Use:         verb + " PLAN",
		Short:       short,
		Long:        long,
		Example:     "overheard backfill " + verb + " 3",
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.onBackfill(cmd.Context(), args[0], func(ctx context.Context, b *backfill.Backfills, id int64) error {
				stopped, err := do(ctx, b, id, dryRun)
				if err != nil {
					return err
				}
				if a.isJSON {
					return a.printJSON(stopped)
				}
				fmt.Fprintln(a.stdout, dryRunMark(dryRun)+say(stopped))
				return nil
			})
		},
	}
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "say what would happen, and leave it")
	return cmd
}

func dryRunMark(dryRun bool) string {
	if dryRun {
		return "dry run: "
	}
	return ""
}

// onBackfill does something to the backfill that an argument names.
func (a *app) onBackfill(ctx context.Context, text string, do func(context.Context, *backfill.Backfills, int64) error) error {
	id, err := planNumber(text)
	if err != nil {
		return err
	}
	return a.onBackfills(ctx, func(ctx context.Context, b *backfill.Backfills) error { return do(ctx, b, id) })
}

func planNumber(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return 0, badUsage(fmt.Errorf("a plan is a number, as `overheard backfill list` prints them, not %q", text))
	}
	return id, nil
}

// onBackfills opens the database for commands that do no work of a backfill
// themselves.
func (a *app) onBackfills(ctx context.Context, do func(context.Context, *backfill.Backfills) error) error {
	reg, err := a.loadRegistries()
	if err != nil {
		return err
	}
	return a.withDatabase(ctx, func(ctx context.Context, db *sqlx.DB) error {
		b, err := a.backfills(db, reg, nil, nil, time.Now)
		if err != nil {
			return err
		}
		return judged(do(ctx, b))
	})
}

// judged gives errors of backfills the exit codes of the contract.
func judged(err error) error {
	var bad *backfill.RequestError
	var no *backfill.RefusedError
	switch {
	case errors.As(err, &bad) || errors.Is(err, backfill.ErrUnknown):
		return badUsage(err)
	case errors.As(err, &no):
		return refused(err)
	}
	return err
}
