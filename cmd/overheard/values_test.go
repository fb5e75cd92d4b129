package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// testValues looks for numbers that tools turn into others, or cannot show:
// integers beyond what a double holds, NaN, infinity, endless dates.
func testValues(t *testing.T, b bi) {
	relations, err := warehouse.ReadRelations(t.Context(), b.db, "marts")
	if err != nil {
		t.Fatal(err)
	}
	empty := []string{}
	for _, r := range relations {
		faults := []string{"count(*)"}
		var about []string
		for _, c := range r.Columns {
			for _, condition := range conditionsOf(c) {
				faults = append(faults, "count(*) filter (where not ("+condition+"))")
				about = append(about, c.Name+": "+condition)
			}
		}
		row, err := b.db.QueryRowx("select " + strings.Join(faults, ", ") + " from " + r.FullName()).SliceScan()
		if err != nil {
			t.Fatalf("%s: %v", r.FullName(), err)
		}
		if row[0] == int64(0) {
			empty = append(empty, r.Name)
		}
		for i, condition := range about {
			if row[i+1] != int64(0) {
				t.Errorf("%s: %v rows of %v do not hold to %s", r.FullName(), row[i+1], row[0], condition)
			}
		}
	}
	t.Logf("%d tables and views looked at; empty after %d nights: %s", len(relations), biNights, strings.Join(empty, ", "))
	if len(empty) > len(relations)/2 {
		t.Errorf("%d of %d are empty: the test looks at little", len(empty), len(relations))
	}
}

// conditionsOf are what a value of a column must hold to; null holds.
func conditionsOf(c warehouse.Column) []string {
	const exact = int64(1) << 53
	switch {
	case c.Type == "bigint":
		return []string{fmt.Sprintf("abs(%s) < %d", c.Name, exact)}
	case c.Type == "double precision" || strings.HasPrefix(c.Type, "numeric"):
		return []string{fmt.Sprintf("abs(%s) < 1e18", c.Name)} // NaN is above every number in Postgres
	case c.Type == "date" || c.Type == "timestamp with time zone":
		return []string{"isfinite(" + c.Name + ")"}
	}
	return nil
}
