package collect

import (
	"context"
	"fmt"
	"time"
)

// What a collect decided is given back to wait in two cases: it was too old, which
// it is not for a backfill of its night; or it failed, and may not do so again. A
// page that was read within the last day is not asked for again. What has no date of
// its own comes with the last night, if it was found since the first.
//
// The sums of the run that had decided it still close: what it decided becomes what
// it left to a later run.

// soonAgain is how long a page that answered is not asked for again.
const soonAgain = 24 * time.Hour

// giveBack makes the too old and the failed URLs of the night wait again, but for
// those that the backfill itself decided.
func (l *live) giveBack(ctx context.Context) error {
	if l.run.BackfillID == 0 {
		return nil
	}
	tx, err := l.c.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("give back what %q owes of %s: %w", l.o.ID, l.night.Format(time.DateOnly), err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	s := l.c.span(l.night, l.night)
	var runs []struct {
		RunID int64 `db:"decided_run_id"`
		Count int   `db:"url_count"`
	}
	err = tx.SelectContext(ctx, &runs, `
		with owed as (
			select u.url_hash, u.url, u.decided_run_id
			from ops.urls as u
			inner join ops.runs as r on r.run_id = u.decided_run_id
			where u.outlet_id = $1
				and (
					u.channel_published_at >= $2 and u.channel_published_at < $3
					or cast($6 as boolean) and u.channel_published_at is null and u.discovered_at >= $7
				)
				and u.outcome in ('too_old', 'failed', 'blocked')
				and r.backfill_id is distinct from $4
				and (
					u.outcome = 'too_old' and u.attempt_count = 0
					or u.outcome in ('too_old', 'failed') and u.decided_at < $5
					or u.outcome in ('failed', 'blocked') and (u.http_status is null or u.http_status >= 500 or u.http_status = 429)
				)
			order by u.url_hash, u.url
			for update of u
		),
		given as (
			update ops.urls as u
			set outcome = null, reason = null, decided_at = null, decided_run_id = null, attempt_count = 0,
				next_attempt_at = null, backfill_id = $4
			from owed as o
			where u.url_hash = o.url_hash and u.url = o.url
			returning o.decided_run_id
		)
		select decided_run_id, count(*) as url_count from given group by decided_run_id order by decided_run_id`,
		l.o.ID, s.from, s.to, l.run.BackfillID, l.c.now().Add(-soonAgain),
		l.hasUndated(), l.c.span(l.first, l.first).from)
	if err != nil {
		return fmt.Errorf("give back what %q owes of %s: %w", l.o.ID, l.night.Format(time.DateOnly), err)
	}
	for _, r := range runs {
		_, err := tx.ExecContext(ctx, `
			update ops.outlet_runs
			set decided_count = decided_count - $3, deferred_count = deferred_count + $3
			where run_id = $1 and outlet_id = $2`, r.RunID, l.o.ID, r.Count)
		if err != nil {
			return fmt.Errorf("take back what run %d decided of %q: %w", r.RunID, l.o.ID, err)
		}
		l.run.Count("given_back", int64(r.Count))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("give back what %q owes of %s: %w", l.o.ID, l.night.Format(time.DateOnly), err)
	}
	return nil
}
