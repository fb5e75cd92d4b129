package main

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/backfill"
)

// TestBackfillOfAPress goes through a backfill as an operator does: plan, apply,
// what became of it, the same again, and a night that is only built.
func TestBackfillOfAPress(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 5, Outlets: 8, Nights: 3, ArticlesPerOutletNight: 3})
	o := newOperator(t, registry)
	first := day(t, at).AddDate(0, 0, -2).Format("2006-01-02")

	got := o.call(t, "backfill", "plan", "--from", first, "--to", at)
	if got.code != exitDone || !strings.Contains(got.stdout, "overheard backfill apply 1 does it") || !strings.Contains(got.stdout, at) {
		t.Fatalf("plan: %+v", got)
	}
	got = o.call(t, "backfill", "apply", "1", "--dry-run")
	if got.code != exitDone || !strings.Contains(got.stdout, "dry run: backfill 1 would run") {
		t.Fatalf("dry run: %+v", got)
	}
	got = o.call(t, "--json", "backfill", "apply", "1")
	if got.code != exitDone && got.code != exitFailed {
		t.Fatalf("apply: exit code %d: %s", got.code, got.stderr)
	}
	var detail backfill.Detail
	if err := json.Unmarshal([]byte(got.stdout), &detail); err != nil {
		t.Fatalf("%v in %q", err, got.stdout)
	}
	if p := detail.Progress; p == nil || p.Settled() != p.IntervalCount || p.Done == 0 || detail.FinishedAt == nil {
		t.Errorf("after apply %+v", detail.Progress)
	}
	shown := o.call(t, "backfill", "show", "1", "--intervals")
	t.Log(shown.stdout)
	if shown.code != exitDone || !strings.Contains(shown.stdout, "what was done, as estimated and as it was:") {
		t.Errorf("show: %+v", shown)
	}
	before := o.tables(t)
	if got := o.call(t, "backfill", "apply", "1"); got.code != exitDone || !strings.Contains(got.stdout, "nothing was written") {
		t.Errorf("apply again: %+v", got)
	}
	o.call(t, "backfill", "plan", "--from", first, "--to", at)
	if got := o.call(t, "backfill", "apply", "2"); got.code != exitDone && got.code != exitFailed {
		t.Errorf("apply of the same: %+v", got)
	}
	if diff := cmp.Diff(before, o.tables(t)); diff != "" {
		t.Errorf("the same backfill again changed tables (-before +after):\n%s", diff)
	}
	o.database(t, func(db *sqlx.DB) {
		if left := query(t, db, `select concat_ws(' ', run_id, job) from ops.runs where state = 'running'`); len(left) > 0 {
			t.Errorf("runs that nobody ends: %v", left)
		}
	})
}

// TestInterruptOfApplyPauses interrupts an apply that works, and resumes it.
func TestInterruptOfApplyPauses(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 6, Outlets: 6, Nights: 3, ArticlesPerOutletNight: 4})
	o := newOperator(t, registry, "OVERHEARD_CRAWL_HOST_GAP=300ms")
	first := day(t, at).AddDate(0, 0, -2).Format("2006-01-02")
	if got := o.call(t, "backfill", "plan", "--from", first, "--to", at); got.code != exitDone {
		t.Fatalf("plan: %+v", got)
	}
	applying := o.start(t, "backfill", "apply", "1")
	db := o.beside(t)
	eventually(t, "an interval to end", func() bool {
		return len(query(t, db, `select job from ops.intervals where state = 'done'`)) > 0
	})
	db.Close()
	applying.signal(t, syscall.SIGINT)
	applying.end(t)
	if got := o.call(t, "backfill", "list"); !strings.Contains(got.stdout, "paused") {
		t.Errorf("after an interrupt: %+v", got)
	}
	got := o.call(t, "backfill", "resume", "1")
	if got.code != exitDone && got.code != exitFailed || !strings.Contains(got.stdout, "plan 1 is done") {
		t.Errorf("resume: %+v", got)
	}
}

func TestBackfillErrorsAreClear(t *testing.T) {
	t.Parallel()
	_, registry, at := world(t, press.Config{Seed: 7, Outlets: 2, Nights: 1, ArticlesPerOutletNight: 1})
	o := newOperator(t, registry)
	tests := []struct {
		args []string
		code int
		says string
	}{
		{[]string{"backfill", "plan"}, exitUsage, "--from and --to"},
		{[]string{"backfill", "plan", "--from", "yesterday", "--to", at}, exitUsage, "a night is a date such as 2026-11-21"},
		{[]string{"backfill", "plan", "--from", at, "--to", at, "--outlets", "nobody"}, exitUsage, `there is no outlet "nobody"`},
		{[]string{"backfill", "apply", "seven"}, exitUsage, `a plan is a number, as `},
		{[]string{"backfill", "apply", "7"}, exitUsage, "backfill 7 is not known"},
		{[]string{"backfill", "apply", "7", "--workers", "-1"}, exitUsage, "less than none"},
		{[]string{"backfill", "show", "7"}, exitUsage, "backfill 7 is not known"},
		{[]string{"runs", "retry"}, exitUsage, "a RUN, --backfill PLAN or --failed"},
		{[]string{"runs", "retry", "7"}, exitUsage, "run 7 is not known"},
		{[]string{"runs", "cancel", "7"}, exitUsage, "run 7 is not known"},
		{[]string{"runs", "intervals", "--state", "lost"}, exitUsage, `"lost" is no state of an interval`},
	}
	for _, tt := range tests {
		got := o.call(t, tt.args...)
		if got.code != tt.code || !strings.Contains(got.stderr, tt.says) {
			t.Errorf("%v: exit code %d, want %d with %q: %s", tt.args, got.code, tt.code, tt.says, got.stderr)
		}
	}
	if got := o.call(t, "backfill", "plan", "--from", at, "--to", at); got.code != exitDone {
		t.Fatalf("plan: %+v", got)
	}
	if got := o.call(t, "backfill", "pause", "1"); got.code != exitRefused || !strings.Contains(got.stderr, "only planned") {
		t.Errorf("pause of a plan: %+v", got)
	}
	if got := o.call(t, "runs", "retry", "--failed"); got.code != exitDone || !strings.Contains(got.stdout, "nothing has failed") {
		t.Errorf("retry of nothing: %+v", got)
	}
}
