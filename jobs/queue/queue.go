// Package queue carries tickets from the ledger to workers: River and nothing else.
//
//	err := queue.Migrate(ctx, lg, databaseURL)         // once the schema of ours is there
//	q, err := queue.Open(ctx, lg, databaseURL)
//	err = q.Enqueue(ctx, queue.Night, tickets)
//	err = q.Work(ctx, map[string]int{queue.Night: 2}, func(ctx context.Context, t ledger.Ticket) { ... })
//
// The ledger is the truth (package ledger): what is lost here is enqueued again,
// what is here twice is worked on once. So River's own attempts, time-outs and
// retries are turned off, and finished jobs are soon deleted. Its tables are in
// the schema queue; it has a small pool of pgx connections of its own, because
// only these can listen.
package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// The queues, each with workers of its own, so that neither starves the other.
const (
	Night    = "night"
	Backfill = "backfill"
	Rebuild  = "rebuild" // apart from the nights: who applies a backfill takes these, but no nights
)

const (
	schema = "queue"

	maxConnections = 6                      // one listens
	pollInterval   = 250 * time.Millisecond // for what no notice was sent of
	fetchCooldown  = time.Millisecond
	retention      = time.Minute // of finished jobs
)

// Queue carries tickets. Its methods are safe for concurrent use.
type Queue struct {
	lg   *slog.Logger
	pool *pgxpool.Pool
	send *river.Client[pgx.Tx]

	mu     sync.Mutex
	sentAt map[string]time.Time // when a queue was last told of tickets
}

// Open connects to the queue in the database at databaseURL, which Migrate has
// made. The errors never show a password.
func Open(ctx context.Context, lg *slog.Logger, databaseURL string) (*Queue, error) {
	pool, err := openPool(ctx, databaseURL, maxConnections)
	if err != nil {
		return nil, err
	}
	q := &Queue{lg: lg, pool: pool, sentAt: map[string]time.Time{}}
	q.send, err = river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema:        schema,
		Logger:        quiet(lg),
		FetchCooldown: fetchCooldown, // also the least time between two notices to a queue
	})
	if err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	return q, nil
}

// Close ends the connections. Work has returned before.
func (q *Queue) Close() { q.pool.Close() }

// openPool reads the URL as lib/pq does: sockets, key=value pairs and all.
func openPool(ctx context.Context, databaseURL string, size int32) (*pgxpool.Pool, error) {
	cfg, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		// What pgx says may quote the URL with its password.
		return nil, errors.New("open the queue: the database URL is not understood; want postgres://user:password@host:port/database?sslmode=…")
	}
	cfg.MaxConns, cfg.MinConns = size, 0
	cfg.ConnConfig.RuntimeParams["timezone"] = "UTC"
	cfg.ConnConfig.RuntimeParams["application_name"] = "overheard queue"
	if cfg.ConnConfig.ConnectTimeout == 0 {
		cfg.ConnConfig.ConnectTimeout = 15 * time.Second
	}
	pool, err := pgxpool.NewWithConfig(ctx, cfg)
	if err != nil {
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("open the queue: %w", err)
	}
	return pool, nil
}

// carried is a ticket as River stores it.
type carried struct {
	ledger.Ticket
}

// Kind names the kind of job to River.
func (carried) Kind() string { return "interval" }

// Enqueue hands tickets to a queue, all or none.
func (q *Queue) Enqueue(ctx context.Context, name string, tickets []ledger.Ticket) error {
	params := make([]river.InsertManyParams, len(tickets))
	for i, t := range tickets {
		params[i] = river.InsertManyParams{Args: carried{t}, InsertOpts: &river.InsertOpts{Queue: name, MaxAttempts: 1}}
	}
	if len(params) == 0 {
		return nil
	}
	if err := q.awaitTurn(ctx, name); err != nil {
		return fmt.Errorf("hand %d intervals to the queue: %w", len(tickets), err)
	}
	if _, err := q.send.InsertManyFast(ctx, params); err != nil {
		return fmt.Errorf("hand %d intervals to the queue: %w", len(tickets), err)
	}
	return nil
}

// awaitTurn keeps two notices to a queue apart by a little more than fetchCooldown.
// River swallows the second of two that are nearer, and its tickets would lie until
// the next poll.
func (q *Queue) awaitTurn(ctx context.Context, name string) error {
	const apart = fetchCooldown + fetchCooldown/4
	q.mu.Lock()
	at := time.Now()
	if next := q.sentAt[name].Add(apart); at.Before(next) {
		at = next
	}
	q.sentAt[name] = at
	q.mu.Unlock()
	select {
	case <-time.After(time.Until(at)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Work takes tickets, as many at a time as slots says of each queue, until ctx
// ends; then it takes no more and returns once every do has. The context of do
// does not end with ctx. A database that goes away is waited for.
func (q *Queue) Work(ctx context.Context, slots map[string]int, do func(ctx context.Context, t ledger.Ticket)) error {
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{do: do})
	queues := map[string]river.QueueConfig{}
	for name, n := range slots {
		if n > 0 {
			queues[name] = river.QueueConfig{MaxWorkers: n}
		}
	}
	client, err := river.NewClient(riverpgxv5.New(q.pool), &river.Config{
		Schema:                      schema,
		Logger:                      quiet(q.lg),
		Queues:                      queues,
		Workers:                     workers,
		JobTimeout:                  -1, // the ledger bounds work
		MaxAttempts:                 1,
		FetchCooldown:               fetchCooldown,
		FetchPollInterval:           pollInterval,
		CompletedJobRetentionPeriod: retention,
		DiscardedJobRetentionPeriod: retention,
		CancelledJobRetentionPeriod: retention,
		RescueStuckJobsAfter:        24 * time.Hour, // of no use: the ledger has rescued it long before
	})
	if err != nil {
		return fmt.Errorf("take work from the queue: %w", err)
	}
	base := context.WithoutCancel(ctx)
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		if err = client.Start(base); err == nil {
			break
		}
		q.lg.Warn("the queue cannot be reached, trying again", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
	<-ctx.Done()
	if err := client.Stop(base); err != nil {
		return fmt.Errorf("stop taking work from the queue: %w", err)
	}
	return nil
}

// worker hands River's jobs on. It has no errors: how the work ended is in the
// ledger.
type worker struct {
	river.WorkerDefaults[carried]
	do func(ctx context.Context, t ledger.Ticket)
}

// Work does one job.
func (w *worker) Work(ctx context.Context, job *river.Job[carried]) error {
	w.do(ctx, job.Args.Ticket)
	return nil
}
