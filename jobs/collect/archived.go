package collect

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// archivedPage is a row of ops.archive_records with what is known of its URL.
type archivedPage struct {
	URL       string    `db:"url"`
	KnownURL  *string   `db:"known_url"`
	FetchedAt time.Time `db:"fetched_at"`
	FileID    int64     `db:"file_id"`
	File      string    `db:"name"`
	Offset    int64     `db:"position"`
	Length    int64     `db:"byte_count"`
}

// ReadArchived extracts the archived pages of an outlet's night again, the newest
// of each URL: those in which an article of the night was found, and those in which
// none was and that were fetched when the night's articles were. What differs is
// stored; pages whose file is gone are counted. Nothing archived, or nothing left
// of it, is a *ledger.GapError.
func (c *Collector) ReadArchived(ctx context.Context, run *ledger.Run, outletID string, night time.Time) error {
	if c.cfg.Archive == nil {
		return &ledger.GapError{Reason: "no archive is kept (archive.enabled)"}
	}
	var list []archivedPage
	err := c.db.SelectContext(ctx, &list, `
		with newest as (
			select distinct on (r.url_hash)
				r.url_hash, r.url, r.fetched_at, r.file_id, r.position, r.byte_count
			from ops.archive_records as r
			where
				r.outlet_id = $1
				and (
					r.night = cast($2 as date)
					or r.night is null and r.fetched_on between cast($2 as date) and cast($3 as date)
				)
			order by r.url_hash, r.night is null, r.fetched_at desc, r.file_id, r.position
		)
		select n.url, u.url as known_url, n.fetched_at, n.file_id, f.name, n.position, n.byte_count
		from newest as n
		inner join ops.archive_files as f on f.file_id = n.file_id
		left join lateral (
			select k.url from ops.urls as k where k.url_hash = n.url_hash order by k.url limit 1
		) as u on true
		order by n.file_id, n.position`,
		outletID, night.Format(time.DateOnly), night.AddDate(0, 0, 1).Add(c.cfg.MaxAge).Format(time.DateOnly))
	if err != nil {
		return fmt.Errorf("look for archived pages of %q on %s: %w", outletID, night.Format(time.DateOnly), err)
	}
	run.Count("archived", int64(len(list)))
	if len(list) == 0 {
		return &ledger.GapError{Reason: "no page of it is in the archive"}
	}
	in := c.Intake(ctx, run)
	missing, err := c.putArchived(ctx, run, in, outletID, list)
	if err = errors.Join(err, in.Close()); err != nil {
		return err
	}
	if missing == len(list) {
		return &ledger.GapError{Reason: fmt.Sprintf("none of its %d archived pages can be read any more", missing)}
	}
	return nil
}

// putArchived reads pages from their files and hands them over, and returns how
// many could not be read.
func (c *Collector) putArchived(ctx context.Context, run *ledger.Run, in *Intake, outletID string, list []archivedPage) (missing int, err error) {
	for _, p := range list {
		at := archive.Position{File: p.File, Offset: p.Offset, Length: p.Length, URL: p.URL}
		page, err := c.cfg.Archive.Read(ctx, at)
		if ctx.Err() != nil {
			return missing, context.Cause(ctx)
		}
		if err != nil {
			missing++
			run.Count("archive_missing", 1)
			run.Fail(1)
			level := c.lg.Warn
			if errors.Is(err, fs.ErrNotExist) || missing > 1 {
				level = c.lg.Debug // one line is enough of a file that is gone
			}
			level("an archived page cannot be read", "url", p.URL, "file", p.File, "position", p.Offset, "error", err)
			continue
		}
		page.FetchedAt = p.FetchedAt // the file may tell it shorter
		rec := Recorded{OutletID: outletID, Page: page, Position: &at, FileID: p.FileID, isArchive: true}
		if p.KnownURL != nil {
			rec.known = *p.KnownURL
		}
		if err := in.Put(ctx, rec); err != nil {
			return missing, err
		}
	}
	return missing, nil
}
