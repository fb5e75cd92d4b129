package build

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPlanTellsWhatAndWhy(t *testing.T) {
	t.Parallel()
	db := newDB(t, `
		select given.company('acme');
		select given.outlet('o1', 'p1');
		select given.article('2026-11-20', 'o1', 1, 'a');
		select given.article('2026-11-21', 'o1', 2, 'b');
		insert into ops.runs (job, night, cause, state, host, process_id, started_at, heartbeat_at)
		values ('build', '2026-11-20', 'operator', 'done', 'h', 1, '2026-11-21 05:00+00', '2026-11-21 05:00+00')`)
	b := newBuilder(t, db)
	plan := func(night string) Plan {
		t.Helper()
		p, err := b.Plan(t.Context(), date(night))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	first := plan("2026-11-20")
	if diff := cmp.Diff([]PlannedNight{{"2026-11-20", "never built"}}, first.Nights); diff != "" || first.LastBuiltAt != nil {
		t.Errorf("built at %v; nights differ (-want +got):\n%s", first.LastBuiltAt, diff)
	}
	for _, table := range first.Tables {
		if table.RowCount != 0 {
			t.Errorf("%s has %d rows before the first build", table.Table, table.RowCount)
		}
	}

	mustBuild(t, b, "2026-11-20", "2026-11-21")
	run(t, db, `insert into ops.night_changes (night, transaction_id, run_id) values ('2026-11-20', 1, 1), ('2026-11-20', 2, 1)`)
	second := plan("2026-11-20")
	want := []PlannedNight{
		{"2026-11-20", "its articles or mentions have changed since it was built, in 2 transactions"},
		{"2026-11-21", "built before, and carries the sums of 2026-11-20"},
	}
	if diff := cmp.Diff(want, second.Nights); diff != "" {
		t.Errorf("nights differ (-want +got):\n%s", diff)
	}
	if second.LastBuiltAt == nil || second.LastBuiltAt.UTC().Hour() != 5 {
		t.Errorf("built at %v, want the begin of run 1", second.LastBuiltAt)
	}
	third := plan("2026-11-21")
	if diff := cmp.Diff([]string{"2026-11-20"}, third.StaleNights); diff != "" || !strings.HasPrefix(third.Nights[0].Reason, "asked for") {
		t.Errorf("%v; stale nights differ (-want +got):\n%s", third.Nights, diff)
	}

	at := map[string]int{}
	for i, table := range second.Tables {
		at[table.Table] = i
	}
	articles := second.Tables[at["intermediate.int_articles_deduplicated"]]
	if articles.RowCount != 1 || articles.Maker != "sql" || !slices.Contains(articles.ReadBy, "intermediate.int_stories_counted") {
		t.Errorf("got %+v", articles)
	}
	if stories := second.Tables[at["staging.article_stories"]]; stories.Maker != "go" || stories.RowCount != 1 {
		t.Errorf("got %+v", stories)
	}
	for _, table := range second.Tables {
		for _, read := range table.Reads {
			i, isMade := at[read]
			if isMade && i > at[table.Table] && second.Tables[i].Table != table.Table && table.Stage == StageBuild {
				t.Errorf("%s is made before %s, which it reads", table.Table, read)
			}
		}
	}
	if len(second.Checks) != len(b.checks) {
		t.Errorf("%d checks of %d", len(second.Checks), len(b.checks))
	}
}

func TestLineageGoesUpAndDown(t *testing.T) {
	t.Parallel()
	models := []Model{
		{Table: "intermediate.a", Reads: []string{"intermediate.a", "staging.x"}},
		{Table: "intermediate.b", Also: []string{"staging.c"}, Reads: []string{"intermediate.a"}, make: rankAuthorities},
		{Table: "marts.d", Reads: []string{"staging.c"}},
		{Table: "marts.e", Reads: []string{"seeds.y"}},
	}
	readers := readersOf(models)
	if diff := cmp.Diff([]string{"intermediate.b", "staging.c"}, slices.DeleteFunc(readers["intermediate.a"], func(s string) bool { return s == "intermediate.a" })); diff != "" {
		t.Errorf("readers differ (-want +got):\n%s", diff)
	}
	for table, want := range map[string][]string{"staging.x": {"marts.d"}, "seeds.y": {"marts.e"}, "marts.d": nil} {
		if diff := cmp.Diff(want, resultsOn(table, readersOf(models))); diff != "" {
			t.Errorf("results on %s differ (-want +got):\n%s", table, diff)
		}
	}
	var text strings.Builder
	if err := WriteLineage(&text); err != nil {
		t.Fatal(err)
	}
	all, _, err := Inventory()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range all {
		for _, table := range m.tables() {
			if strings.Count(text.String(), "\n### "+table+"\n") != 1 {
				t.Errorf("%s is not described once", table)
			}
		}
	}
}
