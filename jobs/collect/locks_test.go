package collect

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// process is the locks of one process.
func process(t *testing.T, db *sqlx.DB) *outletLocks {
	t.Helper()
	l := newOutletLocks(slog.New(slog.NewTextHandler(t.Output(), nil)), db)
	t.Cleanup(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.session != nil {
			l.lose(errors.New("the test is over"))
		}
	})
	return l
}

func wantLock(t *testing.T, l *outletLocks, outletID string, want bool) *hold {
	t.Helper()
	h, err := l.take(t.Context(), outletID)
	if err != nil {
		t.Fatal(err)
	}
	if (h != nil) != want {
		t.Fatalf("the lock of %s was taken: %v, want %v", outletID, h != nil, want)
	}
	return h
}

func TestAnOutletHasOneHolder(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	a, b := process(t, db), process(t, db)
	mine := wantLock(t, a, "gazette", true)
	wantLock(t, a, "gazette", false) // a session may take a lock twice; a process may not
	wantLock(t, b, "gazette", false)
	other := wantLock(t, b, "courier", true)
	mine.release(0)
	if mine.Err() == nil {
		t.Error("the context of a lock that was given back goes on")
	}
	mine.release(0) // once more does nothing
	theirs := wantLock(t, b, "gazette", true)
	theirs.release(0)
	other.release(0)
	if a.session != nil || b.session != nil {
		t.Error("a session is kept although nothing is held")
	}
}

// While a host rests the lock is kept from other processes, but not from the own.
func TestALockIsKeptWhileTheHostRests(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	a, b := process(t, db), process(t, db)
	wantLock(t, a, "gazette", true).release(time.Hour)
	wantLock(t, b, "gazette", false)
	again := wantLock(t, a, "gazette", true)
	began := time.Now()
	again.release(500 * time.Millisecond)
	h, err := b.wait(t.Context(), "gazette", 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d < 500*time.Millisecond {
		t.Errorf("another process had the outlet after %v of a rest of 500 ms", d)
	}
	h.release(0)
}

func TestWhoWaitsForAnOutletStopsWithItsContext(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	a, b := process(t, db), process(t, db)
	defer wantLock(t, a, "gazette", true).release(0)
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	if h, err := b.wait(ctx, "gazette", 0); h != nil || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v", h, err)
	}
	if h, err := b.wait(t.Context(), "gazette", lockPoll); h != nil || !errors.Is(err, ErrOutletBusy) {
		t.Errorf("out of patience: %v, %v", h, err)
	}
	wantLock(t, b, "courier", true).release(0) // the wait that was cut off cost nobody the session
}

// A session that is lost ends what is read under its locks before anybody in this
// process can begin anew.
func TestALostSessionEndsWhatIsReadUnderIt(t *testing.T) {
	t.Parallel()
	db := warehousetest.NewDB(t)
	a, b := process(t, db), process(t, db)
	first, second := wantLock(t, a, "gazette", true), wantLock(t, a, "courier", true)
	wantLock(t, a, "herald", true).release(time.Hour)
	var pid int
	if err := a.session.GetContext(t.Context(), &pid, `select pg_backend_pid()`); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	if _, err := db.Exec(`select pg_terminate_backend($1)`, pid); err != nil {
		t.Fatal(err)
	}
	for _, h := range []*hold{first, second} {
		select {
		case <-h.Done():
		case <-time.After(lockBeat + lockLook + 2*time.Second):
			t.Fatal("what is read under a lost lock goes on")
		}
		if err := context.Cause(h); !errors.Is(err, errLockLost) {
			t.Errorf("it ended with %v", err)
		}
		h.release(0)
	}
	t.Logf("told after %v", time.Since(began).Round(time.Millisecond))
	wantLock(t, a, "gazette", false) // not before the others that lost theirs stopped
	wantLock(t, b, "herald", true).release(0)
	h, err := a.wait(t.Context(), "gazette", 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := time.Since(began); d < lockPause {
		t.Errorf("taken again %v after the session was lost", d)
	}
	h.release(0)
}
