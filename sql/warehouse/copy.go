package warehouse

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// CopyRows loads rows into table (a name, or schema.name) by COPY and returns
// how many. Each row has one value per column; slices of strings, numbers and
// booleans become arrays.
//
// Begin tx with the same ctx: while COPY waits for the server, the context of
// the transaction is what can interrupt it. After an error the transaction
// can only be rolled back.
func CopyRows(ctx context.Context, tx *sqlx.Tx, table string, columns []string, rows iter.Seq[[]any]) (int64, error) {
	stmt, err := tx.PrepareContext(ctx, copyStatement(table, columns))
	if err != nil {
		return 0, fmt.Errorf("copy into %s: %w%s", table, err, copyRemedy(err))
	}
	// Close ends the COPY on the way out of an error; without it the
	// connection could not even be rolled back.
	defer stmt.Close()
	var n int64
	var values []any
	for row := range rows {
		if err := ctx.Err(); err != nil {
			return 0, fmt.Errorf("copy into %s: stopped after row %d: %w", table, n, err)
		}
		if len(row) != len(columns) {
			return 0, fmt.Errorf("copy into %s: row %d has %d values for %d columns", table, n+1, len(row), len(columns))
		}
		values = appendValues(values[:0], row)
		if _, err := stmt.ExecContext(ctx, values...); err != nil {
			return 0, fmt.Errorf("copy into %s: at about row %d: %w%s", table, n+1, err, copyRemedy(err))
		}
		n++
	}
	if _, err := stmt.ExecContext(ctx); err != nil {
		return 0, fmt.Errorf("copy into %s: %d rows: %w%s", table, n, err, copyRemedy(err))
	}
	return n, nil
}

func copyStatement(table string, columns []string) string {
	quoted := make([]string, len(columns))
	for i, c := range columns {
		quoted[i] = pq.QuoteIdentifier(c)
	}
	name := pq.QuoteIdentifier(table)
	if schema, own, ok := strings.Cut(table, "."); ok {
		name = pq.QuoteIdentifier(schema) + "." + pq.QuoteIdentifier(own)
	}
	return "copy " + name + " (" + strings.Join(quoted, ", ") + ") from stdin"
}

// appendValues turns slices into arrays; []byte stays bytea.
func appendValues(to, row []any) []any {
	for _, v := range row {
		switch s := v.(type) {
		case []string, []int32, []int64, []float64, []float32, []bool:
			v = pq.Array(s)
		}
		to = append(to, v)
	}
	return to
}

func copyRemedy(err error) string {
	switch {
	case IsDiskFull(err):
		return " (the disk of the database is full; nothing of this batch was stored, nothing else was lost: free space and run it again)"
	case IsUnavailable(err):
		return " (the database went away; nothing of this batch was stored: run it again)"
	}
	return ""
}
