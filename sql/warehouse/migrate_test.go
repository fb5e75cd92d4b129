package warehouse_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/schema"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

// open opens db's database once more, as another program would.
func open(t testing.TB, db *sqlx.DB) *sqlx.DB {
	t.Helper()
	other, err := warehouse.Open(t.Context(), quiet(), warehousetest.URL(t, db, ""))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { other.Close() })
	return other
}

func migrationNames(t *testing.T) []string {
	t.Helper()
	entries, err := schema.FS.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestMigrateAppliesAllOnce(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	for _, want := range [][]string{migrationNames(t), nil} {
		got, err := warehouse.Migrate(t.Context(), quiet(), db)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("applied (-want +got):\n%s", diff)
		}
	}
}

func TestMigrateAtOnceFromManySessionsWorksOnce(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewEmptyDB(t)
	var group sync.WaitGroup
	applied, errs := make([][]string, 3), make([]error, 3)
	for i := range applied {
		other := open(t, db)
		group.Go(func() { applied[i], errs[i] = warehouse.Migrate(context.Background(), quiet(), other) })
	}
	group.Wait()
	var all []string
	for i := range applied {
		if errs[i] != nil {
			t.Error(errs[i])
		}
		all = append(all, applied[i]...)
	}
	if diff := cmp.Diff(migrationNames(t), all); diff != "" {
		t.Errorf("applied by all together (-want +got):\n%s", diff)
	}
}

func TestMigrateRefusesANewerSchema(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	db.MustExec(`insert into public.goose_db_version (version_id, is_applied) values (99999, true)`)
	_, err := warehouse.Migrate(t.Context(), quiet(), db)
	if err == nil || !strings.Contains(err.Error(), "update the program") {
		t.Errorf("want a refusal with its remedy, got %v", err)
	}
}

func TestMigrationStatusTellsPendingFromApplied(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		db      *sqlx.DB
		pending bool
	}{
		"empty":    {warehousetest.NewEmptyDB(t), true},
		"migrated": {warehousetest.NewDB(t), false},
	} {
		states, err := warehouse.MigrationStatus(t.Context(), test.db)
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, s := range states {
			names = append(names, s.Name)
			if s.AppliedAt.IsZero() != test.pending {
				t.Errorf("%s: %s applied at %v", name, s.Name, s.AppliedAt)
			}
		}
		if diff := cmp.Diff(migrationNames(t), names); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestMigrationsGoDownAndUpAgain(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	var before, after strings.Builder
	if err := warehouse.WriteSchemaDoc(t.Context(), db, &before); err != nil {
		t.Fatal(err)
	}
	if err := warehouse.DownAll(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if _, err := warehouse.Migrate(t.Context(), quiet(), db); err != nil {
		t.Fatal(err)
	}
	if err := warehouse.WriteSchemaDoc(t.Context(), db, &after); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before.String(), after.String()); diff != "" {
		t.Errorf("schema after down and up (-before +after):\n%s", diff)
	}
}
