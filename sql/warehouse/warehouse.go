// Package warehouse is the program's way to Postgres: it finds or runs one,
// keeps its schema, loads rows into it in bulk, and describes it.
//
// # A tour
//
// With a database of the user's own (DATABASE_URL), or the private one that
// server.go starts from the binaries of the distribution:
//
//	server, err := warehouse.StartServer(ctx, lg, dataDir)
//	defer server.Stop(context.Background())
//	db, err := warehouse.Open(ctx, lg, server.URL())
//	applied, err := warehouse.Migrate(ctx, lg, db)
//
// Then load: one transaction per batch, COPY into a temporary table, merge.
//
//	err = warehouse.EnsureMonths(ctx, db, night)
//	_, err = tx.ExecContext(ctx, `create temp table incoming
//	    (like staging.articles including compression) on commit drop`)
//	n, err := warehouse.CopyRows(ctx, tx, "incoming", columns, rows)
//	_, err = tx.ExecContext(ctx, `insert into staging.articles … select … from incoming`)
//
// open.go opens; errors.go sorts what goes wrong by SQLSTATE, never by text
// or constraint name; migrate.go applies the migrations of package schema and
// roles.go the roles and grants, at every Migrate; copy.go and months.go load;
// catalog.go and schemadoc.go read the catalog for SCHEMA.md and for missing
// comments. Package postmaster runs the private server; package warehousetest
// gives every test a database of its own.
//
// Times are UTC on every connection. Nothing here holds state between calls.
package warehouse
