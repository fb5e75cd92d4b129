package collect

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/crawlers/fetch"
)

// Every page is kept as it came, before it is read. A page that cannot be kept is
// read all the same: the archive is there to read it again, not to lose it.

// kinds of files, as ops.archive_files has them.
const fileOwn = "own"

// keep writes a page to the archive, if there is one, and notes where.
func (c *Collector) keep(resp *fetch.Response, res *result) {
	if c.cfg.Archive == nil {
		return
	}
	position, err := c.cfg.Archive.Write(archive.Page{
		URL: resp.FinalURL, FetchedAt: res.fetchedAt.UTC(), Status: resp.Status, Header: resp.Header, Body: resp.Body,
	})
	if err != nil {
		res.isUnkept = true
		if !c.isArchiveFailing.Swap(true) {
			c.lg.Error("pages cannot be kept in the archive; they are read all the same", "error", err)
		}
		return
	}
	if c.isArchiveFailing.Swap(false) {
		c.lg.Info("pages are kept in the archive again")
	}
	c.cfg.Meter.Archived(position.Length)
	res.kept = &position
}

// fileID is the number of an own file, which is given one if it has none.
func (c *Collector) fileID(ctx context.Context, name string) (int64, error) {
	if id, ok := c.files.Load(name); ok {
		return id.(int64), nil
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	var id int64
	err = c.db.GetContext(ctx, &id, `
		insert into ops.archive_files as f (name, kind, host, opened_at)
		values ($1, $2, $3, $4)
		on conflict (name) do update set name = f.name
		returning file_id`, name, fileOwn, host, c.now().UTC())
	if err != nil {
		return 0, fmt.Errorf("record the archive file %s: %w", name, err)
	}
	c.files.Store(name, id)
	return id, nil
}

// number gives the pages kept by us the numbers of their files.
func (c *Collector) number(ctx context.Context, list []result) error {
	for i := range list {
		if list[i].kept == nil || list[i].fileID != 0 {
			continue
		}
		id, err := c.fileID(ctx, list[i].kept.File)
		if err != nil {
			return err
		}
		list[i].fileID = id
	}
	return nil
}

// indexKept notes where the pages of a batch lie. The months of their fetches
// must be there.
func indexKept(ctx context.Context, tx *sqlx.Tx, list []result) error {
	var hash, file, position, size, status []int64
	var at, urls, owners []string
	var nights []sql.NullString
	for _, r := range list {
		if r.kept == nil || r.fileID == 0 {
			continue
		}
		hash, file = append(hash, r.url.Hash), append(file, r.fileID)
		position, size = append(position, r.kept.Offset), append(size, r.kept.Length)
		status, at = append(status, int64(r.status)), append(at, r.fetchedAt.UTC().Format(time.RFC3339Nano))
		urls, owners = append(urls, storableText(r.finalURL)), append(owners, r.outletID)
		nights = append(nights, sql.NullString{String: r.night.Format(time.DateOnly), Valid: !r.night.IsZero()})
	}
	if len(hash) == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, `
		insert into ops.archive_records as r
			(fetched_on, url_hash, fetched_at, file_id, position, byte_count, url, outlet_id, night, http_status)
		select distinct on (i.file_id, i.position)
			cast(cast(i.fetched_at as timestamptz) at time zone 'UTC' as date), i.url_hash, cast(i.fetched_at as timestamptz),
			i.file_id, i.position, cast(i.byte_count as integer), i.url, i.outlet_id, cast(i.night as date), cast(i.http_status as integer)
		from unnest(
			cast($1 as bigint[]), cast($2 as text[]), cast($3 as bigint[]), cast($4 as bigint[]), cast($5 as bigint[]),
			cast($6 as text[]), cast($7 as text[]), cast($8 as text[]), cast($9 as bigint[])
		) as i (url_hash, fetched_at, file_id, position, byte_count, url, outlet_id, night, http_status)
		on conflict (fetched_on, file_id, position) do update set night = excluded.night
		where r.night is distinct from excluded.night and excluded.night is not null`,
		pq.Array(hash), pq.Array(at), pq.Array(file), pq.Array(position), pq.Array(size),
		pq.Array(urls), pq.Array(owners), pq.Array(nights), pq.Array(status))
	if err != nil {
		return fmt.Errorf("note where %d pages are kept: %w", len(hash), err)
	}
	return nil
}
