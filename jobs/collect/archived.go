package collect

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/crawlers/warc"
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

	maxAge time.Duration // older news is too_old; zero: as Config.MaxAge says
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
		return &ledger.GapError{Reason: "no page of it is in the archive: none was kept, or its time there is over (archive.retention)"}
	}
	in := c.Intake(ctx, run)
	lost, err := c.putArchived(ctx, run, in, outletID, list)
	if err = errors.Join(err, in.Close()); err != nil {
		return err
	}
	switch {
	case lost.gone+lost.damaged+lost.away < len(list):
		return nil
	case lost.away > 0: // which may pass
		return fmt.Errorf("none of %d archived pages of %q on %s can be read: %w", len(list), outletID, night.Format(time.DateOnly), lost.first)
	case lost.damaged > 0:
		return &ledger.GapError{Reason: fmt.Sprintf("of its %d archived pages %d are damaged and %d are gone", len(list), lost.damaged, lost.gone)}
	}
	return &ledger.GapError{Reason: fmt.Sprintf("its %d archived pages are gone: their time is over, or their files were removed", lost.gone)}
}

// lostPages are archived pages that could not be had.
type lostPages struct {
	gone    int   // pruned, or their file is gone
	damaged int   // for good
	away    int   // on a disk or a host that does not give them now
	first   error // of those that are not gone
}

func (l *lostPages) add(err error) {
	var damage *warc.DamagedError
	switch {
	case errors.Is(err, archive.ErrNotThere):
		l.gone++
		return
	case errors.As(err, &damage), errors.Is(err, warc.ErrTooLarge):
		l.damaged++
	default:
		l.away++
	}
	if l.first == nil {
		l.first = err
	}
}

// putArchived reads pages from their files and hands them over.
func (c *Collector) putArchived(ctx context.Context, run *ledger.Run, in *Intake, outletID string, list []archivedPage) (lost lostPages, err error) {
	for _, p := range list {
		at := archive.Position{File: p.File, Offset: p.Offset, Length: p.Length, URL: p.URL}
		page, err := c.cfg.Archive.Read(ctx, at)
		if ctx.Err() != nil {
			return lost, context.Cause(ctx)
		}
		if err != nil {
			run.Count("archive_missing", 1)
			run.Fail(1)
			known := lost.first
			lost.add(err)
			tell := c.lg.Debug // of what is gone the count tells
			if known == nil && lost.first != nil {
				tell = c.lg.Warn
			}
			tell("an archived page cannot be read", "url", p.URL, "file", p.File, "position", p.Offset, "error", err)
			continue
		}
		page.FetchedAt = p.FetchedAt // the file may tell it shorter
		rec := Recorded{OutletID: outletID, Page: page, Position: &at, FileID: p.FileID, isArchive: true, maxAge: p.maxAge}
		if p.KnownURL != nil {
			rec.known = *p.KnownURL
		}
		if err := in.Put(ctx, rec); err != nil {
			return lost, err
		}
	}
	return lost, nil
}
