package warehouse

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// DownAll undoes all migrations; only tests ever go down.
func DownAll(ctx context.Context, db *sqlx.DB) error {
	provider, err := migrations(db)
	if err != nil {
		return err
	}
	_, err = provider.DownTo(ctx, 0)
	return err
}

// ApplyReader is for roles of other names, so that tests do not meet.
var ApplyReader = applyReader
