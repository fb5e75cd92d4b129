package main

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/importing"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
)

// archived writes a press into WARC files that nobody serves, and its registry.
func archived(t *testing.T, cfg press.Config, a press.Archives) (made press.Archived, registry string) {
	t.Helper()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Companies = press.CompaniesFrom(set)
	cfg.LastNight = ledger.LastFinishedNight(time.Now(), time.UTC)
	p, err := press.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	a.Dir, a.Port = t.TempDir(), 8099
	if made, err = p.WriteArchives(t.Context(), a, nil); err != nil {
		t.Fatal(err)
	}
	registry = t.TempDir()
	if err := outlets.Write(registry, p.Outlets(a.Port)); err != nil {
		t.Fatal(err)
	}
	return made, registry
}

func importsOf(t *testing.T, o operator) (rows []importing.Row) {
	t.Helper()
	got := o.call(t, "import", "list", "--json")
	if err := json.Unmarshal([]byte(got.stdout), &rows); err != nil {
		t.Fatalf("%v: %s%s", err, got.stdout, got.stderr)
	}
	return rows
}

func TestImportAsAnOperatorMeetsIt(t *testing.T) {
	t.Parallel()
	made, registry := archived(t, press.Config{Seed: 4, Outlets: 8, Nights: 2, ArticlesPerOutletNight: 10}, press.Archives{Records: 80, Files: 2, ForeignShare: 0.3})
	o := newOperator(t, registry)
	for _, step := range []struct {
		name string
		args []string
		code int
		want []string
	}{
		{"nothing named", []string{"import", "warc"}, exitUsage, []string{"requires at least 1 arg"}},
		{"no file", []string{"import", "warc", filepath.Join(registry, "none.warc")}, exitFailed, []string{"there is no file"}},
		{"none at a time", []string{"import", "warc", "--parallel", "0", made.Files[0]}, exitUsage, []string{"at least one file"}},
		{"rehearsed", []string{"import", "warc", "--dry-run", made.Files[0], made.Files[1]}, exitDone, []string{"OUTLET", "82 records, 56 pages of outlets, 0 damaged, 24 of other hosts; nothing was stored"}},
		{"one and then both", []string{"import", "warc", made.Files[0]}, exitDone, []string{": done (run", "backfill plan --steps build --from"}},
		{"both at a time", append([]string{"import", "warc", "--parallel", "2"}, made.Files...), exitDone, []string{"was imported before", "--again reads it again", ": done (run"}},
		{"a rehearsal of a file that is none", []string{"import", "warc", "--dry-run", os.Args[0]}, exitFailed, []string{"not a WARC file"}},
		{"listed", []string{"import", "list"}, exitDone, []string{"press-00000.warc.gz", "press-00001.warc.gz", "100%"}},
	} {
		got := o.call(t, step.args...)
		if got.code != step.code {
			t.Errorf("%s: exit code %d, want %d: %s%s", step.name, got.code, step.code, got.stdout, got.stderr)
		}
		for _, want := range step.want {
			if !strings.Contains(got.stdout+got.stderr, want) {
				t.Errorf("%s: %q is not said:\n%s%s", step.name, want, got.stdout, got.stderr)
			}
		}
	}
	var sum int64
	for _, row := range importsOf(t, o) {
		sum += row.Counts.Stored
	}
	if sum != int64(made.Pages) {
		t.Errorf("%d articles stored of %d pages", sum, made.Pages)
	}
}

// TestImportIsKilled kills an import at random moments, and expects what an
// undisturbed one leaves.
func TestImportIsKilled(t *testing.T) {
	t.Parallel()
	made, registry := archived(t, press.Config{Seed: 9, Outlets: 20, Nights: 3, ArticlesPerOutletNight: 50},
		press.Archives{Records: 3000, ForeignShare: 0.3, DamagedShare: 0.01, IsCutOff: true})
	calm, troubled := newOperator(t, registry), newOperator(t, registry)
	began := time.Now()
	if got := calm.call(t, "import", "warc", made.Files[0]); got.code != exitFailed || !strings.Contains(got.stderr, "done with 31 failures") {
		t.Fatalf("undisturbed: exit code %d, want that it is done with a failure for each damaged record: %s", got.code, got.stderr)
	}
	took := time.Since(began)
	whole := importsOf(t, calm)[0].Counts.Records
	// Not three kills at one record: a page over which three processes died is given
	// up, rightly.
	var landed []int64
	for n := 0; n < 6 && (n < 2 || landed[n-1] != landed[n-2]); n = len(landed) {
		after := time.Duration(rand.Int64N(int64(took) / 4))
		if !troubled.kill(t, "import", after, "import", "warc", made.Files[0]) {
			break // it was done before
		}
		rows := importsOf(t, troubled)
		if len(rows) != 1 || rows[0].State != "running" || rows[0].Counts.Records >= whole {
			t.Fatalf("killed after %s, it left %+v, want an import in the middle", after, rows)
		}
		landed = append(landed, rows[0].Counts.Records)
	}
	t.Logf("killed at records %d", landed)
	if len(landed) == 0 {
		t.Errorf("no kill landed")
	}
	if got := troubled.call(t, "import", "warc", made.Files[0]); got.code == exitUsage {
		t.Fatal(got.stderr)
	}
	if diff := cmp.Diff(calm.tables(t), troubled.tables(t)); diff != "" {
		t.Errorf("tables (-undisturbed +killed):\n%s", diff)
	}
	want, got := importsOf(t, calm), importsOf(t, troubled)
	if len(want) != 1 || len(got) != 1 || got[0].State != "done" {
		t.Fatalf("imports %+v and %+v, want one each, done", want, got)
	}
	if diff := cmp.Diff(want[0].Counts, got[0].Counts); diff != "" {
		t.Errorf("counts (-undisturbed +killed):\n%s", diff)
	}
}

// TestImportedPagesAreReadAgain: the index knows where they lie in the file, and when
// nothing has changed, reading them again writes nothing.
func TestImportedPagesAreReadAgain(t *testing.T) {
	t.Parallel()
	made, registry := archived(t, press.Config{Seed: 4, Outlets: 6, Nights: 2, ArticlesPerOutletNight: 6}, press.Archives{Records: 60, ForeignShare: 0.3})
	o := newOperator(t, registry)
	if got := o.call(t, "import", "warc", made.Files[0]); got.code != exitDone {
		t.Fatalf("import: %+v", got)
	}
	const rowVersions = `
		select md5(string_agg(concat_ws(' ', a.article_id, a.xmin, a.ctid), ',' order by a.article_id)) from staging.articles as a
		union all
		select md5(string_agg(concat_ws(' ', m.article_id, m.company_id, m.xmin, m.ctid), ',' order by m.article_id, m.company_id)) from staging.mentions as m
		union all
		select concat_ws(' ', count(*)) from ops.archive_records`
	state := func() (lines []string) {
		o.database(t, func(db *sqlx.DB) { lines = query(t, db, rowVersions) })
		return lines
	}
	before := state()
	if want := strconv.Itoa(made.Pages); len(before) != 3 || before[2] != want {
		t.Fatalf("%v, want %s pages in the index", before, want)
	}
	last := ledger.LastFinishedNight(time.Now(), time.UTC)
	first := last.AddDate(0, 0, -2) // what was published late in the evening
	got := o.call(t, "backfill", "plan", "--from", first.Format(time.DateOnly), "--to", last.Format(time.DateOnly), "--source", "warc", "--steps", "read")
	if got.code != exitDone || !strings.Contains(got.stdout, "warc") {
		t.Fatalf("plan: %+v", got)
	}
	if got := o.call(t, "backfill", "apply", "1"); got.code != exitDone {
		t.Fatalf("apply: %+v", got)
	}
	if diff := cmp.Diff(before, state()); diff != "" {
		t.Errorf("reading again what has not changed wrote rows (-before +after):\n%s", diff)
	}
	o.database(t, func(db *sqlx.DB) {
		read := query(t, db, `select cast(sum(cast(counts ->> 'unchanged' as bigint)) as text) from ops.runs where job = 'backfill'`)
		if want := strconv.Itoa(made.Pages); len(read) != 1 || read[0] != want {
			t.Errorf("%v pages were found unchanged, want %s", read, want)
		}
		if changed := query(t, db, `select change from ops.backfill_changes`); len(changed) > 0 {
			t.Errorf("changes %v, want none", changed)
		}
	})
}
