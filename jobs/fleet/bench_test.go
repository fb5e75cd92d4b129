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

// BenchmarkCancel measures from the order to cancel to the moment running work is
// told, which is its worker's next heartbeat.
func BenchmarkCancel(b *testing.B) {
	const count = 40
	s := newSite(b)
	s.backfill(b, 1, 1, count*b.N)
	began := make(chan ledger.Key, 1)
	stopped := make(chan time.Time, 1)
	work(b, s.fleet(b, fleet.Config{BackfillSlots: 1}, map[string]fleet.Handler{
		"backfill": func(ctx context.Context, iv ledger.Interval, _ *ledger.Run) error {
			began <- iv.Key()
			<-ctx.Done()
			stopped <- time.Now()
			return ctx.Err()
		},
	}))
	var took []time.Duration
	for i := range count * b.N {
		key := <-began
		time.Sleep(time.Duration(i%20) * 50 * time.Millisecond) // at every moment between two heartbeats
		at := time.Now()
		if n, err := s.ledger.Cancel(b.Context(), "the operator said so", []ledger.Key{key}); err != nil || n != 1 {
			b.Fatalf("%d cancelled: %v", n, err)
		}
		took = append(took, (<-stopped).Sub(at))
	}
	slices.Sort(took)
	for _, p := range []int{50, 95, 100} {
		b.ReportMetric(float64(took[(len(took)*p-1)/100].Milliseconds()), fmt.Sprintf("p%d-ms", p))
	}
}

// BenchmarkManyIntervals plans and dispatches with 50,000 intervals of a backfill
// waiting beside as many settled ones, and holds it against plain statements that
// write as many rows.
func BenchmarkManyIntervals(b *testing.B) {
	const count = 50000
	for range b.N {
		s := newSite(b)
		var keys []ledger.Key
		for i := range count {
			keys = append(keys, ledger.Key{Job: ledger.JobBackfill, Scope: outlet(1, i/31), Night: night(1 + i%31)})
		}
		s.db.MustExec(`
			insert into ops.intervals (job, scope, night, state, cause, attempt_count, planned_at)
			select 'collect', to_char(make_interval(mins => g % 1440), 'HH24:MI'), date '2020-01-01' + g / 1440, 'done', 'schedule', 1, now() from generate_series(1, 1000000) as g`)
		s.db.MustExec(`analyze ops.intervals`)
		s.db.MustExec(`create table public.plain (like ops.intervals including all)`)
		timed := func(do func()) time.Duration { at := time.Now(); do(); return time.Since(at) }
		planned := timed(func() { s.plan(b, ledger.Reason{Cause: ledger.CauseBackfill, BackfillID: 1}, keys...) })
		inserted := timed(func() {
			s.db.MustExec(`insert into public.plain select * from ops.intervals where state = 'planned'`)
		})
		s.db.MustExec(`
			insert into ops.backfills overriding system value
			select 1, 'running', '2026-01-01', '2026-01-31', '{archive}', '{read}', '{}', 8, $1, 0, 0, 0, interval '0', '', now(), 'test', now()`, count)
		s.db.MustExec(`analyze ops.intervals, public.plain`)
		var got int
		first := timed(func() {
			tickets, err := s.ledger.Dispatch(b.Context(), 1)
			if err != nil {
				b.Fatal(err)
			}
			got = len(tickets)
		})
		updated := timed(func() {
			s.db.MustExec(`update public.plain set state = 'queued', queued_at = now() where job = 'backfill' and scope = $1 and night < '2026-01-09'`, outlet(1, 7))
		})
		const again = 50
		idle := timed(func() {
			for range again {
				if _, err := s.ledger.Dispatch(b.Context(), 1); err != nil {
					b.Fatal(err)
				}
			}
		}) / again
		if got != 8 {
			b.Fatalf("%d dispatched, want the window of 8", got)
		}
		b.ReportMetric(planned.Seconds()*1000, "plan-ms")
		b.ReportMetric(planned.Seconds()/inserted.Seconds(), "plan/insert")
		b.ReportMetric(first.Seconds()*1000, "dispatch-ms")
		b.ReportMetric(first.Seconds()/updated.Seconds(), "dispatch/update")
		b.ReportMetric(idle.Seconds()*1000, "idle-dispatch-ms")
	}
}
