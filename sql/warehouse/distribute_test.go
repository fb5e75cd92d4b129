package warehouse_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func TestEveryTableHasAPlace(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	placements, err := warehouse.Placements(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	places := map[string]warehouse.Placement{}
	for _, p := range placements {
		places[p.Table] = p
	}
	for _, schema := range warehouse.Schemas() {
		relations, err := warehouse.ReadRelations(t.Context(), db, schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range relations {
			if r.Kind != "table" {
				continue
			}
			p, isPlaced := places[r.FullName()]
			if !isPlaced {
				t.Errorf("%s has no place", r.FullName())
				continue
			}
			if fault := misplaced(r, p, places); fault != "" {
				t.Errorf("%s %s: its rows would go by %q: give it another key, or a place of its own in placement.go",
					r.FullName(), fault, p.Column)
			}
		}
	}
	if t.Failed() {
		return
	}
	// What the method rests on, by name, so that a rule cannot drift unseen.
	for table, want := range map[string]warehouse.Placement{
		"seeds.outlets":                      {Kind: "reference"},
		"staging.articles":                   {Kind: "hash", Column: "article_id"},
		"staging.mentions":                   {Kind: "hash", Column: "company_id"},
		"marts.nights":                       {Kind: "local"},
		"ops.runs":                           {Kind: "local"},
		"ops.urls":                           {Kind: "hash", Column: "url_hash"},
		"ops.intervals":                      {Kind: "local"},
		"marts.outlets":                      {Kind: "local"},
		"seeds.method_constants":             {Kind: "reference"},
		"intermediate.int_mentions_weighted": {Kind: "hash", Column: "company_id", With: "staging.mentions"},
		"intermediate.int_outlet_company_sums_decayed": {Kind: "hash", Column: "company_id", With: "staging.mentions"},
		"intermediate.int_articles_deduplicated":       {Kind: "hash", Column: "article_id", With: "staging.articles"},
		"intermediate.int_outlets_weighted":            {Kind: "reference"},
	} {
		want.Table = table
		if diff := cmp.Diff(want, places[table]); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
}

// misplaced tells what Citus would refuse.
func misplaced(r warehouse.Relation, p warehouse.Placement, places map[string]warehouse.Placement) string {
	switch {
	case p.Kind == warehouse.PlacedByHash && !r.Has(p.Column):
		return "lacks the column"
	case p.Kind == warehouse.PlacedByHash && !slices.Contains(r.PrimaryKey, p.Column):
		return "has a primary key without the column"
	case p.Kind == warehouse.PlacedEverywhere && r.PartitionBy != "":
		return "is partitioned and cannot be everywhere"
	case p.With != "" && places[p.With].Kind != warehouse.PlacedByHash:
		return "lies beside " + p.With + ", which is not spread"
	}
	for _, k := range r.ForeignKeys {
		if target := places[k.Table]; p.Kind == warehouse.PlacedByHash && target.Kind != warehouse.PlacedEverywhere ||
			p.Kind == warehouse.PlacedEverywhere && target.Kind != warehouse.PlacedEverywhere {
			return "has a foreign key to " + k.Table + ", whose rows are elsewhere"
		}
	}
	return ""
}

func TestMisplacedTablesAreFound(t *testing.T) {
	t.Parallel()
	columns := []warehouse.Column{{Name: "night"}, {Name: "company_id"}}
	places := map[string]warehouse.Placement{"marts.x": {Kind: "local"}, "seeds.x": {Kind: "reference"}}
	byCompany := warehouse.Placement{Kind: "hash", Column: "company_id"}
	for _, c := range []struct {
		name, want string
		r          warehouse.Relation
		p          warehouse.Placement
	}{
		{"good", "", warehouse.Relation{Columns: columns, PrimaryKey: []string{"night", "company_id"}, ForeignKeys: []warehouse.ForeignKey{{Table: "seeds.x"}}}, byCompany},
		{"no column", "lacks", warehouse.Relation{}, byCompany},
		{"not in the key", "primary key", warehouse.Relation{Columns: columns, PrimaryKey: []string{"night"}}, byCompany},
		{"partitioned", "partitioned", warehouse.Relation{PartitionBy: "RANGE (night)"}, warehouse.Placement{Kind: "reference"}},
		{"beside a local one", "beside", warehouse.Relation{Columns: columns, PrimaryKey: []string{"company_id"}}, warehouse.Placement{Kind: "hash", Column: "company_id", With: "marts.x"}},
		{"key to a local one", "foreign key", warehouse.Relation{ForeignKeys: []warehouse.ForeignKey{{Table: "marts.x"}}}, warehouse.Placement{Kind: "reference"}},
	} {
		if got := misplaced(c.r, c.p, places); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestDistributeNeedsCitus(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	if _, err := warehouse.Distribute(t.Context(), slog.New(slog.DiscardHandler), db); !errors.Is(err, warehouse.ErrNoCitus) {
		t.Errorf("got %v, want %v", err, warehouse.ErrNoCitus)
	}
	var result string
	db.MustExec(`select dist.hash('staging.mentions', 'company_id'), dist.ref('no.such.table')`)
	if err := db.Get(&result, `select 'the shim does nothing'`); err != nil {
		t.Error(err)
	}
}

func TestDistributionIsPlannedInOrder(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	plan, err := warehouse.PlanDistribution(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	phase := func(statement string) int {
		for i, part := range []string{" drop constraint ", "dist.ref(", ", 'none')", "dist.hash(", " add constraint "} {
			if strings.Contains(statement, part) {
				return i
			}
		}
		return -1
	}
	var phases []int
	for _, s := range plan.Statements {
		phases = append(phases, phase(s))
	}
	if !slices.IsSorted(phases) || slices.Contains(phases, -1) {
		t.Errorf("want foreign keys dropped, tables everywhere, groups begun, groups joined, foreign keys again; got\n%s",
			strings.Join(plan.Statements, "\n"))
	}
	for i := range 5 {
		if !slices.Contains(phases, i) {
			t.Errorf("no statement of phase %d in\n%s", i, strings.Join(plan.Statements, "\n"))
		}
	}
	if slices.ContainsFunc(plan.Statements, func(s string) bool { return strings.Contains(s, "marts.") }) {
		t.Error("tables of marts are touched, and they stay where they are")
	}
}

// fakeCitus gives a plain Postgres what Distribute asks of the extension: its
// functions write down that they were called.
func fakeCitus(t *testing.T, db *sqlx.DB) {
	t.Helper()
	conn, err := db.Connx(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, s := range []string{
		`set allow_system_table_mods = on`,
		`insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
			select 999999, 'citus', 10, n.oid, false, 'fake' from pg_namespace as n where n.nspname = 'pg_catalog'`,
		`create table public.calls (call_id bigint generated always as identity, call text)`,
		`create table pg_catalog.pg_dist_partition (logicalrelid regclass, partmethod "char", repmodel "char")`,
		`create function pg_catalog.create_distributed_table(r regclass, c text, colocate_with text) returns void language sql as $$
			insert into public.calls (call) values (concat('hash ', r, ' ', c, ' ', colocate_with));
			insert into pg_dist_partition values (r, 'h', 's') $$`,
		`create function pg_catalog.create_reference_table(r regclass) returns void language sql as $$
			insert into public.calls (call) values (concat('ref ', r));
			insert into pg_dist_partition values (r, 'n', 't') $$`,
	} {
		if _, err := conn.ExecContext(context.WithoutCancel(t.Context()), s); err != nil {
			t.Fatalf("%v: %s", err, s)
		}
	}
}

func TestDistributePlacesEveryTableOnce(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	fakeCitus(t, db)
	lg := slog.New(slog.DiscardHandler)
	keys := func() (definitions []string) {
		if err := db.Select(&definitions, `select concat(conrelid::regclass, ' ', conname, ' ', pg_get_constraintdef(oid)) from pg_constraint where contype = 'f' order by 1`); err != nil {
			t.Fatal(err)
		}
		return definitions
	}
	before := keys()
	ran, err := warehouse.Distribute(t.Context(), lg, db)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, keys()); diff != "" {
		t.Errorf("foreign keys differ (-before +after):\n%s", diff)
	}
	var want []string
	placements, err := warehouse.Placements(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range placements {
		switch p.Kind {
		case "reference":
			want = append(want, "ref "+p.Table)
		case "hash":
			with := p.With
			if with == "" {
				with = "none"
			}
			want = append(want, "hash "+p.Table+" "+p.Column+" "+with)
		}
	}
	var calls []string
	if err := db.Select(&calls, `select call from public.calls order by call_id`); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, calls); diff != "" || len(ran) <= len(calls) {
		t.Errorf("%d statements; calls differ (-want +got):\n%s", len(ran), diff)
	}

	if ran, err := warehouse.Distribute(t.Context(), lg, db); err != nil || len(ran) != 0 {
		t.Errorf("the second time ran %q: %v; want nothing", ran, err)
	}
	// A migration brings a table: Migrate places it.
	db.MustExec(`create table intermediate.int_new (night date, company_id text, primary key (night, company_id))`)
	if _, err := warehouse.Migrate(t.Context(), lg, db); err != nil {
		t.Fatal(err)
	}
	var last string
	if err := db.Get(&last, `select call from public.calls order by call_id desc limit 1`); err != nil || last != "hash intermediate.int_new company_id staging.mentions" {
		t.Errorf("last call is %q: %v", last, err)
	}
}

// TestDistributeIsAllOrNothing: a table that cannot be placed leaves none placed
// and no foreign key dropped.
func TestDistributeIsAllOrNothing(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	fakeCitus(t, db)
	db.MustExec(`
		create or replace function dist.hash(table_name text, column_name text, colocate_with text default 'none') returns void
		language plpgsql as $$ begin raise 'no node has room'; end $$`)
	count := func() (n int) {
		if err := db.Get(&n, `select count(*) from pg_constraint where contype = 'f'`); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := count()
	_, err := warehouse.Distribute(t.Context(), slog.New(slog.DiscardHandler), db)
	if err == nil || !strings.Contains(err.Error(), "nothing of it is kept") || !strings.Contains(err.Error(), "no node has room") {
		t.Errorf("got %v", err)
	}
	var calls int
	if err := db.Get(&calls, `select count(*) from public.calls`); err != nil || calls != 0 || count() != before {
		t.Errorf("%d calls stayed, %d foreign keys of %d: %v", calls, count(), before, err)
	}
}
