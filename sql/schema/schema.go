// Package schema holds the goose migrations of the five database schemas
// (seeds, staging, intermediate, marts, ops), embedded into the program.
// Package warehouse applies them; every table and column they make carries a
// comment, and a test of that package fails where one is missing.
package schema

import "embed"

// FS holds the migrations, named NNNNN_subject.sql and applied in that order.
//
//go:embed *.sql
var FS embed.FS
