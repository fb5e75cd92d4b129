package warehouse

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
)

// schemas are ours, in the order data goes through them, the ledger last.
var schemas = []string{"seeds", "staging", "intermediate", "marts", "ops"}

// relation is a table or view of our schemas as the catalog has it.
// Partitions are left out: they are their parent over again.
type relation struct {
	Schema      string
	Name        string
	Kind        string // table, view, materialized view, foreign table
	PartitionBy string `db:"partition_by"` // such as RANGE (night); empty if not partitioned
	Comment     string
}

type column struct {
	Schema   string
	Relation string
	Name     string
	Type     string
	NotNull  bool `db:"not_null"`
	Comment  string
}

type key struct {
	Schema     string
	Relation   string
	Definition string
}

const relationsQuery = `
	select
		n.nspname as schema,
		c.relname as name,
		case c.relkind when 'v' then 'view' when 'm' then 'materialized view'
			when 'f' then 'foreign table' else 'table' end as kind,
		case c.relkind when 'p' then pg_get_partkeydef(c.oid) else '' end as partition_by,
		coalesce(obj_description(c.oid, 'pg_class'), '') as comment
	from pg_class as c
	join pg_namespace as n on n.oid = c.relnamespace
	where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
	order by c.relname collate "C"`

const columnsQuery = `
	select
		n.nspname as schema,
		c.relname as relation,
		a.attname as name,
		format_type(a.atttypid, a.atttypmod) as type,
		a.attnotnull as not_null,
		coalesce(col_description(c.oid, a.attnum), '') as comment
	from pg_attribute as a
	join pg_class as c on c.oid = a.attrelid
	join pg_namespace as n on n.oid = c.relnamespace
	where n.nspname = $1 and c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
		and a.attnum > 0 and not a.attisdropped
	order by c.relname collate "C", a.attnum`

// Check constraints are left out: their text differs between versions of
// Postgres, and comments say what values there are.
const keysQuery = `
	select
		n.nspname as schema,
		c.relname as relation,
		pg_get_constraintdef(k.oid) as definition
	from pg_constraint as k
	join pg_class as c on c.oid = k.conrelid
	join pg_namespace as n on n.oid = c.relnamespace
	where n.nspname = $1 and not c.relispartition and k.contype in ('p', 'u', 'f')
	order by c.relname collate "C", strpos('puf', k.contype), k.conname collate "C"`

// readCatalog fills dest, a slice of one of the above, for one schema.
func readCatalog(ctx context.Context, db *sqlx.DB, dest any, query, schema string) error {
	if err := db.SelectContext(ctx, dest, query, schema); err != nil {
		return fmt.Errorf("read catalog of schema %s: %w", schema, err)
	}
	return nil
}

// MissingComments lists the schemas, tables, views and columns without a
// comment, such as "column marts.stories.title".
func MissingComments(ctx context.Context, db *sqlx.DB) ([]string, error) {
	var missing []string
	add := func(comment, kind, name string) {
		if comment == "" {
			missing = append(missing, kind+" "+name)
		}
	}
	for _, schema := range schemas {
		text, err := SchemaComment(ctx, db, schema)
		if err != nil {
			return nil, err
		}
		add(text, "schema", schema)
		var relations []relation
		var columns []column
		if err := readCatalog(ctx, db, &relations, relationsQuery, schema); err != nil {
			return nil, err
		}
		if err := readCatalog(ctx, db, &columns, columnsQuery, schema); err != nil {
			return nil, err
		}
		for _, r := range relations {
			add(r.Comment, r.Kind, schema+"."+r.Name)
		}
		for _, c := range columns {
			add(c.Comment, "column", schema+"."+c.Relation+"."+c.Name)
		}
	}
	return missing, nil
}
