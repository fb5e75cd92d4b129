package collect

import (
	"cmp"
	"context"
	"fmt"
	"sync"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// tally counts what happens to one outlet in one run.
type tally struct {
	discovered   int
	known        int // decided before, or announced by another outlet
	offsite      int // another outlet's
	polled       int // channels
	unreadable   int // of these
	channelError string
	requests     int
	notModified  int
	bytes        int64

	trouble result // what last kept the host from answering; zero if nothing did

	unloaded sync.WaitGroup // results on their way to the database
}

// newTally begins with what the polls cost.
func newTally(polls []discover.Poll) *tally {
	t := &tally{}
	t.addPolls(polls)
	return t
}

func (t *tally) addPolls(polls []discover.Poll) {
	t.polled += len(polls)
	for _, p := range polls {
		t.requests += p.Requests
		t.bytes += p.Bytes
		t.notModified += p.NotModified
		if p.Err != nil {
			t.unreadable++
			t.channelError = cmp.Or(t.channelError, p.Err.Error())
		}
	}
	if t.unreadable < t.polled {
		t.channelError = "" // at least one channel could be read
	}
}

func (t *tally) request(r result) {
	if r.isSilent || r.isUnsent && r.outcome == "" {
		t.trouble = r
	}
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
func (r *round) settle(ctx context.Context, o outlets.Outlet, t *tally) error {
	var counts struct {
		Decided  int `db:"decided"`
		Deferred int `db:"deferred"`
		Failed   int `db:"failed"`
	}
	err := r.db.GetContext(ctx, &counts, `
		select
			count(*) filter (where decided_run_id = $2) as decided,
			count(*) filter (where outcome is null) as deferred,
			count(*) filter (where decided_run_id = $2 and outcome = 'failed') as failed
		from ops.urls
		where outlet_id = $1 and (decided_run_id = $2 or outcome is null)`, o.ID, r.run.ID)
	if err != nil {
		return fmt.Errorf("count the URLs of %q: %w", o.ID, err)
	}
	_, err = r.db.ExecContext(ctx, `
		insert into ops.outlet_runs
			(run_id, outlet_id, discovered_count, known_count, decided_count, deferred_count,
			 request_count, not_modified_count, byte_count, error, finished_at,
			 polled_channel_count, readable_channel_count)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		r.run.ID, o.ID, t.discovered, t.known+t.offsite, counts.Decided, counts.Deferred,
		t.requests, t.notModified, t.bytes, text(t.channelError), r.now().UTC(), t.polled, t.polled-t.unreadable)
	if err != nil {
		return fmt.Errorf("record the run of %q: %w", o.ID, err)
	}
	r.run.Count("outlets", 1)
	r.run.Count("channels_failed", int64(t.unreadable))
	r.run.Count("discovered", int64(t.discovered))
	r.run.Count("known", int64(t.known))
	r.run.Count("offsite", int64(t.offsite))
	r.run.Count("deferred", int64(counts.Deferred))
	r.run.Count("requests", int64(t.requests))
	r.run.Count("not_modified", int64(t.notModified))
	r.run.Count("bytes", t.bytes)
	r.run.Fail(int64(t.unreadable + counts.Failed))
	return nil
}
