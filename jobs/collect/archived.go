package collect

import (
	"context"
	"errors"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// ReadArchived extracts the archived pages of an outlet's night again, the newest
// of each URL. Nothing archived is a *ledger.GapError.
func (c *Collector) ReadArchived(ctx context.Context, run *ledger.Run, outletID string, night time.Time) error {
	return errors.New("not written yet")
}
