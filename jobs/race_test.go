package jobs_test

import (
	"testing"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// TestACommandAndADaemonDoANightOnce has the nightly command take a night that a
// daemon has claimed and waits to begin.
func TestACommandAndADaemonDoANightOnce(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	done(db, "2026-03-08")
	command := newJobs(t, db, &script{nights: []string{"2026-03-08", lastNight}, onStart: func(int) {
		// The daemon claims the night while the command has its lock.
		for end := time.Now().Add(2 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
			if len(query(t, db, `select '' from ops.runs where job = 'nightly' and cause = 'catch_up'`)) > 0 {
				return
			}
		}
	}}, nil)
	if _, err := command.Ledger().Plan(t.Context(), nil, ledger.Reason{Cause: ledger.CauseCatchUp}, []ledger.Key{{Job: "nightly", Night: day(lastNight)}}); err != nil {
		t.Fatal(err)
	}
	daemon := newJobs(t, db, &script{nights: []string{"2026-03-08", lastNight}}, nil)
	ended := make(chan error, 1)
	go func() {
		_, err := command.Nightly(t.Context(), ledger.CauseOperator, day(lastNight), false)
		ended <- err
	}()
	stop := serve(t, db, daemon)
	if err := <-ended; err != nil {
		t.Logf("the daemon was first: %v", err)
	}
	eventually(t, "the night to be done", func() bool {
		return len(query(t, db, `select '' from ops.intervals where job = 'nightly' and night = '2026-03-09' and state = 'done'`)) > 0
	})
	time.Sleep(time.Second)
	stop()
	wantRows(t, db, "nights done", `select concat_ws(' ', job, night) from ops.runs where job in ('nightly', 'build', 'publish') and state = 'done' order by run_id`,
		"nightly 2026-03-09", "build 2026-03-09", "publish 2026-03-09")
}
