// Package models carries the SQL models into the binary: one file, one table,
// one bare select. How they are written and run: sql/README.md and
// transform/build.
package models

import "embed"

// FS holds intermediate/*.sql and marts/*.sql. The folder is the schema, the
// file name the table.
//
//go:embed intermediate/*.sql marts/*.sql
var FS embed.FS
