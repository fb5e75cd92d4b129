package collect

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/transform/article"
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
	*Collector
	run   *ledger.Run
	queue chan delivery
	done  chan struct{}
	stop  context.CancelCauseFunc // stops the whole collect when nothing can be written
	err   error                   // read after done
}

func (c *Collector) startLoader(ctx context.Context, run *ledger.Run, stop context.CancelCauseFunc) *loader {
	l := &loader{
		Collector: c, run: run, stop: stop,
		queue: make(chan delivery, 2*batchRows), done: make(chan struct{}),
	}
	if l.err = c.lookForSuspects(ctx); l.err != nil {
		stop(l.err)
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

// triesToWrite is how often a batch is begun again that another process got in the
// way of.
const triesToWrite = 5

// write stores a batch in one transaction. Processes that store the same article
// at once get in each other's way: the loser begins again, and sees what the other
// has stored.
func (l *loader) write(ctx context.Context, batch []delivery) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	began := time.Now()
	for try := 1; ; try++ {
		list := make([]result, len(batch)) // merge writes into it
		for i, d := range batch {
			list[i] = d.result
		}
		articles, err := l.store(ctx, list)
		if err == nil {
			l.cfg.Meter.BatchLoaded(time.Since(began), articles)
			return nil
		}
		if try == triesToWrite || !warehouse.IsConflict(err) && !isTaken(err) {
			return fmt.Errorf("store %d pages: %w", len(batch), err)
		}
		l.lg.Debug("another process was faster, the batch is stored again", "pages", len(batch), "error", err)
	}
}

// store is one try of write. It returns how many articles were new or changed.
func (l *loader) store(ctx context.Context, list []result) (articles int, err error) {
	var days []time.Time
	for _, r := range list {
		if r.article != nil {
			days = append(days, r.night)
		}
		if a, ok := r.attempt(); ok {
			days = append(days, a.day())
		}
		if r.kept != nil {
			days = append(days, r.fetchedAt.UTC())
		}
	}
	if err := l.ensureMonths(ctx, days...); err != nil {
		return 0, err
	}
	if err := l.number(ctx, list); err != nil {
		return 0, err
	}
	tx, err := l.db.BeginTxx(ctx, nil)
	if err != nil {
		return 0, err
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	outcomes, err := l.merge(ctx, tx, list)
	if err != nil {
		return 0, err
	}
	if err := tx.Commit(); err != nil {
		return 0, err
	}
	for outcome, n := range outcomes {
		l.run.Count(outcome, n)
	}
	return int(outcomes[article.Stored] + outcomes[article.Stub] + outcomes["changed"]), nil
}

// ensureMonths makes the partitions of days, and remembers which there are: they
// are never dropped.
func (c *Collector) ensureMonths(ctx context.Context, days ...time.Time) error {
	missing := map[time.Time]bool{}
	for _, d := range days {
		month := time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, time.UTC)
		if _, ok := c.months.Load(month); !ok {
			missing[month] = true
		}
	}
	if len(missing) == 0 {
		return nil
	}
	if err := warehouse.EnsureMonths(ctx, c.db, slices.Collect(maps.Keys(missing))...); err != nil {
		return err
	}
	for month := range missing {
		c.months.Store(month, true)
	}
	return nil
}

// isTaken says whether a row was stored by another transaction meanwhile.
func isTaken(err error) bool {
	var said *pq.Error
	return errors.As(err, &said) && said.Code == "23505" || errors.Is(err, errTaken)
}

var errTaken = errors.New("another process has recorded a URL of the batch meanwhile")

// lockOutlets makes those who store articles of an outlet take turns, over all
// processes, until the transaction ends: else two could store one article twice,
// in two nights.
func lockOutlets(ctx context.Context, tx *sqlx.Tx, ids ...string) error {
	slices.Sort(ids) // one order for all, or two could wait for each other
	_, err := tx.ExecContext(ctx, `
		select pg_advisory_xact_lock(hashtextextended('overheard/store/' || i.outlet_id, 0))
		from unnest(cast($1 as text[])) as i (outlet_id)`, pq.Array(slices.Compact(ids)))
	if err != nil {
		return fmt.Errorf("wait for the turn of %d outlets: %w", len(ids), err)
	}
	return nil
}
