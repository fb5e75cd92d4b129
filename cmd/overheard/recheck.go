package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/ledger"
)

func newRecheckCommand(app *app) *cobra.Command {
	var isDryRun bool
	cmd := &cobra.Command{
		Use:   "recheck",
		Short: "Read counted articles again, a day and a week after",
		Long: `Reads every article that names a company again, 24 hours and 7 days after it was
first fetched, as far as that is due, and stores what was edited, deleted or sent
elsewhere. The night of an edited article is built anew by the next nightly. A
run that was cut off goes on where it stopped; what is three days late is a gap.`,
		Example:     "overheard recheck",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone crawl. archive. jobs."},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.session(cmd.Context(), func(ctx context.Context, s session) error {
				if isDryRun {
					return app.previewRecheck(ctx, s)
				}
				report, err := s.jobs.Recheck(ctx, ledger.CauseOperator)
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
	dryRunFlag(cmd, &isDryRun, "count what is due and read nothing")
	return cmd
}

// previewRecheck prints what a recheck would find.
func (a *app) previewRecheck(ctx context.Context, s session) error {
	p, err := s.jobs.PreviewRecheck(ctx)
	s.show.Close()
	if err != nil {
		return err
	}
	if a.isJSON {
		return a.printJSON(p)
	}
	fmt.Fprintln(a.stdout, "Dry run: recheck. Nothing was asked and nothing was written.")
	fmt.Fprintln(a.stdout)
	writeColumns(a.stdout, nil, [][]string{
		{"due", fmt.Sprintf("%d readings of %d outlets", p.DueCount, p.OutletCount)},
		{"too late", fmt.Sprintf("%d of them, which become gaps", p.LateCount)},
		{"put off", fmt.Sprintf("%d of them, after a failure", p.WaitingCount)},
	})
	return nil
}
