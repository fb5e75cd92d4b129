package build

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// catalog is what the database says about the tables of the five schemas. It is
// read anew for each build: a migration may have run since.
type catalog struct {
	columns    map[string][]string // in the order of the table
	keys       map[string][]string // primary key
	references map[string][]string // tables that foreign keys point to
	partitions map[string][]warehouse.Partition
	described  map[string]bool // partitioned tables with statistics of their own, over all parts
}

func readCatalog(ctx context.Context, tx *sqlx.Tx) (catalog, error) {
	tables := catalog{
		columns:    map[string][]string{},
		keys:       map[string][]string{},
		references: map[string][]string{},
	}
	for _, part := range []struct {
		lists map[string][]string
		query string
	}{
		{tables.columns, `
			select concat(n.nspname, '.', c.relname),
				array_agg(cast(a.attname as text) order by a.attnum)
			from pg_class as c
			inner join pg_namespace as n on n.oid = c.relnamespace
			inner join pg_attribute as a on a.attrelid = c.oid
			where n.nspname in ('seeds', 'staging', 'intermediate', 'marts', 'ops')
				and c.relkind in ('r', 'p') and not c.relispartition
				and a.attnum > 0 and not a.attisdropped
			group by n.nspname, c.relname`},
		{tables.keys, `
			select concat(n.nspname, '.', c.relname),
				array_agg(cast(a.attname as text) order by k.key_position)
			from pg_constraint as p
			inner join pg_class as c on c.oid = p.conrelid
			inner join pg_namespace as n on n.oid = c.relnamespace
			cross join unnest(p.conkey) with ordinality as k (attnum, key_position)
			inner join pg_attribute as a on a.attrelid = c.oid and a.attnum = k.attnum
			where n.nspname in ('intermediate', 'marts') and not c.relispartition and p.contype = 'p'
			group by n.nspname, c.relname`},
		{tables.references, `
			select concat(n.nspname, '.', c.relname),
				array_agg(concat(rn.nspname, '.', r.relname) order by r.relname)
			from pg_constraint as f
			inner join pg_class as c on c.oid = f.conrelid
			inner join pg_namespace as n on n.oid = c.relnamespace
			inner join pg_class as r on r.oid = f.confrelid
			inner join pg_namespace as rn on rn.oid = r.relnamespace
			where n.nspname in ('intermediate', 'marts') and f.contype = 'f'
			group by n.nspname, c.relname`},
	} {
		if err := readLists(ctx, tx, part.lists, part.query); err != nil {
			return catalog{}, fmt.Errorf("read the catalog: %w", err)
		}
	}
	var err error
	if tables.partitions, err = warehouse.Partitions(ctx, tx); err != nil {
		return catalog{}, fmt.Errorf("read the catalog: %w", err)
	}
	if tables.described, err = describedTables(ctx, tx); err != nil {
		return catalog{}, err
	}
	return tables, nil
}

// describedTables lists the tables of which statistics over all their partitions are
// there. No autovacuum makes them, and without them joins are planned blindly.
func describedTables(ctx context.Context, q sqlx.QueryerContext) (map[string]bool, error) {
	var names []string
	err := sqlx.SelectContext(ctx, q, &names, `
		select distinct concat(s.schemaname, '.', s.tablename)
		from pg_stats as s
		where s.inherited and s.schemaname in ('seeds', 'staging', 'intermediate', 'marts', 'ops')`)
	if err != nil {
		return nil, fmt.Errorf("look for statistics: %w", err)
	}
	described := map[string]bool{}
	for _, name := range names {
		described[name] = true
	}
	return described, nil
}

// leaf is the part of a table that holds the night: the table itself if it is not
// partitioned.
func (c catalog) leaf(table, night string) string {
	day, err := time.Parse(time.DateOnly, night)
	if err != nil {
		return table
	}
	for _, p := range c.partitions[table] {
		if p.Holds(day) {
			return p.Name
		}
	}
	return table
}

func readLists(ctx context.Context, tx *sqlx.Tx, lists map[string][]string, query string) error {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var table string
		var names []string
		if err := rows.Scan(&table, pq.Array(&names)); err != nil {
			return err
		}
		lists[table] = names
	}
	return rows.Err()
}

// verify refuses a model whose table, key or sources are not what the database
// has.
func (c catalog) verify(m Model) error {
	for _, table := range m.tables() {
		if c.columns[table] == nil {
			return fmt.Errorf("table %s does not exist", table)
		}
	}
	if key := c.keys[m.Table]; key != nil && !slices.Equal(key, m.Grain) {
		return fmt.Errorf("header says the grain is %s, the primary key is %s",
			strings.Join(m.Grain, ", "), strings.Join(key, ", "))
	}
	return c.exist(m.Reads)
}

// exist refuses tables that are not there.
func (c catalog) exist(reads []string) error {
	for _, table := range reads {
		if c.columns[table] == nil {
			return fmt.Errorf("reads %s, which does not exist", table)
		}
	}
	return nil
}
