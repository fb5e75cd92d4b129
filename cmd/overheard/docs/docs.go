// Package docs writes the documentation of the database as one page: every table
// and column with its comment, type and keys, the model that makes it with its
// SQL, what it reads and what reads it, the checks with their sentences, the
// constants of the method with their reasons, and how fresh the results are.
//
//	source, err := docs.Read(ctx, db)
//	err = docs.Write(w, source)
//
// Nothing of it is written by hand: comments come from the catalog, lineage from
// the models, constants from the seeds. The page is one file that asks for no
// other, so it can be mailed, put on any web server, or opened from a disk. Its
// search is a few lines of JavaScript; without them everything is still there.
//
// docs.go reads, page.go shapes what the template shows, graph.go draws the
// lineage, page.html, page.css and page.js are the page.
package docs

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/build"
)

// Source is all the page tells.
type Source struct {
	Program   string // which wrote it, with its version; may be empty
	Home      string // address of the console; empty: no link
	Schemas   []Schema
	Models    []build.Model // in the order they run
	Checks    []build.Check
	Constants []seeds.Constant
	Night     *Night // the last one published; nil if there is none
}

// Schema is one schema of the database.
type Schema struct {
	Name      string
	Comment   string
	Relations []warehouse.Relation
	Rows      map[string]int64 // as the server last counted them; missing: never
}

// Night is how fresh the results are.
type Night struct {
	Night         time.Time
	Revision      int
	PublishedAt   time.Time `db:"published_at"`
	MethodVersion string    `db:"method_version"`
	PanelID       string    `db:"panel_id"`
	Coverage      float64   `db:"panel_coverage_share"`
	IsDegraded    bool      `db:"is_degraded"`
	NightCount    int       `db:"night_count"`
}

// Read asks the database, the models and the seeds of the program. The role of BI
// tools is enough.
func Read(ctx context.Context, db *sqlx.DB) (Source, error) {
	var s Source
	tx, err := db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return s, fmt.Errorf("begin to read the catalog: %w", err)
	}
	defer tx.Rollback()
	for _, name := range warehouse.Schemas() {
		schema := Schema{Name: name}
		if schema.Comment, err = warehouse.SchemaComment(ctx, tx, name); err != nil {
			return s, err
		}
		if schema.Relations, err = warehouse.ReadRelations(ctx, tx, name); err != nil {
			return s, err
		}
		if schema.Rows, err = warehouse.EstimateRows(ctx, tx, name); err != nil {
			return s, err
		}
		s.Schemas = append(s.Schemas, schema)
	}
	if !slices.ContainsFunc(s.Schemas, func(schema Schema) bool { return len(schema.Relations) > 0 }) {
		return s, errors.New("this database has no tables of ours; overheard db migrate makes them")
	}
	var night Night
	err = tx.GetContext(ctx, &night, `
		select night, revision, published_at, method_version, panel_id, panel_coverage_share, is_degraded, count(*) over () as night_count
		from marts.nights
		order by night desc
		limit 1`)
	switch {
	case err == nil:
		s.Night = &night
	case !errors.Is(err, sql.ErrNoRows):
		return s, fmt.Errorf("ask for the last published night: %w", err)
	}
	if s.Models, s.Checks, err = build.Inventory(); err != nil {
		return s, err
	}
	set, err := seeds.BuiltIn()
	if err != nil {
		return s, err
	}
	s.Constants = set.Constants
	return s, nil
}

// Percent is the coverage of the panel in percent.
func (n Night) Percent() float64 { return 100 * n.Coverage }
