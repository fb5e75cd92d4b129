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

// TestANotedChangeMakesItsNightStale notes a change of mentions, once before the
// night is built, which takes the note away, and once after.
func TestANotedChangeMakesItsNightStale(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	note := func() {
		if _, err := db.Exec(`insert into ops.night_changes (night, transaction_id, run_id) values ('2026-03-08', 1, 1)`); err != nil {
			t.Fatal(err)
		}
	}
	note()
	j := newJobs(t, db, &script{nights: []string{"2026-03-08", lastNight}}, nil)
	want := func(what, count string) {
		t.Helper()
		if _, err := j.Nightly(t.Context(), ledger.CauseOperator, day(lastNight), false); err != nil {
			t.Fatal(err)
		}
		wantRows(t, db, what, `select counts ->> 'nights_built' from ops.runs where job = 'build' order by run_id desc limit 1`, count)
	}
	if _, err := j.Nightly(t.Context(), ledger.CauseOperator, day("2026-03-08"), false); err != nil {
		t.Fatal(err)
	}
	want("nights built after an old note", "1")
	note()
	want("nights built after a new note", "2")
	want("nights built once it is gone", "1")
}
