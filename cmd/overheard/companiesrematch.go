package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/ledger"
)

func newCompaniesRematchCommand(app *app) *cobra.Command {
	var from, to nightFlag
	var isDryRun bool
	cmd := &cobra.Command{
		Use:   "rematch",
		Short: "Look for companies in stored articles again, where their names have changed",
		Long: `Matches stored articles again, without the network, where a change of the registry
can matter to them: those in which a name, an anchor or the cue of another sense stands
that was added, changed or removed since they were read. nightly does so for the last
nights; this command for all of a range. It can be stopped at any time and goes on
where it was.

Nights whose mentions change are noted as stale: the next nightly builds those of the
last days, a backfill of the step build older ones. After a release that matches by
other rules, a backfill of the step match reads every article again.`,
		Example:     "overheard companies rematch --from 2026-01-01",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteSettings: "time_zone crawl. archive. jobs."},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.session(cmd.Context(), func(ctx context.Context, s session) error {
				first, last := from.or(time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC)), to.or(time.Now().UTC())
				if isDryRun {
					nights, err := s.jobs.PendingNights(ctx, first, last)
					s.show.Close()
					if err != nil {
						return err
					}
					if app.isJSON {
						return app.printJSON(nights)
					}
					var articles int64
					for _, n := range nights {
						articles += n.Articles
					}
					fmt.Fprintf(app.stdout, "Dry run: %d nights with %d articles were read before names changed that this database knows of; nothing was written.\n", len(nights), articles)
					return nil
				}
				report, err := s.jobs.Rematch(ctx, ledger.CauseOperator, first, last)
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
	cmd.Flags().Var(&from, "from", "first `NIGHT`; default the first there is")
	cmd.Flags().Var(&to, "to", "last `NIGHT`; default the last there is")
	dryRunFlag(cmd, &isDryRun, "count the nights and write nothing")
	return cmd
}
