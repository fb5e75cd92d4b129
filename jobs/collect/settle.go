package collect

import (
	"context"
	"fmt"
	"sync"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// tally counts what happens to one outlet in one run.
type tally struct {
	decidedBefore before
	discovered    int
	offsite       int // another outlet's
	requests      int
	bytes         int64

	unloaded sync.WaitGroup // results handed to the loader and not yet written
}

func (t *tally) request(r result) {
	if r.isUnsent {
		return
	}
	t.requests++
	t.bytes += r.wireBytes
}

// wait returns when everything handed to the loader is written.
func (t *tally) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() { t.unloaded.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// settle writes the outlet's line in ops.outlet_runs. The decided and deferred
// URLs are counted in ops.urls, not remembered: the sum has to close by itself.
func (c *Collector) settle(ctx context.Context, run *ledger.Run, o outlets.Outlet, polls []discover.Poll, t *tally) error {
	notModified, failed := 0, 0
	var firstErr string
	for _, p := range polls {
		t.requests += p.Requests
		t.bytes += p.Bytes
		notModified += p.NotModified
		if p.Err != nil {
			failed++
			if firstErr == "" {
				firstErr = p.Err.Error()
			}
		}
	}
	if failed < len(polls) {
		firstErr = "" // at least one channel could be read
	}
	var counts struct {
		Decided  int `db:"decided"`
		Deferred int `db:"deferred"`
		Failed   int `db:"failed"`
	}
	err := c.db.GetContext(ctx, &counts, `
		select
			count(*) filter (where decided_run_id = $2) as decided,
			count(*) filter (where outcome is null) as deferred,
			count(*) filter (where decided_run_id = $2 and outcome = 'failed') as failed
		from ops.urls
		where outlet_id = $1 and (decided_run_id = $2 or outcome is null)`, o.ID, run.ID)
	if err != nil {
		return fmt.Errorf("count the URLs of %q: %w", o.ID, err)
	}
	_, err = c.db.ExecContext(ctx, `
		insert into ops.outlet_runs
			(run_id, outlet_id, discovered_count, known_count, decided_count, deferred_count,
			 request_count, not_modified_count, byte_count, error, finished_at,
			 polled_channel_count, readable_channel_count)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		run.ID, o.ID, t.discovered, t.decidedBefore.known+t.offsite, counts.Decided, counts.Deferred,
		t.requests, notModified, t.bytes, text(firstErr), c.now().UTC(), len(polls), len(polls)-failed)
	if err != nil {
		return fmt.Errorf("record the run of %q: %w", o.ID, err)
	}
	run.Count("outlets", 1)
	run.Count("channels_failed", int64(failed))
	run.Count("discovered", int64(t.discovered))
	run.Count("known", int64(t.decidedBefore.known))
	run.Count("offsite", int64(t.offsite))
	run.Count("deferred", int64(counts.Deferred))
	run.Count("requests", int64(t.requests))
	run.Count("not_modified", int64(notModified))
	run.Count("bytes", t.bytes)
	run.Fail(int64(failed + counts.Failed))
	return nil
}
