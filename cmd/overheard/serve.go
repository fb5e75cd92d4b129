package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/cmd/overheard/console"
)

func newServeCommand(app *app) *cobra.Command {
	var roles []string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Run collect, recheck and nightly by their schedule, and the console",
		Long: `The daemon: makes up missed nights, then runs collect, recheck and nightly by the
cron specs of the configuration, and serves the console. On SIGTERM or Ctrl-C it
starts nothing new and lets running work end (jobs.drain_timeout); a second
signal ends it at once, which loses nothing.`,
		Example:     "overheard serve --roles scheduler,worker",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone schedule. crawl. jobs. console. alerts. metrics."},
		RunE: func(cmd *cobra.Command, _ []string) error {
			has := map[string]bool{}
			for _, role := range roles {
				if role != roleScheduler && role != roleWorker && role != roleConsole {
					return badUsage(errors.New("--roles: " + role + " is not one of scheduler, worker, console"))
				}
				has[role] = true
			}
			if has[roleWorker] != has[roleScheduler] {
				return badUsage(errors.New("--roles: scheduler and worker go together: the process that says what is due also does it"))
			}
			return app.session(cmd.Context(), func(ctx context.Context, s session) error {
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
					g.Go(func() error { return s.jobs.Serve(ctx) })
				}
				return g.Wait()
			})
		},
	}
	cmd.Flags().StringSliceVar(&roles, "roles", []string{roleScheduler, roleWorker, roleConsole}, "what this process does: scheduler and worker (together), console")
	return cmd
}

// Roles of serve.
const (
	roleScheduler = "scheduler"
	roleWorker    = "worker"
	roleConsole   = "console"
)
