package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// What stands after a night, as those who read it meet it: a BI tool with the
// role overheard_bi, an operator with the ledger, a script with --json.

// asReader addresses a database of the private server as a BI tool does.
func asReader(t *testing.T, db *sqlx.DB, o operator) string {
	t.Helper()
	status, err := warehouse.InspectServer(o.dataDir)
	if err != nil {
		t.Fatal(err)
	}
	address, err := url.Parse(status.URL)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.User(warehouse.Reader)
	return address.String()
}

func TestAReaderSeesTheMartsAndNothingElse(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 17, Outlets: 8, Nights: 2, ArticlesPerOutletNight: 4})
	o := newOperator(t, registry)
	if got := o.call(t, "nightly", "--night", at); got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	o.database(t, func(db *sqlx.DB) {
		address := asReader(t, db, o)
		bi, err := sqlx.Connect("postgres", address)
		if err != nil {
			t.Fatal(err)
		}
		defer bi.Close()
		relations := query(t, db, `
			select n.nspname || '.' || c.relname
			from pg_class as c inner join pg_namespace as n on n.oid = c.relnamespace
			where n.nspname in ('staging', 'seeds', 'intermediate', 'marts', 'ops') and c.relkind in ('r', 'p', 'v', 'm')
			order by 1`)
		seen := map[string]int{}
		for _, relation := range relations {
			var rows int
			err := bi.Get(&rows, `select count(*) from `+relation)
			schema, name, _ := strings.Cut(relation, ".")
			seen[schema]++
			switch {
			case schema != "marts":
				if !warehouse.IsDenied(err) {
					t.Errorf("select on %s: %v, want permission denied", relation, err)
				}
			case err != nil:
				t.Errorf("select on %s: %v", relation, err)
			case rows == 0 && strings.HasPrefix(name, "company_rankings"):
				t.Errorf("%s is empty after a published night", relation)
			}
		}
		if len(seen) != 5 {
			t.Errorf("relations by schema: %v, want all five", seen)
		}
		for _, statement := range []string{
			`insert into marts.companies (company_id, name) values ('mine', 'Mine')`,
			`update marts.company_rankings set rank_position = 1`,
			`delete from marts.company_rankings`,
			`truncate marts.company_rankings`,
			`drop table marts.company_rankings`,
			`alter table marts.company_rankings add column mine integer`,
			`create table marts.mine (a integer)`,
			`create table public.mine (a integer)`,
			`create temporary table mine (a integer)`,
			`create view marts.mine as select 1 as one`,
			`create schema mine`,
			`grant overheard to overheard_bi`,
			`set role overheard`,
			`copy marts.company_rankings to program 'cat'`,
		} {
			tx := bi.MustBegin()
			tx.MustExec(`set transaction read write`) // the default is read only, but any session may change it
			if _, err := tx.Exec(statement); !warehouse.IsDenied(err) {
				t.Errorf("%s: %v, want permission denied", statement, err)
			}
			_ = tx.Rollback()
		}
		wantComments(t, address)
	})
}

// wantComments looks at the ranking as an analyst does who meets it first.
func wantComments(t *testing.T, address string) {
	t.Helper()
	program, err := findProgram("", "psql")
	if err != nil {
		t.Fatal(err) // it comes with the server the test runs on
	}
	out, err := exec.CommandContext(t.Context(), program, "--dbname", address, "-X", "-P", "pager=off", "-c", `\d+ marts.company_rankings`).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	t.Log(string(out))
	for line := range strings.Lines(string(out)) {
		cells := strings.Split(line, "|")
		if len(cells) < 8 || strings.TrimSpace(cells[0]) == "Column" {
			continue
		}
		if comment := strings.TrimSpace(cells[len(cells)-1]); len(comment) < 5 {
			t.Errorf("column %s has no comment: %s", strings.TrimSpace(cells[0]), line)
		}
	}
	for _, text := range []string{"rank_position", "tie_group", "published_at"} {
		if !bytes.Contains(out, []byte(text)) {
			t.Errorf("psql does not show %s", text)
		}
	}
}

// TestTheSameNightTwice runs a night again and expects nothing to have changed,
// and a ledger and an output that say so.
func TestTheSameNightTwice(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 19, Outlets: 10, Nights: 2, ArticlesPerOutletNight: 4})
	o := newOperator(t, registry)
	nights := func() (rows []string) {
		o.database(t, func(db *sqlx.DB) {
			rows = query(t, db, `select concat_ws(' ', night, 'revision', revision, published_at) from marts.nights order by night`)
		})
		return rows
	}
	first := o.call(t, "nightly", "--night", at, "--json")
	before, stood := o.tables(t), nights()
	if len(stood) != 1 || !strings.HasPrefix(stood[0], at+" revision 1 ") {
		t.Errorf("published nights %q, want %s in revision 1", stood, at)
	}
	second := o.call(t, "nightly", "--night", at, "--json")
	for name, got := range map[string]result{"first": first, "second": second} {
		if got.code != exitDone {
			t.Errorf("%s run: exit code %d: %s", name, got.code, got.stderr)
		}
		decoder := json.NewDecoder(strings.NewReader(got.stdout))
		var value struct {
			Run     ledger.Report
			Ranking []rankingRow
		}
		if err := decoder.Decode(&value); err != nil || len(value.Ranking) == 0 || value.Run.State != ledger.StateDone {
			t.Errorf("%s run: stdout is not the night as JSON: %v\n%s", name, err, got.stdout)
		}
		if err := decoder.Decode(&value); !errors.Is(err, io.EOF) {
			t.Errorf("%s run: stdout has more than one JSON value: %v", name, err)
		}
	}
	if diff := cmp.Diff(before, o.tables(t)); diff != "" {
		t.Errorf("tables (-first +second):\n%s", diff)
	}
	if diff := cmp.Diff(stood, nights()); diff != "" {
		t.Errorf("the night was published anew although no number changed (-first +second):\n%s", diff)
	}

	list := o.call(t, "runs", "list", "--limit", "4")
	wantColumns(t, list.stdout, []string{"RUN", "JOB", "NIGHT", "STATE", "CAUSE"},
		[]string{"8", "publish", at, "done", "operator"},
		[]string{"7", "build", at, "done", "operator"},
		[]string{"6", "collect", "", "done", "operator"},
		[]string{"5", "nightly", at, "done", "operator"})
	show := o.call(t, "runs", "show", "5")
	wantColumns(t, show.stdout, []string{"RUN", "JOB", "NIGHT", "STATE", "CAUSE"},
		[]string{"5", "nightly", at, "done", "operator"},
		[]string{"6", "collect", "", "done", "operator"},
		[]string{"7", "build", at, "done", "operator"},
		[]string{"8", "publish", at, "done", "operator"})
	if !strings.Contains(show.stdout, "run 7, build: nights_built 1") {
		t.Errorf("runs show does not give the counts of the build:\n%s", show.stdout)
	}
	for _, bad := range []struct {
		run  string
		code int
		says string
	}{
		{"99", exitFailed, "there is no run 99; `overheard runs list` shows them"},
		{"last", exitUsage, "a run is a number, as `overheard runs list` prints them, not \"last\""},
	} {
		if got := o.call(t, "runs", "show", bad.run); got.code != bad.code || !strings.Contains(got.stderr, bad.says) {
			t.Errorf("runs show %s: exit code %d, want %d and %q:\n%s", bad.run, got.code, bad.code, bad.says, got.stderr)
		}
	}
}

// wantColumns compares the first columns of a table with what they should hold.
func wantColumns(t *testing.T, text string, header []string, rows ...[]string) {
	t.Helper()
	lines := strings.Split(text, "\n")
	want, got := [][]string{}, [][]string{}
	starts := make([]int, len(header)+1)
	for i, name := range header {
		starts[i] = strings.Index(lines[0], name)
	}
	if starts[0] = 0; len(lines) < len(rows)+1 {
		t.Fatalf("%d lines, want %d rows:\n%s", len(lines), len(rows), text)
	}
	starts[len(header)] = strings.Index(lines[0], "STARTED")
	for i, row := range rows {
		var cells []string
		for k := range header {
			cells = append(cells, strings.TrimSpace(lines[i+1][starts[k]:starts[k+1]]))
		}
		want, got = append(want, row), append(got, cells)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns (-want +got):\n%s\n%s", diff, text)
	}
}

// TestAnInterruptEndsANightAtOnce presses Ctrl-C in every stage of a night, then
// lets it run to its end.
func TestAnInterruptEndsANightAtOnce(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 23, Outlets: 20, Nights: 2, ArticlesPerOutletNight: 8})
	calm := newOperator(t, registry, "OVERHEARD_CRAWL_HOST_GAP=50ms")
	if got := calm.call(t, "nightly", "--night", at); got.code != exitDone {
		t.Fatalf("undisturbed: exit code %d: %s", got.code, got.stderr)
	}
	o := newOperator(t, registry, "OVERHEARD_CRAWL_HOST_GAP=50ms")
	for i, stage := range []string{"collect", "build", "publish"} {
		night := o.start(t, "nightly", "--night", at)
		db := o.beside(t)
		switch stage {
		case "collect":
			eventually(t, "the first articles", func() bool {
				var n int
				return db.Get(&n, `select count(*) from staging.articles`) == nil && n > 0
			})
		case "build", "publish": // takes milliseconds, so it is held
			table := map[string]string{"build": "intermediate.int_panels_covered", "publish": "marts.company_rankings"}[stage]
			tx := db.MustBegin()
			tx.MustExec(`lock table ` + table + ` in access exclusive mode`)
			night.says(t, `msg="run started" job=`+stage+" ")
			eventually(t, stage+" to wait for the lock", func() bool {
				var n int
				return db.Get(&n, `select count(*) from pg_locks where not granted and relation = cast($1 as regclass)`, table) == nil && n > 0
			})
		}
		pressed := time.Now()
		night.signal(t, syscall.SIGINT)
		got := night.end(t)
		db.Close()
		if took := time.Since(pressed); took > 3*time.Second && !warehousetest.IsRaceBuild() {
			t.Errorf("interrupted in %s, it took %s to end", stage, took)
		}
		if got.code != exitFailed || lastLine(got.stderr) != "overheard: stopped by an interrupt" {
			t.Errorf("interrupted in %s: exit code %d, want %d:\n%s", stage, got.code, exitFailed, got.stderr)
		}
		if got.stdout != "" {
			t.Errorf("interrupted in %s, it printed a ranking:\n%s", stage, got.stdout)
		}
		o.wantNoPostgres(t)
		o.database(t, func(db *sqlx.DB) {
			states := query(t, db, `
				select concat_ws(' ', job, state) from ops.runs
				where run_id >= (select max(run_id) from ops.runs where job = 'nightly') order by run_id`)
			want := []string{"nightly cancelled", "collect done", "build done", "publish done"}[:i+1]
			want = append(want, stage+" cancelled")
			if diff := cmp.Diff(want, states); diff != "" {
				t.Errorf("runs after an interrupt in %s (-want +got):\n%s", stage, diff)
			}
		})
	}
	if got := o.call(t, "nightly", "--night", at); got.code != exitDone {
		t.Fatalf("after the interrupts: exit code %d: %s", got.code, got.stderr)
	}
	if diff := cmp.Diff(calm.tables(t), o.tables(t)); diff != "" {
		t.Errorf("tables (-undisturbed +interrupted):\n%s", diff)
	}
}
