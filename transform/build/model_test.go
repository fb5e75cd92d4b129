package build

import (
	"errors"
	"log/slog"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/checks"
	"github.com/overheard-news/overheard/sql/models"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// TestModelsFitTheDatabase holds headers and columns against the catalog.
func TestModelsFitTheDatabase(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	b, err := New(slog.New(slog.DiscardHandler), db)
	if err != nil {
		t.Fatal(err)
	}
	tx, err := db.BeginTxx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	tables, err := readCatalog(t.Context(), tx)
	if err != nil {
		t.Fatal(err)
	}
	values := arguments{"night": "2026-11-20", "published_at": publishedAt, "run_id": 1}
	made := map[string]bool{}
	for _, m := range slices.Concat(b.intermediate, b.marts, b.history) {
		for _, table := range m.tables() {
			made[table] = true
		}
		if err := tables.verify(m); err != nil {
			t.Errorf("%s: %v", m.Table, err)
		}
		if tables.keys[m.Table] == nil && m.Table != storiesTable {
			t.Errorf("%s has no primary key", m.Table)
		}
		if m.SQL != "" {
			got := columnsOf(t, tx, m.SQL, values.of(m.Params))
			if diff := cmp.Diff(tables.columns[m.Table], got); diff != "" {
				t.Errorf("%s: columns of table and model differ (-table +model):\n%s", m.Table, diff)
			}
		}
	}
	for table := range tables.columns {
		schema, _, _ := strings.Cut(table, ".")
		if (schema == "intermediate" || schema == "marts") && !made[table] {
			t.Errorf("no model makes %s", table)
		}
	}
	for _, c := range b.checks {
		if err := tables.exist(c.Reads); err != nil {
			t.Errorf("check %s: %v", c.Name, err)
		}
		if got := columnsOf(t, tx, c.SQL, values.of(c.Params)); len(got) == 0 {
			t.Errorf("check %s has no columns", c.Name)
		}
	}
}

func columnsOf(t *testing.T, tx *sqlx.Tx, query string, args []any) []string {
	t.Helper()
	rows, err := tx.QueryContext(t.Context(), query, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err = errors.Join(err, rows.Err()); err != nil {
		t.Fatal(err)
	}
	return names
}

const goodHeader = `-- What a row is.
-- Grain: night
-- Reads: seeds.outlets
-- Rebuild: night
-- Params: $1 night
`

func TestBadModelsAreRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, file, text, want string }{
		{"no header", "intermediate/a.sql", "select 1", "first line must be one sentence"},
		{
			"fields out of order", "intermediate/a.sql",
			"-- What.\n-- Reads: none\n-- Grain: night\n-- Rebuild: night\n-- Params: none\nselect 1",
			"header has the fields Reads, Grain, Rebuild, Params, want Grain, Reads",
		},
		{
			"undeclared read", "intermediate/a.sql",
			goodHeader + "select $1 from seeds.outlets as o join seeds.countries as c on true",
			"header says it reads seeds.outlets, the SQL reads seeds.countries, seeds.outlets",
		},
		{
			"declared and not read", "intermediate/a.sql",
			goodHeader + "select $1 -- from seeds.outlets",
			"header says it reads seeds.outlets, the SQL reads ",
		},
		{
			"table without schema", "intermediate/a.sql",
			goodHeader + "select $1 from outlets",
			`reads "outlets", which is neither a table with its schema nor a step`,
		},
		{
			"unknown parameter", "intermediate/a.sql",
			strings.Replace(goodHeader, "$1 night", "$1 day", 1) + "select $1 from seeds.outlets",
			`header asks for parameter "day"`,
		},
		{
			"parameter not named", "intermediate/a.sql",
			goodHeader + "select $1, $2 from seeds.outlets", "header names 1 parameters, the SQL uses 2",
		},
		{
			"unknown rebuild", "intermediate/a.sql",
			strings.Replace(goodHeader, "Rebuild: night", "Rebuild: never", 1) + "select $1 from seeds.outlets",
			`header says Rebuild: "never", want night, upsert or append`,
		},
		{
			"appended to what is not published", "intermediate/a.sql",
			strings.Replace(goodHeader, "Rebuild: night", "Rebuild: append", 1) + "select $1 from seeds.outlets",
			"which only tables of marts can do",
		},
		{
			"marts read staging", "marts/a.sql",
			strings.Replace(goodHeader, "seeds.outlets", "staging.articles", 1) + "select $1 from staging.articles",
			"marts never read staging",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := readModels(fstest.MapFS{c.file: {Data: []byte(c.text)}})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestReadsAreFoundInTheSQL(t *testing.T) {
	t.Parallel()
	got, err := readsIn(`
		with step as (select 'from marts.nights' as a from seeds.outlets as o)
		-- from ops.runs
		select extract(year from s.a)
		from step as s
		left join (select max(n.night) from intermediate.int_a as n) as n on true
		where s.a is distinct from n.a`)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"intermediate.int_a", "seeds.outlets"}, got); diff != "" {
		t.Errorf("reads differ (-want +got):\n%s", diff)
	}
}

func TestOrder(t *testing.T) {
	t.Parallel()
	needs := func(m Model) []string { return m.Reads }
	sorted, err := sortByNeeds([]Model{
		{Table: "d"},
		{Table: "a", Reads: []string{"b", "outside"}},
		{Table: "b", Reads: []string{"b", "e"}},
		{Table: "c", Also: []string{"e"}, Reads: []string{"e"}},
	}, needs)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range sorted {
		names = append(names, m.Table)
	}
	if diff := cmp.Diff([]string{"c", "b", "a", "d"}, names); diff != "" {
		t.Errorf("order differs (-want +got):\n%s", diff)
	}
	_, err = sortByNeeds([]Model{
		{Table: "a", Reads: []string{"b"}},
		{Table: "b", Reads: []string{"a"}},
		{Table: "c"},
	}, needs)
	if err == nil || !strings.Contains(err.Error(), "circle: a, b") {
		t.Errorf("got %v, want an error that names the circle", err)
	}
}

// forbidden are forms that read badly. What means something else on another server
// or a distributed database is the business of sql/lint.
var forbidden = []struct {
	pattern *regexp.Regexp
	instead string
}{
	{regexp.MustCompile(`::`), "cast(x as type)"},
	{regexp.MustCompile(`;`), "one bare select"},
	{regexp.MustCompile(`\t`), "four spaces"},
	{regexp.MustCompile(`\bselect\s+(\w+\.)?\*|,\s*(\w+\.)?\*`), "the columns by name"},
	{regexp.MustCompile(`\blimit\s+\d`), "row_number() with a full tie rule"},
	{regexp.MustCompile(`\busing\s*\(`), "on: what is joined is named"},
	{regexp.MustCompile(`\b(order|partition)\s+by\s+\d`), "columns by name"},
	{regexp.MustCompile(`\bgroup\s+by\s+\d`), "columns by name"},
	{
		regexp.MustCompile(`\b(SELECT|FROM|WHERE|JOIN|LEFT|INNER|GROUP|ORDER|BY|WITH|AS|ON|AND|OR|CASE|WHEN|THEN|ELSE|END|UNION|ALL|NULL|CAST|SUM|COUNT|MAX|MIN|OVER)\b`),
		"lower case",
	},
}

func TestSQLReadsWell(t *testing.T) {
	t.Parallel()
	modelList, err := readModels(models.FS)
	if err != nil {
		t.Fatal(err)
	}
	checkList, err := readChecks(checks.FS)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, m := range modelList {
		texts[m.Table] = m.SQL
	}
	for _, c := range checkList {
		texts["check "+c.Name] = c.SQL
	}
	for name, text := range texts {
		for _, fault := range faults(text) {
			t.Errorf("%s: %s", name, fault)
		}
		for i, line := range strings.Split(text, "\n") {
			if len(line) > 80 {
				t.Errorf("%s: line %d has %d columns, more than 80", name, i+1, len(line))
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%s: line %d ends in a space", name, i+1)
			}
		}
	}
}

func faults(text string) []string {
	var found []string
	bare := bareSQL(text)
	for _, f := range forbidden {
		if match := f.pattern.FindString(bare); match != "" {
			found = append(found, match+": write "+f.instead)
		}
	}
	return found
}

func TestBadFormsAreFound(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"select a::date from b", "select * from a", "select a.* from a", "select b, a.* from a",
		"SELECT a FROM b", "select a from b limit 5", "select a from b order by 1", "select a from b join c using (d)",
	} {
		if faults(text) == nil {
			t.Errorf("nothing is found in %q", text)
		}
	}
	for _, text := range []string{
		"select count(*) from a", "select date_trunc('day', a_at, 'UTC') from a", "select a * b from c",
		"select cast(a_at at time zone 'UTC' as date) from a", "select 'SELECT now()' -- a::b",
	} {
		if found := faults(text); found != nil {
			t.Errorf("%q is refused: %v", text, found)
		}
	}
}
