package collect

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/transform/canonical"
)

// strikes is how often a page may kill or stop a process.
const strikes = 3

// quarantined begins the reason of a page that is read no more.
const quarantined = "quarantined: "

// suspects are the pages that were being read when a process died or hung, as
// ops.suspect_pages has them. The zero value knows of none.
type suspects struct {
	reading sync.RWMutex // held by every page being read, alone by a suspect

	mu   sync.Mutex         // guards what follows
	list map[string]suspect // by URL
	asOf time.Time          // when they were read
}

type suspect struct {
	isSuspect     bool
	isQuarantined bool
	reason        string
}

func (s *suspects) get(url string) suspect {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list[url]
}

func (s *suspects) set(url string, is suspect) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.list == nil {
		s.list = map[string]suspect{}
	}
	if s.list[url] = is; is == (suspect{}) {
		delete(s.list, url)
	}
}

// enter waits until a page may be read, and returns how to say that it was.
func (s *suspects) enter(isAlone bool) (leave func()) {
	if isAlone {
		s.reading.Lock()
		return s.reading.Unlock
	}
	s.reading.RLock()
	return s.reading.RUnlock
}

// suspectsAge is for how long the list of suspects is believed.
const suspectsAge = time.Minute

// lookForSuspects reads the suspects unless that was done a moment ago.
func (c *Collector) lookForSuspects(ctx context.Context) error {
	c.suspects.mu.Lock()
	isFresh := !c.suspects.asOf.IsZero() && time.Since(c.suspects.asOf) < suspectsAge
	c.suspects.asOf = time.Now()
	c.suspects.mu.Unlock()
	if isFresh {
		return nil
	}
	return c.readSuspects(ctx)
}

// readSuspects takes over what dead processes left in their journals, and reads
// which pages are to be careful with.
func (c *Collector) readSuspects(ctx context.Context) error {
	err := c.cfg.Inflight.orphans(func(journal string, urls []string) error {
		c.lg.Warn("a process died while it read pages; if one of them is to blame it will show", "pages", len(urls))
		for _, u := range urls {
			if err := c.strike(ctx, u, journal, "the process died while it was read"); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("look for pages that killed a process: %w", err)
	}
	var rows []struct {
		URL           string     `db:"url"`
		Reason        string     `db:"reason"`
		QuarantinedAt *time.Time `db:"quarantined_at"`
	}
	if err := c.db.SelectContext(ctx, &rows, `select url, reason, quarantined_at from ops.suspect_pages`); err != nil {
		return fmt.Errorf("read the pages under suspicion: %w", err)
	}
	list := make(map[string]suspect, len(rows))
	for _, r := range rows {
		list[r.URL] = suspect{isSuspect: true, isQuarantined: r.QuarantinedAt != nil, reason: r.Reason}
	}
	c.suspects.mu.Lock()
	defer c.suspects.mu.Unlock()
	c.suspects.list = list
	return nil
}

// strike counts one more death over a page, once for each journal that a process
// left behind, or without a journal one more hang. At the third of either it is read
// no more.
func (c *Collector) strike(ctx context.Context, url, journal, what string) error {
	counter := "hang_count"
	journals := []string{}
	if journal != "" {
		counter, journals = "crash_count", []string{journal}
	}
	var is struct {
		Crashes       int        `db:"crash_count"`
		Hangs         int        `db:"hang_count"`
		QuarantinedAt *time.Time `db:"quarantined_at"`
		Reason        string     `db:"reason"`
	}
	err := c.db.GetContext(ctx, &is, `
		insert into ops.suspect_pages as s (url_hash, url, `+counter+`, last_seen_at, reason, crash_journals)
		values ($1, $2, 1, $3, $4, $6)
		on conflict (url_hash, url) do update
		set `+counter+` = s.`+counter+` + 1, last_seen_at = excluded.last_seen_at,
			crash_journals = s.crash_journals || excluded.crash_journals,
			reason = case when s.quarantined_at is null then excluded.reason || ' (' || s.`+counter+` + 1 || ' times)' else s.reason end,
			quarantined_at = coalesce(s.quarantined_at, case when s.`+counter+` + 1 >= $5 then excluded.last_seen_at end)
		where not s.crash_journals && excluded.crash_journals
		returning crash_count, hang_count, quarantined_at, reason`,
		canonical.ID(url), url, c.now().UTC(), what, strikes, pq.Array(journals))
	if errors.Is(err, sql.ErrNoRows) {
		return nil // counted before; its row is read with the others
	}
	if err != nil {
		return fmt.Errorf("note the suspicion against %s: %w", url, err)
	}
	if is.QuarantinedAt != nil {
		c.lg.Error("a page is quarantined: it is read no more", "url", url, "reason", is.Reason, "crashes", is.Crashes, "hangs", is.Hangs)
	}
	c.suspects.set(url, suspect{isSuspect: true, isQuarantined: is.QuarantinedAt != nil, reason: is.Reason})
	return nil
}

// hung counts that reading a page did not come to an end.
func (c *Collector) hung(ctx context.Context, res *result) {
	url := res.url.URL
	write, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastWrite)
	defer cancel()
	res.reason, res.isHung = "reading it did not come to an end", true
	if err := c.strike(write, url, "", res.reason); err != nil {
		c.lg.Error("a page that hung could not be noted", "url", url, "error", err)
		return
	}
	if s := c.suspects.get(url); s.isQuarantined {
		res.outcome, res.reason, res.isHung = "failed", quarantined+s.reason, false
	}
}

// clear takes the suspicion from a page that was read to its end.
func (c *Collector) clear(ctx context.Context, url string) {
	_, err := c.db.ExecContext(ctx, `
		delete from ops.suspect_pages where url_hash = $1 and url = $2 and quarantined_at is null`, canonical.ID(url), url)
	if err != nil {
		c.lg.Warn("a page that was read well is still under suspicion", "url", url, "error", err)
		return
	}
	c.suspects.set(url, suspect{})
}
