package collect_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

const (
	poisoned      = "http://gazette.example/2"
	childDatabase = "OVERHEARD_TEST_CHILD_DATABASE"
	childJournal  = "OVERHEARD_TEST_CHILD_JOURNAL"
)

// poisonPress is a press of 10 pages of which one is deadly.
func poisonPress(dies func()) *script {
	s := newScript(5)
	s.dies = func(url string) {
		if url == poisoned {
			time.Sleep(50 * time.Millisecond) // while others are being read
			dies()
		}
	}
	return s
}

func collectorOf(t *testing.T, db *sqlx.DB, s *script, journal string, limit time.Duration) *collect.Collector {
	t.Helper()
	inflight, err := collect.OpenInflight(journal)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = inflight.Close() })
	return newCollector(t, db, s, func(c *collect.Config) {
		c.Archive, c.Inflight, c.ExtractTimeout = nil, inflight, limit
	})
}

// TestChildOfPoison is no test of its own: it is the process that dies.
func TestChildOfPoison(t *testing.T) {
	if os.Getenv(childDatabase) == "" {
		t.Skip("runs in a child process of TestAPageThatKillsItsProcess")
	}
	db, err := sqlx.Connect("postgres", os.Getenv(childDatabase))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	c := collectorOf(t, db, poisonPress(func() { os.Exit(66) }), os.Getenv(childJournal), time.Minute)
	execute(t, db, c, testNow)
}

func execute(t *testing.T, db *sqlx.DB, c *collect.Collector, now time.Time) map[string]int64 {
	t.Helper()
	report, err := ledger.New(slog.New(slog.DiscardHandler), db, func() time.Time { return now }).Execute(t.Context(),
		ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
		func(ctx context.Context, run *ledger.Run) error { return c.Collect(ctx, run, false) })
	if err != nil {
		t.Fatal(err)
	}
	return report.Counts
}

func TestAPageThatKillsItsProcess(t *testing.T) {
	t.Parallel()
	db, journal := warehousetest.NewDB(t), t.TempDir()
	deaths := 0
	for ; deaths < 6; deaths++ {
		//nolint:gosec // the test's own binary
		child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestChildOfPoison$", "-test.v")
		child.Env = append(os.Environ(), childDatabase+"="+warehousetest.URL(t, db, ""), childJournal+"="+journal)
		out, err := child.CombinedOutput()
		if err == nil {
			break
		}
		if code := child.ProcessState.ExitCode(); code != 66 {
			t.Fatalf("the child ended with %d: %s", code, out)
		}
	}
	if deaths != 3 {
		t.Errorf("the page killed %d processes, want 3", deaths)
	}
	var got []string
	err := db.Select(&got, `
		select concat_ws(' ', coalesce(outcome, 'waiting'), reason, count(*)) from ops.urls group by outcome, reason order by 1`)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[1] != "stored 9" || !strings.HasPrefix(got[0], "failed quarantined: the process died while it was read (3 times)") {
		t.Errorf("URLs: %q, want 9 stored and the page quarantined with its reason", got)
	}
	var suspects []string
	if err := db.Select(&suspects, `select concat_ws(' ', url, crash_count, quarantined_at is not null) from ops.suspect_pages`); err != nil {
		t.Fatal(err)
	}
	if len(suspects) != 1 || suspects[0] != poisoned+" 3 t" {
		t.Errorf("suspects: %q, want only the page: those read beside it are innocent", suspects)
	}
	left, err := os.ReadDir(journal)
	if err != nil || len(left) != 0 {
		t.Errorf("journals left after a clean end: %v, %v", left, err)
	}
	wantClosedSums(t, db)
}

// TestADeathIsCountedOnce: the process that counts it may die, too, before it has
// removed the journal.
func TestADeathIsCountedOnce(t *testing.T) {
	t.Parallel()
	db, journal := warehousetest.NewDB(t), t.TempDir()
	left := []byte("http://gazette.example/1\x00")
	for round, test := range []struct {
		name string
		want string
	}{
		{"42-1.journal", "1 f"},
		{"42-1.journal", "1 f"}, // again: as if it had not been removed
		{"42-2.journal", "2 f"},
		{"42-1.journal", "2 f"},
		{"42-3.journal", "3 t"},
	} {
		path := filepath.Join(journal, test.name)
		if err := os.WriteFile(path, left, 0o600); err != nil {
			t.Fatal(err)
		}
		s := newScript(0)
		execute(t, db, collectorOf(t, db, s, journal, time.Minute), testNow)
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("round %d: the journal is still there: %v", round, err)
		}
		var got string
		if err := db.Get(&got, `select concat_ws(' ', crash_count, quarantined_at is not null) from ops.suspect_pages`); err != nil {
			t.Fatal(err)
		}
		if got != test.want {
			t.Errorf("round %d: counted %q, want %q", round, got, test.want)
		}
	}
}

func TestAPageThatHangs(t *testing.T) {
	t.Parallel()
	db, journal := warehousetest.NewDB(t), t.TempDir()
	stuck := make(chan struct{})
	t.Cleanup(func() { close(stuck) })
	now := testNow
	c := collectorOf(t, db, poisonPress(func() { <-stuck }), journal, 300*time.Millisecond)
	for round := range 3 {
		execute(t, db, c, now)
		var got []string
		if err := db.Select(&got, `select concat_ws(' ', coalesce(outcome, 'waiting'), count(*)) from ops.urls group by outcome order by 1`); err != nil {
			t.Fatal(err)
		}
		want := "stored 9,waiting 1"
		if round == 2 {
			want = "failed 1,stored 9"
		}
		if strings.Join(got, ",") != want {
			t.Errorf("after round %d: %q, want %s", round, got, want)
		}
		// The page waits for the next run half an hour on.
		if _, err := db.Exec(`update ops.urls set next_attempt_at = null where outcome is null`); err != nil {
			t.Fatal(err)
		}
	}
	var reason string
	if err := db.Get(&reason, `select reason from ops.urls where url = $1`, poisoned); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(reason, "quarantined: reading it did not come to an end (3 times)") {
		t.Errorf("reason %q", reason)
	}
	wantClosedSums(t, db)
}
