package warehouse_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func TestEverythingHasAComment(t *testing.T) {
	t.Parallel()
	missing, err := warehouse.MissingComments(t.Context(), warehousetest.NewDB(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(missing) > 0 {
		t.Errorf("without a comment: add them in the migration that makes them:\n%s", strings.Join(missing, "\n"))
	}
}

func TestMissingCommentsAreFound(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	db.MustExec(`
		create table marts.bare (a integer, b integer);
		comment on column marts.bare.a is 'Has one.';
		create view ops.bare_view as select 1 as one;
		comment on schema seeds is null`)
	got, err := warehouse.MissingComments(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"schema seeds",
		"table marts.bare", "column marts.bare.b",
		"view ops.bare_view", "column ops.bare_view.one",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSchemaDocShowsAllButPartitions(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	doc := func() string {
		var b strings.Builder
		if err := warehouse.WriteSchemaDoc(t.Context(), db, &b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	before := doc()
	for _, want := range []string{
		"\n## seeds\n", "\n## ops\n",
		"\n### staging.articles\n",
		"| night | date |  | Report date",
		"* primary key (night, article_id)\n",
		"* partitioned by range (night)",
		"* foreign key (home_country) references seeds.countries(country_code)\n",
		`separated by \| of which`,
	} {
		if !strings.Contains(before, want) {
			t.Errorf("want %q in\n%s", want, before)
		}
	}
	if err := warehouse.EnsureMonths(t.Context(), db, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, doc()); diff != "" {
		t.Errorf("partitions change the document (-before +after):\n%s", diff)
	}
}
