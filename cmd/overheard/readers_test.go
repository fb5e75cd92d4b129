package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// reader is a program of testdata/readers: a library that BI tools are made of.
type reader struct {
	name    string
	needs   []need
	command func(t *testing.T) []string
}

// need is a file that a Debian package brings.
type need struct{ path, debian string }

// The places are those of Debian's packages, like the Python: one of a version
// manager would not see them.
const (
	debianPython = "/usr/bin/python3"
	jdbcDriver   = "/usr/share/java/postgresql.jar"
	compiler     = "/usr/share/java/ecj.jar"
)

func biReaders() []reader {
	python := func(script string) func(*testing.T) []string {
		return func(*testing.T) []string { return []string{debianPython, "-B", script} }
	}
	return []reader{
		{
			name: "SQLAlchemy",
			needs: []need{
				{debianPython, "python3"}, {"/usr/lib/python3/dist-packages/sqlalchemy", "python3-sqlalchemy"},
				{"/usr/lib/python3/dist-packages/psycopg2", "python3-psycopg2"},
			},
			command: python("sqlalchemy_reader.py"),
		},
		{
			name: "ODBC",
			needs: []need{
				{debianPython, "python3"}, {"/usr/lib/python3/dist-packages/pyodbc*.so", "python3-pyodbc"},
				{"/usr/lib/*/odbc/psqlodbcw.so", "odbc-postgresql"},
			},
			command: python("odbc_reader.py"),
		},
		{
			name:    "JDBC",
			needs:   []need{{jdbcDriver, "libpostgresql-jdbc-java"}, {compiler, "libecj-java"}, {"/usr/bin/java", "default-jre-headless"}},
			command: compileJDBC,
		},
	}
}

// compileJDBC makes the reader with Eclipse's compiler, which needs no JDK.
func compileJDBC(t *testing.T) []string {
	t.Helper()
	classes := t.TempDir()
	out, err := exec.CommandContext(t.Context(), "/usr/bin/java", "-cp", compiler, "org.eclipse.jdt.internal.compiler.batch.Main",
		"-9", "-encoding", "UTF-8", "-d", classes, "testdata/readers/JdbcReader.java").CombinedOutput()
	if err != nil {
		t.Fatalf("compile the JDBC reader: %v\n%s", err, out)
	}
	return []string{"/usr/bin/java", "-Xmx256m", "-cp", jdbcDriver + string(os.PathListSeparator) + classes, "JdbcReader"}
}

// missing names the packages that are not installed.
func (r reader) missing() []string {
	var names []string
	for _, n := range r.needs {
		if found, _ := filepath.Glob(n.path); len(found) == 0 {
			names = append(names, n.debian)
		}
	}
	return names
}

// reading is what a reader prints.
type reading struct {
	Reader        string
	DefaultSchema string `json:"default_schema"`
	Tables        []warehouse.Relation
	Others        map[string][]string // tables of other schemas it lists
	Statements    []struct {
		Name, Kind, SQLState, Error string
		Rows, Columns               int
	}
}

// refusals are what a reader may not do.
var refusals = []string{
	`insert into marts.companies (company_id, name) values ('mine', 'Mine')`,
	`update marts.company_rankings set rank_position = 1`,
	`delete from marts.company_rankings`,
	`truncate marts.company_rankings`,
	`drop table marts.company_rankings`,
	`create table marts.mine (a integer)`,
	`create table public.mine (a integer)`,
	`create schema mine`,
}

func testReader(t *testing.T, b bi, r reader) {
	if missing := r.missing(); len(missing) > 0 {
		if os.Getenv("READERS") == "required" {
			t.Fatalf("not installed: %s", strings.Join(missing, ", "))
		}
		t.Skipf("not installed: %s; make readers installs and runs it", strings.Join(missing, ", "))
	}
	samples := sampleQueries(t)
	var input strings.Builder
	add := func(name, kind, sql string) { fmt.Fprintf(&input, "%s\x1f%s\x1f%s\x1e", name, kind, sql) }
	for _, q := range samples {
		add(q.title, "read", q.sql)
	}
	catalog, err := warehouse.ReadRelations(t.Context(), b.db, "marts")
	if err != nil {
		t.Fatal(err)
	}
	for _, relation := range catalog {
		add(relation.FullName(), "read", "select * from "+relation.FullName()+" limit 1000")
	}
	for _, statement := range refusals {
		add(statement, "write", statement)
	}
	foreign := query(t, b.db, `
		select concat(n.nspname, '.', c.relname)
		from pg_class as c
		inner join pg_namespace as n on n.oid = c.relnamespace
		where c.relkind in ('r', 'p', 'v', 'm') and n.nspname not in ('marts', 'pg_catalog', 'information_schema', 'pg_toast')
		order by 1`)
	for _, relation := range foreign {
		add(relation, "write", "select 1 from "+relation)
	}
	got := r.run(t, b, input.String())

	if got.DefaultSchema != "marts" {
		t.Errorf("the default schema is %s, want marts", got.DefaultSchema)
	}
	slices.SortFunc(got.Tables, func(a, b warehouse.Relation) int { return strings.Compare(a.Name, b.Name) })
	diff := cmp.Diff(catalog, got.Tables, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(warehouse.Relation{}, "Schema"),
		cmpopts.SortSlices(func(a, b warehouse.ForeignKey) bool {
			return a.Table+fmt.Sprint(a.Columns) < b.Table+fmt.Sprint(b.Columns)
		}))
	if diff != "" {
		t.Errorf("marts (-catalog +%s):\n%s", r.name, diff)
	}
	read, refused := 0, 0
	for _, s := range got.Statements {
		switch {
		case s.Kind == "read" && s.Error != "":
			t.Errorf("%s: %s", s.Name, s.Error)
		case s.Kind == "read":
			read++
		// 42501: no privilege; 25006: the session's default is read only.
		case s.SQLState == "42501" || s.SQLState == "25006":
			refused++
		default:
			t.Errorf("%s: SQLSTATE %q, want a refusal (%s)", s.Name, s.SQLState, s.Error)
		}
	}
	if want := 2 * (len(refusals) + len(foreign)); read != len(samples)+len(catalog) || refused != want {
		t.Errorf("%d statements read, want %d; %d refused, want %d", read, len(samples)+len(catalog), refused, want)
	}
	columns, comments, foreignKeys := 0, 0, 0
	for _, table := range got.Tables {
		foreignKeys += len(table.ForeignKeys)
		for _, c := range table.Columns {
			columns++
			if c.Comment != "" {
				comments++
			}
		}
	}
	t.Logf("%s: default schema %s; %d tables and views, %d columns (%d with comments), %d foreign keys, as the catalog has them; "+
		"%d sample queries and %d tables read; %d attempts to write or to read other schemas refused; names it lists elsewhere: %s",
		got.Reader, got.DefaultSchema, len(got.Tables), columns, comments, foreignKeys, len(samples), len(catalog), refused, names(got.Others))
}

// names counts tables by schema.
func names(others map[string][]string) string {
	var parts []string
	for _, schema := range slices.Sorted(maps.Keys(others)) {
		if n := len(others[schema]); n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", schema, n))
		}
	}
	if len(parts) == 0 {
		return "none"
	}
	return strings.Join(parts, ", ")
}

func (r reader) run(t *testing.T, b bi, input string) reading {
	t.Helper()
	host, port, err := net.SplitHostPort(b.address.Host)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := b.address.User.Password()
	command := r.command(t)
	cmd := exec.CommandContext(t.Context(), command[0], command[1:]...)
	cmd.Dir = "testdata/readers"
	cmd.Env = []string{
		"READER_HOST=" + host, "READER_PORT=" + port, "READER_DATABASE=" + strings.TrimPrefix(b.address.Path, "/"),
		"READER_USER=" + b.address.User.Username(), "READER_PASSWORD=" + password, "LANG=C.UTF-8",
	}
	var stderr bytes.Buffer
	cmd.Stdin, cmd.Stderr = strings.NewReader(input), &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%s: %v\n%s", r.name, err, stderr.String())
	}
	var got reading
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%s: %v in %.500s", r.name, err, out)
	}
	return got
}
