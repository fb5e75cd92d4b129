// Package checks carries the SQL checks into the binary: one file, one select
// of the rows that offend. How they are written and run: sql/README.md and
// transform/build.
package checks

import "embed"

// FS holds *.sql; the file name is the name of the check.
//
//go:embed *.sql
var FS embed.FS
