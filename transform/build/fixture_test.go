package build

import (
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// publishedAt is when tests publish, unless the time matters.
var publishedAt = time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)

// monthNamed finds months in the text of a fixture.
var monthNamed = regexp.MustCompile(`20[0-9]{2}-[01][0-9]`)

// newDB is a migrated database with the words of testdata/helpers.sql, and the
// fixture of the test. It takes nights of the months the fixture names, and of
// those around November 2026.
func newDB(t testing.TB, given string) *sqlx.DB {
	t.Helper()
	db := warehousetest.NewDB(t)
	var months []time.Time
	for _, name := range append(monthNamed.FindAllString(given, -1), "2026-09", "2026-10", "2026-11", "2026-12", "2027-01") {
		if month, err := time.Parse("2006-01", name); err == nil {
			months = append(months, month)
		}
	}
	if err := warehouse.EnsureMonths(t.Context(), db, months...); err != nil {
		t.Fatal(err)
	}
	helpers, err := os.ReadFile(filepath.Join("testdata", "helpers.sql"))
	if err != nil {
		t.Fatal(err)
	}
	run(t, db, string(helpers))
	run(t, db, given)
	return db
}

func run(t testing.TB, db *sqlx.DB, statements string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), statements); err != nil {
		t.Fatalf("run fixture: %v", err)
	}
}

func newBuilder(t testing.TB, db *sqlx.DB) *Builder {
	t.Helper()
	b, err := New(slog.New(slog.DiscardHandler), db)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func date(text string) time.Time {
	night, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return night
}

func mustBuild(t testing.TB, b *Builder, nights ...string) {
	t.Helper()
	for _, night := range nights {
		if _, err := b.Build(t.Context(), 1, date(night)); err != nil {
			t.Fatal(err)
		}
	}
}

func mustPublish(t testing.TB, b *Builder, night string, at time.Time) Result {
	t.Helper()
	result, err := b.Publish(t.Context(), 2, date(night), at)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// digests are the md5 of every table the builder makes, all rows in the order of
// their text. With a night, only rows of it; dimensions are left out then.
func digests(t testing.TB, b *Builder, night string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, m := range slices.Concat(b.intermediate, b.marts, b.history) {
		where := "true"
		if night != "" {
			if m.Rebuild == RebuildUpsert {
				continue
			}
			where = fmt.Sprintf("night = '%s'", night)
		}
		var rows []string
		query := fmt.Sprintf(
			`select cast(r as text) from %s as r where %s order by cast(r as text) collate "C"`, m.Table, where)
		if err := b.db.SelectContext(context.WithoutCancel(t.Context()), &rows, query); err != nil {
			t.Fatal(err)
		}
		sum := md5.Sum([]byte(strings.Join(rows, "\n")))
		found[m.Table] = fmt.Sprintf("%d rows %s", len(rows), hex.EncodeToString(sum[:4]))
	}
	return found
}
