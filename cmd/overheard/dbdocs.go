package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/jmoiron/sqlx"
	"github.com/spf13/cobra"

	"github.com/overheard-news/overheard/cmd/overheard/docs"
	"github.com/overheard-news/overheard/sql/warehouse"
)

func newDBDocsCommand(app *app) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "docs",
		Short: "Write the documentation of tables, models and checks as one page",
		Long: `Writes a page of HTML that documents the database: every table and column with its
meaning, type and keys, the model that makes it, what it is made of and what reads
it, every check with its sentence, the constants of the method with their reasons,
and the last published night. One file that asks for no other; with a search.

Reads the configured database, or the private Postgres if there is one; the role
overheard_bi is enough. Without either it describes what the migrations make. The
console serves the same page at /docs.`,
		Example: "overheard db docs --output docs.html",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			page, err := app.writeDocs(cmd.Context())
			if err != nil {
				return err
			}
			if output == "-" {
				_, err := app.stdout.Write(page)
				return err
			}
			if err := replaceFile(output, page); err != nil {
				return err
			}
			if app.isJSON {
				return app.printJSON(struct {
					Output    string `json:"output"`
					ByteCount int    `json:"byte_count"`
				}{absolute(output), len(page)})
			}
			fmt.Fprintf(app.stdout, "%s: %s\n", output, byteSize(int64(len(page))))
			return nil
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "docs.html", "`FILE` to write; - is stdout")
	return cmd
}

// replaceFile writes a file beside and gives it its name once it is whole.
func replaceFile(path string, text []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer os.Remove(part.Name()) // gone by then if all went well
	_, err = part.Write(text)
	if closing := part.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(part.Name(), 0o644)
	}
	if err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return nil
}

// writeDocs reads the database that is there, or a fresh one if there is none.
func (a *app) writeDocs(ctx context.Context) (page []byte, err error) {
	use := func(db *sqlx.DB) error {
		source, err := docs.Read(ctx, db)
		if err != nil {
			return err
		}
		source.Program = "overheard " + buildVersion().Version
		var b bytes.Buffer
		err = docs.Write(&b, source)
		page = b.Bytes()
		return err
	}
	if a.config.DatabaseURL == "" {
		server, err := warehouse.InspectServer(a.config.DataDir)
		if err != nil {
			return nil, err
		}
		if server.ClusterVersion == 0 {
			return page, a.onFreshDatabase(ctx, use)
		}
	}
	return page, a.withBareDatabase(ctx, use)
}

// onFreshDatabase runs use on a migrated database of a server that is thrown away.
func (a *app) onFreshDatabase(ctx context.Context, use func(*sqlx.DB) error) error {
	dir, err := os.MkdirTemp("", "overheard-schema-")
	if err != nil {
		return fmt.Errorf("make a folder for a throw-away Postgres: %w", err)
	}
	defer os.RemoveAll(dir)
	// As root the server runs as another user, who must pass through.
	if err := os.Chmod(dir, 0o711); err != nil {
		return fmt.Errorf("open the folder of a throw-away Postgres: %w", err)
	}
	url, stop, err := a.startServer(ctx, dir)
	if err != nil {
		return err
	}
	defer stop()
	db, err := warehouse.Open(ctx, a.log, url)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := warehouse.Migrate(ctx, a.log, db); err != nil {
		return err
	}
	return use(db)
}
