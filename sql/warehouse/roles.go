package warehouse

import (
	"context"
	"log/slog"

	"github.com/jmoiron/sqlx"
)

func applyRoles(ctx context.Context, lg *slog.Logger, db *sqlx.DB) error { return nil }
