package fleet_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/jobs/fleet"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/metrics"
)

// scrape reads the figures of the work that begin with one of the names.
func scrape(t *testing.T, r *metrics.Recorder, names ...string) []string {
	t.Helper()
	answer := httptest.NewRecorder()
	r.Handler().ServeHTTP(answer, httptest.NewRequest("GET", "/metrics", nil))
	if answer.Code != 200 {
		t.Fatalf("status %d: %s", answer.Code, answer.Body)
	}
	var lines []string
	for line := range strings.Lines(answer.Body.String()) {
		if slices.ContainsFunc(names, func(name string) bool { return strings.HasPrefix(line, "overheard_"+name+"{") }) {
			lines = append(lines, strings.TrimPrefix(strings.TrimSpace(line), "overheard_"))
		}
	}
	return lines
}

// TestWorkIsCounted does some work of every end and reads what Prometheus would,
// once while an interval runs and another waits in River's own table.
func TestWorkIsCounted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	recorder := metrics.New(slog.New(slog.DiscardHandler), s.db, metrics.Config{})
	s.ledger = s.ledger.Counted(recorder)
	s.backfill(t, 1, 8, 5)
	isFull, release := make(chan struct{}), make(chan struct{})
	stop := work(t, s.fleet(t, fleet.Config{
		BackfillSlots: 1, Metrics: recorder, Rules: map[string]fleet.Rule{"backfill": {Tries: 1}},
	}, map[string]fleet.Handler{
		"backfill": func(_ context.Context, iv ledger.Interval, _ *ledger.Run) error {
			switch iv.Scope {
			case outlet(1, 4):
				close(isFull)
				<-release
			case outlet(1, 3):
				return &ledger.GapError{Reason: "too old"}
			case outlet(1, 2):
				return &ledger.PostponeError{Reason: "busy", After: time.Hour}
			case outlet(1, 1):
				return errors.New("no route")
			}
			return nil
		},
	}))
	<-isFull
	want := []string{
		`intervals{job="backfill",state="queued"} 4`,
		`intervals{job="backfill",state="running"} 1`,
		`queue_jobs{queue="backfill",state="available"} 4`,
		`queue_jobs{queue="backfill",state="running"} 1`,
	}
	if diff := cmp.Diff(want, scrape(t, recorder, "intervals", "queue_jobs")); diff != "" {
		t.Errorf("while it works (-want +got):\n%s", diff)
	}
	close(release)
	eventually(t, "all to end", func() bool { return s.states("backfill")["done"] == 2 })
	stop() // what was settled is counted a moment later
	if _, err := s.ledger.Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseOperator}, func(context.Context, *ledger.Run) error { return nil }); err != nil {
		t.Fatal(err)
	}
	want = []string{
		`interval_duration_seconds_count{job="backfill"} 5`,
		`interval_pickup_latency_seconds_count{queue="backfill"} 5`,
		`intervals_settled_total{job="backfill",state="done"} 2`,
		`intervals_settled_total{job="backfill",state="failed"} 1`,
		`intervals_settled_total{job="backfill",state="gap"} 1`,
		`intervals_settled_total{job="backfill",state="planned"} 1`,
		`run_duration_seconds_count{job="backfill"} 5`,
		`run_duration_seconds_count{job="collect"} 1`,
		`runs_ended_total{job="backfill",state="cancelled"} 1`,
		`runs_ended_total{job="backfill",state="done"} 3`,
		`runs_ended_total{job="backfill",state="failed"} 1`,
		`runs_ended_total{job="collect",state="done"} 1`,
		`runs_started_total{job="backfill"} 5`,
		`runs_started_total{job="collect"} 1`,
	}
	got := scrape(t, recorder, "interval_duration_seconds_count", "interval_pickup_latency_seconds_count", "intervals_settled_total",
		"run_duration_seconds_count", "runs_ended_total", "runs_started_total")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("after the work (-want +got):\n%s", diff)
	}
}
