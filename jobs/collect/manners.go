package collect

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/fetch"
)

// Manners counts what is done to hosts. A fetcher does it.
type Manners interface {
	// TakeManners gives what was done since the last call.
	TakeManners() []fetch.HostDay
	// RestoreBudget tells what all processes did in a UTC day, by host.
	RestoreBudget(day time.Time, spent map[string]int)
	// Rest tells how long the host of an address is to be left alone.
	Rest(address string) time.Duration
}

// mannersEvery is how often what was done to hosts is written: a process that is
// killed forgets no more than this.
const mannersEvery = time.Minute

// KeepManners has what is done to hosts written every minute until stop is called,
// which writes the rest, also of work that was cut off: the requests were sent.
// The first call in the life of a process reads what others did today, so that a
// restart does not begin the budgets of the day anew.
func (c *Collector) KeepManners(ctx context.Context) (stop func() error, err error) {
	if err := c.restoreBudget(ctx); err != nil {
		return nil, err
	}
	keep, end := context.WithCancel(ctx)
	go c.keepManners(keep)
	return func() error {
		end()
		write, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
		defer cancel()
		return c.writeManners(write)
	}, nil
}

// restoreBudget tells the fetcher, once in the life of a process, what others did
// to each host today.
func (c *Collector) restoreBudget(ctx context.Context) error {
	c.mannersMutex.Lock()
	defer c.mannersMutex.Unlock()
	if c.cfg.Manners == nil || c.isBudgetRestored {
		return nil
	}
	day := c.now().UTC().Truncate(24 * time.Hour)
	spent, err := c.readSpent(ctx, day, nil)
	if err != nil {
		return err
	}
	c.cfg.Manners.RestoreBudget(day, spent)
	c.isBudgetRestored = true
	return nil
}

// keepManners writes what was done to hosts every minute until ctx ends.
func (c *Collector) keepManners(ctx context.Context) {
	tick := time.NewTicker(mannersEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := c.writeManners(ctx); err != nil && ctx.Err() == nil {
				c.lg.Error("what was done to hosts could not be written; it is tried again", "error", err)
			}
		}
	}
}

// writeManners adds what was done to hosts since the last call to
// ops.host_manners. What could not be written is kept for the next call.
func (c *Collector) writeManners(ctx context.Context) error {
	if c.cfg.Manners == nil {
		return nil
	}
	c.mannersMutex.Lock()
	defer c.mannersMutex.Unlock()
	c.unwritten = append(c.unwritten, c.cfg.Manners.TakeManners()...)
	for len(c.unwritten) > 0 {
		// A statement may touch a row but once: an entry whose host and day came
		// before in the list waits for the next statement.
		var now, later []fetch.HostDay
		seen := map[string]bool{}
		for _, d := range c.unwritten {
			if key := d.Day.Format(time.DateOnly) + d.Host; !seen[key] {
				seen[key] = true
				now = append(now, d)
			} else {
				later = append(later, d)
			}
		}
		if err := c.addManners(ctx, now); err != nil {
			return err
		}
		c.unwritten = later
	}
	return nil
}

func (c *Collector) addManners(ctx context.Context, list []fetch.HostDay) error {
	n := len(list)
	days, hosts := make([]string, n), make([]string, n)
	gaps, delays := make([]sql.NullFloat64, n), make([]sql.NullFloat64, n)
	var counts [9][]int64
	for i := range counts {
		counts[i] = make([]int64, n)
	}
	for i, d := range list {
		days[i], hosts[i] = d.Day.UTC().Format(time.DateOnly), storableText(d.Host)
		gaps[i], delays[i] = seconds(d.SmallestGap), seconds(d.CrawlDelay)
		for k, v := range []int64{
			int64(d.Requests), int64(d.MaxConcurrent), int64(d.RobotsRefusals), int64(d.BudgetRefusals), int64(d.Throttled),
			int64(d.Failures), int64(d.NotModified), d.Bytes, d.SavedBytes,
		} {
			counts[k][i] = v
		}
	}
	args := []any{pq.Array(days), pq.Array(hosts), pq.Array(gaps), pq.Array(delays)}
	for _, list := range counts {
		args = append(args, pq.Array(list))
	}
	_, err := c.db.ExecContext(ctx, `
		insert into ops.host_manners as m
			(day, host, smallest_gap, crawl_delay, request_count, largest_concurrency, robots_refusal_count, budget_refusal_count,
			 throttled_count, failure_count, not_modified_count, byte_count, saved_byte_count)
		select
			cast(i.day as date), i.host, make_interval(secs => i.gap), make_interval(secs => i.delay), i.requests, i.concurrency,
			i.robots, i.budget, i.throttled, i.failures, i.not_modified, i.bytes, i.saved
		from unnest(
			cast($1 as text[]), cast($2 as text[]), cast($3 as double precision[]), cast($4 as double precision[]),
			cast($5 as bigint[]), cast($6 as bigint[]), cast($7 as bigint[]), cast($8 as bigint[]), cast($9 as bigint[]),
			cast($10 as bigint[]), cast($11 as bigint[]), cast($12 as bigint[]), cast($13 as bigint[])
		) as i (day, host, gap, delay, requests, concurrency, robots, budget, throttled, failures, not_modified, bytes, saved)
		order by i.day, i.host
		on conflict (day, host) do update
		set request_count = m.request_count + excluded.request_count,
			smallest_gap = least(m.smallest_gap, excluded.smallest_gap),
			largest_concurrency = greatest(m.largest_concurrency, excluded.largest_concurrency),
			crawl_delay = coalesce(excluded.crawl_delay, m.crawl_delay),
			robots_refusal_count = m.robots_refusal_count + excluded.robots_refusal_count,
			budget_refusal_count = m.budget_refusal_count + excluded.budget_refusal_count,
			throttled_count = m.throttled_count + excluded.throttled_count,
			failure_count = m.failure_count + excluded.failure_count,
			not_modified_count = m.not_modified_count + excluded.not_modified_count,
			byte_count = m.byte_count + excluded.byte_count,
			saved_byte_count = m.saved_byte_count + excluded.saved_byte_count`, args...)
	if err != nil {
		return fmt.Errorf("write what was done to %d hosts: %w", n, err)
	}
	return nil
}

// seconds is a duration for make_interval, null for zero.
func seconds(d time.Duration) sql.NullFloat64 {
	return sql.NullFloat64{Float64: d.Seconds(), Valid: d > 0}
}
