package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/warehouse"
)

func newDBCommand(app *app) *cobra.Command {
	return newGroup(
		&cobra.Command{
			Use:   "db",
			Short: "The database: status, address, psql, migrations, distribution, documentation",
			Long: `Looks after the database: the one of --database-url or DATABASE_URL, or else the
private Postgres under the data folder, which runs while a command needs it.`,
		},
		newDBMigrateCommand(app),
		newDBStatusCommand(app),
		newDBURLCommand(app),
		newDBPsqlCommand(app),
		newDBDistributeCommand(app),
		newDBDocsCommand(app),
		newDBSchemaCommand(app),
	)
}

func newDBMigrateCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema, roles and grants up to date",
		Long: `Applies the migrations that are missing and renews roles and grants. Safe to run
again and from two processes at once. Every command that uses the database does
this by itself; the command is for those who want to do it at a time of their own.`,
		Example: "overheard db migrate",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx := cmd.Context()
			return app.withBareDatabase(ctx, func(db *sqlx.DB) error {
				applied, err := warehouse.Migrate(ctx, app.log, db)
				if err != nil {
					return err
				}
				if app.isJSON {
					return app.printJSON(struct {
						Applied []string `json:"applied"`
					}{append([]string{}, applied...)})
				}
				for _, name := range applied {
					fmt.Fprintf(app.stdout, "applied %s\n", name)
				}
				if len(applied) == 0 {
					fmt.Fprintln(app.stdout, "nothing to apply")
				}
				return nil
			})
		},
	}
}

// withBareDatabase runs use on the database as it is, not migrated.
func (a *app) withBareDatabase(ctx context.Context, use func(*sqlx.DB) error) error {
	url, stop, err := a.databaseURL(ctx)
	if err != nil {
		return err
	}
	defer stop()
	db, err := warehouse.Open(ctx, a.log, url)
	if err != nil {
		return err
	}
	defer db.Close()
	return use(db)
}

func newDBURLCommand(app *app) *cobra.Command {
	return &cobra.Command{
		Use:   "url",
		Short: "Print the address of the database",
		Long: `Prints the address of the database, with its password if it has one. The private
Postgres has an address only while a command runs it.`,
		Example: "psql \"$(overheard db url)\" -c 'select * from marts.nights'",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			address := app.config.DatabaseURL
			if address == "" {
				status, err := warehouse.InspectServer(app.config.DataDir)
				if err != nil {
					return err
				}
				if !status.Running {
					return errors.New("the private Postgres is not running; overheard db psql starts it, overheard serve keeps it")
				}
				address = status.URL
			}
			if app.isJSON {
				return app.printJSON(struct {
					URL string `json:"url"`
				}{address})
			}
			fmt.Fprintln(app.stdout, address)
			return nil
		},
	}
}
