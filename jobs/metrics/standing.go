package metrics

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"path/filepath"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/prometheus/client_golang/prometheus"
)

const (
	scrapeTimeout = 10 * time.Second
	askTimeout    = 5 * time.Second
	believedFor   = 10 * time.Second // what the database said
	sizedEvery    = 5 * time.Minute  // the archive's folder is walked
)

// standing shows how the work stands, as the database has it.
type standing struct {
	lg         *slog.Logger
	db         *sqlx.DB
	archiveDir string
	now        func() time.Time

	intervals, queue, alerts, publishedNight, publishedAge, publishedAt, isUp, archiveSize *prometheus.Desc

	mu       sync.Mutex
	figures  []figure
	askedAt  time.Time
	askError error
	hasQueue bool
	size     int64
	sizedAt  time.Time
}

// figure is one number of the database.
type figure struct {
	What   string  `db:"what"`
	First  string  `db:"first"`
	Second string  `db:"second"`
	Value  float64 `db:"value"`
}

func newStanding(lg *slog.Logger, db *sqlx.DB, archiveDir string, now func() time.Time) *standing {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc(namespace+"_"+name, help, labels, nil)
	}
	return &standing{
		lg: lg, db: db, archiveDir: archiveDir, now: now,
		intervals:      desc("intervals", "Intervals that are open or failed, by state; the settled ones are counted as they settle.", "job", "state"),
		queue:          desc("queue_jobs", "Jobs in the queue that are not yet done, by state.", "queue", "state"),
		alerts:         desc("alerts_open", "Alerts that are open.", "kind", "severity"),
		publishedNight: desc("last_published_night_timestamp_seconds", "End of the newest published night: the midnight UTC after its date."),
		publishedAge:   desc("last_published_night_age_seconds", "Time since the end of the newest published night: hours if all is well, above 30 hours if a night is missing."),
		publishedAt:    desc("last_publication_timestamp_seconds", "When a night was last published, first or again."),
		isUp:           desc("database_up", "Whether the database answered: 1, or 0 and the gauges that rest on it are missing."),
		archiveSize:    desc("archive_size_bytes", "Size of the archive's folder on this machine."),
	}
}

// Describe names the gauges.
func (s *standing) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{s.intervals, s.queue, s.alerts, s.publishedNight, s.publishedAge, s.publishedAt, s.isUp} {
		out <- d
	}
	if s.archiveDir != "" {
		out <- s.archiveSize
	}
}

// Collect gives the gauges, from what the database said a few seconds ago if that
// is all the older it is.
func (s *standing) Collect(out chan<- prometheus.Metric) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if s.askedAt.IsZero() || now.Sub(s.askedAt) >= believedFor {
		s.figures, s.askError = s.ask()
		s.askedAt = now
		if s.askError != nil {
			s.lg.Warn("the gauges could not be read", "error", s.askError)
		}
	}
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	if s.archiveDir != "" {
		if s.sizedAt.IsZero() || now.Sub(s.sizedAt) >= sizedEvery {
			s.size, s.sizedAt = sizeOf(s.archiveDir), now
		}
		gauge(s.archiveSize, float64(s.size))
	}
	if s.askError != nil {
		gauge(s.isUp, 0)
		return
	}
	gauge(s.isUp, 1)
	for _, f := range s.figures {
		switch f.What {
		case "intervals":
			gauge(s.intervals, f.Value, f.First, f.Second)
		case "queue":
			gauge(s.queue, f.Value, f.First, f.Second)
		case "alerts":
			gauge(s.alerts, f.Value, f.First, f.Second)
		case "night":
			gauge(s.publishedNight, f.Value)
			gauge(s.publishedAge, float64(now.UnixMilli())/1000-f.Value)
		case "published":
			gauge(s.publishedAt, f.Value)
		}
	}
}

// ask reads all figures in one statement. Intervals are counted by the index of the
// unsettled ones, so that the millions which are done cost nothing.
func (s *standing) ask() ([]figure, error) {
	ctx, cancel := context.WithTimeout(context.Background(), askTimeout)
	defer cancel()
	if !s.hasQueue {
		if err := s.db.GetContext(ctx, &s.hasQueue, `select to_regclass('queue.river_job') is not null`); err != nil {
			return nil, fmt.Errorf("ask whether there is a queue: %w", err)
		}
	}
	query := `
		select 'intervals' as what, i.job as first, i.state as second, cast(count(*) as double precision) as value
		from ops.intervals as i
		where i.state in ('planned', 'queued', 'running', 'failed')
		group by i.job, i.state
		union all
		select 'alerts', a.kind, a.severity, count(*)
		from ops.alerts as a
		where a.state = 'open'
		group by a.kind, a.severity
		union all
		select 'night', '', '', extract(epoch from max(n.night) + 1) from marts.nights as n having max(n.night) is not null
		union all
		select 'published', '', '', extract(epoch from max(n.published_at)) from marts.nights as n having max(n.night) is not null`
	if s.hasQueue {
		query += `
		union all
		select 'queue', j.queue, cast(j.state as text), count(*)
		from queue.river_job as j
		where j.state in ('available', 'running', 'scheduled', 'retryable')
		group by j.queue, j.state`
	}
	var figures []figure
	if err := s.db.SelectContext(ctx, &figures, query+" order by what, first, second"); err != nil {
		return nil, fmt.Errorf("read how the work stands: %w", err)
	}
	return figures, nil
}

// sizeOf is what the files of a folder hold, in bytes. What cannot be read, or goes
// while we look, counts nothing.
func sizeOf(dir string) (size int64) {
	_ = filepath.WalkDir(dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return nil //nolint:nilerr // see above
		}
		if info, err := entry.Info(); err == nil {
			size += info.Size()
		}
		return nil
	})
	return size
}
