package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/jobs/aliases"
)

// quarantineNights is how far back the list of names in quarantine goes.
const quarantineNights = 14

func newCompaniesQuarantineCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "quarantine",
		Short: "List the names that do not count because they jumped",
		Long: `Lists the names in quarantine of the last 14 nights, with the rank of the company as
it is and as it would be if they counted. A name that can mean something else
(class B or C) is quarantined when it is read several times as often as usual, or in
several times as many countries, while the sure names of the company are not.
overheard companies release lets it count, overheard companies hold keeps any name out.`,
		Example:     "overheard companies quarantine",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteExits: "0 1 2"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return app.withDatabase(cmd.Context(), func(ctx context.Context, db *sqlx.DB) error {
				list, err := aliases.List(ctx, db, time.Now().UTC().AddDate(0, 0, -quarantineNights))
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(list)
				}
				if len(list) == 0 {
					fmt.Fprintln(app.stdout, "no name is in quarantine")
					return nil
				}
				rank := func(r *int) string {
					if r == nil {
						return "none"
					}
					return strconv.Itoa(*r)
				}
				var lines [][]string
				for _, q := range list {
					reason := q.Reason
					if q.DecisionNote != nil {
						reason += ": " + *q.DecisionNote
					}
					ranks := "not published"
					if q.IsPublished {
						ranks = fmt.Sprintf("%s, with it %s", rank(q.Rank), rank(q.RankWith))
					}
					lines = append(lines, []string{
						q.Night.String(), q.CompanyID, q.Alias, q.Class, reason, strconv.Itoa(q.Mentions), fmt.Sprintf("%.1f", q.Expected), ranks,
					})
				}
				writeColumns(app.stdout, []string{"NIGHT", "COMPANY", "NAME", "CLASS", "REASON", "ARTICLES", "USUALLY", "RANK"}, lines)
				return nil
			})
		},
	}
}

func newCompaniesHoldCommand(app *app) *cobra.Command {
	return decideCommand(app, aliases.Held, &cobra.Command{
		Use:   "hold COMPANY NAME",
		Short: "Let a name of a company not count, whatever it does",
		Long: `Keeps a name of a company in quarantine from a night on: articles that it alone
names the company in are kept and do not count. The nights it changes are noted as
stale: the next nightly makes those of the last days again, a backfill of the step
build older ones.`,
		Example: `overheard companies hold temu Temu --reason "an Indonesian word"`,
	})
}

func newCompaniesReleaseCommand(app *app) *cobra.Command {
	return decideCommand(app, aliases.Released, &cobra.Command{
		Use:   "release COMPANY NAME",
		Short: "Let a name of a company count, whatever it does",
		Long: `Lets a name of a company count from a night on, though its volume or spread has
jumped. The nights it changes are noted as stale: the next nightly makes those of the
last days again, a backfill of the step build older ones.`,
		Example: `overheard companies release nio Nio --reason "a launch in Norway"`,
	})
}

// decideCommand makes a command that writes a decision of its words.
func decideCommand(app *app, state string, cmd *cobra.Command) *cobra.Command {
	var since nightFlag
	var reason string
	cmd.Args = cobra.ExactArgs(2)
	cmd.Annotations = map[string]string{noteExits: "0 1 2"}
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if reason == "" {
			return badUsage(errors.New("give a --reason: it stands beside the name in every list"))
		}
		return app.withDatabase(cmd.Context(), func(ctx context.Context, db *sqlx.DB) error {
			now := time.Now()
			d := aliases.Decision{CompanyID: args[0], Alias: args[1], State: state, Since: since.or(now.UTC().AddDate(0, 0, -1)), Reason: reason}
			stale, err := aliases.Decide(ctx, db, d, now)
			if errors.Is(err, aliases.ErrNoAlias) {
				return badUsage(err)
			}
			if err != nil {
				return err
			}
			if app.isJSON {
				return app.printJSON(struct {
					State      string `json:"state"`
					Since      string `json:"since"`
					StaleCount int64  `json:"stale_night_count"`
				}{state, d.Since.Format(time.DateOnly), stale})
			}
			fmt.Fprintf(app.stdout, "%q of %s is %s from %s on; built nights it changes: %d\n", d.Alias, d.CompanyID, state, d.Since.Format(time.DateOnly), stale)
			return nil
		})
	}
	cmd.Flags().Var(&since, "from", "first `NIGHT` it holds for; default the last finished one")
	cmd.Flags().StringVar(&reason, "reason", "", "why, in a few `WORDS`")
	return cmd
}
