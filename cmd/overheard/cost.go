package main

import (
	"context"
	"fmt"
	"syscall"
	"time"

	"github.com/jmoiron/sqlx"
)

// crawlCost is what a collect took of this process; Postgres works in others.
type crawlCost struct {
	Pages           int     `json:"pages"` // addresses that were answered
	Seconds         float64 `json:"seconds"`
	CPUSeconds      float64 `json:"cpu_seconds"` // user and system
	PeakMemoryBytes int64   `json:"peak_memory_bytes"`
	IsPressIncluded bool    `json:"is_press_included"` // the press was served by this process
	CPUPerKilopage  float64 `json:"cpu_seconds_per_1000_pages"`
}

func (c crawlCost) String() string {
	whose := ""
	if c.IsPressIncluded {
		whose = ", the press's own included"
	}
	return fmt.Sprintf("Crawled %d pages in %.1f s: %.2f CPU-seconds per 1,000 pages, at most %d MB of memory%s",
		c.Pages, c.Seconds, c.CPUPerKilopage, c.PeakMemoryBytes>>20, whose)
}

// costMeter runs from startCost to end.
type costMeter struct {
	start time.Time
	cpu   time.Duration
}

func startCost() costMeter {
	cpu, _ := usage()
	return costMeter{start: time.Now(), cpu: cpu}
}

func (m costMeter) end(ctx context.Context, db *sqlx.DB) (crawlCost, error) {
	cpu, memory := usage()
	c := crawlCost{Seconds: time.Since(m.start).Seconds(), CPUSeconds: (cpu - m.cpu).Seconds(), PeakMemoryBytes: memory}
	if err := db.GetContext(ctx, &c.Pages, `select count(*) from ops.urls where http_status is not null`); err != nil {
		return c, fmt.Errorf("count the pages of the crawl: %w", err)
	}
	c.CPUPerKilopage = c.CPUSeconds * 1000 / float64(max(1, c.Pages))
	return c, nil
}

// usage is the processor time this process has used and the most memory it had,
// both 0 where the system does not tell.
func usage() (cpu time.Duration, peakMemory int64) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0, 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), u.Maxrss << 10 // Linux counts in KiB
}
