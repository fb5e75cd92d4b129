package collect

import (
	"context"
	"errors"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// PruneArchive removes archived files whose time is over, with their rows in the
// index, and counts both on run. It does nothing where no archive is kept.
func (c *Collector) PruneArchive(ctx context.Context, run *ledger.Run) error {
	pruner, ok := c.cfg.Archive.(Pruner)
	if !ok {
		return nil
	}
	// The files go first: a row without its page is counted as missing when it is
	// asked for, a page without its row would stay for ever.
	files, bytes, err := pruner.Prune(time.Time{})
	if len(files) > 0 {
		rows, rowsErr := c.pruneRows(ctx, files)
		err = errors.Join(err, rowsErr)
		run.Count("pages", rows)
		for _, name := range files {
			c.files.Delete(name)
		}
	}
	run.Count("files", int64(len(files)))
	run.Count("bytes", bytes)
	return err
}
