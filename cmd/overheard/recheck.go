package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/ledger"
)

func newRecheckCommand(app *app) *cobra.Command {
	return &cobra.Command{
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
}
