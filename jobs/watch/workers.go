package watch

import (
	"context"
	"fmt"
	"net/url"
	"strconv"
	"time"
)

const (
	stuckAfter   = 30 * time.Minute // without an interval begun or settled a backfill stands still
	workerWindow = time.Hour        // how long the death of a worker is told
)

// backfillsStuck finds backfills that run and yet get nowhere.
func (w *FleetWatcher) backfillsStuck(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		BackfillID int64     `db:"backfill_id"`
		MovedAt    time.Time `db:"moved_at"`
		Open       int       `db:"open_count"`
		Running    int       `db:"running_count"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		select
			b.backfill_id, greatest(b.applied_at, b.paused_at, max(i.finished_at), max(i.started_at)) as moved_at,
			count(*) filter (where i.state in ('planned', 'queued', 'running')) as open_count,
			count(*) filter (where i.state = 'running') as running_count
		from ops.backfills as b
		inner join ops.intervals as i on i.backfill_id = b.backfill_id
		where b.state = 'running'
		group by b.backfill_id, b.applied_at, b.paused_at
		having greatest(b.applied_at, b.paused_at, max(i.finished_at), max(i.started_at)) <= $1
		order by b.backfill_id`, l.now.Add(-stuckAfter))
	if err != nil {
		return findings{}, fmt.Errorf("look for backfills that stand still: %w", err)
	}
	var found findings
	for _, r := range rows {
		found.causes = append(found.causes, Cause{
			Subject: Subject{BackfillStuck, strconv.FormatInt(r.BackfillID, 10)}, Severity: Fail,
			Message: fmt.Sprintf("Backfill %d has begun and ended nothing since %s; %d intervals are open, %d of them running.",
				r.BackfillID, r.MovedAt.UTC().Format("2006-01-02 15:04Z"), r.Open, r.Running),
			Remedy:   fmt.Sprintf("See whether a worker runs (`overheard serve --roles worker`) and what `overheard backfill show %d` says; `overheard backfill pause %d` quiets this.", r.BackfillID, r.BackfillID),
			Evidence: map[string]any{"moved_at": r.MovedAt.UTC(), "open_count": r.Open, "running_count": r.Running},
		})
	}
	return found, nil
}

// workersLost finds processes that ended without a word while they had work, and
// work that was given up because it took three of them along.
func (w *FleetWatcher) workersLost(ctx context.Context, l *look) (findings, error) {
	var dead []struct {
		Host      string `db:"host"`
		ProcessID int    `db:"process_id"`
		Runs      int    `db:"run_count"`
		Job       string `db:"job"`
	}
	err := l.tx.SelectContext(ctx, &dead, `
		select r.host, r.process_id, count(*) as run_count, min(r.job) as job
		from ops.runs as r
		where r.state = 'abandoned' and r.finished_at > $1
		group by r.host, r.process_id
		order by r.host, r.process_id`, l.now.Add(-workerWindow))
	if err != nil {
		return findings{}, fmt.Errorf("look for workers that died: %w", err)
	}
	var found findings
	for _, r := range dead {
		found.causes = append(found.causes, Cause{
			Subject: Subject{WorkerLost, fmt.Sprintf("%s:%d", r.Host, r.ProcessID)}, Severity: Warn,
			Message:  fmt.Sprintf("Process %d on %s ended without a word and left %d runs behind, the first of %s.", r.ProcessID, r.Host, r.Runs, r.Job),
			Remedy:   "Its work is done again by another. Look at the log of the machine for its end: memory, a kill, a reboot.",
			Evidence: map[string]any{"run_count": r.Runs},
		})
	}
	var killers []struct {
		Job        string `db:"job"`
		BackfillID *int64 `db:"backfill_id"`
		Intervals  int    `db:"interval_count"`
		First      string `db:"first"`
	}
	err = l.tx.SelectContext(ctx, &killers, `
		select
			i.job, i.backfill_id, count(*) as interval_count,
			min(concat_ws(' ', to_char(i.night, 'YYYY-MM-DD'), nullif(i.scope, ''))) as first
		from ops.intervals as i
		where i.state = 'failed' and i.death_count >= 3
		group by i.job, i.backfill_id
		order by i.job, i.backfill_id`)
	if err != nil {
		return findings{}, fmt.Errorf("look for work that kills its workers: %w", err)
	}
	for _, r := range killers {
		name := r.Job
		if r.BackfillID != nil {
			name += fmt.Sprintf(" of backfill %d", *r.BackfillID)
		}
		found.causes = append(found.causes, Cause{
			Subject: Subject{WorkerLost, name}, Severity: Fail,
			Message:  fmt.Sprintf("%d intervals of %s were given up: their worker died three times. The first is %s.", r.Intervals, name, r.First),
			Remedy:   "Look at what the workers' logs end with, mend it, and let `overheard runs retry` do them again.",
			Evidence: map[string]any{"interval_count": r.Intervals, "first": r.First},
		})
	}
	return found, nil
}

// pagesQuarantined finds pages that are not read any more because workers died or
// hung over them. The alert ends when somebody deletes the row, so that the page is
// read again, or dismisses it.
func (w *FleetWatcher) pagesQuarantined(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		URL     string `db:"url"`
		Reason  string `db:"reason"`
		Crashes int    `db:"crash_count"`
		Hangs   int    `db:"hang_count"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		select s.url, s.reason, s.crash_count, s.hang_count
		from ops.suspect_pages as s
		where s.quarantined_at is not null
		order by s.url`)
	if err != nil {
		return findings{}, fmt.Errorf("look for pages in quarantine: %w", err)
	}
	var found findings
	for _, r := range rows {
		found.causes = append(found.causes, Cause{
			Subject: Subject{PageQuarantined, r.URL}, Severity: Warn,
			Message:  fmt.Sprintf("The page %s is in quarantine, %d workers died and %d hung over it: %s", r.URL, r.Crashes, r.Hangs, r.Reason),
			Remedy:   "Nothing waits for it. Report it with its address; delete its row of ops.suspect_pages to have it read again.",
			Evidence: map[string]any{"crash_count": r.Crashes, "hang_count": r.Hangs},
		})
	}
	return found, nil
}

// importsFailed finds imports that stopped with an error. One that goes on again
// has not recovered before it is done.
func (w *FleetWatcher) importsFailed(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		Source   string  `db:"source"`
		State    string  `db:"state"`
		Position int64   `db:"position"`
		Error    *string `db:"error"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		select i.source, i.state, i.position, i.error
		from ops.imports as i
		where i.state in ('failed', 'running')
		order by i.source`)
	if err != nil {
		return findings{}, fmt.Errorf("look for imports that failed: %w", err)
	}
	var found findings
	for _, r := range rows {
		subject := Subject{ImportFailed, withoutPassword(r.Source)}
		if r.State == "running" {
			found.unclear = append(found.unclear, subject)
			continue
		}
		reason := "no reason was recorded"
		if r.Error != nil {
			reason = *r.Error
		}
		found.causes = append(found.causes, Cause{
			Subject: subject, Severity: Fail,
			Message:  fmt.Sprintf("The import of %s stopped at byte %d: %s", subject.Name, r.Position, reason),
			Remedy:   "Mend its cause and run the same `overheard import warc` again: it goes on where it stopped.",
			Evidence: map[string]any{"position": r.Position, "error": r.Error},
		})
	}
	return found, nil
}

// withoutPassword hides what an address of a file may carry for its server alone.
func withoutPassword(source string) string {
	u, err := url.Parse(source)
	if err != nil || u.User == nil {
		return source
	}
	return u.Redacted()
}
