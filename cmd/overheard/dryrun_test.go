package main

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs"
)

// written sums up what commands leave behind: the tables of the night, and what
// the ledger counts.
func (o operator) written(t *testing.T) map[string]string {
	t.Helper()
	sums := o.tables(t)
	o.database(t, func(db *sqlx.DB) {
		for _, table := range []string{"ops.runs", "ops.intervals", "ops.check_results", "ops.outlet_runs", "marts.night_revisions"} {
			var n int
			if err := db.GetContext(t.Context(), &n, "select count(*) from "+table); err != nil {
				t.Fatal(err)
			}
			sums["rows of "+table] = fmt.Sprint(n)
		}
	})
	return sums
}

// TestDryRunsWriteNothing lets an article come late, so that there is something to
// do, and asks every command of the night what it would do.
func TestDryRunsWriteNothing(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 5, Outlets: 8, Nights: 2, ArticlesPerOutletNight: 4})
	o := newOperator(t, registry)
	first := o.call(t, "nightly", "--dry-run", "--json")
	var preview jobs.NightPreview
	if err := json.Unmarshal([]byte(first.stdout), &preview); err != nil || first.code != exitDone {
		t.Fatalf("exit code %d, %v: %s%s", first.code, err, first.stdout, first.stderr)
	}
	if preview.IntervalState != nil || preview.Night.String() != at || len(preview.BuiltNights) != 1 {
		t.Errorf("before anything ran: %+v", preview)
	}
	if got := o.call(t, "nightly", "--night", at); got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	o.database(t, func(db *sqlx.DB) {
		if _, err := db.Exec(`
			update staging.mentions set match_probability = 0 where company_id = (
				select company_id from marts.company_rankings order by night desc, rank_position limit 1
			)`); err != nil {
			t.Fatal(err)
		}
	})
	if got := o.call(t, "build", "--night", at); got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}

	before := o.written(t)
	for _, c := range []struct {
		args []string
		want []string
	}{
		{[]string{"nightly", "--dry-run", "--night", at}, []string{"done, attempts so far: 1", "would be published  " + at}},
		{[]string{"collect", "--dry-run"}, []string{"active outlets  8"}},
		{[]string{"build", "--explain", "--night", at}, []string{at + "  asked for: ", "built last", "intermediate.int_companies_ranked", "ledger_does_not_close"}},
		{[]string{"ranking", "--night", at, "--revision", "1"}, []string{"Revision 1, published at "}},
		{[]string{"ranking", "--night", at, "--revision", "1", "--rebuild"}, []string{" 0 of them differ"}},
		{[]string{"ranking", "--night", at, "--revision", "1", "--against", "1"}, []string{"0 mentions of the night differ"}},
		{[]string{"db", "distribute", "--dry-run"}, []string{"select dist.ref('seeds.outlets');", "statements would be run"}},
		{[]string{"build", "--dry-run", "--night", at}, []string{"intermediate.int_companies_ranked", "checks found nothing"}},
		{[]string{"publish", "--dry-run", "--night", at}, []string{"Revision 2 would take the place", ": position 1 → "}},
	} {
		got := o.call(t, c.args...)
		if got.code != exitDone {
			t.Errorf("%s: exit code %d: %s", c.args, got.code, got.stderr)
		}
		for _, words := range c.want {
			if !strings.Contains(got.stdout, words) {
				t.Errorf("%s does not say %q:\n%s", c.args, words, got.stdout)
			}
		}
	}
	var publication rehearsal
	got := o.call(t, "publish", "--dry-run", "--night", at, "--json")
	if err := json.Unmarshal([]byte(got.stdout), &publication); err != nil {
		t.Fatalf("%v: %s", err, got.stdout)
	}
	if publication.IsRefused || !*publication.IsChanged || *publication.Revision != 2 || publication.Moves.MovedCount == 0 {
		t.Errorf("publish --dry-run --json: %s", got.stdout)
	}
	if got := o.call(t, "db", "distribute"); got.code != exitRefused || !strings.Contains(got.stderr, "create extension citus") {
		t.Errorf("db distribute without Citus: exit code %d, want %d: %s", got.code, exitRefused, got.stderr)
	}
	if diff := cmp.Diff(before, o.written(t)); diff != "" {
		t.Errorf("dry runs wrote (-before +after):\n%s", diff)
	}

	o.database(t, func(db *sqlx.DB) {
		if _, err := db.Exec(`update ops.outlet_runs set discovered_count = discovered_count + 1`); err != nil {
			t.Fatal(err)
		}
	})
	before = o.written(t)
	got = o.call(t, "publish", "--dry-run", "--night", at)
	if got.code != exitRefused || !strings.Contains(got.stdout, "fail: ledger_does_not_close: ") {
		t.Errorf("a publication that would be refused: exit code %d, want %d:\n%s%s", got.code, exitRefused, got.stdout, got.stderr)
	}
	if diff := cmp.Diff(before, o.written(t)); diff != "" {
		t.Errorf("a refused dry run wrote (-before +after):\n%s", diff)
	}
}
