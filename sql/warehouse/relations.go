package warehouse

import (
	"context"
	"fmt"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Relation is a table or view of one schema as the catalog describes it, for
// programs that show or copy whole schemas. Whoever may connect may ask: the
// reader of marts, too.
type Relation struct {
	Schema      string       `json:"schema"`
	Name        string       `json:"name"`
	Kind        string       `json:"kind"` // table, view, materialized view, foreign table
	Comment     string       `json:"comment"`
	PartitionBy string       `json:"partition_by,omitempty"` // such as RANGE (night)
	Columns     []Column     `json:"columns"`
	PrimaryKey  []string     `json:"primary_key"` // empty for views
	ForeignKeys []ForeignKey `json:"foreign_keys"`
}

// Column is a column of a Relation.
type Column struct {
	Name      string `json:"name"`
	Type      string `json:"type"` // with its modifiers, such as numeric(9,6)
	IsNotNull bool   `json:"is_not_null"`
	Comment   string `json:"comment"`
}

// ForeignKey says that Columns hold a key of another table.
type ForeignKey struct {
	Columns           []string `json:"columns"`
	Table             string   `json:"table"` // schema.table
	ReferencedColumns []string `json:"referenced_columns"`
}

// FullName is schema.name.
func (r Relation) FullName() string { return r.Schema + "." + r.Name }

// Has tells whether the relation has a column of that name.
func (r Relation) Has(name string) bool {
	for _, c := range r.Columns {
		if c.Name == name {
			return true
		}
	}
	return false
}

const namedKeysQuery = `
	select
		c.relname as relation,
		k.contype = 'p' as is_primary,
		coalesce(concat(rn.nspname, '.', r.relname), '') as target,
		array(
			select cast(a.attname as text)
			from unnest(k.conkey) with ordinality as u (attnum, place)
			join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = u.attnum
			order by u.place
		) as columns,
		array(
			select cast(a.attname as text)
			from unnest(k.confkey) with ordinality as u (attnum, place)
			join pg_attribute as a on a.attrelid = k.confrelid and a.attnum = u.attnum
			order by u.place
		) as referenced_columns
	from pg_constraint as k
	join pg_class as c on c.oid = k.conrelid
	join pg_namespace as n on n.oid = c.relnamespace
	left join pg_class as r on r.oid = k.confrelid
	left join pg_namespace as rn on rn.oid = r.relnamespace
	where n.nspname = $1 and not c.relispartition and k.contype in ('p', 'f')
	order by c.relname collate "C", k.conname collate "C"`

// Schemas are the names of our schemas, in the order data goes through them, the
// ledger last.
func Schemas() []string { return append([]string(nil), schemas...) }

// ReadRelations lists the tables and views of a schema by name, partitions left
// out.
func ReadRelations(ctx context.Context, db sqlx.QueryerContext, schema string) ([]Relation, error) {
	var relations []relation
	var columns []column
	var keys []struct {
		Relation          string
		IsPrimary         bool `db:"is_primary"`
		Target            string
		Columns           pq.StringArray
		ReferencedColumns pq.StringArray `db:"referenced_columns"`
	}
	for query, dest := range map[string]any{relationsQuery: &relations, columnsQuery: &columns, namedKeysQuery: &keys} {
		if err := sqlx.SelectContext(ctx, db, dest, query, schema); err != nil {
			return nil, fmt.Errorf("read catalog of schema %s: %w", schema, err)
		}
	}
	list := make([]Relation, len(relations))
	at := map[string]*Relation{}
	for i, r := range relations {
		list[i] = Relation{
			Schema: r.Schema, Name: r.Name, Kind: r.Kind, Comment: r.Comment, PartitionBy: r.PartitionBy,
			Columns: []Column{}, PrimaryKey: []string{}, ForeignKeys: []ForeignKey{},
		}
		at[r.Name] = &list[i]
	}
	for _, c := range columns {
		r := at[c.Relation]
		r.Columns = append(r.Columns, Column{Name: c.Name, Type: c.Type, IsNotNull: c.NotNull, Comment: c.Comment})
	}
	for _, k := range keys {
		r := at[k.Relation]
		if k.IsPrimary {
			r.PrimaryKey = k.Columns
			continue
		}
		r.ForeignKeys = append(r.ForeignKeys, ForeignKey{Columns: k.Columns, Table: k.Target, ReferencedColumns: k.ReferencedColumns})
	}
	return list, nil
}

// SchemaComment says what a schema is for; empty if it says nothing of itself.
func SchemaComment(ctx context.Context, db sqlx.QueryerContext, schema string) (string, error) {
	var text string
	err := sqlx.GetContext(ctx, db, &text, `
		select coalesce(max(obj_description(oid, 'pg_namespace')), '')
		from pg_namespace where nspname = $1`, schema)
	if err != nil {
		return "", fmt.Errorf("read comment of schema %s: %w", schema, err)
	}
	return text, nil
}

// EstimateRows are the rows of each table of a schema as the server last counted
// them, partitions added up; a table that was never looked at is missing. It
// takes no time and no privilege.
func EstimateRows(ctx context.Context, db sqlx.QueryerContext, schema string) (map[string]int64, error) {
	var list []struct {
		Name string
		Rows int64
	}
	err := sqlx.SelectContext(ctx, db, &list, `
		with recursive parts as (
			select c.oid as root, c.oid, c.relkind, c.reltuples
			from pg_class as c
			join pg_namespace as n on n.oid = c.relnamespace
			where n.nspname = $1 and c.relkind in ('r', 'p') and not c.relispartition
			union all
			select p.root, c.oid, c.relkind, c.reltuples
			from parts as p
			join pg_inherits as i on i.inhparent = p.oid
			join pg_class as c on c.oid = i.inhrelid
		)
		select r.relname as name, cast(sum(p.reltuples) as bigint) as rows
		from parts as p
		join pg_class as r on r.oid = p.root
		where p.relkind = 'r' and p.reltuples >= 0
		group by r.relname`, schema)
	if err != nil {
		return nil, fmt.Errorf("ask for the rows of schema %s: %w", schema, err)
	}
	rows := map[string]int64{}
	for _, entry := range list {
		rows[entry.Name] = entry.Rows
	}
	return rows, nil
}
