package warehouse_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// Result tables keep to what every BI tool can read. The rules hold for all of
// marts, whatever a migration adds.

// readableTypes are those that no tool stumbles over; numeric has its digits.
var readableTypes = []string{
	"smallint", "integer", "bigint", "double precision", "boolean", "date", "timestamp with time zone", "text",
}

var (
	numericType = regexp.MustCompile(`^numeric\((\d+),(\d+)\)$`)
	snakeCase   = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
)

// dimensions are the tables that facts point to, by the column that does.
var dimensions = map[string]string{"night": "marts.nights", "company_id": "marts.companies", "outlet_id": "marts.outlets"}

// kept are tables of what was published once: it may outlive what it points to.
var kept = []string{"company_ranking_revisions", "night_revisions"}

// martFaults says what of a schema some tool could not read, or not understand.
func martFaults(relations []warehouse.Relation) []string {
	var faults []string
	for _, r := range relations {
		fault := func(format string, args ...any) {
			faults = append(faults, r.Name+": "+fmt.Sprintf(format, args...))
		}
		isTable := r.Kind == "table"
		switch {
		case !isTable && r.Kind != "view":
			fault("a %s is invisible to JDBC", r.Kind)
		case r.PartitionBy != "":
			fault("its partitions are noise in every list of tables")
		case isTable && len(r.PrimaryKey) == 0:
			fault("no primary key")
		}
		if r.Comment == "" {
			fault("no comment")
		}
		if !snakeCase.MatchString(r.Name) || len(r.Name) > 63 {
			fault("not in snake_case of at most 63 characters")
		}
		for _, c := range r.Columns {
			if !slices.Contains(readableTypes, c.Type) && !numericType.MatchString(c.Type) {
				fault("%s is %s, which some tool cannot read", c.Name, c.Type)
			}
			if c.Type == "bigint" && strings.HasSuffix(c.Name, "_id") {
				fault("%s is bigint: ids may have 63 bits, and tools count to 2^53; want text", c.Name)
			}
			if c.Comment == "" {
				fault("%s has no comment", c.Name)
			}
			if !snakeCase.MatchString(c.Name) || len(c.Name) > 63 {
				fault("%s is not in snake_case of at most 63 characters", c.Name)
			}
			stem, _ := strings.CutSuffix(c.Name, "_at")
			if c.Type == "timestamp with time zone" && !hasColumn(r, stem+"_date", "date") {
				fault("%s has no date beside it: want %s_date", c.Name, stem)
			}
			isOwn := r.FullName() == dimensions[c.Name] || slices.Contains(kept, r.Name)
			if target := dimensions[c.Name]; isTable && target != "" && !isOwn && !pointsTo(r, c.Name, target) {
				fault("%s has no foreign key to %s", c.Name, target)
			}
		}
	}
	return faults
}

func hasColumn(r warehouse.Relation, name, ofType string) bool {
	return slices.ContainsFunc(r.Columns, func(c warehouse.Column) bool { return c.Name == name && c.Type == ofType })
}

func pointsTo(r warehouse.Relation, column, table string) bool {
	return slices.ContainsFunc(r.ForeignKeys, func(k warehouse.ForeignKey) bool {
		return k.Table == table && slices.Contains(k.Columns, column)
	})
}

func TestEveryToolCanReadTheMarts(t *testing.T) {
	t.Parallel()
	relations, err := warehouse.ReadRelations(t.Context(), warehousetest.NewDB(t), "marts")
	if err != nil {
		t.Fatal(err)
	}
	if len(relations) < 14 {
		t.Fatalf("%d result tables: the test looks at nothing", len(relations))
	}
	for _, fault := range martFaults(relations) {
		t.Error("marts." + fault)
	}
}

func TestFaultsOfMartsAreFound(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	db.MustExec(`
		drop schema marts cascade;
		create schema marts;
		create table marts.nights (night date primary key);
		comment on table marts.nights is 'Nights.';
		comment on column marts.nights.night is 'Night.';
		create table marts.facts (night date, company_id text, story_id bigint, body jsonb, share numeric, "camelCase" integer, seen_at timestamptz, made_at timestamptz, made_date date);
		create materialized view marts.snapshot as select 1 as one;
		create table marts.parts (night date references marts.nights, primary key (night)) partition by range (night);
		create view marts.ratio as select cast(1 as numeric(5, 2)) / 3 as third;
		comment on view marts.ratio is 'A view.';
		comment on column marts.ratio.third is 'A division.'`)
	relations, err := warehouse.ReadRelations(t.Context(), db, "marts")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"facts: no primary key",
		"facts: no comment",
		"facts: night has no comment",
		"facts: night has no foreign key to marts.nights",
		"facts: company_id has no comment",
		"facts: company_id has no foreign key to marts.companies",
		"facts: story_id is bigint: ids may have 63 bits, and tools count to 2^53; want text",
		"facts: story_id has no comment",
		"facts: body is jsonb, which some tool cannot read",
		"facts: body has no comment",
		"facts: share is numeric, which some tool cannot read",
		"facts: share has no comment",
		"facts: camelCase has no comment",
		"facts: camelCase is not in snake_case of at most 63 characters",
		"facts: seen_at has no comment",
		"facts: seen_at has no date beside it: want seen_date",
		"facts: made_at has no comment",
		"facts: made_date has no comment",
		"parts: its partitions are noise in every list of tables",
		"parts: no comment",
		"parts: night has no comment",
		"ratio: third is numeric, which some tool cannot read",
		"snapshot: a materialized view is invisible to JDBC",
		"snapshot: no comment",
		"snapshot: one has no comment",
	}
	if diff := cmp.Diff(want, martFaults(relations)); diff != "" {
		t.Errorf("faults (-want +got):\n%s", diff)
	}
}
