package collect

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// discover reads the outlet's sitemaps for all nights of the backfill, unless that
// is done, and records what they name. What could be read counts, if some could; if
// none could and that may pass, nothing is written and the next attempt tries again.
func (l *live) discover(ctx, crawl context.Context) error {
	err := l.c.db.GetContext(ctx, &l.sitemaps, `
		select discovered_at, url_count, request_count, read_count, first_night, failure_count, failed_at, error
		from ops.backfill_outlets
		where backfill_id = $1 and outlet_id = $2`, l.run.BackfillID, l.o.ID)
	switch {
	case err != nil && !errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("read whether the sitemaps of %q were read: %w", l.o.ID, err)
	case err != nil || l.run.BackfillID == 0:
	case l.sitemaps.DiscoveredAt != nil:
		return nil
	case l.sitemaps.FailureCount >= futileReads && l.c.now().Sub(*l.sitemaps.FailedAt) < futileFor:
		// Its other nights need not find out for themselves.
		return &ledger.FinalError{Err: errors.New(*l.sitemaps.Error)}
	}
	l.sitemaps = sitemapsRead{}
	polls, err := l.poll(ctx, crawl)
	l.t.addPolls(polls)
	l.run.Count("sitemap_requests", int64(l.t.requests))
	if err != nil {
		return l.recordFailure(ctx, err)
	}
	items := slices.DeleteFunc(distinct(polls), func(it found) bool { return l.c.isOffsite(l.o, it.URL) })
	l.sitemaps = l.summary(polls, items)
	l.run.Count("sitemap_urls", int64(len(items)))
	return l.record(ctx, items)
}

// poll asks the sitemaps: those in use, and what robots.txt names.
func (l *live) poll(ctx, crawl context.Context) ([]discover.Poll, error) {
	channels, err := l.c.channelStates(ctx, l.o.ID)
	if err != nil {
		return nil, err
	}
	known, err := l.c.exploration(ctx, l.o.ID)
	if err != nil {
		return nil, err
	}
	var sitemaps []string
	for _, ch := range effective(l.o.Channels, channels) {
		if ch.Kind == discover.KindSitemap {
			sitemaps = append(sitemaps, ch.URL)
		}
	}
	s := l.c.span(l.first, l.last)
	polls, err := l.c.poller.Past(crawl, l.o, sitemaps, s.from, s.to, l.c.pattern(known, l.o.ID))
	switch {
	case ctx.Err() != nil:
		return polls, context.Cause(ctx)
	case crawl.Err() != nil:
		return polls, &ledger.PostponeError{Reason: fmt.Sprintf("the sitemaps of %q could not be read in time", l.o.ID), After: othersTurn}
	case err != nil:
		return polls, pastFailure(l.o, err)
	}
	isRead := func(p discover.Poll) bool { return isReadable(p.State) }
	if at := slices.IndexFunc(polls, isPassing); at >= 0 && !slices.ContainsFunc(polls, isRead) {
		return polls, pastFailure(l.o, polls[at].Err)
	}
	return polls, nil
}

func (l *live) summary(polls []discover.Poll, items []found) sitemapsRead {
	r := sitemapsRead{URLCount: len(items), RequestCount: l.t.requests, ReadCount: l.t.polled - l.t.unreadable}
	skipped := 0
	for _, p := range polls {
		if p.Err != nil {
			r.Error = cmp.Or(r.Error, text(p.Err.Error()))
		}
		skipped += p.SkippedCount
	}
	if r.Error == nil && skipped > 0 {
		r.Error = text(fmt.Sprintf("%d files or addresses were left out, as too many or of no known time", skipped))
	}
	if night := firstNight(items, l.c.cfg.ReportZone); !night.IsZero() {
		r.FirstNight = &ledger.Date{Time: night}
	}
	return r
}

// Sitemaps of which none could be read this many times in a row are taken for
// unreadable for a while.
const (
	futileReads = 3
	futileFor   = time.Hour
)

// recordFailure notes that no sitemap could be read, unless that was nobody's
// fault, and gives back why.
func (l *live) recordFailure(ctx context.Context, failure error) error {
	var later *ledger.PostponeError
	if ctx.Err() != nil || errors.As(failure, &later) || l.run.BackfillID == 0 {
		return failure
	}
	_, err := l.c.db.ExecContext(ctx, `
		insert into ops.backfill_outlets as b
			(backfill_id, outlet_id, url_count, request_count, read_count, failure_count, failed_at, error)
		values ($1, $2, 0, $3, 0, 1, $4, $5)
		on conflict (backfill_id, outlet_id) do update
		set failure_count = b.failure_count + 1, failed_at = excluded.failed_at, error = excluded.error,
			request_count = b.request_count + excluded.request_count`,
		l.run.BackfillID, l.o.ID, l.t.requests, l.c.now().UTC(), text(failure.Error()))
	if err != nil {
		return errors.Join(failure, fmt.Errorf("record that the sitemaps of %q could not be read: %w", l.o.ID, err))
	}
	return failure
}

// record writes what the sitemaps named, for the backfill to read, and that they
// were read, in one transaction.
func (l *live) record(ctx context.Context, items []found) error {
	tx, err := l.c.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("record the past of %q: %w", l.o.ID, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	fresh, err := l.c.insertURLs(ctx, tx, l.run, l.o, items, time.Time{})
	if err != nil {
		return err
	}
	if err := flagURLs(ctx, tx, l.o, items, fresh); err != nil {
		return err
	}
	if err := l.claim(ctx, tx, items); err != nil {
		return err
	}
	r := l.sitemaps
	var first any
	if r.FirstNight != nil {
		first = r.FirstNight.String()
	}
	_, err = tx.ExecContext(ctx, `
		insert into ops.backfill_outlets as b
			(backfill_id, outlet_id, discovered_at, url_count, request_count, read_count, first_night, error)
		values ($1, $2, $3, $4, $5, $6, $7, $8)
		on conflict (backfill_id, outlet_id) do update
		set discovered_at = excluded.discovered_at, url_count = excluded.url_count, request_count = excluded.request_count,
			read_count = excluded.read_count, first_night = excluded.first_night, error = excluded.error,
			failure_count = 0`,
		l.run.BackfillID, l.o.ID, l.c.now().UTC(), r.URLCount, r.RequestCount, r.ReadCount, first, r.Error)
	if err != nil {
		return fmt.Errorf("record that the sitemaps of %q were read: %w", l.o.ID, err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("record the past of %q: %w", l.o.ID, err)
	}
	return nil
}

// claim marks what a collect would call too old, or might, for the backfill to
// read: what waits of these nights, but for the fresh with a date of publication.
func (l *live) claim(ctx context.Context, tx *sqlx.Tx, items []found) error {
	if l.run.BackfillID == 0 {
		return nil
	}
	hashes, urls := make([]int64, len(items)), make([]string, len(items))
	for i, it := range items {
		hashes[i], urls[i] = it.hash, it.URL
	}
	s := l.c.span(l.first, l.last)
	_, err := tx.ExecContext(ctx, `
		update ops.urls as u
		set backfill_id = $1
		where u.outlet_id = $2 and u.outcome is null and u.backfill_id is distinct from $1
			and (
				u.channel_published_at >= $3 and u.channel_published_at < least(cast($4 as timestamptz), cast($5 as timestamptz))
				or (u.is_channel_time_modified or u.channel_published_at is null) and exists (
					select 1 from unnest(cast($6 as bigint[]), cast($7 as text[])) as i (url_hash, url)
					where i.url_hash = u.url_hash and i.url = u.url
				)
			)`,
		l.run.BackfillID, l.o.ID, s.from, s.to, l.c.now().Add(-l.c.cfg.MaxAge), pq.Array(hashes), pq.Array(urls))
	if err != nil {
		return fmt.Errorf("keep the past of %q for the backfill: %w", l.o.ID, err)
	}
	return nil
}
