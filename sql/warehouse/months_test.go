package warehouse_test

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func day(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func partitions(t *testing.T, db *sqlx.DB) []string {
	t.Helper()
	var names []string
	err := db.Select(&names, `
		select cast(c.oid as regclass) || ' ' || pg_get_expr(c.relpartbound, c.oid)
		from pg_class as c where c.relispartition and c.relkind = 'r' order by concat(cast(c.oid as regclass), ' ') collate "C"`)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// monthly lists the tables that are partitioned.
func monthly(t *testing.T, db *sqlx.DB) []string {
	t.Helper()
	var names []string
	if err := db.Select(&names, `select cast(t.partrelid as regclass) from pg_partitioned_table as t`); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestEnsureMonthsFromManySessionsAtOnce(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	nights := []time.Time{
		day(2026, 1, 31), day(2025, 12, 1), day(2026, 1, 1),
		// A night is the date as written, even late in a western zone.
		time.Date(2026, 1, 31, 23, 0, 0, 0, time.FixedZone("", -8*3600)),
	}
	var group sync.WaitGroup
	for range 4 {
		other := open(t, db)
		group.Go(func() {
			for range 5 {
				if err := warehouse.EnsureMonths(context.Background(), other, nights...); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	var want []string
	for _, table := range monthly(t, db) {
		want = append(want,
			table+"_y2025m12 FOR VALUES FROM ('2025-12-01') TO ('2026-01-01')",
			table+"_y2026m01 FOR VALUES FROM ('2026-01-01') TO ('2026-02-01')")
	}
	slices.Sort(want)
	if len(want) < 2*4 {
		t.Fatalf("only %d partitions are wanted: the tables partitioned by month were not found", len(want))
	}
	if diff := cmp.Diff(want, partitions(t, db)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A build may read staging.articles for minutes; the crawl must not wait.
func TestEnsureMonthsDoesNotWaitForReadersAndWriters(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	if err := warehouse.EnsureMonths(t.Context(), db, day(2026, 1, 1)); err != nil {
		t.Fatal(err)
	}
	tx := db.MustBegin()
	defer tx.Rollback()
	tx.MustExec(`select count(*) from staging.articles`)
	tx.MustExec(`insert into staging.mentions values (date '2026-01-01', 'c', 1, 'o', 'a', 'A', 'lead', 0.6, 1, 1, 'e')`)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := warehouse.EnsureMonths(ctx, db, day(2026, 2, 1)); err != nil {
		t.Error(err)
	}
}

func TestPartitionsKeepWhatTheParentDeclares(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	if err := warehouse.EnsureMonths(t.Context(), db, day(2026, 1, 1)); err != nil {
		t.Fatal(err)
	}
	var got struct{ Compression, Indexes, Comment string }
	err := db.Get(&got, `
		select
			(select attcompression from pg_attribute where attrelid = c.oid and attname = 'body') as compression,
			(select count(*) from pg_index where indrelid = c.oid) as indexes,
			coalesce(col_description(c.oid, 1), '') as comment
		from pg_class as c where c.oid = to_regclass('staging.articles_y2026m01')`)
	if err != nil {
		t.Fatal(err)
	}
	if got.Compression != "l" || got.Indexes != "3" || got.Comment == "" {
		t.Errorf("got %+v", got)
	}
}
