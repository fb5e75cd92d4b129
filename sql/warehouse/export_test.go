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

// MigrateTo applies the migrations up to a version.
func MigrateTo(ctx context.Context, db *sqlx.DB, version int64) error {
	provider, err := migrations(db)
	if err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, version)
	return err
}
