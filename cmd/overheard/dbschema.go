package main

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// newDBSchemaCommand is for developers (make schema, make check): it describes a
// fresh database, so that the document follows the migrations and nothing else.
func newDBSchemaCommand(app *app) *cobra.Command {
	var output, check string
	cmd := &cobra.Command{
		Use:    "schema",
		Short:  "Describe the schema: the document sql/SCHEMA.md",
		Hidden: true,
		Long: `Describes the tables that the migrations make, on a fresh private Postgres that
is thrown away afterwards, or with --database-url on that database. Refuses a
table or column without a comment.`,
		Example:     "overheard db schema --check sql/SCHEMA.md",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			document, err := app.describeSchema(cmd.Context())
			if err != nil {
				return err
			}
			switch {
			case check != "":
				return checkDocument(check, document)
			case output != "":
				return os.WriteFile(output, document, 0o644)
			default:
				_, err := app.stdout.Write(document)
				return err
			}
		},
	}
	cmd.Flags().StringVar(&output, "output", "", "write to `FILE` instead of stdout")
	cmd.Flags().StringVar(&check, "check", "", "compare with `FILE` and exit with 3 if it differs")
	cmd.MarkFlagsMutuallyExclusive("output", "check")
	return cmd
}

func checkDocument(path string, want []byte) error {
	got, err := os.ReadFile(path)
	if err != nil {
		return refused(fmt.Errorf("read the schema document: %w (make schema writes it)", err))
	}
	if !bytes.Equal(want, got) {
		return refused(fmt.Errorf("%s differs from the migrations (make schema writes it anew)", path))
	}
	return nil
}

func (a *app) describeSchema(ctx context.Context) ([]byte, error) {
	if a.config.DatabaseURL == "" {
		var document []byte
		err := a.onFreshDatabase(ctx, func(db *sqlx.DB) (err error) {
			document, err = a.describe(ctx, db)
			return err
		})
		return document, err
	}
	db, err := warehouse.Open(ctx, a.log, a.config.DatabaseURL)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	return a.describe(ctx, db)
}

func (a *app) describe(ctx context.Context, db *sqlx.DB) ([]byte, error) {
	if _, err := warehouse.Migrate(ctx, a.log, db); err != nil {
		return nil, err
	}
	missing, err := warehouse.MissingComments(ctx, db)
	if err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, refused(fmt.Errorf("%d tables or columns have no comment: %v", len(missing), missing))
	}
	var document bytes.Buffer
	if err := warehouse.WriteSchemaDoc(ctx, db, &document); err != nil {
		return nil, err
	}
	return document.Bytes(), nil
}
