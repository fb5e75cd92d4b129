package warehouse

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// monthly lists the tables that are partitioned by month of a date. Their
// partitions are named <table>_yYYYYmMM and live in the same schema.
var monthly = []string{"staging.articles", "staging.mentions", "ops.url_attempts", "ops.archive_records"}

// monthLock is the advisory lock that makes concurrent callers take turns.
const monthLock = 0x6f76_6d6f_6e74 // "ovmont"

// EnsureMonths makes the monthly partitions the nights fall into, if they do
// not exist. Any number of processes may call it at once, beside readers and
// writers: a partition is made as a table and then attached, which unlike
// "create table … partition of" locks nobody out of its siblings.
func EnsureMonths(ctx context.Context, db *sqlx.DB, nights ...time.Time) error {
	missing, err := missingMonths(ctx, db, nights)
	if err != nil || len(missing) == 0 {
		return err
	}
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("make partitions: %w", err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, int64(monthLock)); err != nil {
		return fmt.Errorf("make partitions: wait for the lock: %w", err)
	}
	if missing, err = missingMonths(ctx, tx, nights); err != nil { // again: another may have been faster
		return err
	}
	for _, m := range missing {
		for _, statement := range m.statements() {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("make partition %s: %w", m.name(), err)
			}
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("make partitions: %w", err)
	}
	return nil
}

// partition is one month of one table.
type partition struct {
	table string
	first time.Time // first day of the month
}

func (p partition) name() string { return p.table + p.first.Format("_y2006m01") }

func (p partition) statements() []string {
	next := p.first.AddDate(0, 1, 0)
	return []string{
		fmt.Sprintf(`create table %s (like %s including all)`, p.name(), p.table),
		fmt.Sprintf(`alter table %s attach partition %s for values from ('%s') to ('%s')`,
			p.table, p.name(), p.first.Format(time.DateOnly), next.Format(time.DateOnly)),
	}
}

// Not to_regclass: it may answer from a cache that has not heard yet of what
// another session committed while we waited for the lock.
const partitionExists = `
	select exists (
		select from pg_class as c
		join pg_namespace as n on n.oid = c.relnamespace
		where n.nspname || '.' || c.relname = $1
	)`

// missingMonths lists the partitions of nights that are not there, in order.
func missingMonths(ctx context.Context, q sqlx.QueryerContext, nights []time.Time) ([]partition, error) {
	var months []time.Time
	for _, n := range nights {
		// The date as it is written, whatever the zone: a night is a date.
		months = append(months, time.Date(n.Year(), n.Month(), 1, 0, 0, 0, 0, time.UTC))
	}
	slices.SortFunc(months, time.Time.Compare)
	months = slices.CompactFunc(months, time.Time.Equal)
	var missing []partition
	for _, first := range months {
		for _, table := range monthly {
			p := partition{table: table, first: first}
			var exists bool
			if err := sqlx.GetContext(ctx, q, &exists, partitionExists, p.name()); err != nil {
				return nil, fmt.Errorf("look for partition %s: %w", p.name(), err)
			}
			if !exists {
				missing = append(missing, p)
			}
		}
	}
	return missing, nil
}
