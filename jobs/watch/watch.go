// Package watch notices what a collect cannot: that an outlet has gone quiet, that
// its feed has moved, that its pages come out broken. It reads what the crawler
// wrote down and keeps ops.alerts.
//
//	w := watch.New(lg, db, watch.Config{Outlets: list, ReportZone: zone}, time.Now)
//	report, err := w.Watch(ctx, runID) // after every collect
//
// A rule is a file: it asks the database one or two questions about all outlets at
// once and names the causes it finds (cause.go). What becomes of a cause is the same
// for all of them (reconcile.go): a new one opens an alert, a known one is only seen
// again, and an alert whose cause is gone is closed as recovered. So an outlet that
// stays dead is one line in a table, not one a run. When most outlets fail at once
// the fault is ours: one alert says so, and those of the outlets rest (outage.go).
//
// Some alerts carry a proposal, a repair that Accept makes in one transaction
// (accept.go). It does what was shown: the proposal of an open alert never changes.
package watch

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
)

// Config is what the watcher has to know of the registry.
type Config struct {
	Outlets    []outlets.Outlet
	ReportZone *time.Location // zone of the nights; nil is UTC
}

// Watcher keeps ops.alerts.
type Watcher struct {
	lg  *slog.Logger
	db  *sqlx.DB
	cfg Config
	now func() time.Time
}

// New returns a watcher; now is the clock it measures silence with.
func New(lg *slog.Logger, db *sqlx.DB, cfg Config, now func() time.Time) *Watcher {
	if cfg.ReportZone == nil {
		cfg.ReportZone = time.UTC
	}
	return &Watcher{lg: lg, db: db, cfg: cfg, now: now}
}

// Report counts what a watch did to the alerts.
type Report struct {
	Raised    int            `json:"raised"`
	Recovered int            `json:"recovered"`
	Open      int            `json:"open"` // after it
	OpenKinds map[string]int `json:"open_kinds"`
	IsOutage  bool           `json:"is_outage"` // most outlets failed at once
}

// look is what the rules of one watch share.
type look struct {
	tx    *sqlx.Tx
	runID int64
	now   time.Time
	night time.Time // the last finished one
}

// rule finds the causes of one or two kinds of alerts.
type rule struct {
	kinds []string
	find  func(ctx context.Context, l *look) (findings, error)
}

// findings is what a rule found. Of the subjects in unclear it cannot tell, for
// want of pages or nights: their alerts stay as they are.
type findings struct {
	causes  []Cause
	unclear []Subject
}

func (w *Watcher) rules() []rule {
	return []rule{
		{[]string{ChannelDown}, w.channelsDown},
		{[]string{FeedMoved}, w.feedsMoved},
		{[]string{NewChannel}, w.newChannels},
		{[]string{OutletSilent}, w.outletsSilent},
		{[]string{BelowExpectation}, w.belowExpectation},
		{[]string{ExtractionBroken, PagesUnreachable}, w.pagesBroken},
		{[]string{PatternChanged}, w.patternsChanged},
		{[]string{BudgetSpent}, w.budgetsSpent},
	}
}

// Watch looks at everything once, after the collect runID, in one transaction.
func (w *Watcher) Watch(ctx context.Context, runID int64) (Report, error) {
	tx, err := w.db.BeginTxx(ctx, nil)
	if err != nil {
		return Report{}, fmt.Errorf("watch the outlets: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	now := w.now().UTC()
	l := &look{tx: tx, runID: runID, now: now, night: ledger.LastFinishedNight(now, w.cfg.ReportZone)}
	// One watch at a time: a night ends with one while a collect may begin another.
	if _, err := tx.ExecContext(ctx, `select pg_advisory_xact_lock(hashtextextended('overheard/watch', 0))`); err != nil {
		return Report{}, fmt.Errorf("watch the outlets: %w", err)
	}
	if err := w.prepare(ctx, l); err != nil {
		return Report{}, err
	}
	all := findings{}
	judged := []string{NetworkDown}
	outage, err := w.outage(ctx, l)
	if err != nil {
		return Report{}, err
	}
	all.causes = append(all.causes, outage.causes...)
	for _, r := range w.rules() {
		began := time.Now()
		found, err := r.find(ctx, l)
		if err != nil {
			return Report{}, fmt.Errorf("watch the outlets: %w", err)
		}
		w.lg.Debug("a rule has looked", "kinds", r.kinds, "causes", len(found.causes), "seconds", time.Since(began).Seconds())
		all.causes = append(all.causes, found.causes...)
		all.unclear = append(all.unclear, found.unclear...)
		judged = append(judged, r.kinds...)
	}
	quieten(all.causes)
	if outage.isOurs {
		rest(all.causes)
		judged = []string{NetworkDown}
	}
	report, err := reconcile(ctx, l, all, judged)
	if err != nil {
		return Report{}, err
	}
	if err := tx.Commit(); err != nil {
		return Report{}, fmt.Errorf("watch the outlets: %w", err)
	}
	report.IsOutage = outage.isOurs
	for _, c := range report.opened {
		level := slog.LevelInfo
		if c.Severity == Fail {
			level = slog.LevelWarn
		}
		w.lg.Log(ctx, level, "an alert was raised", "kind", c.Kind, "subject", c.Subject.Name, "outlet_id", c.OutletID, "message", c.Message)
	}
	w.lg.Info("watched", "run_id", runID, "raised", report.Raised, "recovered", report.Recovered, "open", report.Open)
	return report.Report, nil
}

// prepare lays down what the rules ask about, for the length of the transaction:
// the outlets of the registry, and their channels in use with how they stand.
func (w *Watcher) prepare(ctx context.Context, l *look) error {
	var ids, homes, owners, urls, kinds []string
	for _, o := range w.cfg.Outlets {
		ids, homes = append(ids, o.ID), append(homes, hostOf(o.HomeURL))
		for _, c := range o.Channels {
			owners, urls, kinds = append(owners, o.ID), append(urls, c.URL), append(kinds, c.Kind)
		}
	}
	for _, step := range []struct {
		sql  string
		args []any
	}{
		{`create temp table watched_outlets (outlet_id text primary key, host text) on commit drop`, nil},
		{`insert into watched_outlets (outlet_id, host)
			select i.outlet_id, i.host from unnest(cast($1 as text[]), cast($2 as text[])) as i (outlet_id, host)
			on conflict do nothing`, []any{pq.Array(ids), pq.Array(homes)}},
		{`create temp table watched_channels (
				outlet_id text, channel_url text, kind text, origin text, state text, final_url text, failure_count integer,
				last_polled_at timestamptz, last_ok_at timestamptz, item_count integer, error text, is_readable boolean
			) on commit drop`, nil},
		{`with declared as (
				select i.outlet_id, i.channel_url, i.kind
				from unnest(cast($1 as text[]), cast($2 as text[]), cast($3 as text[])) as i (outlet_id, channel_url, kind)
			)
			insert into watched_channels
				(outlet_id, channel_url, kind, origin, state, final_url, failure_count, last_polled_at, last_ok_at, item_count,
				 error, is_readable)
			select
				c.outlet_id, c.channel_url, c.kind, case when d.outlet_id is null then c.origin else 'declared' end,
				c.state, c.final_url, c.failure_count, c.last_polled_at, c.last_ok_at, c.item_count, c.error,
				c.state in ('ok', 'empty', 'unchanged')
			from ops.channels as c
			left join declared as d on d.outlet_id = c.outlet_id and d.channel_url = c.channel_url
			inner join watched_outlets as o on o.outlet_id = c.outlet_id
			where c.origin <> 'child' and c.replaced_by is null
				and (d.outlet_id is not null or c.origin in ('discovered', 'accepted'))`,
			[]any{pq.Array(owners), pq.Array(urls), pq.Array(kinds)}},
		{`create index on watched_channels (outlet_id)`, nil},
		{`analyze watched_outlets`, nil},
		{`analyze watched_channels`, nil},
	} {
		if _, err := l.tx.ExecContext(ctx, step.sql, step.args...); err != nil {
			return fmt.Errorf("prepare to watch the outlets: %w", err)
		}
	}
	return nil
}
