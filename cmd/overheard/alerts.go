package main

import (
	"context"
	"errors"
	"fmt"
	"os/user"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/watch"
)

func newAlertsCommand(app *app) *cobra.Command {
	return newGroup(&cobra.Command{
		Use:   "alerts",
		Short: "Show what is wrong, and try the ways it is told",
		Long: `Shows what is wrong with outlets and with the work itself: nights that are late,
refused or failed, backfills that stand still, workers that died, disks that fill
up. serve tells each alert once when it opens and once when it closes, in the log,
by a webhook (alerts.webhook_url) and by e-mail (alerts.smtp_url).`,
		Example: "overheard alerts test",
	}, newAlertsListCommand(app), newAlertsTestCommand(app))
}

func newAlertsListCommand(app *app) *cobra.Command {
	return listCommand(app, &cobra.Command{
		Use:   "list",
		Short: "List the alerts that are open",
		Long: `Lists the open alerts, failures first. An alert is closed when its cause is gone;
overheard outlets dismiss closes one before, and overheard outlets accept makes the
repair that is proposed.`,
		Example: "overheard alerts list --all",
	})
}

func newAlertsTestCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "test",
		Short: "Send a test notice by every way alerts are told",
		Long: `Sends a notice that says it is a test to the log, the webhook and the mail server,
as far as they are configured, and says how each went. Exits with 1 if one of them
did not take it.`,
		Example:     "overheard alerts test",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "alerts.", noteExits: "0 1 2", noteNoDatabase: ""},
		RunE: func(cmd *cobra.Command, _ []string) error {
			notifier, err := app.notifier(nil)
			if err != nil {
				return err
			}
			results := notifier.Test(cmd.Context())
			var lines [][]string
			failures := 0
			for _, r := range results {
				how := "taken"
				if r.Error != "" {
					how = "FAILED: " + r.Error
					failures++
				}
				lines = append(lines, []string{r.Channel, how})
			}
			if app.isJSON {
				if err := app.printJSON(results); err != nil {
					return err
				}
			} else {
				writeColumns(app.stdout, []string{"CHANNEL", "TEST NOTICE"}, lines)
			}
			if failures > 0 {
				return withFailures(fmt.Errorf("%d of %d channels did not take the test notice", failures, len(results)))
			}
			return nil
		},
	}
}

func newOutletsAlertsCommand(app *app) *cobra.Command {
	return listCommand(app, &cobra.Command{
		Use:   "alerts",
		Short: "List what is wrong with outlets, and the repairs proposed",
		Long: `Lists the open alerts, failures first: channels that are down or have moved,
outlets that have gone quiet or deliver too little, pages that come out broken. A
collect raises them and closes those whose cause is gone. Where a repair is
proposed, overheard outlets accept makes it. The same as overheard alerts list.`,
		Example: "overheard outlets alerts",
	})
}

// listCommand makes a command that lists alerts of its words.
func listCommand(app *app, cmd *cobra.Command) *cobra.Command {
	var all bool
	cmd.Args = cobra.NoArgs
	cmd.Annotations = map[string]string{noteExits: "0 1 2"}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return app.withDatabase(cmd.Context(), func(ctx context.Context, db *sqlx.DB) error {
			list, err := watch.List(ctx, db, all)
			if err != nil {
				return err
			}
			if app.isJSON {
				return app.printJSON(list)
			}
			app.printAlerts(list, all)
			return nil
		})
	}
	cmd.Flags().BoolVar(&all, "all", false, "closed alerts as well")
	return cmd
}

func (a *app) printAlerts(list []watch.Alert, all bool) {
	if len(list) == 0 {
		fmt.Fprintln(a.stdout, "no alert is open")
		return
	}
	header := []string{"ALERT", "SINCE", "", "KIND", "OUTLET", "WHAT IS WRONG", "PROPOSAL"}
	if all {
		header = append(header, "STATE")
	}
	var lines [][]string
	for _, al := range list {
		outlet, proposal := al.Subject, ""
		if al.OutletID != nil {
			outlet = *al.OutletID
		}
		if al.Proposal != nil {
			proposal = al.Proposal.String()
		}
		line := []string{
			strconv.FormatInt(al.AlertID, 10), al.OpenedAt.UTC().Format("2006-01-02 15:04Z"), al.Severity, al.Kind, outlet, al.Message, proposal,
		}
		if all {
			state := al.State
			if al.ClosedBy != nil && al.ClosedAt != nil {
				state += fmt.Sprintf(" by %s %s", *al.ClosedBy, al.ClosedAt.UTC().Format("2006-01-02 15:04Z"))
			}
			line = append(line, state)
		}
		lines = append(lines, line)
	}
	writeColumns(a.stdout, header, lines)
}

func newOutletsAcceptCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "accept ALERT",
		Short: "Make the repair an alert proposes",
		Long: `Makes the repair an alert proposes, in one transaction: a channel is replaced or
added, and due at the next collect, or the pattern of an outlet's addresses is
exchanged. Prints the line for the registry, so that the repair outlives this
database. Exits with 3 if the alert is closed or proposes nothing.`,
		Example:     "overheard outlets accept 17",
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.onAlert(cmd.Context(), args[0], func(ctx context.Context, db *sqlx.DB, id int64) error {
				alert, err := watch.Accept(ctx, db, id, app.operator(), time.Now())
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(alert)
				}
				fmt.Fprintf(app.stdout, "alert %d is accepted: %s\n", id, alert.Proposal)
				app.printRegistryLine(alert)
				return nil
			})
		},
	}
}

// printRegistryLine says what to write into the registry for a repair to last.
func (a *app) printRegistryLine(alert watch.Alert) {
	p := alert.Proposal
	switch p.Action {
	case watch.AddChannel, watch.ReplaceChannel:
		fmt.Fprintf(a.stdout, "\nPut this under channels of %s in the registry", *alert.OutletID)
		if p.Replaces != "" {
			fmt.Fprintf(a.stdout, ", instead of %s", p.Replaces)
		}
		fmt.Fprintf(a.stdout, ":\n\n    - {kind: %s, url: %q}\n", p.Kind, p.URL)
	}
}

func newOutletsDismissCommand(app *app) *cobra.Command {
	var reason string
	cmd := &cobra.Command{
		Use:   "dismiss ALERT",
		Short: "Close an alert without a repair",
		Long: `Closes an alert. It is not raised again while its cause lasts; if the cause goes
away and comes back, it is. Exits with 3 if the alert is closed already.`,
		Example:     `overheard outlets dismiss 17 --reason "closed for the summer"`,
		Args:        cobra.ExactArgs(1),
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, args []string) error {
			return app.onAlert(cmd.Context(), args[0], func(ctx context.Context, db *sqlx.DB, id int64) error {
				alert, err := watch.Dismiss(ctx, db, id, app.operator(), reason, time.Now())
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(alert)
				}
				fmt.Fprintf(app.stdout, "alert %d is dismissed: %s\n", id, alert.Message)
				return nil
			})
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, in your `WORDS`, for who asks later")
	return cmd
}

// onAlert does something to the alert that an argument names.
func (a *app) onAlert(ctx context.Context, text string, do func(context.Context, *sqlx.DB, int64) error) error {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil || id < 1 {
		return badUsage(fmt.Errorf("an alert is a number, as `overheard outlets alerts` prints them, not %q", text))
	}
	return a.withDatabase(ctx, func(ctx context.Context, db *sqlx.DB) error {
		err := do(ctx, db, id)
		var no *watch.RefusedError
		switch {
		case errors.As(err, &no):
			return refused(err)
		case errors.Is(err, watch.ErrNoAlert):
			return badUsage(err)
		}
		return err
	})
}

// withDatabase opens the database for commands that need nothing else.
func (a *app) withDatabase(ctx context.Context, do func(context.Context, *sqlx.DB) error) error {
	db, closeDB, err := a.database(ctx)
	if err != nil {
		return err
	}
	defer closeDB()
	return do(ctx, db)
}

// operator is who runs the program, for the record.
func (a *app) operator() string {
	for _, name := range []string{"SUDO_USER", "LOGNAME", "USER"} {
		if who := a.env[name]; who != "" {
			return who
		}
	}
	if who, err := user.Current(); err == nil {
		return who.Username
	}
	return "operator"
}
