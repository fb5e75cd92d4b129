package warehousetest_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func TestEveryTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"one", "another"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := warehousetest.NewDB(t)
			if _, err := db.Exec(`insert into seeds.languages (language_code, name) values ('xx', 'Here')`); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestAnEmptyDatabaseHasNoSchema(t *testing.T) {
	t.Parallel()
	var n int
	err := warehousetest.NewEmptyDB(t).Get(&n, `select count(*) from pg_namespace where nspname in ('staging', 'marts')`)
	if err != nil || n != 0 {
		t.Errorf("%d schemas (%v)", n, err)
	}
}

func TestDataDirIsOpenToOtherAccounts(t *testing.T) {
	t.Parallel()
	for dir := warehousetest.DataDir(t); dir != "/"; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil || info.Mode().Perm()&1 == 0 {
			t.Errorf("%s: %v %v", dir, info.Mode(), err)
		}
	}
}
