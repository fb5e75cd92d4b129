package collect

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// chunk is how many waiting URLs of an outlet are read from the database at a
// time, and how many pages that asked for patience are kept in mind.
const chunk = 50

// backlog is the URLs of one outlet that wait, newest first, with those to be
// tried again as their time comes. It reads a chunk at a time, so that it takes
// the same memory however much waits.
type backlog struct {
	c        *Collector
	outletID string
	left     int       // URLs this run may still begin
	asOf     time.Time // the run's start for this outlet: what is put off later than this is not read
	fresh    []waiting
	again    []waiting
	last     *waiting // where the next chunk begins
	isRead   bool     // there is no further chunk
}

// next gives the URL to fetch now, and waits for one to be tried again when there
// is nothing else. It is false when nothing is left or crawl is over. The database
// is read under ctx.
func (b *backlog) next(ctx, crawl context.Context) (waiting, bool, error) {
	if len(b.fresh) == 0 && !b.isRead && !b.isDue() {
		if err := b.read(ctx); err != nil {
			return waiting{}, false, err
		}
	}
	switch {
	case len(b.again) > 0 && (b.isDue() || len(b.fresh) == 0):
		w := b.again[0]
		b.again = slices.Delete(b.again, 0, 1)
		return w, sleepUntil(crawl, w.notBefore), nil
	case len(b.fresh) > 0:
		w := b.fresh[0]
		b.fresh = b.fresh[1:]
		return w, crawl.Err() == nil, nil
	}
	return waiting{}, false, nil
}

// isDue says whether the time of a page to be tried again has come.
func (b *backlog) isDue() bool {
	return len(b.again) > 0 && !b.again[0].notBefore.After(time.Now())
}

// retry keeps a page to be tried again within the run; false if there are too
// many of them already.
func (b *backlog) retry(w waiting) bool {
	if len(b.again) >= chunk {
		return false
	}
	at, _ := slices.BinarySearchFunc(b.again, w, func(a, w waiting) int {
		if a.notBefore.After(w.notBefore) {
			return 1
		}
		return -1
	})
	b.again = slices.Insert(b.again, at, w)
	return true
}

// postpone keeps a page until its host may be asked again. The other pages go on
// meanwhile, until too many are kept: then all wait. It is false when crawl ended.
func (b *backlog) postpone(crawl context.Context, w waiting, wait time.Duration) bool {
	w.notBefore = time.Now().Add(wait)
	if b.retry(w) {
		return true
	}
	b.fresh = slices.Insert(b.fresh, 0, w)
	return sleepUntil(crawl, b.again[0].notBefore)
}

// notForBackfill leaves out what a backfill reads while it is open, and what is too
// old for a collect after. $6 is the oldest that is not.
const notForBackfill = `(
				backfill_id is null
				or channel_published_at >= $6
					and backfill_id not in (select b.backfill_id from ops.backfills as b where b.state in ('running', 'paused'))
			)`

// read fetches the next chunk. What is under way or done since the last one is
// left out by its place in the order, not by its outcome: that may not be written
// yet.
func (b *backlog) read(ctx context.Context) error {
	limit := min(chunk, b.left)
	if limit <= 0 {
		b.isRead = true
		return nil
	}
	var afterTime, afterURL any
	if b.last != nil {
		afterTime, afterURL = "-infinity", b.last.URL
		if b.last.PublishedAt != nil {
			afterTime = b.last.PublishedAt.UTC().Format(time.RFC3339Nano)
		}
	}
	b.fresh = make([]waiting, 0, limit)
	err := b.c.db.SelectContext(ctx, &b.fresh, `
		select url, url_hash, coalesce(announced_url, url) as address, channel_kind, channel_published_at,
			is_channel_time_modified, channel_title, discovered_at, attempt_count
		from ops.urls
		where outlet_id = $1 and outcome is null and `+notForBackfill+`
			and (next_attempt_at is null or next_attempt_at <= $2)
			and (cast($3 as timestamptz) is null
				or coalesce(channel_published_at, '-infinity') < cast($3 as timestamptz)
				or coalesce(channel_published_at, '-infinity') = cast($3 as timestamptz) and url > cast($4 as text))
		order by coalesce(channel_published_at, '-infinity') desc, url
		limit $5`, b.outletID, b.asOf.UTC(), afterTime, afterURL, limit, b.asOf.Add(-b.c.cfg.MaxAge).UTC())
	if err != nil {
		return fmt.Errorf("read the waiting URLs of %q: %w", b.outletID, err)
	}
	b.left -= len(b.fresh)
	if b.isRead = len(b.fresh) < limit; len(b.fresh) > 0 {
		last := b.fresh[len(b.fresh)-1]
		b.last = &last
	}
	return nil
}

func sleepUntil(ctx context.Context, t time.Time) bool {
	if d := time.Until(t); d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
	}
	return ctx.Err() == nil
}
