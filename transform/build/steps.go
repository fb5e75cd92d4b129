package build

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jmoiron/sqlx"
)

// makeFunc makes the night's rows of a Go step, in the transaction of the build.
// The night of its tables is cleared before and analyzed after. It returns the
// number of rows in the first of them.
type makeFunc func(ctx context.Context, lg *slog.Logger, tx *sqlx.Tx, night string) (int64, error)

// goSteps are the tables that Go makes, where SQL would be slow or obscure. They
// take their places among the models by what they read. To add one, append a
// Model to this list: its table, what it reads in order of the alphabet, Rebuild
// night, and the function. Migration, comments and primary key are as for any
// model. What a step writes must not depend on the order of rows read.
func goSteps() []Model {
	return []Model{storiesStep, authoritiesStep, uncertaintyStep, changesStep, casesStep}
}

// tables are all that the model makes.
func (m Model) tables() []string {
	return append([]string{m.Table}, m.Also...)
}

// rebuildInGo replaces the night of a Go step's tables.
func (b *Builder) rebuildInGo(ctx context.Context, tx *sqlx.Tx, tables catalog, m Model, night string) (int64, error) {
	for _, table := range m.tables() {
		_, err := tx.ExecContext(ctx, "delete from "+table+" where night = cast($1 as date)", night)
		if err != nil {
			return 0, fmt.Errorf("clear the night in %s: %w", table, err)
		}
	}
	count, err := m.make(ctx, b.lg, tx, night)
	if err != nil {
		return 0, err
	}
	for _, table := range m.tables() {
		if err := analyze(ctx, tx, tables, table, night, count); err != nil {
			return 0, err
		}
	}
	return count, nil
}
