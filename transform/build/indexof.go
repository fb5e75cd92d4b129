package build

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/transform/index"
)

// IndexOf loads a night that has been built, as package index takes it.
func IndexOf(ctx context.Context, db *sqlx.DB, night time.Time) (*index.Input, error) {
	tx, err := db.BeginTxx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	if err != nil {
		return nil, fmt.Errorf("read the index of %s: %w", dateText(night), err)
	}
	defer tx.Rollback()
	return readIndex(ctx, tx, dateText(night))
}
