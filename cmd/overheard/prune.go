package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/retention"
)

// pruneSpec is when what need not be kept is removed, in the zone of the schedule:
// once a day is enough, for whole days and months go.
const pruneSpec = "45 3 * * *"

// terms are the settings as package retention has them.
func (c RetentionConfig) terms() retention.Config {
	return retention.Config{
		StateNights: c.StateNights, TextNights: c.TextNights, URLNights: c.URLNights, AttemptNights: c.AttemptNights,
	}
}

func newPruneCommand(app *app) *cobra.Command {
	var isDryRun bool
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Take away what need not be kept any longer",
		Long: `Removes archived pages, and of the database what the settings of retention give no
longer term: stories and intermediate tables of old nights, texts, settled
addresses, tries at addresses. Whole months go, so up to a month more is kept. What
was published stays for ever, with every revision; ends of months stay in the sums
that fade. Nights before cannot be built any more, nor matched by new names; the
table ops.retention_marks says which.

serve does it every day. What is in use is put off to the next time.`,
		Example:     "overheard prune --dry-run",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone archive. retention."},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.session(cmd.Context(), func(ctx context.Context, s session) error {
				if isDryRun {
					actions, err := s.jobs.PreviewPrune(ctx)
					if err != nil {
						return err
					}
					return app.printPrune(actions)
				}
				report, err := s.jobs.Prune(ctx, ledger.CauseOperator)
				s.show.Close()
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
	dryRunFlag(cmd, &isDryRun, "list what would go from the database; remove nothing")
	return cmd
}

func (a *app) printPrune(actions []retention.Action) error {
	if a.isJSON {
		if actions == nil {
			actions = []retention.Action{}
		}
		return a.printJSON(actions)
	}
	if len(actions) == 0 {
		fmt.Fprintln(a.stdout, "Nothing is old enough.")
		return nil
	}
	var rows [][]string
	for _, action := range actions {
		name, from := action.Table, action.KeptFrom.String()
		if action.Partition != "" {
			name = action.Partition
		}
		if action.Kind == retention.Regard {
			from = ""
		}
		rows = append(rows, []string{action.Kind, action.Subject, name, fmt.Sprint(action.Rows), fmt.Sprint(action.Bytes >> 20), from})
	}
	writeColumns(a.stdout, []string{"action", "subject", "table", "rows", "MB", "kept from"}, rows)
	return nil
}
