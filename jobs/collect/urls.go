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

// kinds is a set of kinds of channels.
type kinds uint8

const (
	inFeed kinds = 1 << iota
	inSitemap
	inPage
)

func kindOf(kind string) kinds {
	switch kind {
	case discover.KindFeed:
		return inFeed
	case discover.KindSitemap:
		return inSitemap
	case discover.KindPage:
		return inPage
	}
	return 0
}

// found is one distinct URL that the channels named.
type found struct {
	discover.Item
	hash    int64
	channel string
	kind    string // of the channel that gave the date
	in      kinds  // of all channels that named it
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
				list = append(list, found{Item: item, hash: canonical.ID(item.URL), channel: p.URL, kind: p.Kind, in: kindOf(p.Kind)})
				continue
			}
			list[i].in |= kindOf(p.Kind)
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
// counts it.
func (c *Collector) record(ctx context.Context, run *ledger.Run, o outlets.Outlet, list []used, polls []discover.Poll, prior map[string]channel) (*tally, error) {
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
	fresh, err := c.insertURLs(ctx, tx, run, o, items, c.now().Add(-c.cfg.MaxAge))
	if err != nil {
		return nil, err
	}
	if err := flagURLs(ctx, tx, o, items, fresh); err != nil {
		return nil, err
	}
	// Counted after the insert: another outlet may have announced a URL first, even a moment ago.
	before, err := knownURLs(ctx, tx, run, o.ID, items)
	if err != nil {
		return nil, err
	}
	if err := c.writeChannels(ctx, tx, o, list, polls, prior, fresh); err != nil {
		return nil, err
	}
	if err := tx.Commit(); err != nil {
		return nil, fmt.Errorf("record what %q announces: %w", o.ID, err)
	}
	t := newTally(polls)
	// What the crawler counts: what it was told of now, and what still waited.
	// ops.urls counts for itself in settle; a check compares the two.
	t.discovered = named + before.waitingElsewhere
	t.known = before.known
	t.offsite = named - len(items)
	return t, nil
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

// insertURLs adds the new URLs and returns them with the kinds of channels that
// named them; those whose channel dates them before oldest get their outcome at
// once.
func (c *Collector) insertURLs(ctx context.Context, tx *sqlx.Tx, run *ledger.Run, o outlets.Outlet, items []found, oldest time.Time) (map[string]kinds, error) {
	fresh := map[string]kinds{}
	if len(items) == 0 {
		return fresh, nil
	}
	n := len(items)
	hash, urls, chans, kindNames := make([]int64, n), make([]string, n), make([]string, n), make([]string, n)
	dates, titles, outcomes := make([]*string, n), make([]*string, n), make([]*string, n)
	modified, announced, in := make([]bool, n), make([]*string, n), make([]int64, n)
	tooOld := "too_old"
	for i, it := range items {
		hash[i], urls[i], chans[i], kindNames[i], in[i] = it.hash, it.URL, it.channel, it.kind, int64(it.in)
		if !it.PublishedAt.IsZero() {
			s := it.PublishedAt.UTC().Format(time.RFC3339Nano)
			dates[i], modified[i] = &s, it.IsModifiedTime
			if it.PublishedAt.Before(oldest) {
				outcomes[i] = &tooOld
			}
		}
		announced[i], titles[i] = text(it.AnnouncedURL), text(it.Title)
	}
	var rows []struct {
		URL string `db:"url"`
		In  int64  `db:"kinds"`
	}
	err := tx.SelectContext(ctx, &rows, `
		insert into ops.urls
			(url_hash, url, announced_url, outlet_id, channel_url, channel_kind, channel_published_at, is_channel_time_modified,
			 channel_title, discovered_at, discovered_run_id, outcome, decided_at, decided_run_id,
			 is_in_feed, is_in_sitemap, is_in_page)
		select
			i.url_hash, i.url, i.announced_url, $10, i.channel_url, i.channel_kind, cast(i.published_at as timestamptz), i.is_modified,
			i.title, $11, $12, i.outcome,
			case when i.outcome is not null then cast($11 as timestamptz) end,
			case when i.outcome is not null then cast($12 as bigint) end,
			i.kinds & 1 <> 0, i.kinds & 2 <> 0, i.kinds & 4 <> 0
		from unnest(
			cast($1 as bigint[]), cast($2 as text[]), cast($3 as text[]), cast($4 as text[]),
			cast($5 as text[]), cast($6 as text[]), cast($7 as text[]), cast($8 as boolean[]),
			cast($9 as text[]), cast($13 as bigint[])
		) as i (url_hash, url, channel_url, channel_kind, published_at, title, outcome, is_modified, announced_url, kinds)
		order by i.url_hash, i.url -- one order for all, or two outlets could wait for each other
		on conflict (url_hash, url) do nothing
		returning url, cast(is_in_feed as integer) + 2 * cast(is_in_sitemap as integer) + 4 * cast(is_in_page as integer) as kinds`,
		pq.Array(hash), pq.Array(urls), pq.Array(chans), pq.Array(kindNames),
		pq.Array(dates), pq.Array(titles), pq.Array(outcomes), pq.Array(modified), pq.Array(announced),
		o.ID, c.now().UTC(), run.ID, pq.Array(in))
	if err != nil {
		return nil, fmt.Errorf("record the URLs of %q: %w", o.ID, err)
	}
	for _, r := range rows {
		fresh[r.URL] = kinds(r.In)
	}
	return fresh, nil
}

// flagURLs notes which kinds of channels name URLs that were known before, and
// adds to fresh those whose kind is new. It writes only rows that change: an
// update that changes nothing would still lock and log every row of every poll.
func flagURLs(ctx context.Context, tx *sqlx.Tx, o outlets.Outlet, items []found, fresh map[string]kinds) error {
	var hash, in []int64
	var urls []string
	for _, it := range items {
		if _, isNew := fresh[it.URL]; !isNew {
			hash, urls, in = append(hash, it.hash), append(urls, it.URL), append(in, int64(it.in))
		}
	}
	if len(urls) == 0 {
		return nil
	}
	var rows []struct {
		URL string `db:"url"`
		In  int64  `db:"kinds"`
	}
	err := tx.SelectContext(ctx, &rows, `
		with named as (
			select u.url_hash, u.url, i.kinds & ~(
				cast(u.is_in_feed as integer) + 2 * cast(u.is_in_sitemap as integer) + 4 * cast(u.is_in_page as integer)
			) as kinds
			from unnest(cast($1 as bigint[]), cast($2 as text[]), cast($3 as bigint[])) as i (url_hash, url, kinds)
			inner join ops.urls as u on u.url_hash = i.url_hash and u.url = i.url
			where u.outlet_id = $4
		)
		update ops.urls as u
		set is_in_feed = u.is_in_feed or n.kinds & 1 <> 0,
			is_in_sitemap = u.is_in_sitemap or n.kinds & 2 <> 0,
			is_in_page = u.is_in_page or n.kinds & 4 <> 0
		from named as n
		where n.kinds <> 0 and u.url_hash = n.url_hash and u.url = n.url
		returning u.url, n.kinds`, pq.Array(hash), pq.Array(urls), pq.Array(in), o.ID)
	if err != nil {
		return fmt.Errorf("note which channels of %q name known URLs: %w", o.ID, err)
	}
	for _, r := range rows {
		fresh[r.URL] = kinds(r.In)
	}
	return nil
}
