package collect

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lib/pq"
	"golang.org/x/sync/semaphore"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/canonical"
)

// Intake stores recorded pages as if they had been fetched when they were
// recorded. Put and Barrier are safe for concurrent use.
//
// A page goes through four stages. Put gathers a portion and looks up in one query
// what is known of their URLs; the extractors read them; in the order in which they
// were put they go to the loaders, all of one outlet to the same; and these write
// them in batches. Each stage waits for the next one, so that what is in memory is
// bounded: by intakeBytes of bodies, and intakeOrder articles before the loaders and
// two batches in each.
type Intake struct {
	c       *Collector
	run     *ledger.Run
	ctx     context.Context // ends with the first error
	stop    context.CancelCauseFunc
	outlets map[string]outlets.Outlet
	seed    maphash.Seed

	room    *semaphore.Weighted // for bodies
	work    chan *intakeJob
	order   chan *intakeJob
	loaders []*intakeLoader
	ended   sync.WaitGroup // all goroutines
	ticks   chan struct{}  // closed at the end

	extracting, loading atomic.Int64 // nanoseconds, of all goroutines together

	mu       sync.Mutex // guards what follows, and keeps the order
	portion  []*intakeJob
	held     int64 // bytes of portion
	isClosed bool
}

const (
	intakePortion = 128      // pages looked up at a time
	intakeBytes   = 64 << 20 // of bodies, at most
	intakeOrder   = 512      // pages extracted or being extracted
	intakeBatch   = 1000     // pages in one transaction
	intakeLoaders = 2
)

// intakeJob is a page on its way, or a barrier.
type intakeJob struct {
	rec  Recorded
	res  result
	size int64
	done chan struct{} // closed once it is extracted

	barrier *sync.WaitGroup // done once by each loader
}

// intakeLoader writes what comes of some outlets.
type intakeLoader struct {
	*loader
	queue chan *intakeJob
}

// errIntakeClosed is what a Put or Barrier gets that comes too late.
var errIntakeClosed = errors.New("the intake of recorded pages is closed")

// Intake begins to take in recorded pages on behalf of run. Close it.
func (c *Collector) Intake(ctx context.Context, run *ledger.Run) *Intake {
	extractors := max(1, c.cfg.Extractors)
	i := &Intake{
		c: c, run: run, seed: maphash.MakeSeed(), outlets: make(map[string]outlets.Outlet, len(c.cfg.Outlets)),
		room: semaphore.NewWeighted(intakeBytes),
		work: make(chan *intakeJob, intakeOrder), order: make(chan *intakeJob, intakeOrder), ticks: make(chan struct{}),
	}
	i.ctx, i.stop = context.WithCancelCause(ctx)
	for _, o := range c.cfg.Outlets {
		i.outlets[o.ID] = o
	}
	if err := c.lookForSuspects(ctx); err != nil {
		i.stop(err)
	}
	for range intakeLoaders {
		l := &intakeLoader{loader: &loader{Collector: c, run: run}, queue: make(chan *intakeJob, intakeBatch)}
		i.loaders = append(i.loaders, l)
		i.ended.Go(func() { i.load(l) })
	}
	for range extractors {
		i.ended.Go(i.extract)
	}
	i.ended.Go(i.hand)
	i.ended.Go(i.tick)
	return i
}

// Put hands a page over. It waits while too much is under way; its error is the
// one that stopped the intake: the database, or ctx.
func (i *Intake) Put(ctx context.Context, r Recorded) error {
	job := &intakeJob{rec: r, size: min(int64(len(r.Body))+4096, intakeBytes), done: make(chan struct{})}
	if err := i.makeRoom(ctx, job.size); err != nil {
		return err
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.isClosed {
		i.room.Release(job.size)
		return errIntakeClosed
	}
	i.portion, i.held = append(i.portion, job), i.held+job.size
	if len(i.portion) >= intakePortion || i.held >= intakeBytes/4 {
		i.begin()
	}
	return i.cause()
}

// makeRoom waits until there is room for a body.
func (i *Intake) makeRoom(ctx context.Context, size int64) error {
	if i.ctx.Err() != nil {
		return i.cause()
	}
	if i.room.TryAcquire(size) {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(i.ctx, cancel)()
	if err := i.room.Acquire(ctx, size); err != nil {
		if i.ctx.Err() != nil {
			return i.cause()
		}
		return context.Cause(ctx)
	}
	return nil
}

// Barrier returns once all that was put before is stored or decided.
func (i *Intake) Barrier(ctx context.Context) error {
	var passed sync.WaitGroup
	passed.Add(len(i.loaders))
	i.mu.Lock()
	if i.isClosed {
		i.mu.Unlock()
		return errIntakeClosed
	}
	i.begin()
	done := make(chan struct{})
	close(done)
	i.order <- &intakeJob{barrier: &passed, done: done}
	i.mu.Unlock()
	all := make(chan struct{})
	go func() { passed.Wait(); close(all) }()
	select {
	case <-all:
		return i.cause()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Close stores what is left and ends the intake. Its error is the one that stopped
// the intake; everything put is stored or decided if there is none.
func (i *Intake) Close() error {
	i.mu.Lock()
	if i.isClosed {
		i.mu.Unlock()
		return i.cause()
	}
	i.begin()
	i.isClosed = true
	close(i.work)
	close(i.order)
	close(i.ticks)
	i.mu.Unlock()
	i.ended.Wait()
	err := i.cause()
	i.stop(errIntakeClosed)
	return err
}

// Spent tells how long extractors and loaders have worked so far, each added up
// over all its goroutines.
func (i *Intake) Spent() (extracting, loading time.Duration) {
	return time.Duration(i.extracting.Load()), time.Duration(i.loading.Load())
}

// cause is the error that stopped the intake, if one has.
func (i *Intake) cause() error {
	if i.ctx.Err() == nil {
		return nil
	}
	if err := context.Cause(i.ctx); !errors.Is(err, errIntakeClosed) {
		return err
	}
	return nil
}

// tick begins portions that do not fill.
func (i *Intake) tick() {
	ticker := time.NewTicker(batchWait)
	defer ticker.Stop()
	for {
		select {
		case <-i.ticks:
			return
		case <-ticker.C:
			i.mu.Lock()
			if !i.isClosed {
				i.begin()
			}
			i.mu.Unlock()
		}
	}
}

// begin looks a portion up and sends it on its way. The caller holds mu.
func (i *Intake) begin() {
	if len(i.portion) == 0 {
		return
	}
	if err := i.lookUp(i.portion); err != nil {
		i.stop(err) // unless it is stopped already
	}
	for _, job := range i.portion {
		i.order <- job
		i.work <- job
	}
	i.portion, i.held = nil, 0
}

// lookUp fills in what is known of the URLs of a portion.
func (i *Intake) lookUp(portion []*intakeJob) error {
	hash := make([]int64, 0, len(portion))
	for _, job := range portion {
		job.address()
		hash = append(hash, job.res.url.Hash)
	}
	var rows []waiting
	err := i.c.db.SelectContext(i.ctx, &rows, `
		select url, url_hash, coalesce(announced_url, url) as address, channel_kind, channel_published_at,
			is_channel_time_modified, channel_title, discovered_at, attempt_count
		from ops.urls
		where url_hash = any($1)`, pq.Array(hash))
	if err != nil {
		return fmt.Errorf("look up the URLs of %d recorded pages: %w", len(portion), err)
	}
	known := make(map[string]waiting, len(rows))
	for _, w := range rows {
		known[w.URL] = w
	}
	for _, job := range portion {
		if w, ok := known[job.res.url.URL]; ok {
			if job.rec.FetchedAt.Before(w.Discovered) {
				w.Discovered = job.rec.FetchedAt
			}
			job.res.url = w
		}
		job.res.url.maxAge = job.rec.maxAge
	}
	return nil
}

// address begins the result of a page with what it says of itself.
func (j *intakeJob) address() {
	r := j.rec
	kind := "warc"
	if r.isArchive {
		kind = "archive"
	}
	url := r.known
	var err error
	if url == "" {
		url, err = canonical.Clean(r.URL)
	}
	// Postgres keeps microseconds: what is compared with it later must be as short.
	at := r.FetchedAt.UTC().Round(time.Microsecond)
	j.rec.FetchedAt = at
	j.res = result{
		url:      waiting{URL: url, Address: r.URL, Hash: canonical.ID(url), Kind: kind, Discovered: at},
		outletID: r.OutletID, status: r.Status, fetchedAt: at, finalURL: r.URL, isUnsent: true, isRecorded: true,
		kept: r.Position, fileID: r.FileID,
	}
	if r.Position != nil {
		j.res.channel = r.Position.File
	}
	if err != nil || !isAskable(url) {
		j.res.outcome, j.res.reason = "refused", "an address that cannot be stored"
		j.res.isAttempt = true // and so it is only counted
	}
}

// load writes what comes for one loader, until hand has no more.
func (i *Intake) load(l *intakeLoader) {
	tick := time.NewTicker(batchWait)
	defer tick.Stop()
	var batch []delivery
	flush := func() {
		if len(batch) > 0 && i.ctx.Err() == nil {
			began := time.Now()
			if err := l.safely(i.ctx, batch); err != nil {
				i.stop(err)
			}
			i.loading.Add(int64(time.Since(began)))
		}
		clear(batch)
		batch = batch[:0]
	}
	for {
		select {
		case job, open := <-l.queue:
			switch {
			case !open:
				flush()
				return
			case job.barrier != nil:
				flush()
				job.barrier.Done()
			default:
				if batch = append(batch, delivery{result: job.res}); len(batch) >= intakeBatch {
					flush()
				}
			}
		case <-tick.C:
			flush()
		}
	}
}
