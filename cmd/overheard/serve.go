package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/cmd/overheard/console"
	"github.com/overheard-news/overheard/jobs/queue"
)

func newServeCommand(app *app) *cobra.Command {
	var roles []string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run collect, recheck and nightly by their schedule, and the console",
		Long: `The daemon. Its scheduler finds missed nights and says when collect, recheck and
nightly are due, by the cron specs of the configuration; its worker does what is
due, of backfills too; its console shows it. Any number of processes, on any
number of machines, may share a database, each with the roles given: what is due
is done once, and what one leaves behind that dies the others take over
(jobs.rescue_after).

On SIGTERM or Ctrl-C it starts nothing new and lets running work end
(jobs.drain_timeout); a second signal ends it at once, which loses nothing.`,
		Example:     "overheard serve --roles scheduler,worker",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone schedule. crawl. archive. jobs. console. alerts. metrics."},
		RunE: func(cmd *cobra.Command, _ []string) error {
			has := map[string]bool{}
			for _, role := range roles {
				if role != roleScheduler && role != roleWorker && role != roleConsole {
					return badUsage(errors.New("--roles: " + role + " is not one of scheduler, worker, console"))
				}
				has[role] = true
			}
			return app.session(cmd.Context(), func(ctx context.Context, s session) error {
				if has[roleScheduler] || has[roleWorker] {
					leave, err := app.join(ctx, s)
					if err != nil {
						return err
					}
					defer leave()
				}
				g, ctx := errgroup.WithContext(ctx)
				if has[roleConsole] {
					g.Go(func() error {
						return console.Serve(ctx, app.log, s.db, app.config.Console.Listen, app.metrics.Handler())
					})
				}
				if listen := app.config.Metrics.Listen; listen != "" {
					g.Go(func() error { return console.ServeMetrics(ctx, app.log, listen, app.metrics.Handler()) })
				}
				if has[roleScheduler] || has[roleWorker] {
					g.Go(func() error { return app.tell(ctx, s.db) })
				}
				if has[roleScheduler] {
					g.Go(func() error { return s.jobs.Schedule(ctx) })
				}
				if has[roleWorker] {
					g.Go(func() error { return s.jobs.Work(ctx) })
				}
				return g.Wait()
			})
		},
	}
	cmd.Flags().StringSliceVar(&roles, "roles", []string{roleScheduler, roleWorker, roleConsole}, "what this process does: scheduler says what is due, worker does it, console shows it")
	return cmd
}

// Roles of serve.
const (
	roleScheduler = "scheduler"
	roleWorker    = "worker"
	roleConsole   = "console"
)

// join makes this process one of the fleet. leave gives back what that takes.
func (a *app) join(ctx context.Context, s session) (leave func(), err error) {
	q, err := queue.Open(ctx, a.log, s.url)
	if err != nil {
		return nil, err
	}
	s.jobs.Join(q)
	return q.Close, nil
}
