package watch

import (
	"context"
	"fmt"

	"github.com/lib/pq"
)

// closedByWatch is who closes an alert whose cause is gone.
const closedByWatch = "watch"

// reconciled is a Report with what is to be logged.
type reconciled struct {
	Report
	opened []Cause
}

// reconcile makes ops.alerts say what was found: alerts whose cause holds are seen
// again, new causes open one, and alerts of the judged kinds whose cause is gone
// are closed. An operator's dismissal holds as long as its cause.
func reconcile(ctx context.Context, l *look, found findings, judged []string) (reconciled, error) {
	cs := distinct(found.causes)
	n := len(cs)
	kinds, subjects, severities, messages, remedies, evidence := make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n), make([]string, n)
	outlets, proposals, covered := make([]*string, n), make([]*string, n), make([]bool, n)
	for i, c := range cs {
		kinds[i], subjects[i], severities[i] = c.Kind, c.Subject.Name, c.Severity
		messages[i], remedies[i], evidence[i], covered[i] = c.Message, c.Remedy, encoded(c.Evidence), c.isCovered
		if c.OutletID != "" {
			outlets[i] = &cs[i].OutletID
		}
		if c.Proposal != nil {
			text := encoded(c.Proposal)
			proposals[i] = &text
		}
	}
	unclearKinds, unclearSubjects := make([]string, len(found.unclear)), make([]string, len(found.unclear))
	for i, s := range found.unclear {
		unclearKinds[i], unclearSubjects[i] = s.Kind, s.Name
	}
	steps := []struct {
		what, sql string
		args      []any
	}{
		{"lay out the causes", `
			create temp table causes (
				kind text, subject text, outlet_id text, severity text, message text, remedy text,
				evidence jsonb, proposal jsonb, is_covered boolean, primary key (kind, subject)
			) on commit drop`, nil},
		{"lay out the causes", `
			insert into causes (kind, subject, outlet_id, severity, message, remedy, evidence, proposal, is_covered)
			select i.kind, i.subject, i.outlet_id, i.severity, i.message, i.remedy, cast(i.evidence as jsonb), cast(i.proposal as jsonb), i.is_covered
			from unnest(
				cast($1 as text[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]), cast($5 as text[]),
				cast($6 as text[]), cast($7 as text[]), cast($8 as text[]), cast($9 as boolean[])
			) as i (kind, subject, outlet_id, severity, message, remedy, evidence, proposal, is_covered)`,
			[]any{pq.Array(kinds), pq.Array(subjects), pq.Array(outlets), pq.Array(severities), pq.Array(messages),
				pq.Array(remedies), pq.Array(evidence), pq.Array(proposals), pq.Array(covered)}},
		// An alert that gets worse, or for which a repair is found, says so; else it
		// keeps the words and figures it was raised with.
		{"see the alerts again", `
			update ops.alerts as a
			set last_seen_at = $1,
				severity = case when c.is_covered then a.severity else c.severity end,
				message = case when is_new then c.message else a.message end,
				remedy = case when is_new then c.remedy else a.remedy end,
				proposal = coalesce(a.proposal, c.proposal)
			from (
				select
					k.kind, k.subject, k.severity, k.message, k.remedy, k.proposal, k.is_covered, o.alert_id,
					o.state = 'open' and not k.is_covered
					and (o.severity <> k.severity or o.proposal is null and k.proposal is not null) as is_new
				from causes as k
				inner join ops.alerts as o on o.kind = k.kind and o.subject = k.subject
				where o.state = 'open' or o.state = 'dismissed' and o.recovered_at is null
			) as c
			where a.alert_id = c.alert_id`, []any{l.now}},
		{"close the alerts whose cause is gone", `
			update ops.alerts as a
			set state = case when a.state = 'open' then 'recovered' else a.state end,
				closed_at = coalesce(a.closed_at, $1), closed_by = coalesce(a.closed_by, $2), recovered_at = $1
			where (a.state = 'open' or a.state = 'dismissed' and a.recovered_at is null)
				and a.kind = any($3)
				and not exists (select 1 from causes as c where c.kind = a.kind and c.subject = a.subject)
				and (a.kind, a.subject) not in (
					select u.kind, u.subject from unnest(cast($4 as text[]), cast($5 as text[])) as u (kind, subject)
				)`, []any{l.now, closedByWatch, pq.Array(judged), pq.Array(unclearKinds), pq.Array(unclearSubjects)}},
	}
	var r reconciled
	for i, step := range steps {
		res, err := l.tx.ExecContext(ctx, step.sql, step.args...)
		if err != nil {
			return r, fmt.Errorf("%s: %w", step.what, err)
		}
		if i == len(steps)-1 {
			closed, err := res.RowsAffected()
			if err != nil {
				return r, fmt.Errorf("%s: %w", step.what, err)
			}
			r.Recovered = int(closed)
		}
	}
	var opened []Subject
	err := l.tx.SelectContext(ctx, &opened, `
		insert into ops.alerts
			(kind, subject, outlet_id, severity, state, opened_at, last_seen_at, run_id, message, remedy, evidence, proposal)
		select c.kind, c.subject, c.outlet_id, c.severity, 'open', $1, $1, cast($2 as bigint), c.message, c.remedy, c.evidence, c.proposal
		from causes as c
		left join ops.alerts as a
			on a.kind = c.kind and a.subject = c.subject and (a.state = 'open' or a.state = 'dismissed' and a.recovered_at is null)
		where a.alert_id is null and not c.is_covered
		order by c.severity, c.kind, c.subject
		returning kind, subject as name`, l.now, nullID(l.runID))
	if err != nil {
		return r, fmt.Errorf("raise the new alerts: %w", err)
	}
	r.Raised = len(opened)
	for _, s := range opened {
		for _, c := range cs {
			if c.Subject == s {
				r.opened = append(r.opened, c)
			}
		}
	}
	if err := explore(ctx, l, r.opened); err != nil {
		return r, err
	}
	var counts []struct {
		Kind  string `db:"kind"`
		Count int    `db:"alert_count"`
	}
	err = l.tx.SelectContext(ctx, &counts, `select kind, count(*) as alert_count from ops.alerts where state = 'open' group by kind`)
	if err != nil {
		return r, fmt.Errorf("count the open alerts: %w", err)
	}
	r.OpenKinds = map[string]int{}
	for _, c := range counts {
		r.OpenKinds[c.Kind] = c.Count
		r.Open += c.Count
	}
	return r, nil
}

// explore asks the next collect to look around at outlets that have just fallen
// ill: what it finds is the repair proposed. Once an alert, or a dead outlet would
// be explored at every run.
func explore(ctx context.Context, l *look, opened []Cause) error {
	var ids []string
	for _, c := range opened {
		switch c.Kind {
		case ChannelDown, OutletSilent, BelowExpectation:
			ids = append(ids, c.OutletID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	_, err := l.tx.ExecContext(ctx, `
		insert into ops.outlet_explorations as e (outlet_id, next_at)
		select distinct i.outlet_id, cast($2 as timestamptz) from unnest(cast($1 as text[])) as i (outlet_id)
		on conflict (outlet_id) do update set next_at = least(e.next_at, excluded.next_at)`, pq.Array(ids), l.now)
	if err != nil {
		return fmt.Errorf("ask for explorations: %w", err)
	}
	return nil
}

// distinct drops a second cause of a subject.
func distinct(causes []Cause) []Cause {
	var list []Cause
	seen := map[Subject]bool{}
	for _, c := range causes {
		if !seen[c.Subject] {
			seen[c.Subject] = true
			list = append(list, c)
		}
	}
	return list
}

func nullID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
