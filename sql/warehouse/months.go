package warehouse

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
)

// monthLock is the advisory lock that makes concurrent callers take turns.
const monthLock = 0x6f76_6d6f_6e74 // "ovmont"

// EnsureMonths makes the monthly partitions the nights fall into, if they do
// not exist, of every table of our schemas that is partitioned by a date. They are
// named <table>_yYYYYmMM and live in its schema. Any number of processes may call
// it at once, beside readers and writers: a partition is made as a table and then
// attached, which unlike "create table … partition of" locks nobody out of its
// siblings.
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
	if err := MakeMonths(ctx, tx, nights...); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("make partitions: %w", err)
	}
	return nil
}

// MakeMonths does what EnsureMonths does in a transaction of the caller's, for one
// that may be rolled back. Until it ends nobody else can make partitions.
func MakeMonths(ctx context.Context, tx *sqlx.Tx, nights ...time.Time) error {
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock($1)`, int64(monthLock)); err != nil {
		return fmt.Errorf("make partitions: wait for the lock: %w", err)
	}
	missing, err := missingMonths(ctx, tx, nights) // again: another may have been faster
	if err != nil {
		return err
	}
	for _, m := range missing {
		for _, statement := range m.statements() {
			if _, err := tx.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("make partition %s: %w", m.name(), err)
			}
		}
	}
	return nil
}

// month is one month of one table.
type month struct {
	table string
	first time.Time // first day of it
}

func (m month) name() string { return m.table + m.first.Format("_y2006m01") }

func (m month) statements() []string {
	next := m.first.AddDate(0, 1, 0)
	return []string{
		fmt.Sprintf(`create table %s (like %s including all)`, m.name(), m.table),
		fmt.Sprintf(`alter table %s attach partition %s for values from ('%s') to ('%s')`,
			m.table, m.name(), m.first.Format(time.DateOnly), next.Format(time.DateOnly)),
	}
}

// missingMonths lists the months of nights that no partition holds, in order.
func missingMonths(ctx context.Context, q sqlx.QueryerContext, nights []time.Time) ([]month, error) {
	held, err := Partitions(ctx, q)
	if err != nil {
		return nil, err
	}
	var months []time.Time
	for _, n := range nights {
		// The date as it is written, whatever the zone: a night is a date.
		months = append(months, time.Date(n.Year(), n.Month(), 1, 0, 0, 0, 0, time.UTC))
	}
	slices.SortFunc(months, time.Time.Compare)
	months = slices.CompactFunc(months, time.Time.Equal)
	var missing []month
	for _, first := range months {
		for _, table := range slices.Sorted(maps.Keys(held)) {
			if !slices.ContainsFunc(held[table], func(p Partition) bool { return p.Holds(first) }) {
				missing = append(missing, month{table: table, first: first})
			}
		}
	}
	return missing, nil
}
