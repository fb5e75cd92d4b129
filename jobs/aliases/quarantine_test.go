package aliases_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/aliases"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func night(text string) time.Time {
	n, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return n
}

func lines(t *testing.T, db *sqlx.DB, query string) []string {
	t.Helper()
	list := []string{}
	if err := db.Select(&list, query); err != nil {
		t.Fatal(err)
	}
	return list
}

func execute(t *testing.T, db *sqlx.DB, statements string) {
	t.Helper()
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
}

const acme = `
	insert into seeds.countries (country_code, name, region) values ('CN', 'China', 'Asia');
	insert into seeds.companies (company_id, name, sector, ownership, home_country, is_comparator, is_active)
	values ('acme', 'Acme', 'test', 'private', 'CN', false, true);
	insert into seeds.company_aliases (company_id, alias, language_code, class, is_case_sensitive, kind)
	values ('acme', 'Acme', 'und', 'B', false, 'name'), ('acme', 'Acme Brewery', 'und', 'D', false, 'other');`

func TestDecide(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	execute(t, db, acme)
	warehousetest.Insert(db, "intermediate.int_constants_pivoted", `
		select cast(day as date) as night
		from generate_series(cast('2026-11-01' as timestamp), '2026-11-05', '1 day') as day`)
	now := time.Date(2026, 11, 6, 3, 0, 0, 0, time.UTC)
	decide := func(alias, state, since string) (int64, error) {
		return aliases.Decide(t.Context(), db, aliases.Decision{CompanyID: "acme", Alias: alias, State: state, Since: night(since), Reason: "a test"}, now)
	}
	for _, alias := range []string{"Emca", "Acme Brewery"} { // a look-alike counts for nothing anyway
		if _, err := decide(alias, aliases.Held, "2026-11-04"); !errors.Is(err, aliases.ErrNoAlias) {
			t.Errorf("%q: %v, want that there is no such name", alias, err)
		}
	}
	for _, step := range []struct {
		state, since string
		stale        int64
	}{{aliases.Held, "2026-11-04", 2}, {aliases.Released, "2026-11-05", 1}, {aliases.Released, "2026-11-04", 2}, {aliases.Held, "2026-11-09", 0}} {
		if stale, err := decide("Acme", step.state, step.since); err != nil || stale != step.stale {
			t.Errorf("%s since %s: %d nights, %v, want %d", step.state, step.since, stale, err, step.stale)
		}
	}
	want := []string{"2026-11-04 released", "2026-11-05 released", "2026-11-09 held"}
	if diff := cmp.Diff(want, lines(t, db, `select concat_ws(' ', since_night, state) from ops.alias_quarantines order by 1`)); diff != "" {
		t.Errorf("decisions (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"2026-11-04", "2026-11-05"}, lines(t, db, `select distinct cast(night as text) from ops.night_changes order by 1`)); diff != "" {
		t.Errorf("stale nights (-want +got):\n%s", diff)
	}
}

func TestList(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	execute(t, db, acme+`
		insert into intermediate.int_companies_rolled_up values ('2026-11-04', 'acme', 'acme'), ('2026-11-05', 'acme', 'acme');
		insert into intermediate.int_aliases_quarantined values
			('2026-11-04', 'acme', 'Acme', 'B', 20, 2, 1, 1, 'volume'), ('2026-11-05', 'acme', 'Acme', 'B', 9, 2, 1, 1, 'held');
		insert into ops.alias_quarantines values ('acme', 'Acme', 'held', '2026-11-05', null, 'a beer', now())`)
	list, err := aliases.List(t.Context(), db, night("2026-11-04"))
	if err != nil || len(list) != 2 {
		t.Fatalf("%+v, %v, want two", list, err)
	}
	first := list[0]
	if first.Reason != "held" || first.DecisionNote == nil || *first.DecisionNote != "a beer" || first.IsPublished || first.Mentions != 9 {
		t.Errorf("newest %+v, want the one that is held, with its reason, not published", first)
	}
	if list[1].DecisionNote != nil {
		t.Errorf("the night before carries the decision of a later one: %s", *list[1].DecisionNote)
	}
	if list, err := aliases.List(t.Context(), db, night("2026-11-06")); err != nil || len(list) != 0 {
		t.Errorf("%+v, %v, want none", list, err)
	}
}
