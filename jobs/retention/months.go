package retention

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jmoiron/sqlx"
)

// lockPatience is how long a statement that needs a table for itself waits, and
// keeps others waiting behind it.
const lockPatience = "5s"

// drop takes a month out of its table beside readers and writers, then drops it.
func (r *Retention) drop(ctx context.Context, a Action) error {
	conn, err := r.db.Connx(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	// It waits for transactions under way without keeping new ones out. A build takes
	// minutes: it is let end.
	if _, err := conn.ExecContext(ctx, fmt.Sprintf("alter table %s detach partition %s concurrently", a.Table, a.Partition)); err != nil {
		return fmt.Errorf("detach %s: %w", a.Partition, err)
	}
	if _, err := conn.ExecContext(ctx, "drop table "+a.Partition); err != nil {
		return fmt.Errorf("drop %s: %w", a.Partition, err)
	}
	return nil
}

// finishDetached ends what a run that was cut off has begun: months that are no
// longer part of their table, or half so.
func (r *Retention) finishDetached(ctx context.Context) error {
	var pending []struct{ Parent, Partition string }
	err := r.db.SelectContext(ctx, &pending, `
		select cast(cast(i.inhparent as regclass) as text) as parent, cast(cast(i.inhrelid as regclass) as text) as partition
		from pg_inherits as i where i.inhdetachpending`)
	if err != nil {
		return fmt.Errorf("look for months that are half detached: %w", err)
	}
	for _, p := range pending {
		if _, err := r.db.ExecContext(ctx, fmt.Sprintf("alter table %s detach partition %s finalize", p.Parent, p.Partition)); err != nil {
			return fmt.Errorf("detach %s: %w", p.Partition, err)
		}
	}
	var orphans []string
	err = r.db.SelectContext(ctx, &orphans, `
		select concat(n.nspname, '.', c.relname)
		from pg_class as c
		inner join pg_namespace as n on n.oid = c.relnamespace
		inner join pg_class as t
			on t.relnamespace = c.relnamespace and t.relkind = 'p'
			and t.relname = regexp_replace(c.relname, '_(until_)?y[0-9]{4}m[0-9]{2}(_next)?$', '')
		where c.relkind = 'r' and not c.relispartition and c.relname <> t.relname
			and n.nspname in ('staging', 'intermediate', 'ops')
		order by c.relname`)
	if err != nil {
		return fmt.Errorf("look for months that were detached: %w", err)
	}
	for _, table := range orphans {
		if _, err := r.db.ExecContext(ctx, "drop table "+table); err != nil {
			return fmt.Errorf("drop %s: %w", table, err)
		}
	}
	return nil
}

// rewrite puts a smaller month in place of one, and returns its size. Nobody writes
// to the month meanwhile; the table as a whole is locked for the exchange alone.
func (r *Retention) rewrite(ctx context.Context, a Action) (bytes int64, err error) {
	tx, err := r.db.BeginTxx(ctx, nil)
	if err != nil {
		return 0, fmt.Errorf("rewrite %s: %w", a.Partition, err)
	}
	defer tx.Rollback()
	columns, err := columnsOf(ctx, tx, a.Table)
	if err != nil {
		return 0, err
	}
	next := a.Partition + "_next"
	from, end := a.bounds.First.Format(time.DateOnly), a.bounds.End.Format(time.DateOnly)
	first := "'" + from + "'"
	if a.bounds.First.IsZero() {
		first, from = "minvalue", "-infinity"
	}
	_, name, _ := strings.Cut(a.Partition, ".")
	comment, where := thinMark, `t.night in (
		select max(k.night)
		from intermediate.int_nights_chained as k
		where k.night >= cast('`+from+`' as date) and k.night < cast('`+end+`' as date)
		group by date_trunc('month', k.night)
	)`
	if a.Kind == Blank {
		comment, where = blankMark, "true"
	}
	for _, statement := range []string{
		"set local lock_timeout = '" + lockPatience + "'",
		"lock table only " + a.Partition + " in share mode",
		"create table " + next + " (like " + a.Table + " including all)",
		"insert into " + next + " (" + strings.Join(columns, ", ") + ") select " + strings.Join(valuesOf(a.Kind, columns), ", ") +
			" from " + a.Partition + " as t where " + where,
		"analyze " + next,
		"alter table " + a.Table + " detach partition " + a.Partition,
		"drop table " + a.Partition,
		"alter table " + next + " rename to " + name,
		"alter table " + a.Table + " attach partition " + a.Partition + " for values from (" + first + ") to ('" + end + "')",
		"comment on table " + a.Partition + " is '" + comment + "'",
	} {
		if _, err := tx.ExecContext(ctx, statement); err != nil {
			return 0, fmt.Errorf("rewrite %s: %.60s: %w", a.Partition, statement, err)
		}
	}
	if err := tx.GetContext(ctx, &bytes, "select pg_total_relation_size(cast($1 as regclass))", a.Partition); err != nil {
		return 0, fmt.Errorf("rewrite %s: %w", a.Partition, err)
	}
	if err := tx.Commit(); err != nil {
		return 0, fmt.Errorf("rewrite %s: %w", a.Partition, err)
	}
	return bytes, nil
}

// blanks are the columns of articles that hold their text, and what is left of it.
var blanks = map[string]string{"body": "''", "sketch": "'{}'", "facts": "null", "published_candidates": "'[]'"}

func valuesOf(kind string, columns []string) []string {
	values := make([]string, len(columns))
	for i, c := range columns {
		values[i] = "t." + c
		if blank, isText := blanks[c]; isText && kind == Blank {
			values[i] = blank
		}
	}
	return values
}

func columnsOf(ctx context.Context, tx *sqlx.Tx, table string) ([]string, error) {
	var columns []string
	err := tx.SelectContext(ctx, &columns, `
		select a.attname
		from pg_attribute as a
		where a.attrelid = cast($1 as regclass) and a.attnum > 0 and not a.attisdropped
		order by a.attnum`, table)
	if err != nil {
		return nil, fmt.Errorf("list the columns of %s: %w", table, err)
	}
	return columns, nil
}
