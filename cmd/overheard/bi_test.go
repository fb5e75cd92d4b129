package main

import (
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
	"github.com/overheard-news/overheard/transform/build"
)

// bi is a database with published nights that a BI tool reaches as it would any:
// over TCP, as the reader, with a password.
type bi struct {
	db       *sqlx.DB // as the owner
	address  *url.URL // as the reader
	operator operator
	night    string // the last one
}

const biNights = 3

// newBI crawls a press and publishes its nights.
func newBI(t *testing.T) bi {
	t.Helper()
	_, registry, at := world(t, press.Config{Seed: 29, Outlets: 12, Nights: biNights, ArticlesPerOutletNight: 6})
	o := newOperator(t, registry)
	for i := biNights - 1; i >= 0; i-- {
		night := day(t, at).AddDate(0, 0, -i).Format("2006-01-02")
		got := o.call(t, "nightly", "--night", night)
		if !strings.HasPrefix(got.stdout, "Ranking of the night of "+night) { // counted failures of the press are fine
			t.Fatalf("night %s is not published: exit code %d: %s", night, got.code, got.stderr)
		}
	}
	lg := slog.New(slog.DiscardHandler)
	listen := freeAddress(t)
	server, err := warehouse.StartServer(t.Context(), lg, o.dataDir, postmaster.WithTCP(listen))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Stop(context.WithoutCancel(t.Context())) }) //nolint:errcheck // the folder goes with the test
	db, err := warehouse.Open(t.Context(), lg, server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	const password = "for this test"
	db.MustExec(`alter role ` + warehouse.Reader + ` password '` + password + `'`)
	own, err := url.Parse(server.URL())
	if err != nil {
		t.Fatal(err)
	}
	return bi{
		db: db, operator: o, night: at,
		address: &url.URL{Scheme: "postgres", User: url.UserPassword(warehouse.Reader, password), Host: listen, Path: own.Path, RawQuery: "sslmode=disable"},
	}
}

func (b bi) asReader(t *testing.T) *sqlx.DB {
	t.Helper()
	db, err := sqlx.Connect("postgres", b.address.String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestResultTablesInBITools publishes nights once and looks at them as those do
// who read them.
func TestResultTablesInBITools(t *testing.T) {
	t.Parallel()
	b := newBI(t)
	t.Run("sample queries", func(t *testing.T) { testSampleQueries(t, b) })
	t.Run("documentation", func(t *testing.T) { testDocs(t, b) })
	t.Run("values", func(t *testing.T) { testValues(t, b) })
	t.Run("export", func(t *testing.T) { testExport(t, b) })
	for _, r := range biReaders() {
		t.Run(r.name, func(t *testing.T) { testReader(t, b, r) })
	}
}

// sampleQuery is a statement of sql/README.md with the comment above it.
type sampleQuery struct{ title, sql string }

// sampleQueries are those of the section on reading the results.
func sampleQueries(t *testing.T) []sampleQuery {
	t.Helper()
	text, err := os.ReadFile("../../sql/README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## Read the results\n")
	if !found {
		t.Fatal("sql/README.md has no section on reading the results")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	var list []sampleQuery
	for _, block := range strings.Split(section, "```sql\n")[1:] {
		block, _, _ = strings.Cut(block, "\n```")
		for statement := range strings.SplitSeq(block+"\n", ";\n") {
			statement = strings.TrimSpace(statement)
			if statement == "" {
				continue
			}
			title, isTitled := strings.CutPrefix(strings.SplitN(statement, "\n", 2)[0], "-- ")
			if !isTitled {
				t.Errorf("a sample query without a title: %s", statement)
			}
			list = append(list, sampleQuery{title, statement})
		}
	}
	if len(list) < 8 {
		t.Fatalf("found %d sample queries: the test looks at nothing", len(list))
	}
	return list
}

// mayBeEmpty are the sample queries that a calm, small press may give nothing to, by
// the first words of their titles: a case needs more mentions than three nights have.
var mayBeEmpty = []string{
	"Names that did not count", "Outlets that were down", "The representative cases", "Articles that show a case",
}

// unmade are the tables of a query that no model makes yet: their migration came
// first.
func unmade(t *testing.T, sql string) []string {
	t.Helper()
	models, _, err := build.Inventory()
	if err != nil {
		t.Fatal(err)
	}
	made := map[string]bool{"marts.company_rankings_latest": true}
	for _, m := range models {
		for _, table := range m.Tables() {
			made[table] = true
		}
	}
	return slices.DeleteFunc(regexp.MustCompile(`marts\.[a-z_0-9]+`).FindAllString(sql, -1), func(table string) bool { return made[table] })
}

func testSampleQueries(t *testing.T, b bi) {
	reader := b.asReader(t)
	for _, q := range sampleQueries(t) {
		t.Run(q.title, func(t *testing.T) {
			rows, err := reader.Queryx(q.sql)
			if err != nil {
				t.Fatalf("%v:\n%s", err, q.sql)
			}
			defer rows.Close()
			count, example := 0, ""
			for rows.Next() {
				values, err := rows.SliceScan()
				if err != nil {
					t.Fatal(err)
				}
				if count++; count == 1 {
					for i, v := range values {
						if bytes, isBytes := v.([]byte); isBytes {
							values[i] = string(bytes)
						}
					}
					example = strings.TrimSpace(fmt.Sprintln(values...))
				}
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d rows, such as %s", count, example)
			isCalm := slices.ContainsFunc(mayBeEmpty, func(start string) bool { return strings.HasPrefix(q.title, start) })
			if missing := unmade(t, q.sql); count == 0 && len(missing) > 0 {
				t.Skipf("no model makes %s yet", strings.Join(missing, ", "))
			}
			if count == 0 && !isCalm {
				t.Errorf("no rows on published nights:\n%s", q.sql)
			}
		})
	}
}
