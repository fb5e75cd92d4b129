package warehouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/overheard-news/overheard/sql/schema"
)

// MigrationState is one migration and whether the database has it.
type MigrationState struct {
	Name      string
	AppliedAt time.Time // zero if pending
}

// versionTable is in public, so that dropping our schemas drops no history.
const versionTable = "public.goose_db_version"

// Migrate brings the schema up to what this program knows, each migration in
// a transaction, and returns the names of those it applied. Then it renews
// roles and grants, and in a database that is distributed places new tables. Any number of processes may call it at once: one works,
// the others wait. A schema newer than the program is refused.
func Migrate(ctx context.Context, lg *slog.Logger, db *sqlx.DB) ([]string, error) {
	provider, err := migrations(db)
	if err != nil {
		return nil, err
	}
	if err := refuseNewer(ctx, provider); err != nil {
		return nil, err
	}
	results, err := provider.Up(ctx)
	var partial *goose.PartialError
	if errors.As(err, &partial) {
		results = partial.Applied
	}
	var applied []string
	for _, r := range results {
		name := path.Base(r.Source.Path)
		applied = append(applied, name)
		lg.Info("applied migration", "name", name, "seconds", r.Duration.Seconds())
	}
	if partial != nil {
		return applied, fmt.Errorf("apply migration %s (rolled back): %w", path.Base(partial.Failed.Source.Path), partial.Err)
	}
	if err != nil {
		return applied, fmt.Errorf("apply migrations: %w", err)
	}
	if err := placeNewTables(ctx, lg, db); err != nil {
		return applied, err
	}
	if err := applyRoles(ctx, lg, db); err != nil {
		return applied, err
	}
	return applied, nil
}

// MigrationStatus lists all migrations this program knows, in order. It
// changes nothing.
func MigrationStatus(ctx context.Context, db *sqlx.DB) ([]MigrationState, error) {
	provider, err := migrations(db)
	if err != nil {
		return nil, err
	}
	var exists bool
	if err := db.GetContext(ctx, &exists, `select to_regclass($1) is not null`, versionTable); err != nil {
		return nil, fmt.Errorf("look for %s: %w", versionTable, err)
	}
	var states []MigrationState
	if !exists { // goose would create it
		for _, source := range provider.ListSources() {
			states = append(states, MigrationState{Name: path.Base(source.Path)})
		}
		return states, nil
	}
	list, err := provider.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("read status of migrations: %w", err)
	}
	for _, m := range list {
		states = append(states, MigrationState{Name: path.Base(m.Source.Path), AppliedAt: m.AppliedAt})
	}
	return states, nil
}

func migrations(db *sqlx.DB) (*goose.Provider, error) {
	// One second, not goose's five, between looks at the lock; five minutes
	// in all.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300))
	if err != nil {
		return nil, fmt.Errorf("prepare lock of migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db.DB, schema.FS,
		goose.WithSessionLocker(locker),
		goose.WithTableName(versionTable),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return provider, nil
}

func refuseNewer(ctx context.Context, provider *goose.Provider) error {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return fmt.Errorf("read version of the schema: %w", err)
	}
	if current > target {
		return fmt.Errorf("the schema of this database is at version %d, but this program knows %d at most: update the program", current, target)
	}
	return nil
}
