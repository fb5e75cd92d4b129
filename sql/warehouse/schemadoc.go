package warehouse

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/jmoiron/sqlx"
)

const docHead = `# Schema

Generated from the catalog of a migrated database by ` + "`make schema`" + `: do not edit.
The comments live in the migrations (` + "`sql/schema`" + `). Times are UTC.
`

// WriteSchemaDoc writes SCHEMA.md: every schema with its tables, columns,
// types, keys and comments. The same schema gives the same bytes on every
// server; monthly partitions are left out.
func WriteSchemaDoc(ctx context.Context, db *sqlx.DB, w io.Writer) error {
	var b bytes.Buffer
	b.WriteString(docHead)
	for _, schema := range schemas {
		if err := describeSchema(ctx, db, &b, schema); err != nil {
			return err
		}
	}
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("write schema document: %w", err)
	}
	return nil
}

func describeSchema(ctx context.Context, db *sqlx.DB, b *bytes.Buffer, schema string) error {
	comment, err := SchemaComment(ctx, db, schema)
	if err != nil {
		return err
	}
	var relations []relation
	var columns []column
	var keys []key
	for query, dest := range map[string]any{relationsQuery: &relations, columnsQuery: &columns, keysQuery: &keys} {
		if err := readCatalog(ctx, db, dest, query, schema); err != nil {
			return err
		}
	}
	fmt.Fprintf(b, "\n## %s\n\n%s\n", schema, comment)
	for _, r := range relations {
		describeRelation(b, r, columns, keys)
	}
	return nil
}

func describeRelation(b *bytes.Buffer, r relation, columns []column, keys []key) {
	fmt.Fprintf(b, "\n### %s.%s\n\n", r.Schema, r.Name)
	if r.Kind != "table" {
		fmt.Fprintf(b, "(%s) ", r.Kind)
	}
	fmt.Fprintf(b, "%s\n\n", r.Comment)
	b.WriteString("| column | type | null | meaning |\n|---|---|---|---|\n")
	for _, c := range columns {
		if c.Relation != r.Name {
			continue
		}
		null := "yes"
		if c.NotNull {
			null = ""
		}
		if r.Kind != "table" {
			null = "" // the catalog does not know it of views
		}
		fmt.Fprintf(b, "| %s | %s | %s | %s |\n", c.Name, c.Type, null, cell(c.Comment))
	}
	separator := "\n"
	for _, k := range keys {
		if k.Relation == r.Name {
			fmt.Fprintf(b, "%s* %s\n", separator, strings.ToLower(k.Definition))
			separator = ""
		}
	}
	if r.PartitionBy != "" {
		fmt.Fprintf(b, "%s* partitioned by %s, one partition a month\n", separator, strings.ToLower(r.PartitionBy))
	}
}

// cell makes text safe within a row of a Markdown table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(text)
}
