package watch

import (
	"context"
	"fmt"
	"time"

	"golang.org/x/sys/unix"
)

// A disk is nearly full below either of these, and an alert is closed only well
// above, or it would come and go with every file.
const (
	diskWarnShare  = 0.10
	diskFailShare  = 0.03
	diskClearShare = 0.12
	archiveWindow  = 2 * time.Hour // how long a page that could not be kept is told
)

// diskFull looks at the disk of this machine's data folder. Of other machines it
// can tell nothing.
func (w *FleetWatcher) diskFull(ctx context.Context, l *look) (findings, error) {
	free, total, err := space(w.cfg.DataDir)
	if err != nil {
		return findings{}, err
	}
	open, err := openSubjects(ctx, l, DiskFull)
	if err != nil {
		return findings{}, err
	}
	own, isOpen := w.host+": "+w.cfg.DataDir, false
	var found findings
	for _, name := range open {
		if name == own {
			isOpen = true
		} else {
			found.unclear = append(found.unclear, Subject{DiskFull, name})
		}
	}
	if c, isNearlyFull := diskCause(own, free, total, isOpen); isNearlyFull {
		found.causes = append(found.causes, c)
	}
	return found, nil
}

// diskCause judges the free bytes of a disk.
func diskCause(subject string, free, total int64, isOpen bool) (Cause, bool) {
	left := float64(free) / float64(max(1, total))
	if left >= diskClearShare || left >= diskWarnShare && !isOpen {
		return Cause{}, false
	}
	c := Cause{
		Subject: Subject{DiskFull, subject}, Severity: Warn,
		Message:  fmt.Sprintf("The disk of %s is nearly full: %.1f GiB of %.1f are free.", subject, gib(free), gib(total)),
		Remedy:   "Free space, or keep less: archive.retention says for how long pages are kept. A full disk stops the database, and with it all work.",
		Evidence: map[string]any{"free_bytes": free, "total_bytes": total},
	}
	if left < diskFailShare {
		c.Severity = Fail
	}
	return c, true
}

func gib(bytes int64) float64 { return float64(bytes) / (1 << 30) }

// space is what a folder's disk has left for us, and what it has at all, in bytes.
func space(dir string) (free, total int64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, fmt.Errorf("look at the disk of %s: %w", dir, err)
	}
	return int64(s.Bavail) * int64(s.Bsize), int64(s.Blocks) * int64(s.Bsize), nil //nolint:unconvert // the types differ by system
}

// archivesFailed finds runs that could not keep the pages they fetched. The pages
// were read all the same; what is lost is that they can be read again.
func (w *FleetWatcher) archivesFailed(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		Host  string `db:"host"`
		Pages int64  `db:"page_count"`
		RunID int64  `db:"run_id"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		select r.host, sum(cast(r.counts ->> 'archive_failed' as bigint)) as page_count, max(r.run_id) as run_id
		from ops.runs as r
		where coalesce(r.finished_at, r.started_at) > $1 and r.counts ? 'archive_failed'
		group by r.host
		order by r.host`, l.now.Add(-archiveWindow))
	if err != nil {
		return findings{}, fmt.Errorf("look for pages that could not be kept: %w", err)
	}
	var found findings
	for _, r := range rows {
		found.causes = append(found.causes, Cause{
			Subject: Subject{ArchiveFailed, r.Host}, Severity: Fail,
			Message:  fmt.Sprintf("%d pages fetched on %s could not be kept in the archive.", r.Pages, r.Host),
			Remedy:   "Look at the disk of the archive (archive.dir) and at the log of run " + fmt.Sprint(r.RunID) + "; the pages were read, but cannot be read again.",
			Evidence: map[string]any{"page_count": r.Pages, "run_id": r.RunID},
		})
	}
	return found, nil
}
