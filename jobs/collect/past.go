package collect

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// Nights that are over, read from the outlets themselves. The sitemaps of an
// outlet are read once for all nights of a backfill, and what they name waits in
// ops.urls like anything else, but for that backfill: a collect leaves it alone,
// for it would fetch it last and call it too old. A night is then what waits of it,
// by the time the channels gave. Nothing but outcomes says how far a night has come,
// so one that was cut off anywhere goes on where it was.
//
// What was decided is not read again, with two exceptions: what was too old for a
// collect, and what failed. Both are given back to wait (giveback.go). What was too
// old and was read within the last day is not asked for again: the archive has it
// (pastarchive.go).

// span is nights from first to last, as times in the report zone.
type span struct{ from, to time.Time }

func (c *Collector) span(first, last time.Time) span {
	begin := func(night time.Time, days int) time.Time {
		return time.Date(night.Year(), night.Month(), night.Day()+days, 0, 0, 0, 0, c.cfg.ReportZone)
	}
	return span{begin(first, 0), begin(last, 1)}
}

const (
	othersTurn = 30 * time.Second // before an outlet that another process reads is tried again
	nextTurn   = time.Second      // before a night that needs more than one turn goes on
	whileDown  = time.Minute      // before we look again whether our own network is back
)

// ReadLive reads what an outlet published in a night that is over and still can be
// had: by what its sitemaps name and what was found before. first and last are the
// nights its sitemaps are read for, once for run.BackfillID. What has no date of
// its own is read with the last night.
//
// Pages that are gone, forbidden or no articles are counted on run and are no
// failure. It returns a *ledger.GapError if nothing is known of the night, a
// *ledger.PostponeError if its turn is not now (another process reads the outlet,
// the day's budget is spent, the host wants to be left alone, our network is out),
// ctx's error, or what the host or the database could not do.
func (c *Collector) ReadLive(ctx context.Context, run *ledger.Run, o outlets.Outlet, night, first, last time.Time) error {
	lock, err := c.locks.take(ctx, o.ID)
	if err != nil {
		return err
	}
	if lock == nil {
		return &ledger.PostponeError{Reason: fmt.Sprintf("%q: %v", o.ID, ErrOutletBusy), After: othersTurn}
	}
	defer c.leave(lock, o)
	writeManners, err := c.KeepManners(ctx)
	if err != nil {
		return err
	}
	err = c.shareBudget(ctx, o)
	if err == nil {
		crawl, cancel := within(lock, c.cfg.OutletDeadline)
		defer cancel()
		l := &live{c: c, run: run, o: o, night: night, first: first, last: last, t: &tally{}}
		err = l.read(ctx, crawl)
	}
	switch {
	case ctx.Err() != nil:
		err = context.Cause(ctx)
	case errors.Is(context.Cause(lock), errLockLost):
		err = &ledger.PostponeError{Reason: errLockLost.Error(), After: lockPause}
	}
	return errors.Join(err, writeManners())
}

// live is one ReadLive on its way.
type live struct {
	c                  *Collector
	run                *ledger.Run
	o                  outlets.Outlet
	night, first, last time.Time
	t                  *tally
	sitemaps           sitemapsRead
}

func (l *live) read(ctx, crawl context.Context) error {
	if err := l.discover(ctx, crawl); err != nil {
		l.count()
		return err
	}
	if err := l.giveBack(ctx); err != nil {
		return err
	}
	list, err := l.waiting(ctx)
	if err != nil {
		return err
	}
	l.run.Count("waiting", int64(len(list)))
	isCutOff, err := l.fetch(ctx, crawl, list)
	if err != nil {
		return err
	}
	if err := l.settle(ctx, list); err != nil {
		return err
	}
	if err := l.fromArchive(ctx); err != nil {
		return err
	}
	return l.verdict(ctx, crawl, isCutOff)
}

// fetch reads pages by the same ways as a collect. It is true if our own network
// kept it from the end.
func (l *live) fetch(ctx, crawl context.Context, list []waiting) (isCutOff bool, err error) {
	if len(list) == 0 {
		return false, nil
	}
	c := l.c
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &round{Collector: c, run: l.run, load: c.startLoader(ctx, l.run, stop)}
	b := &backlog{c: c, outletID: l.o.ID, isRead: true, fresh: list}
	err = r.work(ctx, crawl, l.o, b, l.t, purposeBackfill)
	r.extracting.Wait()
	if loadErr := r.load.close(); loadErr != nil {
		return false, loadErr
	}
	return r.isNetworkDown.Load() && crawl.Err() != nil, err
}

// waiting lists what waits of the night and is due, newest first, as much as one
// turn may take.
func (l *live) waiting(ctx context.Context) ([]waiting, error) {
	s := l.c.span(l.night, l.night)
	var list []waiting
	err := l.c.db.SelectContext(ctx, &list, `
		select url, url_hash, coalesce(announced_url, url) as address, channel_kind, channel_published_at,
			is_channel_time_modified, channel_title, discovered_at, attempt_count
		from ops.urls
		where outlet_id = $1 and outcome is null and (next_attempt_at is null or next_attempt_at <= $2)
			and (channel_published_at >= $3 and channel_published_at < $4 or cast($5 as boolean) and channel_published_at is null)
		order by coalesce(channel_published_at, '-infinity') desc, url
		limit $6`, l.o.ID, l.c.now().UTC(), s.from, s.to, l.hasUndated(), max(1, l.c.cfg.MaxURLsPerOutlet))
	if err != nil {
		return nil, fmt.Errorf("read what waits of %q of %s: %w", l.o.ID, l.night.Format(time.DateOnly), err)
	}
	if l.c.cfg.MaxAge > 0 {
		for i := range list {
			list[i].maxAge = l.maxAge(list[i].Discovered)
		}
	}
	return list, nil
}

// maxAge is the age up to which what was discovered at a time is of the backfill.
func (l *live) maxAge(discovered time.Time) time.Duration {
	return max(l.c.cfg.MaxAge, discovered.Sub(l.c.span(l.first, l.first).from))
}

// hasUndated says whether the night is the one with which what has no date is read.
func (l *live) hasUndated() bool { return l.night.Equal(l.last) }

// settle writes the outlet's line in ops.outlet_runs: of the URLs of the night. They
// are counted in ops.urls, so that the sum closes only if none was lost.
func (l *live) settle(ctx context.Context, list []waiting) error {
	hashes, urls := make([]int64, len(list)), make([]string, len(list))
	for i, w := range list {
		hashes[i], urls[i] = w.Hash, w.URL
	}
	var n struct {
		Known    int `db:"known"`
		Decided  int `db:"decided"`
		Deferred int `db:"deferred"`
		Failed   int `db:"failed"`
	}
	err := l.c.db.GetContext(ctx, &n, `
		select
			count(*) filter (where u.outcome is not null and u.decided_run_id <> $3) as known,
			count(*) filter (where u.decided_run_id = $3) as decided,
			count(*) filter (where u.outcome is null) as deferred,
			count(*) filter (where u.decided_run_id = $3 and u.outcome = 'failed') as failed
		from unnest(cast($1 as bigint[]), cast($2 as text[])) as i (url_hash, url)
		inner join ops.urls as u on u.url_hash = i.url_hash and u.url = i.url`, pq.Array(hashes), pq.Array(urls), l.run.ID)
	if err != nil {
		return fmt.Errorf("count the URLs of %q of %s: %w", l.o.ID, l.night.Format(time.DateOnly), err)
	}
	_, err = l.c.db.ExecContext(ctx, `
		insert into ops.outlet_runs
			(run_id, outlet_id, discovered_count, known_count, decided_count, deferred_count,
			 request_count, not_modified_count, byte_count, error, finished_at, polled_channel_count, readable_channel_count)
		values ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9, $10, $11, $12)`,
		l.run.ID, l.o.ID, len(list), n.Known, n.Decided, n.Deferred, l.t.requests, l.t.bytes, text(l.t.channelError),
		l.c.now().UTC(), l.t.polled, l.t.polled-l.t.unreadable)
	if err != nil {
		return fmt.Errorf("record the run of %q: %w", l.o.ID, err)
	}
	l.count()
	l.run.Count("deferred", int64(n.Deferred))
	l.run.Fail(int64(n.Failed))
	return nil
}

// count tells the run what it cost.
func (l *live) count() {
	l.run.Count("requests", int64(l.t.requests))
	l.run.Count("bytes", l.t.bytes)
}

// verdict says how the night stands: done, or why not.
func (l *live) verdict(ctx, crawl context.Context, isCutOff bool) error {
	s := l.c.span(l.night, l.night)
	var n struct {
		Known   int        `db:"known"`
		Waiting int        `db:"waiting"`
		NextAt  *time.Time `db:"next_at"`
	}
	err := l.c.db.GetContext(ctx, &n, `
		select
			count(*) as known,
			count(*) filter (where outcome is null) as waiting,
			min(coalesce(next_attempt_at, cast($5 as timestamptz))) filter (where outcome is null) as next_at
		from ops.urls
		where outlet_id = $1
			and (channel_published_at >= $2 and channel_published_at < $3 or cast($4 as boolean) and channel_published_at is null)`,
		l.o.ID, s.from, s.to, l.hasUndated(), l.c.now().UTC())
	if err != nil {
		return fmt.Errorf("count what waits of %q of %s: %w", l.o.ID, l.night.Format(time.DateOnly), err)
	}
	trouble := l.t.trouble
	switch {
	case n.Waiting == 0 && n.Known == 0:
		return l.gap()
	case n.Waiting == 0:
		return nil
	case isCutOff:
		return &ledger.PostponeError{Reason: errNetworkDown.Error(), After: whileDown}
	case trouble.isBudgetSpent, trouble.isUnsent && trouble.retryAfter > 0:
		return &ledger.PostponeError{Reason: fmt.Sprintf("%d addresses of %q wait: %s", n.Waiting, l.o.ID, trouble.reason), After: trouble.retryAfter}
	case trouble.isSilent && crawl.Err() == nil:
		return fmt.Errorf("the host of %q does not answer, %d addresses wait: %s", l.o.ID, n.Waiting, trouble.reason)
	}
	return &ledger.PostponeError{
		Reason: fmt.Sprintf("%d addresses of %q wait for their next turn", n.Waiting, l.o.ID),
		After:  max(nextTurn, n.NextAt.Sub(l.c.now())),
	}
}

// gap says why nothing is known of the night; nil if it may be that nothing was
// published in it.
func (l *live) gap() error {
	const forgotten = "the feeds no longer hold this night"
	switch r := l.sitemaps; {
	case r.ReadCount == 0 && r.Error != nil:
		return &ledger.GapError{Reason: forgotten + ", and no sitemap can be read: " + *r.Error}
	case r.ReadCount == 0:
		return &ledger.GapError{Reason: forgotten + ", and no sitemap is known"}
	case r.FirstNight == nil:
		return &ledger.GapError{Reason: forgotten + ", and the sitemaps name nothing of these nights"}
	case l.night.Before(r.FirstNight.Time):
		return &ledger.GapError{Reason: fmt.Sprintf("%s, and the sitemaps reach back to %s only", forgotten, r.FirstNight)}
	case l.o.Expect != nil && l.o.Expect.ArticlesPerDay.Min > 0:
		return &ledger.GapError{Reason: forgotten + ", and the sitemaps name nothing of it"}
	}
	return nil
}

// sitemapsRead is a line of ops.backfill_outlets.
type sitemapsRead struct {
	DiscoveredAt *time.Time   `db:"discovered_at"` // nil: none could be read yet
	URLCount     int          `db:"url_count"`
	RequestCount int          `db:"request_count"`
	ReadCount    int          `db:"read_count"`
	FirstNight   *ledger.Date `db:"first_night"`
	FailureCount int          `db:"failure_count"`
	FailedAt     *time.Time   `db:"failed_at"`
	Error        *string      `db:"error"`
}

// pastFailure says what an error of reading sitemaps means for the night.
func pastFailure(o outlets.Outlet, err error) error {
	var fe *fetch.Error
	switch {
	case !errors.As(err, &fe):
		return err
	case fe.IsNetworkDown:
		return &ledger.PostponeError{Reason: errNetworkDown.Error(), After: whileDown}
	case fe.IsUnsent && fe.RetryAfter > 0:
		return &ledger.PostponeError{Reason: fmt.Sprintf("the sitemaps of %q wait: %s", o.ID, fe.Reason), After: fe.RetryAfter}
	}
	return fmt.Errorf("read the sitemaps of %q: %w", o.ID, err)
}

// isPassing says whether what kept us from a sitemap may be over soon.
func isPassing(p discover.Poll) bool {
	var fe *fetch.Error
	return errors.As(p.Err, &fe) && fe.Outcome == fetch.OutcomeDeferred
}

// firstNight is the oldest night of dated items; zero if there are none.
func firstNight(items []found, zone *time.Location) time.Time {
	dated := slices.DeleteFunc(slices.Clone(items), func(it found) bool { return it.PublishedAt.IsZero() })
	if len(dated) == 0 {
		return time.Time{}
	}
	oldest := slices.MinFunc(dated, func(a, b found) int { return a.PublishedAt.Compare(b.PublishedAt) })
	return ledger.Night(oldest.PublishedAt, zone)
}
