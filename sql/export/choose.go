package export

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
)

// UnknownTableError names a table that is not there, and those that look like it.
type UnknownTableError struct {
	Name  string
	Near  []string
	Known []string
}

// Error says what there is instead.
func (e *UnknownTableError) Error() string {
	if len(e.Near) > 0 {
		return fmt.Sprintf("there is no result table %q (did you mean %s?)", e.Name, strings.Join(e.Near, " or "))
	}
	return fmt.Sprintf("there is no result table %q; there are %s", e.Name, strings.Join(e.Known, ", "))
}

// choose lists the relations of the names, in the order of the alphabet; all if
// none is named. A name may carry the schema.
func choose(ctx context.Context, tx *sqlx.Tx, names []string) ([]warehouse.Relation, error) {
	all, err := warehouse.ReadRelations(ctx, tx, Schema)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("this database has no result tables; overheard db migrate makes them")
	}
	if len(names) == 0 {
		return all, nil
	}
	var known []string
	for _, r := range all {
		known = append(known, r.Name)
	}
	var wanted []string
	var faults []error
	for _, name := range names {
		name = strings.TrimPrefix(strings.TrimSpace(name), Schema+".")
		if !slices.Contains(known, name) {
			faults = append(faults, &UnknownTableError{Name: name, Near: nearest(name, known), Known: known})
		}
		wanted = append(wanted, name)
	}
	chosen := slices.DeleteFunc(all, func(r warehouse.Relation) bool { return !slices.Contains(wanted, r.Name) })
	return chosen, errors.Join(faults...)
}

// nearest are up to three names that a hasty hand may have meant: those that hold
// the word, and those a few letters away.
func nearest(name string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	var list []candidate
	for _, k := range known {
		d := editDistance(name, k)
		if holdsWord := len(name) > 2 && (strings.Contains(k, name) || strings.Contains(name, k)); holdsWord || d <= 1+len(name)/4 {
			list = append(list, candidate{k, d})
		}
	}
	slices.SortStableFunc(list, func(a, b candidate) int { return a.distance - b.distance })
	var names []string
	for _, c := range list[:min(3, len(list))] {
		names = append(names, c.name)
	}
	return names
}

// editDistance counts the letters to insert, delete or replace (Levenshtein).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
