package ledger

import (
	"strings"
	"testing"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// TestDispatchReadsNoWholeTable asks the planner how it would dispatch with very
// many intervals planned, and as many settled.
func TestDispatchReadsNoWholeTable(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	db.MustExec(`
		insert into ops.backfills overriding system value
		select 1, 'running', '2026-01-01', '2026-01-31', '{archive}', '{read}', '{}', 8, 20000, 0, 0, 0, interval '0', '', now(), 'test', now()`)
	db.MustExec(`
		insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at, backfill_id)
		select 'backfill', 'outlet-' || g / 31, date '2026-01-01' + g % 31, case when g < 20000 then 'done' else 'planned' end, 'backfill', 0, now(), 1
		from generate_series(0, 39999) as g`)
	db.MustExec(`
		insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at, backfill_id)
		select 'rebuild', '', date '2026-01-01' + g, 'planned', 'backfill', 0, now(), 1 from generate_series(0, 30) as g`)
	db.MustExec(`analyze ops.intervals`)
	var plan []string
	if err := db.Select(&plan, `explain `+dispatchSQL, 1, nil); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(plan, "\n"); strings.Contains(text, "Seq Scan on intervals") || !strings.Contains(text, "Tid Scan on intervals") {
		t.Errorf("the plan reads all intervals:\n%s", text)
	}
}
