package watch

import (
	"context"
	"fmt"
	"time"
)

// outageOutlets is the fewest outlets that must fail together before we suspect
// ourselves; outagePatience is how long that suspicion may keep the outlets'
// own alerts back while some of them can be read.
const (
	outageOutlets  = 5
	outagePatience = 24 * time.Hour
)

// outage is whether most outlets failed at once.
type outage struct {
	causes []Cause
	isOurs bool // the alerts of outlets rest
}

// outage asks whether most of the outlets that this run polled gave nothing that
// could be read. Outlets that are known to be down do not count: a run over the few
// that are due may meet only those.
func (w *Watcher) outage(ctx context.Context, l *look) (outage, error) {
	var row struct {
		Polled     int        `db:"polled"`
		Unreadable int        `db:"unreadable"`
		Error      *string    `db:"error"`
		OpenedAt   *time.Time `db:"opened_at"`
	}
	err := l.tx.GetContext(ctx, &row, `
		with down as (
			select a.outlet_id
			from ops.alerts as a
			where a.state in ('open', 'dismissed') and a.recovered_at is null and a.severity = 'fail'
				and a.kind in ('channel_down', 'outlet_silent') and a.outlet_id is not null
			group by a.outlet_id
		),
		polled as (
			select r.outlet_id, r.readable_channel_count = 0 as is_unreadable, r.error
			from ops.outlet_runs as r
			left join down as d on d.outlet_id = r.outlet_id
			where r.run_id = $1 and r.polled_channel_count > 0 and d.outlet_id is null
		)
		select
			count(*) as polled,
			count(*) filter (where p.is_unreadable) as unreadable,
			mode() within group (order by p.error) filter (where p.is_unreadable) as error,
			(select a.opened_at from ops.alerts as a where a.kind = $2 and a.state = 'open') as opened_at
		from polled as p`, l.runID, NetworkDown)
	if err != nil {
		return outage{}, fmt.Errorf("look for an outage of our own: %w", err)
	}
	if row.Unreadable < outageOutlets || 2*row.Unreadable <= row.Polled {
		return outage{}, nil
	}
	isLong := row.OpenedAt != nil && l.now.Sub(*row.OpenedAt) >= outagePatience
	return outage{
		isOurs: !isLong || row.Unreadable == row.Polled,
		causes: []Cause{{
			Subject: Subject{NetworkDown, "all"}, Severity: Fail,
			Message:  fmt.Sprintf("%d of %d outlets asked gave nothing that can be read: the fault is probably ours.", row.Unreadable, row.Polled),
			Remedy:   "Look at our own network, its name servers and the proxy; the alerts of single outlets rest until most can be read again.",
			Evidence: map[string]any{"polled_outlet_count": row.Polled, "unreadable_outlet_count": row.Unreadable, "most_frequent_error": row.Error},
		}},
	}, nil
}

// NetworkDown raises the one alert for a collect that failed because our own
// network was out to its end; nothing is known of the outlets. The next watch that
// can read them closes it.
func (w *Watcher) NetworkDown(ctx context.Context, runID int64) (Report, error) {
	tx, err := w.db.BeginTxx(ctx, nil)
	if err != nil {
		return Report{}, fmt.Errorf("tell that the network is down: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	l := &look{tx: tx, runID: runID, now: w.now().UTC()}
	cause := Cause{
		Subject: Subject{NetworkDown, "all"}, Severity: Fail,
		Message: "Our own network was out until the time of a collect was up.",
		Remedy:  "Look at this machine's network, its name servers and the proxy; nothing was counted against the outlets.",
	}
	report, err := reconcile(ctx, l, findings{causes: []Cause{cause}}, nil)
	if err != nil {
		return Report{}, err
	}
	if err := tx.Commit(); err != nil {
		return Report{}, fmt.Errorf("tell that the network is down: %w", err)
	}
	report.IsOutage = true
	return report.Report, nil
}

// budgetsSpent finds hosts that were not asked all we wanted, for the budget of
// their day was spent.
func (w *Watcher) budgetsSpent(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		Host     string  `db:"host"`
		OutletID *string `db:"outlet_id"`
		Requests int     `db:"request_count"`
		Refused  int     `db:"refusal_count"`
	}
	// Yesterday counts as well, or the alert would close at every midnight.
	err := l.tx.SelectContext(ctx, &rows, `
		select
			m.host, min(o.outlet_id) as outlet_id, max(m.request_count) as request_count,
			max(m.budget_refusal_count) as refusal_count
		from ops.host_manners as m
		left join watched_outlets as o on o.host = regexp_replace(m.host, '^www\.', '')
		where m.day >= cast($1 as date) - 1 and m.budget_refusal_count > 0
		group by m.host
		order by m.host`, l.now.Format(time.DateOnly))
	if err != nil {
		return findings{}, fmt.Errorf("look for hosts whose budget is spent: %w", err)
	}
	var found findings
	for _, r := range rows {
		c := Cause{
			Subject: Subject{BudgetSpent, r.Host}, Severity: Warn,
			Message:  fmt.Sprintf("The budget of %s was spent: %d requests were sent in a day and %d were not.", r.Host, r.Requests, r.Refused),
			Remedy:   "The rest waits for the next day. If that happens often, leave out a channel that announces what another does, or raise crawl.host_daily_budget.",
			Evidence: map[string]any{"request_count": r.Requests, "budget_refusal_count": r.Refused},
		}
		if r.OutletID != nil {
			c.OutletID = *r.OutletID
		}
		found.causes = append(found.causes, c)
	}
	return found, nil
}
