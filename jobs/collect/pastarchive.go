package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/lib/pq"
)

// What a collect has read within the last day and called too old is not fetched
// again for its night (see giveback.go). The archive has the page: it is read from
// there. The URL keeps the run that decided it, so that the sums of that run close,
// and gets the outcome that it has for the backfill.

// recentPage is an archived page of a URL that was too old.
type recentPage struct {
	archivedPage
	Hash       int64     `db:"url_hash"`
	Discovered time.Time `db:"discovered_at"`
}

// fromArchive reads the pages of the night that were too old for a collect of the
// last day, once for the backfill. One that is not there any more stays too old.
func (l *live) fromArchive(ctx context.Context) error {
	if l.c.cfg.Archive == nil || l.run.BackfillID == 0 {
		return nil
	}
	list, err := l.recentPages(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	pages := make([]archivedPage, len(list))
	hashes, urls := make([]int64, len(list)), make([]string, len(list))
	for i, p := range list {
		p.maxAge = l.maxAge(p.Discovered)
		pages[i], hashes[i], urls[i] = p.archivedPage, p.Hash, *p.KnownURL
	}
	in := l.c.Intake(ctx, l.run)
	_, err = l.c.putArchived(ctx, l.run, in, l.o.ID, pages)
	if err = errors.Join(err, in.Close()); err != nil {
		return err
	}
	l.run.Count("from_archive", int64(len(list)))
	_, err = l.c.db.ExecContext(ctx, `
		update ops.urls as u
		set backfill_id = $1
		from unnest(cast($2 as bigint[]), cast($3 as text[])) as i (url_hash, url)
		where u.url_hash = i.url_hash and u.url = i.url`, l.run.BackfillID, pq.Array(hashes), pq.Array(urls))
	if err != nil {
		return fmt.Errorf("note what was read of %q from the archive: %w", l.o.ID, err)
	}
	return nil
}

// recentPages looks for them: the newest of each URL.
func (l *live) recentPages(ctx context.Context) ([]recentPage, error) {
	s := l.c.span(l.night, l.night)
	var list []recentPage
	err := l.c.db.SelectContext(ctx, &list, `
		select
			k.url_hash, k.url as known_url, k.discovered_at, k.record_url as url, k.fetched_at, k.file_id, f.name, k.position, k.byte_count
		from (
			select distinct on (u.url_hash, u.url)
				u.url_hash, u.url, u.discovered_at, r.url as record_url, r.fetched_at, r.file_id, r.position, r.byte_count
			from ops.urls as u
			inner join ops.archive_records as r on r.url_hash = u.url_hash and r.outlet_id = u.outlet_id
			where u.outlet_id = $1
				and (
					u.channel_published_at >= $2 and u.channel_published_at < $3
					or cast($6 as boolean) and u.channel_published_at is null and u.discovered_at >= $7
				)
				and u.outcome = 'too_old' and u.attempt_count > 0
				and u.backfill_id is distinct from $4
				and r.fetched_at >= $5
			order by u.url_hash, u.url, r.fetched_at desc, r.file_id, r.position
		) as k
		inner join ops.archive_files as f on f.file_id = k.file_id
		order by k.file_id, k.position`,
		l.o.ID, s.from, s.to, l.run.BackfillID, l.c.now().Add(-soonAgain).UTC(), l.hasUndated(), l.c.span(l.first, l.first).from)
	if err != nil {
		return nil, fmt.Errorf("look for pages of %q of %s in the archive: %w", l.o.ID, l.night.Format(time.DateOnly), err)
	}
	return list, nil
}
