package warehouse_test

import (
	"testing"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func TestMigrateMakesTheSchema(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	var n int
	if err := db.Get(&n, `select count(*) from staging.articles`); err != nil || n != 0 {
		t.Fatal(n, err)
	}
	t.Log(warehousetest.URL(t, db, "overheard_bi"))
}
