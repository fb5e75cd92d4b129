package notify

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// Events of an alert, as stored in ops.alert_deliveries.event.
const (
	opened = "opened"
	closed = "closed"
)

// plan lays down what is to be told: open alerts that nobody was told of, and
// closed ones that were told as opened. What closed before it was told is dropped.
// One process plans at a time, the others go on with what is planned.
func (n *Notifier) plan(ctx context.Context) error {
	tx, err := n.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("plan what to tell of alerts: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	var isOurs bool
	if err := tx.GetContext(ctx, &isOurs, `select pg_try_advisory_xact_lock(hashtextextended('overheard/notify', 0))`); err != nil {
		return fmt.Errorf("plan what to tell of alerts: %w", err)
	}
	if !isOurs {
		return nil
	}
	now, names := n.now().UTC(), pq.Array(n.Channels())
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`delete from ops.alert_deliveries as d
			using (
				select p.alert_id, p.event, p.channel
				from ops.alert_deliveries as p
				inner join ops.alerts as a on a.alert_id = p.alert_id
				where p.event = 'opened' and p.delivered_at is null and a.state <> 'open'
				for update of p skip locked
			) as gone
			where d.alert_id = gone.alert_id and d.event = gone.event and d.channel = gone.channel`, nil},
		{`insert into ops.alert_deliveries (alert_id, event, channel, next_attempt_at)
			select a.alert_id, 'opened', c.channel, max(told.delivered_at) + cast($3 as interval)
			from ops.alerts as a
			cross join unnest(cast($1 as text[])) as c (channel)
			left join ops.alert_deliveries as d
				on d.alert_id = a.alert_id and d.event = 'opened' and d.channel = c.channel
			left join ops.alerts as b
				on b.kind = a.kind and b.subject = a.subject and b.closed_at > $2
			left join ops.alert_deliveries as told
				on told.alert_id = b.alert_id and told.channel = c.channel
				and told.delivered_at > $2
			where a.state = 'open' and d.alert_id is null
			group by a.alert_id, c.channel
			order by a.alert_id, c.channel
			on conflict do nothing`, []any{names, now.Add(-flapDamping), interval(flapDamping)}},
		{`insert into ops.alert_deliveries (alert_id, event, channel)
			select a.alert_id, 'closed', d.channel
			from ops.alerts as a
			inner join ops.alert_deliveries as d
				on d.alert_id = a.alert_id and d.event = 'opened' and d.delivered_at is not null and d.channel = any($1)
			left join ops.alert_deliveries as e
				on e.alert_id = a.alert_id and e.event = 'closed' and e.channel = d.channel
			where a.closed_at > $2 and a.state <> 'open' and e.alert_id is null
			order by a.alert_id, d.channel
			on conflict do nothing`, []any{names, now.Add(-closedWindow)}},
	} {
		if _, err := tx.ExecContext(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("plan what to tell of alerts: %w", err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("plan what to tell of alerts: %w", err)
	}
	return nil
}

// deliver sends what is due by one channel, as one message. The rows are held until
// it is known how that ended, and given back at once if this process dies.
func (n *Notifier) deliver(ctx context.Context, c channel) error {
	tx, err := n.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("tell alerts by %s: %w", c.name(), err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	due, err := claim(ctx, tx, c.name(), n.now().UTC())
	if err != nil || len(due) == 0 {
		return err
	}
	failure := c.send(ctx, digest{host: n.host, notices: due})
	if err := settle(ctx, tx, c.name(), due, n.now().UTC(), failure); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("tell alerts by %s: %w", c.name(), err)
	}
	if failure == nil {
		return nil
	}
	lost := 0
	for _, x := range due {
		if x.Tries+1 >= maxTries {
			lost++
		}
	}
	n.lg.Error("alerts could not be told", "channel", c.name(), "alerts", len(due), "given_up", lost, "error", failure)
	return nil
}

// claim takes what is due by a channel, failures first.
func claim(ctx context.Context, tx *sqlx.Tx, name string, now time.Time) ([]notice, error) {
	var due []notice
	err := tx.SelectContext(ctx, &due, `
		select
			d.event, d.attempt_count, a.alert_id, a.kind, a.subject, a.severity, a.state, a.opened_at, a.closed_at,
			a.closed_by, a.message, a.remedy
		from ops.alert_deliveries as d
		inner join ops.alerts as a on a.alert_id = d.alert_id
		where d.channel = $1 and d.delivered_at is null and d.attempt_count < $2
			and (d.next_attempt_at is null or d.next_attempt_at <= $3)
			and (d.event = 'closed' or a.state = 'open')
		order by d.event desc, a.severity, a.opened_at, a.alert_id
		limit $4
		for update of d skip locked`, name, maxTries, now, maxClaim)
	if err != nil {
		return nil, fmt.Errorf("take what is to be told by %s: %w", name, err)
	}
	return due, nil
}

// settle writes how the sending of claimed rows ended.
func settle(ctx context.Context, tx *sqlx.Tx, name string, due []notice, now time.Time, failure error) error {
	ids, events := make([]int64, len(due)), make([]string, len(due))
	delays := make([]string, len(due))
	for i, x := range due {
		ids[i], events[i], delays[i] = x.AlertID, x.Event, interval(delay(x.Tries+1))
	}
	var reason *string
	if failure != nil {
		text := failure.Error()
		reason = &text
	}
	_, err := tx.ExecContext(ctx, `
		update ops.alert_deliveries as d
		set attempt_count = d.attempt_count + 1, error = $5,
			delivered_at = case when cast($5 as text) is null then cast($4 as timestamptz) end,
			next_attempt_at = case when cast($5 as text) is not null then cast($4 as timestamptz) + cast(u.delay as interval) end
		from unnest(cast($1 as bigint[]), cast($2 as text[]), cast($3 as text[])) as u (alert_id, event, delay)
		where d.alert_id = u.alert_id and d.event = u.event and d.channel = $6`,
		pq.Array(ids), pq.Array(events), pq.Array(delays), now, reason, name)
	if err != nil {
		return fmt.Errorf("write down what was told by %s: %w", name, err)
	}
	return nil
}

// interval is a duration as Postgres reads it.
func interval(d time.Duration) string { return fmt.Sprintf("%d milliseconds", d.Milliseconds()) }
