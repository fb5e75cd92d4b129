package backfill_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/jobs/backfill"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// sitemaps asks for the two outlets that have one.
func sitemaps(nights int) backfill.Request {
	return request(nights, func(r *backfill.Request) { r.Outlets = []string{"gb-post", "fr-post"} })
}

const (
	intervalRows = `select concat_ws(' ', job, nullif(scope, ''), night, state) from ops.intervals where job <> 'nightly' order by job, night, scope`
	backfillRows = `select concat_ws(' ', backfill_id, state) from ops.backfills order by backfill_id`
	// digest is over every row outside ops.
	digest = `
		select concat(
			(select count(*) from staging.articles), ' ', (select count(*) from intermediate.int_constants_pivoted), ' ',
			(select string_agg(n.night || ' ' || n.revision || ' ' || n.published_at, ',' order by n.night) from marts.nights as n), ' ',
			(select string_agg(b.xmin || ' ' || b.state, ',' order by b.backfill_id) from ops.backfills as b where b.state <> 'planned'), ' ',
			(select string_agg(cast(v.xmin as text), ',' order by v.job, v.night, v.scope) from ops.intervals as v))`
)

// TestABackfillFromPlanToEnd does the newest night first, then builds the oldest
// first, and tells what it came to.
func TestABackfillFromPlanToEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.months()
	w.past.does = func(_ context.Context, run *ledger.Run, what string) error {
		switch what {
		case "live fr-post 2026-03-19 of 2026-03-19 to 2026-03-20":
			return &ledger.GapError{Reason: "the sitemaps name nothing of it"}
		case "match gb-post 2026-03-20":
			return errors.New("the disk is full")
		}
		return nil
	}
	plan := w.plan(request(2, nil))
	if plan.IntervalCount != 10 || plan.GapCount != 4 || plan.RebuildCount != 2 {
		t.Errorf("%d intervals, %d gaps, %d nights to build; want 10, 4 and 2", plan.IntervalCount, plan.GapCount, plan.RebuildCount)
	}
	applied := w.apply(plan.BackfillID)
	if applied.Planned != 6 || applied.Gaps != 4 || applied.First[0].Scope != "fr-post" || applied.First[0].Night.String() != "2026-03-20" {
		t.Errorf("applied %+v, want 6 due, 4 gaps, the newest night first", applied)
	}
	w.work()
	want := []string{
		"live fr-post 2026-03-20 of 2026-03-19 to 2026-03-20", "match fr-post 2026-03-20",
		"live gb-post 2026-03-20 of 2026-03-19 to 2026-03-20", "match gb-post 2026-03-20",
		"live fr-post 2026-03-19 of 2026-03-19 to 2026-03-20", "match fr-post 2026-03-19",
		"live gb-post 2026-03-19 of 2026-03-19 to 2026-03-20", "match gb-post 2026-03-19",
	}
	got := w.past.take()
	slices.Sort(want) // a window of eight starts all of them at once
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("work (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"build 2026-03-19", "publish 2026-03-19", "build 2026-03-20", "publish 2026-03-20"}, w.nights.take()); diff != "" {
		t.Errorf("nights (-want +got):\n%s", diff)
	}
	w.want("backfills", backfillRows, "1 done_with_failures")
	w.want("nights that need not be made up", `select concat_ws(' ', night, state, cause) from ops.intervals where job = 'nightly' order by night`,
		"2026-03-19 done backfill", "2026-03-20 done backfill")
	w.want("runs", `select concat_ws(' ', job, state, count(*)) from ops.runs group by job, state order by job, state`,
		"backfill done 3", "backfill done_with_failures 1", "backfill failed 1", "rebuild done 2")
	w.want("runs without their backfill", `select job from ops.runs where backfill_id is null or night is not null and parent_run_id is null`)

	detail, err := w.b.Show(t.Context(), plan.BackfillID)
	if err != nil {
		t.Fatal(err)
	}
	p := detail.Progress
	if p.Done != 4 || p.Failed != 1 || p.Gaps != 5 || p.Settled() != p.IntervalCount || p.ETA != nil {
		t.Errorf("progress %+v, want 4 done, 1 failed, 5 gaps and no time left", p)
	}
	w.want("totals of the gap report", `
		select concat_ws(' ', gap_report ->> 'gaps', gap_report ->> 'failed', gap_report ->> 'cancelled') from ops.backfills`, "5 1 0")
	w.want("gaps, the commonest first", `
		select concat_ws(' ', r ->> 'interval_count', r ->> 'outlet_count', r ->> 'reason')
		from ops.backfills, jsonb_array_elements(gap_report -> 'reasons') as r where r ->> 'reason' like 'the sitemaps%'`,
		"1 1 the sitemaps name nothing of it")
	w.want("what failed", `
		select concat_ws(' ', r ->> 'outlet_id', r ->> 'night', r ->> 'attempt_count', r ->> 'reason')
		from ops.backfills, jsonb_array_elements(gap_report -> 'intervals') as r where r ->> 'state' = 'failed'`,
		"gb-post 2026-03-20 1 the disk is full")
	w.want("new nights", `select concat_ws(' ', n ->> 'night', n ->> 'state') from ops.backfills, jsonb_array_elements(ranking_diff -> 'nights') as n`,
		"2026-03-19 new", "2026-03-20 new")
}

func TestApplyIsWhatWasPlannedOrNothing(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		moves func(w *world)
		says  string // empty: applied
	}{
		{"nothing has moved", nil, ""},
		{"more addresses wait, of the same outlets and nights", func(w *world) { w.waiting("gb-post", "2026-03-20", 3) }, ""},
		{"an article came late, to a night that is read anyway", func(w *world) { w.articles("gb-post", "2026-03-20", 1) }, ""},
		{"another source can serve", func(w *world) { w.kept("own", "gb-post", "2026-03-20", 3) }, "which source can serve which outlet and night"},
		{"addresses came of an outlet that had none", func(w *world) { w.waiting("de-post", "2026-03-20", 3) }, "which source can serve which outlet and night"},
		{"a night was built", func(w *world) {
			warehousetest.Insert(w.db, "intermediate.int_constants_pivoted", `select cast('2026-03-20' as date) as night`)
		}, "which nights are built and published"},
		{"another backfill did the same", func(w *world) { w.apply(w.plan(request(2, nil)).BackfillID); w.work() }, "the ledger's intervals of its nights"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.months()
			plan := w.plan(request(2, nil))
			if tt.moves != nil {
				tt.moves(w)
			}
			dry, dryErr := w.b.Apply(t.Context(), plan.BackfillID, true)
			wantError(t, dryErr, tt.says)
			w.want("intervals after a dry run", fmt.Sprintf(`select job from ops.intervals where backfill_id = %d`, plan.BackfillID))
			applied, err := w.b.Apply(t.Context(), plan.BackfillID, false)
			wantError(t, err, tt.says)
			if tt.says == "" {
				dry.IsDryRun = false
				if diff := cmp.Diff(applied, dry); diff != "" {
					t.Errorf("the dry run showed something else (-applied +shown):\n%s", diff)
				}
				return
			}
			var no *backfill.RefusedError
			if !errors.As(err, &no) {
				t.Errorf("%T, want a refusal", err)
			}
			w.want("state", fmt.Sprintf(`select state from ops.backfills where backfill_id = %d`, plan.BackfillID), "planned")
		})
	}
}

func TestTheRegistryMoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	plan := w.plan(request(1, nil))
	other := backfill.New(w.lg(), w.db, backfill.Config{ReportZone: time.UTC, HostGap: time.Second}, w.past, w.nights, func() time.Time { return testNow })
	_, err := other.Apply(t.Context(), plan.BackfillID, false)
	wantError(t, err, "plan it anew")
}

// TestAppliedTwiceWritesNothing applies a backfill again while it runs, when it
// is done, and does the same by another plan.
func TestAppliedTwiceWritesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.months()
	w.articles("gb-post", "2026-03-20", 2)
	plan := w.plan(sitemaps(2))
	w.apply(plan.BackfillID)
	again := func(when, state string) {
		t.Helper()
		var before, after string
		for _, sum := range []*string{&before, &after} {
			if err := w.db.Get(sum, digest); err != nil {
				t.Fatal(err)
			}
			if sum == &before {
				applied := w.apply(plan.BackfillID)
				if applied.State != state || applied.Before != state {
					t.Errorf("%s: %+v, want that it says %s", when, applied, state)
				}
			}
		}
		if before != after {
			t.Errorf("%s: rows were written:\n%s\n%s", when, before, after)
		}
	}
	again("running", "running")
	w.work()
	again("done", "done")

	w.past.take()
	w.nights.take()
	second := w.plan(sitemaps(2))
	w.apply(second.BackfillID)
	w.work()
	if asked := w.nights.take(); len(asked) > 0 {
		t.Errorf("nights that have not changed were built: %v", asked)
	}
	w.want("revisions", `select concat_ws(' ', night, revision) from marts.nights order by night`, "2026-03-19 1", "2026-03-20 1")
	w.want("errors", `select error from ops.intervals where error is not null`)
	w.want("end", backfillRows, "1 done", "2 done")
}

// TestANightIsBuiltAgainForAReason gives each reason to a night in the middle.
func TestANightIsBuiltAgainForAReason(t *testing.T) {
	t.Parallel()
	all := []string{"build 2026-03-18", "build 2026-03-19", "build 2026-03-20"}
	tests := []struct {
		name  string
		steps []string
		given func(w *world)
		want  []string
	}{
		{"nothing changed", []string{"read", "build"}, func(*world) {}, nil},
		{"a late article, and the nights that carry its sums", []string{"read", "build"}, func(w *world) { w.articles("it-post", "2026-03-19", 1) }, all[1:]},
		{"mentions changed", []string{"read", "build"}, func(w *world) {
			w.exec(`insert into ops.night_changes (night, transaction_id, run_id) values ('2026-03-18', 1, 1)`)
		}, all},
		{"never published", []string{"read", "build"}, func(w *world) { w.exec(`delete from marts.nights where night = '2026-03-20'`) }, all[2:]},
		{"asked for by itself", []string{"build"}, func(*world) {}, all},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.months()
			w.articles("gb-post", "2026-03-18", 1)
			w.apply(w.plan(sitemaps(3)).BackfillID)
			w.work()
			w.nights.take()
			tt.given(w)
			req := sitemaps(3)
			req.Steps = tt.steps
			w.apply(w.plan(req).BackfillID)
			w.work()
			built := slices.DeleteFunc(w.nights.take(), func(what string) bool { return strings.HasPrefix(what, "publish") })
			if diff := cmp.Diff(append([]string{}, tt.want...), built); diff != "" {
				t.Errorf("built (-want +got):\n%s", diff)
			}
		})
	}
}

// TestARefusedNightDoesNotStopTheChain and is a failure of its own, tried again
// by a retry.
func TestARefusedNightDoesNotStopTheChain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.months()
	w.nights.refuses = map[string]bool{"2026-03-19": true}
	plan := w.plan(sitemaps(3))
	w.apply(plan.BackfillID)
	w.work()
	w.want("nights", `select concat_ws(' ', night, state, error) from ops.intervals where job = 'rebuild' order by night`,
		"2026-03-18 done", "2026-03-19 failed coverage is too low", "2026-03-20 done")
	w.want("end", backfillRows, "1 done_with_failures")

	w.nights.take()
	w.nights.refuses = nil
	retried, err := w.b.Retry(t.Context(), backfill.RetryTarget{BackfillID: plan.BackfillID}, false)
	if err != nil || len(retried.Intervals) != 1 || retried.Intervals[0].Night.String() != "2026-03-19" {
		t.Fatalf("%+v, %v; want the one night again", retried, err)
	}
	w.past.take()
	w.work()
	if asked := w.past.take(); len(asked) > 0 {
		t.Errorf("outlets were read again: %v", asked)
	}
	want := []string{"build 2026-03-19", "publish 2026-03-19", "build 2026-03-20", "publish 2026-03-20"}
	if diff := cmp.Diff(want, w.nights.take()); diff != "" {
		t.Errorf("built (-want +got):\n%s", diff)
	}
	w.want("end", backfillRows, "1 done")
}

func TestOverlapIsRefusedAndNamed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first := w.plan(request(3, func(r *backfill.Request) { r.Outlets, r.Steps = []string{"gb-post"}, []string{"read"} }))
	second := w.plan(request(2, func(r *backfill.Request) { r.Outlets, r.Steps = []string{"gb-post", "fr-post"}, []string{"read"} }))
	apart := w.plan(request(2, func(r *backfill.Request) { r.Outlets, r.Steps = []string{"fr-post"}, []string{"read"} }))
	w.apply(first.BackfillID)
	_, err := w.b.Apply(t.Context(), second.BackfillID, false)
	wantError(t, err, "the ledger's intervals of its nights") // planned before the first was applied
	anew := w.plan(second.Request)
	if diff := cmp.Diff([]int64{first.BackfillID}, anew.Overlaps); diff != "" {
		t.Errorf("the plan's overlaps (-want +got):\n%s", diff)
	}
	_, err = w.b.Apply(t.Context(), anew.BackfillID, false)
	wantError(t, err, "backfill 1 is at nights of backfill 4 and has not ended")
	w.apply(apart.BackfillID)
	if _, err := w.b.Cancel(t.Context(), first.BackfillID, "test", false); err != nil {
		t.Fatal(err)
	}
	_, err = w.b.Apply(t.Context(), anew.BackfillID, false)
	wantError(t, err, "the ledger's intervals") // the third is at fr-post now
}

// TestTwoAppliersAtOnce apply the same plan, and two plans of the same nights.
func TestTwoAppliersAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	first, second := w.plan(sitemaps(5)), w.plan(sitemaps(5))
	ids := []int64{first.BackfillID, first.BackfillID, second.BackfillID, second.BackfillID}
	applied, errs := make([]backfill.Applied, len(ids)), make([]error, len(ids))
	var all sync.WaitGroup
	for i, id := range ids {
		all.Go(func() { applied[i], errs[i] = w.b.Apply(t.Context(), id, false) })
	}
	all.Wait()
	started, joined, refused := 0, 0, 0
	for i := range ids {
		switch {
		case errs[i] != nil:
			refused++
		case applied[i].Before == backfill.StatePlanned:
			started++
		default:
			joined++
		}
	}
	if started != 1 || joined != 1 || refused != 2 {
		t.Errorf("%d started it, %d joined, %d were refused; want 1, 1 and 2: %v", started, joined, refused, errs)
	}
	w.want("backfills with intervals", `select cast(count(distinct backfill_id) as text) from ops.intervals`, "1")
}

// TestTheWindowIsKept dispatches from many sides at once: no more than the window,
// and one night of an outlet.
func TestTheWindowIsKept(t *testing.T) {
	t.Parallel()
	for window, want := range map[int][]string{
		1: {"fr-post 2026-03-20"},
		8: {"fr-post 2026-03-20", "gb-post 2026-03-20"},
	} {
		t.Run(strconv.Itoa(window), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			plan := w.plan(request(10, func(r *backfill.Request) { r.Outlets, r.Window = []string{"gb-post", "fr-post"}, window }))
			w.apply(plan.BackfillID)
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					if _, err := w.ledger.Dispatch(t.Context(), 1); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			w.want("queued, newest first", `select concat_ws(' ', scope, night) from ops.intervals where state = 'queued' order by night desc, scope`, want...)
		})
	}
}

func TestPauseStartsNothingNewAndResumeGoesOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.months()
	plan := w.plan(request(3, func(r *backfill.Request) { r.Outlets, r.Window = []string{"gb-post"}, 2 }))
	w.apply(plan.BackfillID)
	worker := w.ledger.NewWorker()
	claimed, err := w.ledger.Claim(t.Context(), worker, w.dispatch()[:1])
	if err != nil || len(claimed) != 1 {
		t.Fatal(claimed, err)
	}
	dry, err := w.b.Pause(t.Context(), plan.BackfillID, true)
	if err != nil || dry.Waiting != 5 || dry.Running != 1 {
		t.Errorf("dry run %+v, %v; want 5 waiting, 1 running", dry, err)
	}
	w.want("after a dry run", backfillRows, "1 running")
	for _, before := range []string{"running", "paused"} { // the second time nothing happens
		paused, err := w.b.Pause(t.Context(), plan.BackfillID, false)
		if err != nil || paused.State != "paused" || paused.Before != before {
			t.Fatalf("%+v, %v", paused, err)
		}
	}
	if tickets := w.dispatch(); len(tickets) > 0 {
		t.Errorf("something starts although it is paused: %v", tickets)
	}
	if _, err := w.b.Apply(t.Context(), plan.BackfillID, false); err == nil || !strings.Contains(err.Error(), "resume 1") {
		t.Errorf("apply of a paused one: %v, want that resume goes on", err)
	}
	own, err := w.ledger.Settle(t.Context(), worker, []ledger.Outcome{{Run: claimed[0].Run}}) // what runs ends by itself
	if err != nil || len(own) != 1 {
		t.Errorf("%v, %v; want that what ran is settled", own, err)
	}
	if _, err := w.b.Resume(t.Context(), plan.BackfillID, false); err != nil {
		t.Fatal(err)
	}
	if n := w.work(); n != 5 {
		t.Errorf("%d intervals after resume, want the 5 that were not done", n)
	}
	w.want("end", backfillRows, "1 done")
}

func TestCancelLeavesNoOrphanAndResumeDoesTheRest(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.months()
	plan := w.plan(request(2, func(r *backfill.Request) { r.Outlets, r.Window = []string{"gb-post", "fr-post"}, 2 }))
	w.apply(plan.BackfillID)
	worker := w.ledger.NewWorker()
	claimed, err := w.ledger.Claim(t.Context(), worker, w.dispatch())
	if err != nil || len(claimed) != 2 {
		t.Fatal(claimed, err)
	}
	if _, err := w.ledger.Settle(t.Context(), worker, []ledger.Outcome{{Run: claimed[0].Run}}); err != nil {
		t.Fatal(err)
	}
	done := make(chan backfill.Stopped)
	go func() {
		stopped, err := w.b.Cancel(t.Context(), plan.BackfillID, "test", false)
		if err != nil {
			t.Error(err)
		}
		done <- stopped
	}()
	eventually(t, "the worker to learn of it", func() bool {
		own, err := w.ledger.Beat(t.Context(), worker, []*ledger.Run{claimed[1].Run})
		return err == nil && len(own) == 0
	})
	select {
	case s := <-done:
		t.Fatalf("cancel returned although a run was under way: %+v", s)
	case <-time.After(100 * time.Millisecond):
	}
	own, err := w.ledger.Settle(t.Context(), worker, []ledger.Outcome{{Run: claimed[1].Run}}) // done, but too late
	if err != nil || len(own) != 0 {
		t.Errorf("%v, %v; want that a cancelled interval is not settled", own, err)
	}
	stopped := <-done
	if stopped.Waiting != 4 || stopped.Running != 1 || stopped.Abandoned != 0 {
		t.Errorf("%+v, want 4 that do not start and 1 stopped", stopped)
	}
	w.want("intervals", `select concat_ws(' ', job, state, count(*)) from ops.intervals group by job, state order by job, state`,
		"backfill cancelled 3", "backfill done 1", "rebuild cancelled 2")
	w.want("runs", `select distinct state from ops.runs order by state`, "cancelled", "done")
	w.want("the report", `select concat_ws(' ', state, gap_report ->> 'cancelled', finished_at is not null) from ops.backfills`, "cancelled 5 t")

	if _, err := w.b.Resume(t.Context(), plan.BackfillID, false); err != nil {
		t.Fatal(err)
	}
	if n := w.work(); n != 5 {
		t.Errorf("%d intervals after resume, want the 5 that were not done", n)
	}
	w.want("end", backfillRows, "1 done")
}

// TestVerbsThatDoNotFitTheState tries every verb on every state.
func TestVerbsThatDoNotFitTheState(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	apply := func(w *world) error { _, err := w.b.Apply(ctx, 1, false); return err }
	pause := func(w *world) error { _, err := w.b.Pause(ctx, 1, false); return err }
	resume := func(w *world) error { _, err := w.b.Resume(ctx, 1, false); return err }
	cancel := func(w *world) error { _, err := w.b.Cancel(ctx, 1, "test", false); return err }
	tests := []struct {
		name string
		do   []func(*world) error
		says string
	}{
		{"pause of a plan", []func(*world) error{pause}, "only planned"},
		{"resume of a plan", []func(*world) error{resume}, "apply 1"},
		{"cancel of a plan", []func(*world) error{cancel}, ""},
		{"apply of a cancelled plan", []func(*world) error{cancel, apply}, "cancelled"},
		{"resume of a plan cancelled before it was applied", []func(*world) error{cancel, resume}, "plan it anew"},
		{"cancel of a cancelled one", []func(*world) error{apply, cancel, cancel}, ""},
		{"pause of a cancelled one", []func(*world) error{apply, cancel, pause}, "has ended (cancelled)"},
		{"cancel of a paused one", []func(*world) error{apply, pause, cancel}, ""},
		{"resume of one that runs", []func(*world) error{apply, resume}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, nil)
			w.plan(sitemaps(1))
			for i, do := range tt.do {
				err := do(w)
				if i == len(tt.do)-1 {
					wantError(t, err, tt.says)
				} else if err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	t.Run("unknown", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, nil)
		for _, do := range []func(*world) error{apply, pause, resume, cancel} {
			if err := do(w); !errors.Is(err, backfill.ErrUnknown) {
				t.Errorf("%v, want that it is not known", err)
			}
		}
	})
}

func TestRetryOfOneAndOfAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.months()
	broken := true
	w.past.does = func(_ context.Context, _ *ledger.Run, what string) error {
		if broken && strings.HasPrefix(what, "live") {
			return errors.New("the host does not answer")
		}
		if strings.HasPrefix(what, "match fr-post 2026-03-19") {
			return &ledger.GapError{Reason: "gone"}
		}
		return nil
	}
	plan := w.plan(sitemaps(2))
	w.apply(plan.BackfillID)
	w.work()
	w.want("intervals", intervalRows,
		"backfill fr-post 2026-03-19 failed", "backfill gb-post 2026-03-19 failed", "backfill fr-post 2026-03-20 failed", "backfill gb-post 2026-03-20 failed",
		"rebuild 2026-03-19 done", "rebuild 2026-03-20 done")
	broken = false
	var run int64
	if err := w.db.Get(&run, `select run_id from ops.intervals where scope = 'fr-post' and night = '2026-03-19'`); err != nil {
		t.Fatal(err)
	}
	dry, err := w.b.Retry(t.Context(), backfill.RetryTarget{RunID: run}, true)
	if err != nil || len(dry.Intervals) != 1 {
		t.Errorf("dry run %+v, %v", dry, err)
	}
	w.want("after a dry run", backfillRows, "1 done_with_failures")
	retried, err := w.b.Retry(t.Context(), backfill.RetryTarget{RunID: run}, false)
	if err != nil || !cmp.Equal(retried.Backfills, []int64{1}) {
		t.Fatalf("%+v, %v; want that backfill 1 runs again", retried, err)
	}
	w.past.take()
	w.work()
	if diff := cmp.Diff([]string{"live fr-post 2026-03-19 of 2026-03-19 to 2026-03-20", "match fr-post 2026-03-19"}, w.past.take()); diff != "" {
		t.Errorf("work of one retry (-want +got):\n%s", diff)
	}
	_, err = w.b.Retry(t.Context(), backfill.RetryTarget{RunID: run}, false)
	wantError(t, err, "is a gap (gone)")
	retried, err = w.b.Retry(t.Context(), backfill.RetryTarget{AllFailed: true}, false)
	if err != nil || len(retried.Intervals) != 3 {
		t.Fatalf("%+v, %v; want the three that failed, and not the gap", retried, err)
	}
	w.work()
	w.want("end", backfillRows, "1 done")
	w.want("gaps", `select concat_ws(' ', scope, night) from ops.intervals where state = 'gap'`, "fr-post 2026-03-19")
	_, err = w.b.Retry(t.Context(), backfill.RetryTarget{RunID: 4711}, false)
	wantError(t, err, "run 4711 is not known")
}

func TestCancelOfARun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	plan := w.plan(request(1, func(r *backfill.Request) { r.Outlets = []string{"gb-post"} }))
	w.apply(plan.BackfillID)
	worker := w.ledger.NewWorker()
	claimed, err := w.ledger.Claim(t.Context(), worker, w.dispatch())
	if err != nil {
		t.Fatal(err)
	}
	run := claimed[0].Run
	if _, err := w.b.CancelRun(t.Context(), run.ID, "test", true); err != nil {
		t.Error(err)
	}
	var parent int64
	if err := w.db.Get(&parent, `select run_id from ops.backfills`); err != nil {
		t.Fatal(err)
	}
	_, err = w.b.CancelRun(t.Context(), parent, "test", false)
	wantError(t, err, "overheard backfill cancel 1")
	go func() {
		for {
			own, err := w.ledger.Beat(t.Context(), worker, []*ledger.Run{run})
			if err != nil {
				return
			}
			if len(own) == 0 {
				_, _ = w.ledger.Settle(t.Context(), worker, []ledger.Outcome{{Run: run, Err: context.Canceled}})
				return
			}
		}
	}()
	cancelled, err := w.b.CancelRun(t.Context(), run.ID, "test", false)
	if err != nil || cancelled.Seconds > 2 {
		t.Errorf("%+v, %v; want it stopped within two seconds", cancelled, err)
	}
	w.want("interval", `select concat_ws(' ', state, error) from ops.intervals where job = 'backfill'`, "cancelled cancelled by test")
	_, err = w.b.CancelRun(t.Context(), run.ID, "test", false)
	wantError(t, err, "has ended (cancelled)")
}

// TestADeadApplierIsReplaced kills, so to speak, whoever applied and worked.
func TestADeadApplierIsReplaced(t *testing.T) {
	t.Parallel()
	w := newWorld(t, nil)
	w.months()
	plan := w.plan(sitemaps(2))
	w.apply(plan.BackfillID)
	dead := w.ledger.NewWorker()
	if _, err := w.ledger.Claim(t.Context(), dead, w.dispatch()); err != nil {
		t.Fatal(err)
	}
	w.exec(`update ops.intervals set heartbeat_at = heartbeat_at - interval '1 hour', started_at = started_at - interval '1 hour' where state = 'running'`)
	if applied := w.apply(plan.BackfillID); applied.Before != backfill.StateRunning {
		t.Errorf("%+v, want that it runs already", applied)
	}
	rescued, err := w.ledger.Rescue(t.Context(), 500*time.Millisecond)
	if err != nil || len(rescued) != 2 {
		t.Fatalf("%d rescued, %v; want the two the dead worker had", len(rescued), err)
	}
	w.work()
	w.want("end", backfillRows, "1 done")
	w.want("runs", `select concat_ws(' ', job, state, count(*)) from ops.runs group by job, state order by job, state`,
		"backfill abandoned 2", "backfill done 5", "rebuild done 2")
}

func eventually(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); !isSo(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}
