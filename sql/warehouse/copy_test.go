package warehouse_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func begin(t *testing.T, ctx context.Context, db *sqlx.DB) *sqlx.Tx {
	t.Helper()
	tx, err := db.BeginTxx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tx.Rollback() })
	return tx
}

func TestCopyRowsKeepsEveryValue(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	db.MustExec(`create schema s; create table s.kinds (
		i bigint, word text, words text[], numbers integer[], big bigint[], share double precision,
		amount numeric(4, 3), yes boolean, at timestamptz, night date, raw bytea, nothing text)`)
	columns := []string{"i", "word", "words", "numbers", "big", "share", "amount", "yes", "at", "night", "raw", "nothing"}
	at := time.Date(2026, 3, 1, 23, 30, 0, 123456000, time.FixedZone("", -5*3600))
	odd := "tab\t line\n back\\slash \\N \\. \"quote\" 'one' 漢字 😀 {a,b} "
	rows := [][]any{
		{int64(1) << 62, odd, []string{odd, "", "NULL"}, []int32{-1, 2}, []int64{1 << 62}, 0.1, 0.35, true, at, day(2026, 3, 1), []byte{0, 1, '\\', 255}, nil},
		{-1, "", []string{}, []int32{}, []int64{}, -1e300, "1.000", false, at, day(1999, 12, 31), []byte{}, nil},
	}
	tx := begin(t, t.Context(), db)
	n, err := warehouse.CopyRows(t.Context(), tx, "s.kinds", columns, slices.Values(rows))
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	var got []string
	err = db.Select(&got, `
		select concat_ws('|', i, word = $1 or word = '', words = array[$1, '', 'NULL'] or words = '{}',
			numbers, big, share, amount, yes, at at time zone 'UTC', night, encode(raw, 'hex'), nothing is null)
		from s.kinds order by i desc`, odd)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"4611686018427387904|t|t|{-1,2}|{4611686018427387904}|0.1|0.350|t|2026-03-02 04:30:00.123456|2026-03-01|00015cff|t",
		"-1|t|t|{}|{}|-1e+300|1.000|f|2026-03-02 04:30:00.123456|1999-12-31||t",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCopyRowsErrorsNameTableAndLeaveTheTransactionToRollBack(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	db.MustExec(`create table target (i integer primary key)`)
	for name, test := range map[string]struct {
		table string
		rows  [][]any
		want  string
	}{
		"no such table": {"absent", [][]any{{1}}, "copy into absent: "},
		"duplicate":     {"target", [][]any{{1}, {1}}, "copy into target: 2 rows: "},
		"wrong type":    {"target", [][]any{{"x"}}, "copy into target: "},
		"wrong width":   {"target", [][]any{{1}, {2, 3}}, "row 2 has 2 values for 1 columns"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tx := begin(t, t.Context(), db)
			_, err := warehouse.CopyRows(t.Context(), tx, test.table, []string{"i"}, slices.Values(test.rows))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("want %q, got %v", test.want, err)
			}
			if err := tx.Rollback(); err != nil {
				t.Errorf("roll back: %v", err)
			}
			if err := db.Ping(); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		})
	}
}

func TestCopyRowsStopsWhenTheContextEnds(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	db.MustExec(`create table target (i integer)`)
	ctx, cancel := context.WithCancel(t.Context())
	endless := func(yield func([]any) bool) {
		for i := 0; yield([]any{i}); i++ {
			if i == 1000 {
				cancel()
			}
		}
	}
	_, err := warehouse.CopyRows(ctx, begin(t, ctx, db), "target", []string{"i"}, endless)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("want cancelled, got %v", err)
	}
	count(t, db, "target", 0)
}

// The server does not take the rows: only the context of the transaction can
// end the wait.
func TestCopyRowsStopsWhileTheServerWaits(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	db.MustExec(`create table target (i integer primary key)`)
	begin(t, t.Context(), db).MustExec(`insert into target values (7)`) // its duplicate must wait
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := warehouse.CopyRows(ctx, begin(t, ctx, db), "target", []string{"i"}, slices.Values([][]any{{7}}))
	if err == nil || time.Since(begun) > 5*time.Second {
		t.Errorf("%v after %s", err, time.Since(begun))
	}
	if err := db.Ping(); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

func TestALostServerDuringCopyIsUnavailable(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	db.MustExec(`create table target (i integer, word text)`)
	tx := begin(t, t.Context(), db)
	var pid int
	if err := tx.Get(&pid, `select pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	_, err := warehouse.CopyRows(t.Context(), tx, "target", []string{"i", "word"}, manyRows(func(i int) {
		if i == 1000 {
			db.MustExec(`select pg_terminate_backend($1)`, pid)
		}
	}))
	if !warehouse.IsUnavailable(err) || !strings.Contains(err.Error(), "nothing of this batch was stored") {
		t.Errorf("got %v", err)
	}
	count(t, db, "target", 0)
}

// manyRows is 200,000 rows of 1 KB.
func manyRows(each func(i int)) iter.Seq[[]any] {
	word := strings.Repeat("word ", 200)
	return func(yield func([]any) bool) {
		for i := range 200_000 {
			each(i)
			if !yield([]any{i, word}) {
				return
			}
		}
	}
}

func count(t *testing.T, db *sqlx.DB, table string, want int) {
	t.Helper()
	var got int
	if err := db.Get(&got, `select count(*) from `+table); err != nil || got != want {
		t.Errorf("%s has %d rows, want %d (%v)", table, got, want, err)
	}
}
