package collect

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/canonical"
)

// found is one distinct URL that the channels named.
type found struct {
	discover.Item
	hash    int64
	channel string
	kind    string
}

// distinct merges what the polls named: one entry a URL, the first channel's; a
// later channel adds a date or a headline where the first gave none.
func distinct(polls []discover.Poll) []found {
	var list []found
	at := map[string]int{}
	for _, p := range polls {
		for _, item := range p.Items {
			i, seen := at[item.URL]
			if !seen {
				at[item.URL] = len(list)
				list = append(list, found{Item: item, hash: canonical.ID(item.URL), channel: p.URL, kind: p.Kind})
				continue
			}
			isBetter := list[i].PublishedAt.IsZero() || list[i].IsModifiedTime && !item.IsModifiedTime
			if isBetter && !item.PublishedAt.IsZero() {
				list[i].PublishedAt, list[i].IsModifiedTime, list[i].kind = item.PublishedAt, item.IsModifiedTime, p.Kind
			}
			if list[i].Title == "" {
				list[i].Title = item.Title
			}
		}
	}
	return list
}

// record writes what the polls found and how they went, in one transaction, and
// returns the URLs to fetch, newest first.
func (c *Collector) record(ctx context.Context, run *ledger.Run, o outlets.Outlet, polls []discover.Poll, prior map[string]channel, t *tally) ([]waiting, error) {
	items := distinct(polls)
	named := len(items)
	// Another outlet's page is that outlet's to announce: claimed here, it would
	// be lost there. It needs nothing more from this one.
	items = slices.DeleteFunc(items, func(it found) bool { return c.isOffsite(o, it.URL) })
	tx, err := c.db.BeginTxx(ctx, nil)
	if err != nil {
		return nil, fmt.Errorf("record what %q announces: %w", o.ID, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	if err := c.insertURLs(ctx, tx, run, o, items); err != nil {
		return nil, err
	}
	// Counted after the insert: another outlet may have announced a URL first, even a moment ago.
	t.decidedBefore, err = knownURLs(ctx, tx, run, o.ID, items)
	if err != nil {
		return nil, err
	}
	if err := c.writeChannels(ctx, tx, o, polls, prior); err != nil {
		return nil, err
	}
	var all []waiting
	err = tx.SelectContext(ctx, &all, `
		select url, url_hash, coalesce(announced_url, url) as address, channel_kind, channel_published_at, is_channel_time_modified, channel_title, discovered_at, attempt_count
		from ops.urls
		where outlet_id = $1 and outcome is null
			and (next_attempt_at is null or next_attempt_at <= $2)
		order by channel_published_at desc nulls last, url
		limit $3`, o.ID, c.now().UTC(), max(1, c.cfg.MaxURLsPerOutlet))
	if err != nil {
		return nil, fmt.Errorf("read the waiting URLs of %q: %w", o.ID, err)
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("record what %q announces: %w", o.ID, err)
	}
	// What the crawler counts: what it was told of now, and what still waited.
	// ops.urls counts for itself in settle; a check compares the two.
	t.discovered = named + t.decidedBefore.waitingElsewhere
	t.offsite = named - len(items)
	return all, nil
}

// before is how the announced URLs stood before this run.
type before struct {
	known            int // decided, or another outlet's
	waitingElsewhere int // waiting URLs of this outlet that no channel names any more
}

// knownURLs counts which of the items need nothing more, and which other URLs of
// the outlet still wait.
func knownURLs(ctx context.Context, tx *sqlx.Tx, run *ledger.Run, outletID string, items []found) (before, error) {
	hashes := make([]int64, len(items))
	urls := make(map[string]bool, len(items))
	for i, it := range items {
		hashes[i] = it.hash
		urls[it.URL] = true
	}
	var b before
	var rows []struct {
		URL      string `db:"url"`
		OutletID string `db:"outlet_id"`
		Decided  bool   `db:"decided"`
	}
	err := tx.SelectContext(ctx, &rows, `
		select url, outlet_id, outcome is not null and decided_run_id <> $2 as decided
		from ops.urls where url_hash = any($1)`, pq.Array(hashes), run.ID)
	if err != nil {
		return b, fmt.Errorf("look up the URLs of %q: %w", outletID, err)
	}
	for _, r := range rows {
		if urls[r.URL] && (r.Decided || r.OutletID != outletID) {
			b.known++
		}
	}
	var waitingURLs []string
	err = tx.SelectContext(ctx, &waitingURLs, `
		select url from ops.urls where outlet_id = $1 and outcome is null`, outletID)
	if err != nil {
		return b, fmt.Errorf("look up the waiting URLs of %q: %w", outletID, err)
	}
	for _, u := range waitingURLs {
		if !urls[u] {
			b.waitingElsewhere++
		}
	}
	return b, nil
}

// insertURLs adds the new URLs; those whose channel says they are too old get
// their outcome at once.
func (c *Collector) insertURLs(ctx context.Context, tx *sqlx.Tx, run *ledger.Run, o outlets.Outlet, items []found) error {
	if len(items) == 0 {
		return nil
	}
	n := len(items)
	hash, urls, chans, kinds := make([]int64, n), make([]string, n), make([]string, n), make([]string, n)
	dates, titles, outcomes := make([]*string, n), make([]*string, n), make([]*string, n)
	modified, announced := make([]bool, n), make([]*string, n)
	oldest, tooOld := c.now().Add(-c.cfg.MaxAge), "too_old"
	for i, it := range items {
		hash[i], urls[i], chans[i], kinds[i] = it.hash, it.URL, it.channel, it.kind
		if !it.PublishedAt.IsZero() {
			s := it.PublishedAt.UTC().Format(time.RFC3339Nano)
			dates[i], modified[i] = &s, it.IsModifiedTime
			if it.PublishedAt.Before(oldest) {
				outcomes[i] = &tooOld
			}
		}
		announced[i], titles[i] = text(it.AnnouncedURL), text(it.Title)
	}
	_, err := tx.ExecContext(ctx, `
		insert into ops.urls
			(url_hash, url, announced_url, outlet_id, channel_url, channel_kind, channel_published_at, is_channel_time_modified,
			 channel_title, discovered_at, discovered_run_id, outcome, decided_at, decided_run_id)
		select
			i.url_hash, i.url, i.announced_url, $10, i.channel_url, i.channel_kind, cast(i.published_at as timestamptz), i.is_modified,
			i.title, $11, $12, i.outcome,
			case when i.outcome is not null then cast($11 as timestamptz) end,
			case when i.outcome is not null then cast($12 as bigint) end
		from unnest(
			cast($1 as bigint[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]),
			cast($5 as text[]), cast($6 as text[]), cast($7 as text[]), cast($8 as boolean[]),
			cast($9 as text[])
		) as i (url_hash, url, channel_url, channel_kind, published_at, title, outcome, is_modified, announced_url)
		order by i.url_hash, i.url -- one order for all, or two outlets could wait for each other
		on conflict (url_hash, url) do nothing`,
		pq.Array(hash), pq.Array(urls), pq.Array(chans), pq.Array(kinds),
		pq.Array(dates), pq.Array(titles), pq.Array(outcomes), pq.Array(modified), pq.Array(announced),
		o.ID, c.now().UTC(), run.ID)
	if err != nil {
		return fmt.Errorf("record the URLs of %q: %w", o.ID, err)
	}
	return nil
}
