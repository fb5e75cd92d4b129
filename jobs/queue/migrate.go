package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
)

// Migrate makes or renews the tables of the queue. It may be called again, and
// from several processes at once: River's migration has no lock, so we hold one.
func Migrate(ctx context.Context, lg *slog.Logger, databaseURL string) (err error) {
	pool, err := openPool(ctx, databaseURL, 2)
	if err != nil {
		return err
	}
	defer pool.Close()
	conn, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	defer conn.Release()
	const key = `hashtextextended('overheard/queue', 0)`
	if _, err := conn.Exec(ctx, `select pg_advisory_lock(`+key+`)`); err != nil {
		return fmt.Errorf("migrate the queue: take the lock: %w", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if _, unlockErr := conn.Exec(ctx, `select pg_advisory_unlock(`+key+`)`); unlockErr != nil {
			err = errors.Join(err, fmt.Errorf("migrate the queue: give the lock back: %w", unlockErr))
		}
	}()
	if _, err := conn.Exec(ctx, `create schema if not exists `+schema); err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	migrator, err := rivermigrate.New[pgx.Tx](riverpgxv5.New(pool), &rivermigrate.Config{Schema: schema, Logger: quiet(lg)})
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	result, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
	if err != nil {
		return fmt.Errorf("migrate the queue: %w", err)
	}
	if len(result.Versions) > 0 {
		lg.Debug("schema of the queue brought up to date", "versions", len(result.Versions))
	}
	return nil
}
