package recheck

import (
	"context"
	"fmt"
)

// Preview is what a recheck would find if it began now. Articles that were first
// read since the last one are not planned yet, and not among it.
type Preview struct {
	DueCount     int64 `db:"due_count" json:"due_count"`         // readings whose time has come
	LateCount    int64 `db:"late_count" json:"late_count"`       // of these, too late: they would be gaps
	WaitingCount int64 `db:"waiting_count" json:"waiting_count"` // of these, put off for a while after a failure
	OutletCount  int64 `db:"outlet_count" json:"outlet_count"`   // outlets of the due ones
}

// Preview says what Recheck would do, and does none of it.
func (c *Rechecker) Preview(ctx context.Context) (Preview, error) {
	var p Preview
	now := c.now().UTC()
	err := c.db.GetContext(ctx, &p, `
		select
			count(*) as due_count,
			count(*) filter (where r.due_at < $2) as late_count,
			count(*) filter (where r.due_at >= $2 and r.next_attempt_at > $1) as waiting_count,
			count(distinct r.outlet_id) as outlet_count
		from ops.rechecks as r
		where r.outcome is null and r.due_at <= $1`, now, now.Add(-tooLate))
	if err != nil {
		return Preview{}, fmt.Errorf("count what is to be read again: %w", err)
	}
	return p, nil
}
