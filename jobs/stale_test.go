package jobs_test

import (
	"testing"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// TestAnEditedArticleMakesItsNightStale edits an article of a night that was
// built, once before that and once after.
func TestAnEditedArticleMakesItsNightStale(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		edited time.Time
		want   string
	}{
		{"before it was built", testNow.Add(-time.Hour), "1"},
		{"after it was built", testNow.Add(time.Hour), "2"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db := warehousetest.NewDB(t)
			j := newJobs(t, db, &script{nights: []string{"2026-03-08", lastNight}}, nil)
			for _, night := range []string{"2026-03-08", lastNight} {
				if _, err := j.Nightly(t.Context(), ledger.CauseOperator, day(night), false); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := db.Exec(`update staging.articles set edited_at = $1 where night = '2026-03-08' and outlet_id = 'gb-post'`, test.edited); err != nil {
				t.Fatal(err)
			}
			if _, err := j.Nightly(t.Context(), ledger.CauseOperator, day(lastNight), false); err != nil {
				t.Fatal(err)
			}
			wantRows(t, db, "nights built by the last run", `
				select counts ->> 'nights_built' from ops.runs where job = 'build' order by run_id desc limit 1`, test.want)
		})
	}
}
