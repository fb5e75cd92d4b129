package recheck_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/jobs/recheck"
)

// TestAPreviewCountsAndWritesNothing has readings that are due, put off, too late,
// done and not due yet.
func TestAPreviewCountsAndWritesNothing(t *testing.T) {
	t.Parallel()
	x := newWorld(t)
	for _, row := range []struct {
		article  int64
		outlet   string
		due      time.Duration // from now
		next     any
		outcome  any
		decided  any
		attempts int
	}{
		{article: 1, outlet: "times", due: -time.Hour},
		{article: 2, outlet: "gazette", due: -time.Hour},
		{article: 3, outlet: "times", due: -2 * time.Hour, next: x.now.Add(time.Hour), attempts: 1},
		{article: 4, outlet: "times", due: -73 * time.Hour},
		{article: 5, outlet: "herald", due: -time.Hour, outcome: "unchanged", decided: x.now},
		{article: 6, outlet: "herald", due: time.Hour},
	} {
		x.exec(`
			insert into ops.rechecks (article_id, stage, outlet_id, night, url_hash, url, due_at, next_attempt_at, outcome, decided_at, attempt_count)
			values ($1, 'day', $2, '2026-03-01', $1, 'u', $3, $4, $5, $6, $7)`,
			row.article, row.outlet, x.now.Add(row.due), row.next, row.outcome, row.decided, row.attempts)
	}
	const before = `select cast(r as text) from ops.rechecks as r order by article_id`
	var rows []string
	if err := x.db.Select(&rows, before); err != nil {
		t.Fatal(err)
	}
	c := recheck.New(slog.New(slog.DiscardHandler), x.db, x.cfg, x.s, x.s, func() time.Time { return x.now })
	got, err := c.Preview(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(recheck.Preview{DueCount: 4, LateCount: 1, WaitingCount: 1, OutletCount: 2}, got); diff != "" {
		t.Errorf("preview (-want +got):\n%s", diff)
	}
	x.want("the table after it", before, rows...)
}
