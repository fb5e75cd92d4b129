package fleet_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/queue"
)

const benchSlots = 100

// BenchmarkEmptyIntervals does empty work as fast as one process can, first with
// River alone, which is the limit, then through the ledger: planned, dispatched,
// carried, claimed, settled.
func BenchmarkEmptyIntervals(b *testing.B) {
	const count = 5000
	b.Run("river alone", func(b *testing.B) {
		s := newSite(b)
		q, err := queue.Open(b.Context(), s.lg, s.url)
		if err != nil {
			b.Fatal(err)
		}
		defer q.Close()
		for range b.N {
			b.StopTimer()
			tickets := make([]ledger.Ticket, count)
			for i := range tickets {
				tickets[i] = ledger.Ticket{Job: "backfill", Scope: fmt.Sprint(i), Night: ledger.Date{Time: night(1)}}
			}
			if err := q.Enqueue(b.Context(), queue.Backfill, tickets); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			ctx, cancel := context.WithCancel(b.Context())
			var all sync.WaitGroup
			all.Add(count)
			var worker sync.WaitGroup
			worker.Go(func() {
				if err := q.Work(ctx, map[string]int{queue.Backfill: benchSlots}, func(context.Context, ledger.Ticket) { all.Done() }); err != nil {
					b.Error(err)
				}
			})
			all.Wait()
			b.StopTimer()
			cancel()
			worker.Wait()
			b.StartTimer()
		}
		b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
	b.Run("fleet", func(b *testing.B) {
		s := newSite(b)
		var begun atomic.Int64
		for i := range b.N {
			b.StopTimer()
			s.backfill(b, int64(i+1), 4*benchSlots, count)
			f := s.fleet(b, fleet.Config{BackfillSlots: benchSlots, ReconcileEvery: 2 * time.Second}, map[string]fleet.Handler{
				"backfill": func(context.Context, ledger.Interval, *ledger.Run) error { begun.Add(1); return nil },
			})
			b.StartTimer()
			stop := work(b, f)
			for begun.Load() < int64((i+1)*count) { // asking the database would cost what is measured
				time.Sleep(time.Millisecond)
			}
			eventually(b, "all to be done", func() bool { return s.states("backfill")["done"] == (i+1)*count })
			b.StopTimer()
			stop()
		}
		b.ReportMetric(float64(count*b.N)/b.Elapsed().Seconds(), "jobs/s")
	})
}

// BenchmarkPickUp measures from the commit of queued to the start of the handler,
// one interval at a time, beside River alone from the insert on.
func BenchmarkPickUp(b *testing.B) {
	const count = 500
	report := func(b *testing.B, took []time.Duration) {
		slices.Sort(took)
		for _, p := range []int{50, 95, 99} {
			b.ReportMetric(float64(took[len(took)*p/100].Microseconds())/1000, fmt.Sprintf("p%d-ms", p))
		}
	}
	b.Run("river alone", func(b *testing.B) {
		s := newSite(b)
		q, err := queue.Open(b.Context(), s.lg, s.url)
		if err != nil {
			b.Fatal(err)
		}
		defer q.Close()
		started := make(chan time.Time, 1)
		ctx, cancel := context.WithCancel(b.Context())
		var g sync.WaitGroup
		g.Go(func() {
			_ = q.Work(ctx, map[string]int{queue.Night: 4}, func(context.Context, ledger.Ticket) { started <- time.Now() })
		})
		var took []time.Duration
		for i := range count * b.N {
			at := time.Now()
			if err := q.Enqueue(b.Context(), queue.Night, []ledger.Ticket{{Job: "nightly", Scope: fmt.Sprint(i), Night: ledger.Date{Time: night(1)}}}); err != nil {
				b.Fatal(err)
			}
			took = append(took, (<-started).Sub(at))
		}
		cancel()
		g.Wait()
		report(b, took[10:])
	})
	b.Run("fleet", func(b *testing.B) {
		s := newSite(b)
		started := make(chan time.Duration, 1)
		f := s.fleet(b, fleet.Config{ReconcileEvery: time.Hour}, map[string]fleet.Handler{
			"nightly": func(_ context.Context, iv ledger.Interval, _ *ledger.Run) error {
				started <- time.Since(*iv.QueuedAt)
				return nil
			},
		})
		work(b, f)
		time.Sleep(time.Second)
		var took []time.Duration
		for i := range count * b.N {
			s.plan(b, asSchedule, ledger.Key{Job: "nightly", Scope: fmt.Sprint(i), Night: night(1)})
			if err := f.Dispatch(b.Context()); err != nil {
				b.Fatal(err)
			}
			took = append(took, <-started)
			for s.states("nightly")["done"] <= i {
				time.Sleep(time.Millisecond)
			}
		}
		report(b, took[10:])
	})
}
