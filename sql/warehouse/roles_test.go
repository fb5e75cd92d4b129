package warehouse_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// asReader connects as a BI tool does: without settings of our own.
func asReader(t *testing.T, db *sqlx.DB) *sqlx.DB {
	t.Helper()
	bi, err := sqlx.Connect("postgres", warehousetest.URL(t, db, warehouse.Reader))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { bi.Close() })
	return bi
}

const aMart = `
	create table marts.probe (probe_id integer primary key, word text);
	create view marts.probe_latest as select probe_id, word from marts.probe;
	insert into marts.probe values (1, 'heard')`

func TestReaderReadsMarts(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	db.MustExec(aMart) // after Migrate: default privileges must do
	bi := asReader(t, db)
	for _, query := range []string{
		`select word from marts.probe`,
		`select word from probe`, // its search path
		`select word from marts.probe_latest`,
	} {
		var word string
		if err := bi.Get(&word, query); err != nil || word != "heard" {
			t.Errorf("%s: %q, %v", query, word, err)
		}
	}
	for name, want := range map[string]string{
		"default_transaction_read_only": "on",
		"statement_timeout":             "5min",
		"TimeZone":                      "UTC",
		"search_path":                   "marts",
	} {
		var got string
		if err := bi.Get(&got, `select current_setting($1)`, name); err != nil || got != want {
			t.Errorf("%s is %q, want %q (%v)", name, got, want, err)
		}
	}
	var keys int
	if err := bi.Get(&keys, `select count(*) from information_schema.table_constraints where table_name = 'probe' and constraint_type = 'PRIMARY KEY'`); err != nil || keys != 1 {
		t.Errorf("primary keys seen: %d, want 1 (%v)", keys, err)
	}
}

func TestReaderIsDeniedAllElse(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	db.MustExec(aMart)
	// Granted by hand; Migrate takes it back.
	db.MustExec(`grant insert on marts.probe to overheard_bi; grant usage on schema ops to overheard_bi; grant select on ops.runs to overheard_bi`)
	if _, err := warehouse.Migrate(t.Context(), quiet(), db); err != nil {
		t.Fatal(err)
	}
	bi := asReader(t, db)
	for _, statement := range []string{
		`select 1 from staging.articles`,
		`select 1 from staging.mentions`,
		`select 1 from seeds.companies`,
		`select 1 from ops.runs`,
		`select 1 from public.goose_db_version`,
		`insert into marts.probe values (2, 'x')`,
		`update marts.probe set word = 'x'`,
		`delete from marts.probe`,
		`truncate marts.probe`,
		`drop table marts.probe`,
		`create table marts.mine (a integer)`,
		`create table public.mine (a integer)`,
		`create temporary table mine (a integer)`,
		`create schema mine`,
		`create role mine`,
		`copy marts.probe to program 'true'`,
		`select pg_read_file('/etc/passwd')`,
	} {
		// The read-only default is a courtesy which any session may turn off.
		for _, mode := range []string{"read only", "read write"} {
			tx := bi.MustBegin()
			tx.MustExec("set transaction " + mode)
			_, err := tx.Exec(statement)
			if err == nil {
				t.Errorf("%s (%s): allowed", statement, mode)
			} else if mode == "read write" && !warehouse.IsDenied(err) {
				t.Errorf("%s: want permission denied, got %v", statement, err)
			}
			_ = tx.Rollback()
		}
	}
}

func TestMigrateWithoutTheRightToMakeRolesSaysWhatToRun(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	// Another owner of a database where the reader lacks a setting would
	// disturb tests beside us, as roles are shared; so look at the decision
	// from a role that may nothing and a reader that does not exist.
	db.MustExec(`create role overheard_test_weak login`)
	t.Cleanup(func() {
		db.MustExec(`drop owned by overheard_test_weak; drop role overheard_test_weak`)
	})
	var log bytes.Buffer
	lg := slog.New(slog.NewTextHandler(&log, nil))
	tx := db.MustBegin()
	defer tx.Rollback()
	tx.MustExec(`set local role overheard_test_weak`)
	exists, err := warehouse.ApplyReader(t.Context(), lg, tx, "overheard_test_absent")
	if err != nil || exists {
		t.Fatal(exists, err)
	}
	if !strings.Contains(log.String(), "create role overheard_test_absent login") {
		t.Errorf("the log does not say what to run: %s", log.String())
	}
}
