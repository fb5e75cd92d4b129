package warehouse

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// Partition is a part of a table that is partitioned by a date: the days from
// First up to, but without, End. A zero First is the beginning of time: a table
// that was made a partition with all it held begins there.
type Partition struct {
	Name       string // with its schema
	First, End time.Time
}

// Holds says whether rows of the day are in the partition.
func (p Partition) Holds(day time.Time) bool { return !day.Before(p.First) && day.Before(p.End) }

// The catalog is asked, and not to_regclass: that may answer from a cache that has
// not heard yet of what another session committed while we waited for a lock.
const partitionsQuery = `
	select
		n.nspname || '.' || c.relname as "table",
		coalesce(pn.nspname || '.' || p.relname, '') as partition,
		coalesce(pg_get_expr(p.relpartbound, p.oid), '') as bounds
	from pg_partitioned_table as t
	inner join pg_class as c on c.oid = t.partrelid
	inner join pg_namespace as n on n.oid = c.relnamespace
	inner join pg_attribute as a on a.attrelid = c.oid and a.attnum = t.partattrs[0]
	left join pg_inherits as i on i.inhparent = c.oid and not i.inhdetachpending
	left join pg_class as p on p.oid = i.inhrelid
	left join pg_namespace as pn on pn.oid = p.relnamespace
	where
		n.nspname = any(string_to_array($1, ','))
		and t.partstrat = 'r' and t.partnatts = 1 and a.atttypid = cast('date' as regtype)
	order by n.nspname, c.relname, p.relname`

// Partitions lists the tables of our schemas that are partitioned by a date, with
// their partitions; a table without one is in the map, too.
func Partitions(ctx context.Context, q sqlx.QueryerContext) (map[string][]Partition, error) {
	var rows []struct{ Table, Partition, Bounds string }
	if err := sqlx.SelectContext(ctx, q, &rows, partitionsQuery, strings.Join(schemas, ",")); err != nil {
		return nil, fmt.Errorf("list partitions: %w", err)
	}
	tables := map[string][]Partition{}
	for _, row := range rows {
		if row.Partition == "" {
			tables[row.Table] = nil
			continue
		}
		p, err := parseBounds(row.Bounds)
		if err != nil {
			return nil, fmt.Errorf("list partitions: %s: %w", row.Partition, err)
		}
		p.Name = row.Partition
		tables[row.Table] = append(tables[row.Table], p)
	}
	return tables, nil
}

var boundsPattern = regexp.MustCompile(`FROM \((MINVALUE|'[^']+')\) TO \('([^']+)'\)`)

// parseBounds reads what pg_get_expr says of a partition.
func parseBounds(text string) (p Partition, err error) {
	match := boundsPattern.FindStringSubmatch(text)
	if match == nil {
		return Partition{}, fmt.Errorf("its bounds are no days: %q", text)
	}
	if match[1] != "MINVALUE" {
		if p.First, err = time.Parse(time.DateOnly, strings.Trim(match[1], "'")); err != nil {
			return Partition{}, fmt.Errorf("its bounds are no days: %w", err)
		}
	}
	if p.End, err = time.Parse(time.DateOnly, match[2]); err != nil {
		return Partition{}, fmt.Errorf("its bounds are no days: %w", err)
	}
	return p, nil
}
