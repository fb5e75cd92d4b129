package main

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/warehouse"
)

func newDBDistributeCommand(app *app) *cobra.Command {
	var isDryRun bool
	cmd := &cobra.Command{
		Use:   "distribute",
		Short: "Spread the tables over a cluster of Citus",
		Long: `Turns the database into a distributed one: foreign keys that stand in the way are
dropped, registries and small tables go to every node, articles and mentions are
spread by the hash of a key, the foreign keys come back, and roles and grants are
renewed. All in one transaction; tables are locked meanwhile, and those with rows
are copied. Results and the ledger stay on the coordinator. Nodes are added before,
with citus_add_node. Run again, it places what is new, as every migration does.

Refuses a database without the extension citus. With --dry-run the statements are
printed, on any Postgres, and nothing is done.`,
		Example:     "overheard db distribute --dry-run",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return app.withBareDatabase(ctx, func(db *sqlx.DB) error {
				if isDryRun {
					return app.planDistribution(ctx, db)
				}
				hasCitus, err := warehouse.HasCitus(ctx, db)
				if err != nil {
					return err
				}
				if !hasCitus { // asked first: a refusal must not have migrated
					return refused(warehouse.ErrNoCitus)
				}
				if _, err := warehouse.Migrate(ctx, app.log, db); err != nil {
					return err
				}
				ran, err := warehouse.Distribute(ctx, app.log, db)
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(struct {
						Statements []string `json:"statements"`
					}{append([]string{}, ran...)})
				}
				for _, statement := range ran {
					fmt.Fprintf(app.stdout, "%s;\n", statement)
				}
				fmt.Fprintf(app.stdout, "%d statements run; grants renewed\n", len(ran))
				return nil
			})
		},
	}
	dryRunFlag(cmd, &isDryRun, "print the statements, do nothing")
	return cmd
}

func (a *app) planDistribution(ctx context.Context, db *sqlx.DB) error {
	plan, err := warehouse.PlanDistribution(ctx, db)
	if err != nil {
		return err
	}
	if a.isJSON {
		return a.printJSON(plan)
	}
	var lines [][]string
	for _, p := range plan.Placements {
		lines = append(lines, []string{p.Table, p.Kind, dashed(p.Column), dashed(p.With)})
	}
	fmt.Fprint(a.stdout, "Dry run: distribute. Nothing was done.\n\n")
	writeColumns(a.stdout, []string{"TABLE", "PLACE", "BY", "BESIDE"}, lines)
	fmt.Fprintln(a.stdout)
	for _, statement := range plan.Statements {
		fmt.Fprintf(a.stdout, "%s;\n", statement)
	}
	fmt.Fprintf(a.stdout, "%d statements would be run\n", len(plan.Statements))
	return nil
}

func dashed(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
