// Package fleet shares intervals of the ledger among any number of processes.
//
//	f := fleet.New(lg, db, l, q, fleet.Config{NightSlots: 2, BackfillSlots: 4}, map[string]fleet.Handler{"nightly": night})
//	go f.Reconcile(ctx) // in a process that schedules or works
//	err := f.Work(ctx)  // in a process that works
//
// The way of an interval: it is planned; Dispatch marks it queued and hands a
// ticket to the queue; a worker's slot takes the ticket and claims the interval,
// which makes it running and writes its run; the handler works; its end is
// settled. Each step is one conditional statement, so a step that is done twice,
// late, or by somebody who was thought dead changes nothing.
//
// What is cut off comes back by itself. Every second a worker says which runs it
// is at, and is told which of them are still its own: one that was cancelled or
// taken away is stopped at once. An interval whose worker has been silent for
// RescueAfter is planned again; one that the queue has lost is enqueued again.
// Every process does this (Reconcile), none is special.
//
// A handler's end is one of: nil, done; *ledger.GapError, cannot be had any more;
// *ledger.PostponeError (or a *ledger.BusyError), not now; any other error, tried
// again by the rule of its job and failed in the end. A panic is an error; work
// that does not stop when told is given up after Grace.
package fleet

import (
	"context"
	"log/slog"
	"maps"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/metrics"
	"github.com/overheard-news/overheard/jobs/queue"
)

// Handler does the work of an interval. What it counts on run becomes the cost of
// the interval: requests, bytes, and stored and changed, which are articles.
type Handler = func(ctx context.Context, iv ledger.Interval, run *ledger.Run) error

// Rule says how often an interval is tried by itself.
type Rule struct {
	Tries int           // 0: three; those that ended with their worker's death do not count
	Wait  time.Duration // between two tries; 0: 30 s

	IsRefusalFinal bool // a check that says no says so again
}

// Config bounds the work of one process. The zero value of a field is its default.
type Config struct {
	NightSlots       int             // intervals of other jobs than backfill at a time; default 4
	BackfillSlots    int             // intervals of backfills at a time; default 4
	BackfillReserved int             // what a backfill keeps under way while a night or a collect is open; default 1
	RescueAfter      time.Duration   // silence of a worker after which its work is given to others; default 60 s
	DrainTimeout     time.Duration   // how long running work may end once Work's ctx has; 0: not at all
	Grace            time.Duration   // between the order to stop and giving work up; default 60 s
	ReconcileEvery   time.Duration   // default 2 s
	LostAfter        time.Duration   // how long a ticket may be under way unseen; default 15 s
	Rules            map[string]Rule // by job
	Metrics          *metrics.Recorder
}

// Fleet is one process's part in the work.
type Fleet struct {
	lg       *slog.Logger
	ledger   *ledger.Ledger
	queue    *queue.Queue
	cfg      Config
	handlers map[string]Handler
	worker   string

	claims   chan claim
	outcomes chan outcome
	nudges   chan struct{} // something ended: see what may start

	mu      sync.Mutex
	running map[int64]*task // by run
}

// heartbeat is how often a worker says that it is alive, and so how soon it knows
// of a cancel.
const heartbeat = time.Second

// New puts a fleet together. handlers tells by job what this process can do.
func New(lg *slog.Logger, _ *sqlx.DB, l *ledger.Ledger, q *queue.Queue, cfg Config, handlers map[string]Handler) *Fleet {
	orInt := func(value *int, standard int) {
		if *value == 0 {
			*value = standard
		}
	}
	or := func(value *time.Duration, standard time.Duration) {
		if *value == 0 {
			*value = standard
		}
	}
	orInt(&cfg.NightSlots, 4)
	orInt(&cfg.BackfillSlots, 4)
	orInt(&cfg.BackfillReserved, 1)
	or(&cfg.RescueAfter, time.Minute)
	or(&cfg.Grace, time.Minute)
	or(&cfg.ReconcileEvery, 2*time.Second)
	or(&cfg.LostAfter, 15*time.Second)
	cfg.Rules = maps.Clone(cfg.Rules)
	if cfg.Rules == nil {
		cfg.Rules = map[string]Rule{}
	}
	if _, isGiven := cfg.Rules[ledger.JobRebuild]; !isGiven {
		cfg.Rules[ledger.JobRebuild] = Rule{IsRefusalFinal: true}
	}
	return &Fleet{
		lg: lg, ledger: l, queue: q, cfg: cfg, handlers: handlers, worker: l.NewWorker(),
		claims: make(chan claim), outcomes: make(chan outcome), nudges: make(chan struct{}, 1),
		running: map[int64]*task{},
	}
}

// Worker is the name under which this process's work stands in the ledger.
func (f *Fleet) Worker() string { return f.worker }

// errDrained is why work is cut off when a process ends.
type errDrained struct{}

func (errDrained) Error() string { return "its process was told to end" }

// Work takes intervals and works on them until ctx ends. It then takes nothing
// new, lets running work end for DrainTimeout, and cancels what is left: those
// intervals are due again at once, and the attempt does not count.
func (f *Fleet) Work(ctx context.Context) error {
	work, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	defer cancel(nil)
	inner, stop := context.WithCancel(work)
	defer stop()
	var helpers sync.WaitGroup
	helpers.Go(func() { batch(inner, f.claims, f.claimAll) })
	helpers.Go(func() { batch(inner, f.outcomes, f.settleAll) })
	helpers.Go(func() { f.beat(inner) })
	helpers.Go(func() { f.dispatchWhenNudged(inner, ctx) })

	drained := make(chan struct{})
	go func() {
		select {
		case <-drained:
			return
		case <-ctx.Done():
		}
		f.lg.Info("draining: nothing new starts, running work may end", "drain_timeout", f.cfg.DrainTimeout)
		select {
		case <-drained:
		case <-time.After(f.cfg.DrainTimeout):
			if cut := cancelTasks(f, errDrained{}); cut > 0 {
				f.lg.Warn("work that still runs is cut off; it is due again", "intervals", cut)
			}
		}
	}()
	// Only the queues of jobs this process knows: a ticket that it took for another
	// would be lost until somebody misses it.
	slots := map[string]int{}
	for job := range f.handlers {
		switch name := queueOf(job); name {
		case queue.Backfill:
			slots[name] = f.cfg.BackfillSlots
		case queue.Rebuild:
			slots[name] = 1
		default:
			slots[name] = f.cfg.NightSlots
		}
	}
	err := f.queue.Work(ctx, slots, func(_ context.Context, t ledger.Ticket) { f.do(work, ctx, t) })
	close(drained)
	stop()
	helpers.Wait()
	return err
}

// cancelTasks stops all that runs, and tells how many that are.
func cancelTasks(f *Fleet, cause error) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, t := range f.running {
		t.cancel(cause)
	}
	return len(f.running)
}
