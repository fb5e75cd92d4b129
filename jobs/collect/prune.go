package collect

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// PruneArchive removes archived files whose time is over, with their rows in the
// index, and counts both on run. Rows of files that are gone otherwise go, too: one
// that died between the two left them, or somebody made room by hand. It does
// nothing where no archive is kept.
func (c *Collector) PruneArchive(ctx context.Context, run *ledger.Run) error {
	pruner, ok := c.cfg.Archive.(Pruner)
	if !ok {
		return nil
	}
	// The files go first: a row without its page is counted as missing when it is
	// asked for, a page without its row would stay for ever.
	files, bytes, err := pruner.Prune(time.Time{})
	run.Count("files", int64(len(files)))
	run.Count("bytes", bytes)
	gone, lostErr := c.lostFiles(ctx, pruner)
	rows, rowsErr := c.pruneRows(ctx, append(gone, files...))
	run.Count("pages", rows)
	return errors.Join(err, lostErr, rowsErr)
}

// lostFiles are the files in the index that are no longer in the folder. Of folders
// on other machines nothing is known here. A file is given a day's time: it is
// written before it is in the index, but a folder may be shared, and slow.
func (c *Collector) lostFiles(ctx context.Context, pruner Pruner) ([]string, error) {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	var names []string
	err = c.db.SelectContext(ctx, &names, `
		select f.name from ops.archive_files as f
		where f.kind = $1 and f.host = $2 and f.opened_at < $3
		order by f.name`, fileOwn, host, c.now().Add(-24*time.Hour).UTC())
	if err != nil {
		return nil, fmt.Errorf("read which files the archive has: %w", err)
	}
	return pruner.Missing(names)
}

// pruneRows removes files from the index.
func (c *Collector) pruneRows(ctx context.Context, files []string) (int64, error) {
	if len(files) == 0 {
		return 0, nil
	}
	res, err := c.db.ExecContext(ctx, `
		with gone as (
			delete from ops.archive_files where name = any($1) and kind = $2 returning file_id
		)
		delete from ops.archive_records as r using gone as g where r.file_id = g.file_id`, pq.Array(files), fileOwn)
	if err != nil {
		return 0, fmt.Errorf("remove %d archived files from the index: %w", len(files), err)
	}
	for _, name := range files {
		c.files.Delete(name)
	}
	return res.RowsAffected()
}
