package queue_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/queue"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

func logger(t *testing.T) *slog.Logger {
	return slog.New(slog.NewTextHandler(t.Output(), nil))
}

// TestMigrateFromManyPlacesAtOnce: processes of a fleet start together.
func TestMigrateFromManyPlacesAtOnce(t *testing.T) {
	t.Parallel()
	url := warehousetest.URL(t, warehousetest.NewDB(t), "")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			if err := queue.Migrate(t.Context(), logger(t), url); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	began := time.Now()
	if err := queue.Migrate(t.Context(), logger(t), url); err != nil {
		t.Fatal(err)
	}
	t.Logf("once more, with nothing to do: %s", time.Since(began))
}

// TestWorkOutlivesItsConnections cuts every connection of the queue, the one that
// listens too, while it works.
func TestWorkOutlivesItsConnections(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	url := warehousetest.URL(t, db, "")
	if err := queue.Migrate(t.Context(), logger(t), url); err != nil {
		t.Fatal(err)
	}
	q, err := queue.Open(t.Context(), logger(t), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(q.Close)
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan string, 10)
	ended := make(chan error, 1)
	go func() {
		ended <- q.Work(ctx, map[string]int{queue.Night: 2}, func(_ context.Context, ticket ledger.Ticket) { got <- ticket.Scope })
	}()
	for _, scope := range []string{"before", "after"} {
		ticket := ledger.Ticket{Job: "nightly", Scope: scope, Night: ledger.Date{Time: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)}, Attempt: 1}
		for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
			if err := q.Enqueue(t.Context(), queue.Night, []ledger.Ticket{ticket}); err == nil {
				break
			} else if time.Now().After(end) {
				t.Fatal(err)
			}
		}
		select {
		case s := <-got:
			if s != scope {
				t.Errorf("ticket %q, want %q", s, scope)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("the ticket %q did not come", scope)
		}
		db.MustExec(`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and application_name = 'overheard queue'`)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// TestErrorsShowNoPassword of a URL that is wrong in several ways.
func TestErrorsShowNoPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"postgres://user:hunter2@127.0.0.1:1/none?connect_timeout=2",
		"postgres://user:hunter2@127.0.0.1:no/none",
		"host=127.0.0.1 port=1 password=hunter2 user=u dbname=d connect_timeout=2",
		"hunter2",
	} {
		_, err := queue.Open(t.Context(), logger(t), url)
		if err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: error %v, want one without the password", url, err)
		}
	}
}
