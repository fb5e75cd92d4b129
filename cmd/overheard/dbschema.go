package main

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/build"
)

// newDBSchemaCommand is for developers (make schema, make check): it describes a
// fresh database, so that the document follows the migrations and nothing else.
func newDBSchemaCommand(app *app) *cobra.Command {
	var output, check string
	var isLineage bool
	cmd := &cobra.Command{
		Use:    "schema",
		Short:  "Describe the schema: the documents sql/SCHEMA.md and sql/LINEAGE.md",
		Hidden: true,
		Long: `Describes the tables that the migrations make, on a fresh private Postgres that
is thrown away afterwards, or with --database-url on that database. Refuses a
table or column without a comment.

With --lineage it writes which table is made from which instead, and needs no
database.`,
		Example:     "overheard db schema --check sql/SCHEMA.md",
		Args:        cobra.NoArgs,
		Annotations: map[string]string{noteExits: "0 1 2 3"},
		RunE: func(cmd *cobra.Command, _ []string) error {
			document, err := app.document(cmd.Context(), isLineage)
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
	cmd.Flags().BoolVar(&isLineage, "lineage", false, "which table is made from which: the document sql/LINEAGE.md")
	cmd.MarkFlagsMutuallyExclusive("output", "check")
	return cmd
}

func (a *app) document(ctx context.Context, isLineage bool) ([]byte, error) {
	if !isLineage {
		return a.describeSchema(ctx)
	}
	var b bytes.Buffer
	err := build.WriteLineage(&b)
	return b.Bytes(), err
}

func checkDocument(path string, want []byte) error {
	got, err := os.ReadFile(path)
	if err != nil {
		return refused(fmt.Errorf("read a document of the schema: %w (make schema writes it)", err))
	}
	if !bytes.Equal(want, got) {
		return refused(fmt.Errorf("%s differs from migrations and models (make schema writes it anew)", path))
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
