package watch

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// The kinds of alerts about the work itself.
const (
	NightLate       = "night_late"
	NightRefused    = "night_refused"
	NightFailed     = "night_failed"
	BackfillStuck   = "backfill_stuck"
	WorkerLost      = "worker_lost"
	PageQuarantined = "page_quarantined"
	ImportFailed    = "import_failed"
	ArchiveFailed   = "archive_failed"
	DiskFull        = "disk_full"
)

// lookInterval is how often the work is looked at.
const lookInterval = time.Minute

// FleetConfig says what is late and what is full.
type FleetConfig struct {
	ReportZone    *time.Location // zone of the nights; nil is UTC
	ScheduleZone  *time.Location // zone of NightDeadline; nil is UTC
	NightDeadline time.Duration  // time of day by which a night must be published, since midnight; negative: none
	Nights        int            // nights looked at, counted back from the last finished one; those missed before are given up
	DataDir       string         // folder whose disk is looked at; empty: none
}

// FleetWatcher notices what goes wrong with the work: nights that are late, refused
// or failed, backfills that stand still, workers that die, disks that fill up. Any
// number of processes may have one.
type FleetWatcher struct {
	lg   *slog.Logger
	db   *sqlx.DB
	cfg  FleetConfig
	now  func() time.Time
	host string
}

// NewFleetWatcher returns a watcher of the work; now is the clock of deadlines.
func NewFleetWatcher(lg *slog.Logger, db *sqlx.DB, cfg FleetConfig, now func() time.Time) *FleetWatcher {
	if cfg.ReportZone == nil {
		cfg.ReportZone = time.UTC
	}
	if cfg.ScheduleZone == nil {
		cfg.ScheduleZone = time.UTC
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return &FleetWatcher{lg: lg, db: db, cfg: cfg, now: now, host: host}
}

// Run looks at the work once a minute until ctx ends. A look that fails is logged,
// and the next one tries again.
func (w *FleetWatcher) Run(ctx context.Context) error {
	for {
		if _, err := w.Look(ctx); err != nil && ctx.Err() == nil {
			w.lg.Error("the work could not be looked at", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(lookInterval):
		}
	}
}

// Look looks at everything once. What all processes share is looked at by one of
// them at a time, the others leave it; each looks at its own disk.
func (w *FleetWatcher) Look(ctx context.Context) (Report, error) {
	ctx, cancel := context.WithTimeout(ctx, lookInterval)
	defer cancel()
	report, err := w.look(ctx, []rule{
		{[]string{NightLate}, w.nightsLate},
		{[]string{NightRefused, NightFailed}, w.nightsBroken},
		{[]string{BackfillStuck}, w.backfillsStuck},
		{[]string{WorkerLost}, w.workersLost},
		{[]string{PageQuarantined}, w.pagesQuarantined},
		{[]string{ImportFailed}, w.importsFailed},
		{[]string{ArchiveFailed}, w.archivesFailed},
	}, "overheard/watch/fleet")
	if err != nil || w.cfg.DataDir == "" {
		return report, err
	}
	own, err := w.look(ctx, []rule{{[]string{DiskFull}, w.diskFull}}, "overheard/watch/disk/"+w.host)
	report.Raised += own.Raised
	report.Recovered += own.Recovered
	return report, err
}

// look applies rules in one transaction, unless another process is at it.
func (w *FleetWatcher) look(ctx context.Context, rules []rule, key string) (Report, error) {
	tx, err := w.db.BeginTxx(ctx, nil)
	if err != nil {
		return Report{}, fmt.Errorf("look at the work: %w", err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	var isOurs bool
	if err := tx.GetContext(ctx, &isOurs, `select pg_try_advisory_xact_lock(hashtextextended($1, 0))`, key); err != nil {
		return Report{}, fmt.Errorf("look at the work: %w", err)
	}
	if !isOurs {
		return Report{}, nil
	}
	now := w.now().UTC()
	l := &look{tx: tx, now: now, night: ledger.LastFinishedNight(now, w.cfg.ReportZone)}
	all, judged := findings{}, []string(nil)
	for _, r := range rules {
		found, err := r.find(ctx, l)
		if err != nil {
			return Report{}, fmt.Errorf("look at the work: %w", err)
		}
		all.causes = append(all.causes, found.causes...)
		all.unclear = append(all.unclear, found.unclear...)
		judged = append(judged, r.kinds...)
	}
	report, err := reconcile(ctx, l, all, judged)
	if err != nil {
		return Report{}, err
	}
	if err := tx.Commit(); err != nil {
		return Report{}, fmt.Errorf("look at the work: %w", err)
	}
	return report.Report, nil
}

// openSubjects are the subjects of a kind's open alerts.
func openSubjects(ctx context.Context, l *look, kind string) ([]string, error) {
	var names []string
	err := l.tx.SelectContext(ctx, &names, `
		select a.subject from ops.alerts as a
		where a.kind = $1 and (a.state = 'open' or a.state = 'dismissed' and a.recovered_at is null)
		order by a.subject`, kind)
	if err != nil {
		return nil, fmt.Errorf("read the open alerts of %s: %w", kind, err)
	}
	return names, nil
}
