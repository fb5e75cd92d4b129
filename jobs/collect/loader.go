package collect

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
)

// Results come from all outlets into one loader, which writes them in batches:
// articles, mentions and outcomes of a batch in one transaction (merge.go).

const (
	batchRows = 500
	batchWait = 300 * time.Millisecond
	lastWrite = 8 * time.Second // after the end of the run's context; less than its grace
)

type delivery struct {
	result
	tally *tally
}

type loader struct {
	lg    *slog.Logger
	db    *sqlx.DB
	run   *ledger.Run
	now   func() time.Time
	queue chan delivery
	done  chan struct{}
	stop  context.CancelCauseFunc // stops the whole collect when nothing can be written
	err   error                   // read after done
}

func startLoader(ctx context.Context, lg *slog.Logger, db *sqlx.DB, run *ledger.Run, now func() time.Time, stop context.CancelCauseFunc) *loader {
	l := &loader{
		lg: lg, db: db, run: run, now: now, stop: stop,
		queue: make(chan delivery, 2*batchRows), done: make(chan struct{}),
	}
	go l.loop(ctx)
	return l
}

// put hands a result over. It returns at once unless the database is far behind;
// only then, and only when the run is over, a page is let go.
func (l *loader) put(ctx context.Context, t *tally, r result) {
	t.unloaded.Add(1)
	select {
	case l.queue <- delivery{r, t}:
		return
	default:
	}
	select {
	case l.queue <- delivery{r, t}:
	case <-ctx.Done():
		// Cut off: the page is fetched again by the next run.
		t.unloaded.Done()
	}
}

// close writes what is left and tells whether all could be written.
func (l *loader) close() error {
	close(l.queue)
	<-l.done
	return l.err
}

func (l *loader) loop(ctx context.Context) {
	defer close(l.done)
	// What was fetched before a Ctrl-C is still written: it takes a moment and
	// saves the outlets a second visit. But not for ever: a run gives its work up
	// after a grace, and another may then begin.
	write, giveUp := context.WithCancel(context.WithoutCancel(ctx))
	defer giveUp()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(lastWrite, giveUp) })()
	tick := time.NewTicker(batchWait)
	defer tick.Stop()
	var batch []delivery
	flush := func() {
		if len(batch) > 0 && l.err == nil {
			if l.err = l.safely(write, batch); l.err != nil {
				l.stop(l.err)
			}
		}
		for _, d := range batch {
			d.tally.unloaded.Done()
		}
		batch = batch[:0]
	}
	for {
		select {
		case d, open := <-l.queue:
			if !open {
				flush()
				return
			}
			if batch = append(batch, d); len(batch) >= batchRows {
				flush()
			}
		case <-tick.C:
			flush()
		}
	}
}

// safely stores a batch. A panic is an error of the load, and a page whose data
// the database does not take fails alone: the batch is halved until it is found.
func (l *loader) safely(ctx context.Context, batch []delivery) (err error) {
	defer func() {
		if p := recover(); p != nil {
			l.lg.Error("the loader panicked", "panic", p, "stack", string(debug.Stack()))
			err = fmt.Errorf("store %d pages: panic: %v", len(batch), p)
		}
	}()
	err = l.write(ctx, batch)
	switch {
	case !warehouse.IsBadData(err):
		return err
	case len(batch) > 1:
		half := len(batch) / 2
		if err := l.safely(ctx, batch[:half]); err != nil {
			return err
		}
		return l.safely(ctx, batch[half:])
	case batch[0].article == nil:
		return err
	}
	l.lg.Error("a page cannot be stored", "url", batch[0].url.URL, "error", err)
	batch[0].outcome, batch[0].reason, batch[0].article, batch[0].mentions = "failed", "cannot be stored: "+err.Error(), nil, nil
	return l.write(ctx, batch)
}

// write stores a batch in one transaction.
func (l *loader) write(ctx context.Context, batch []delivery) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	nights := map[time.Time]bool{}
	for _, d := range batch {
		if d.article != nil {
			nights[d.night] = true
		}
		if a, ok := d.attempt(); ok {
			nights[a.day()] = true
		}
	}
	if err := warehouse.EnsureMonths(ctx, l.db, slices.Collect(maps.Keys(nights))...); err != nil {
		return err
	}
	tx, err := l.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("store %d pages: %w", len(batch), err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	outcomes, err := l.merge(ctx, tx, batch)
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return fmt.Errorf("store %d pages: %w", len(batch), err)
	}
	for outcome, n := range outcomes {
		l.run.Count(outcome, n)
	}
	return nil
}
