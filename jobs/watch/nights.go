package watch

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// nightsLate finds nights that were to be published by now and are not. A night is
// owed if it ended while this installation was there: what an operator makes up by
// hand from before is nobody's delay. An alert stays until its night is published,
// or given up (cancelled, or a gap).
func (w *FleetWatcher) nightsLate(ctx context.Context, l *look) (findings, error) {
	if w.cfg.NightDeadline < 0 {
		return findings{}, nil
	}
	var beganAt *time.Time
	err := l.tx.GetContext(ctx, &beganAt, `select min(i.planned_at) from ops.intervals as i where i.job = 'nightly'`)
	if err != nil {
		return findings{}, fmt.Errorf("ask for the first night: %w", err)
	}
	if beganAt == nil {
		return findings{}, nil // a new installation owes nothing yet
	}
	nights, err := openSubjects(ctx, l, NightLate)
	if err != nil {
		return findings{}, err
	}
	first := ledger.LastFinishedNight(*beganAt, w.cfg.ReportZone)
	if oldest := l.night.AddDate(0, 0, 1-max(1, w.cfg.Nights)); first.Before(oldest) {
		first = oldest
	}
	for night := first; !night.After(l.night); night = night.AddDate(0, 0, 1) {
		if !w.deadline(night).After(l.now) {
			nights = append(nights, night.Format(time.DateOnly))
		}
	}
	var rows []struct {
		Night    ledger.Date `db:"night"`
		State    string      `db:"state"`
		Attempts int         `db:"attempt_count"`
		Error    *string     `db:"error"`
	}
	err = l.tx.SelectContext(ctx, &rows, `
		select d.night, coalesce(i.state, 'unknown') as state, coalesce(i.attempt_count, 0) as attempt_count, i.error
		from (select distinct cast(u.night as date) as night from unnest(cast($1 as text[])) as u (night)) as d
		left join ops.intervals as i on i.job = 'nightly' and i.scope = '' and i.night = d.night
		left join marts.nights as n on n.night = d.night
		where n.night is null and coalesce(i.state, 'unknown') not in ('cancelled', 'gap')
		order by d.night`, pq.Array(nights))
	if err != nil {
		return findings{}, fmt.Errorf("look for late nights: %w", err)
	}
	var found findings
	for _, r := range rows {
		due := w.deadline(r.Night.Time)
		found.causes = append(found.causes, Cause{
			Subject: Subject{NightLate, r.Night.String()}, Severity: Fail,
			Message: fmt.Sprintf("The night of %s is not published; it was to be by %s. %s", r.Night,
				due.Format("2006-01-02 15:04 MST"), nightWords(r.State, r.Attempts)),
			Remedy:   "See `overheard runs list --job nightly` for what became of it; `overheard nightly --night " + r.Night.String() + "` does it again.",
			Evidence: map[string]any{"deadline": due.UTC(), "state": r.State, "attempt_count": r.Attempts, "error": r.Error},
		})
	}
	return found, nil
}

// deadline is when a night must be published: the first time of day NightDeadline
// after it has ended, whichever zone that is said in.
func (w *FleetWatcher) deadline(night time.Time) time.Time {
	y, m, d := night.Date()
	end := time.Date(y, m, d+1, 0, 0, 0, 0, w.cfg.ReportZone).In(w.cfg.ScheduleZone)
	hour, minute := int(w.cfg.NightDeadline/time.Hour), int(w.cfg.NightDeadline%time.Hour/time.Minute)
	y, m, d = end.Date()
	due := time.Date(y, m, d, hour, minute, 0, 0, w.cfg.ScheduleZone)
	if due.Before(end) {
		due = time.Date(y, m, d+1, hour, minute, 0, 0, w.cfg.ScheduleZone)
	}
	return due
}

func nightWords(state string, attempts int) string {
	switch state {
	case "running":
		return "It is being worked on."
	case "queued":
		return "It waits for a worker."
	case "planned":
		if attempts > 0 {
			return fmt.Sprintf("It was tried %d times and will be again.", attempts)
		}
		return "It was not begun."
	case "failed":
		return fmt.Sprintf("It was tried %d times and failed.", attempts)
	case "done":
		return "Its work is done, and yet it is not there."
	}
	return "The schedule never came to it."
}

// nightsBroken finds nights that a check or the gate refused, and nights that
// failed. While one is tried again nothing is known of it.
func (w *FleetWatcher) nightsBroken(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		Job       string      `db:"job"`
		Night     ledger.Date `db:"night"`
		Attempts  int         `db:"attempt_count"`
		Error     string      `db:"error"`
		RunID     *int64      `db:"run_id"`
		IsRefused bool        `db:"is_refused"`
		IsUnclear bool        `db:"is_unclear"`
		IsFinal   bool        `db:"is_final"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		select
			i.job, i.night, i.attempt_count, coalesce(i.error, r.error, 'no reason was recorded') as error, i.run_id,
			coalesce(r.state = 'refused', false) as is_refused,
			not (i.state = 'failed' or i.state = 'planned' and coalesce(r.state, '') in ('refused', 'failed')) as is_unclear,
			i.state = 'failed' as is_final
		from ops.intervals as i
		left join ops.runs as r on r.run_id = i.run_id
		where i.job in ('nightly', 'rebuild') and i.state in ('planned', 'queued', 'running', 'failed')
		order by i.night, i.job`)
	if err != nil {
		return findings{}, fmt.Errorf("look for nights that were refused or failed: %w", err)
	}
	var found findings
	for _, r := range rows {
		if r.IsUnclear {
			found.unclear = append(found.unclear, Subject{NightRefused, r.Night.String()}, Subject{NightFailed, r.Night.String()})
			continue
		}
		kind, message := NightFailed, fmt.Sprintf("The night of %s failed in its %s: %s", r.Night, r.Job, r.Error)
		remedy := "It is tried again by itself."
		if r.IsFinal {
			remedy = "It may not be tried again by itself; `overheard runs list` shows why, and `overheard nightly --night " + r.Night.String() + "` does it again."
		}
		if r.IsRefused {
			kind, message = NightRefused, fmt.Sprintf("The night of %s was refused, and readers see what they saw before: %s", r.Night, r.Error)
			remedy = "See which check said no, mend its cause, and run `overheard nightly --night " + r.Night.String() + "`."
		}
		found.causes = append(found.causes, Cause{
			Subject: Subject{kind, r.Night.String()}, Severity: Fail, Message: message, Remedy: remedy,
			Evidence: map[string]any{"job": r.Job, "attempt_count": r.Attempts, "run_id": r.RunID, "error": r.Error},
		})
	}
	return found, nil
}
