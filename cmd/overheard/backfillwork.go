package main

import (
	"context"

	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/queue"
)

// workOn works on intervals of backfills in this process until ctx ends: as a
// fleet of one, beside whoever else does. It leaves nights, collects and rechecks
// to hosts that serve.
func (a *app) workOn(ctx context.Context, s session, workers int) error {
	q, err := queue.Open(ctx, a.log, s.url)
	if err != nil {
		return err
	}
	defer q.Close()
	handlers := map[string]fleet.Handler{}
	for job, handler := range s.jobs.Backfills().Handlers() {
		handlers[job] = handler
	}
	f := fleet.New(a.log, s.db, s.jobs.Ledger(), q, fleet.Config{
		BackfillSlots:    workers,
		BackfillReserved: a.config.Jobs.BackfillReserved,
		RescueAfter:      a.config.Jobs.RescueAfter,
		Metrics:          a.metrics,
	}, handlers)
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error { return f.Work(ctx) })
	g.Go(func() error { return f.Reconcile(ctx) })
	g.Go(func() error { return s.jobs.Backfills().Tend(ctx) })
	return g.Wait()
}
