package collect

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/transform/canonical"
)

// channel is one line of ops.channels.
type channel struct {
	URL          string     `db:"channel_url"`
	ETag         *string    `db:"etag"`
	LastModified *string    `db:"last_modified"`
	LastOKAt     *time.Time `db:"last_ok_at"`
	NextPollAt   *time.Time `db:"next_poll_at"`
	FailureCount int        `db:"failure_count"`
}

func (ch channel) discovery() discover.ChannelState {
	state := discover.ChannelState{FailureCount: ch.FailureCount}
	if ch.ETag != nil {
		state.ETag = *ch.ETag
	}
	if ch.LastModified != nil {
		state.LastModified = *ch.LastModified
	}
	if ch.LastOKAt != nil {
		state.LastOKAt = *ch.LastOKAt
	}
	return state
}

func (c *Collector) channelStates(ctx context.Context, outletID string) (map[string]channel, error) {
	var rows []channel
	err := c.db.SelectContext(ctx, &rows, `
		select channel_url, etag, last_modified, last_ok_at, next_poll_at, failure_count
		from ops.channels where outlet_id = $1`, outletID)
	if err != nil {
		return nil, fmt.Errorf("read the channels of %q: %w", outletID, err)
	}
	states := make(map[string]channel, len(rows))
	for _, row := range rows {
		states[row.URL] = row
	}
	return states, nil
}

// due keeps the channels whose next poll has come.
func due(declared []outlets.Channel, states map[string]channel, now time.Time) []outlets.Channel {
	var list []outlets.Channel
	for _, ch := range declared {
		if s, ok := states[ch.URL]; !ok || s.NextPollAt == nil || !s.NextPollAt.After(now) {
			list = append(list, ch)
		}
	}
	return list
}

// text is a string Postgres takes, or nil for none: valid UTF-8 without NUL, of a
// length no index or reader minds. What outlets send is not always text.
func text(s string) *string {
	if s == "" {
		return nil
	}
	if s = storableText(s); len(s) > maxText {
		s = strings.ToValidUTF8(s[:maxText], "")
	}
	return &s
}

// maxText bounds titles, reasons and validators, in bytes.
const maxText = 2000

func storableText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}

// storable makes the strings of rows storable.
func storable(rows iter.Seq[[]any]) iter.Seq[[]any] {
	return func(yield func([]any) bool) {
		for row := range rows {
			for i, v := range row {
				switch v := v.(type) {
				case string:
					row[i] = storableText(v)
				case []string:
					for k := range v {
						v[k] = storableText(v[k])
					}
				}
			}
			if !yield(row) {
				return
			}
		}
	}
}

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
		if it.AnnouncedURL != "" {
			announced[i] = text(it.AnnouncedURL)
		}
		if it.Title != "" {
			titles[i] = text(it.Title)
		}
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

// writeChannels stores how each poll went and when the channel is due again.
// Channels that fail are asked less and less often, never never.
func (c *Collector) writeChannels(ctx context.Context, tx *sqlx.Tx, o outlets.Outlet, polls []discover.Poll, prior map[string]channel) error {
	now := c.now().UTC()
	for _, p := range polls {
		wait := c.cfg.PollInterval << min(p.FailureCount, 5)
		var lastOK *time.Time
		if p.Err == nil {
			lastOK = &now
			if p.State == "unchanged" { // only a full answer restarts the day after which we ask unconditionally
				lastOK = prior[p.URL].LastOKAt
			}
		}
		_, err := tx.ExecContext(ctx, `
			insert into ops.channels as c
				(outlet_id, channel_url, kind, state, etag, last_modified, last_polled_at, last_ok_at,
				 next_poll_at, failure_count, item_count, error)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
			on conflict (outlet_id, channel_url) do update
			set kind = excluded.kind, state = excluded.state, etag = excluded.etag,
				last_modified = excluded.last_modified, last_polled_at = excluded.last_polled_at,
				last_ok_at = coalesce(excluded.last_ok_at, c.last_ok_at), next_poll_at = excluded.next_poll_at,
				failure_count = excluded.failure_count, error = excluded.error,
				item_count = case when excluded.state = 'unchanged' then c.item_count else excluded.item_count end`,
			o.ID, p.URL, p.Kind, p.State, text(p.ETag), text(p.LastModified), now, lastOK,
			now.Add(wait), p.FailureCount, len(p.Items), text(errText(p.Err)))
		if err != nil {
			return fmt.Errorf("record channel %s of %q: %w", p.URL, o.ID, err)
		}
	}
	return nil
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// tally counts what happens to one outlet in one run.
type tally struct {
	decidedBefore before
	discovered    int
	offsite       int // another outlet's
	requests      int
	bytes         int64

	unloaded sync.WaitGroup // results handed to the loader and not yet written
}

func (t *tally) request(r result) {
	if r.isUnsent {
		return
	}
	t.requests++
	t.bytes += r.wireBytes
}

// wait returns when everything handed to the loader is written.
func (t *tally) wait(ctx context.Context) error {
	done := make(chan struct{})
	go func() { t.unloaded.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// settle writes the outlet's line in ops.outlet_runs. The decided and deferred
// URLs are counted in ops.urls, not remembered: the sum has to close by itself.
func (c *Collector) settle(ctx context.Context, run *ledger.Run, o outlets.Outlet, polls []discover.Poll, t *tally) error {
	notModified, failed := 0, 0
	var firstErr string
	for _, p := range polls {
		t.requests += p.Requests
		t.bytes += p.Bytes
		notModified += p.NotModified
		if p.Err != nil {
			failed++
			if firstErr == "" {
				firstErr = p.Err.Error()
			}
		}
	}
	if failed < len(polls) {
		firstErr = "" // at least one channel could be read
	}
	var counts struct {
		Decided  int `db:"decided"`
		Deferred int `db:"deferred"`
		Failed   int `db:"failed"`
	}
	err := c.db.GetContext(ctx, &counts, `
		select
			count(*) filter (where decided_run_id = $2) as decided,
			count(*) filter (where outcome is null) as deferred,
			count(*) filter (where decided_run_id = $2 and outcome = 'failed') as failed
		from ops.urls
		where outlet_id = $1 and (decided_run_id = $2 or outcome is null)`, o.ID, run.ID)
	if err != nil {
		return fmt.Errorf("count the URLs of %q: %w", o.ID, err)
	}
	_, err = c.db.ExecContext(ctx, `
		insert into ops.outlet_runs
			(run_id, outlet_id, discovered_count, known_count, decided_count, deferred_count,
			 request_count, not_modified_count, byte_count, error, finished_at,
			 polled_channel_count, readable_channel_count)
		values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		run.ID, o.ID, t.discovered, t.decidedBefore.known+t.offsite, counts.Decided, counts.Deferred,
		t.requests, notModified, t.bytes, text(firstErr), c.now().UTC(), len(polls), len(polls)-failed)
	if err != nil {
		return fmt.Errorf("record the run of %q: %w", o.ID, err)
	}
	run.Count("outlets", 1)
	run.Count("channels_failed", int64(failed))
	run.Count("discovered", int64(t.discovered))
	run.Count("known", int64(t.decidedBefore.known))
	run.Count("offsite", int64(t.offsite))
	run.Count("deferred", int64(counts.Deferred))
	run.Count("requests", int64(t.requests))
	run.Count("not_modified", int64(notModified))
	run.Count("bytes", t.bytes)
	run.Fail(int64(failed + counts.Failed))
	return nil
}
