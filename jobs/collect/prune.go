package collect

import (
	"context"
	"errors"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// PruneArchive removes archived files whose time is over, with their rows in the
// index.
func (c *Collector) PruneArchive(ctx context.Context, run *ledger.Run) error {
	return errors.New("not written yet")
}
