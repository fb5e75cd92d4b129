package collect

import (
	"context"
	"errors"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// Rematch looks for companies in the stored articles of an outlet's night again,
// and writes the mentions that differ.
func (c *Collector) Rematch(ctx context.Context, run *ledger.Run, outletID string, night time.Time) error {
	return errors.New("not written yet")
}
