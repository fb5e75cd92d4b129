package collect

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// Origins of channels, as ops.channels has them.
const (
	originDeclared   = "declared"
	originDiscovered = "discovered"
	originAccepted   = "accepted"
	originChild      = "child"
)

// channel is one line of ops.channels.
type channel struct {
	URL          string     `db:"channel_url"`
	Kind         string     `db:"kind"`
	State        string     `db:"state"`
	Origin       string     `db:"origin"`
	ReplacedBy   *string    `db:"replaced_by"`
	ETag         *string    `db:"etag"`
	LastModified *string    `db:"last_modified"`
	LastPolledAt *time.Time `db:"last_polled_at"`
	LastOKAt     *time.Time `db:"last_ok_at"`
	NextPollAt   *time.Time `db:"next_poll_at"`
	FailureCount int        `db:"failure_count"`
	ItemCount    int        `db:"item_count"`
	ByteCount    int64      `db:"byte_count"`
	ItemsPerDay  *float64   `db:"items_per_day"`
}

func (ch channel) discovery() discover.ChannelState {
	state := discover.ChannelState{FailureCount: ch.FailureCount, LastBytes: ch.ByteCount, ItemCount: ch.ItemCount}
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

// lastRead is when the channel last gave a valid answer; zero if that is not known.
func (ch channel) lastRead() time.Time {
	switch {
	case isReadable(ch.State) && ch.LastPolledAt != nil:
		return *ch.LastPolledAt
	case ch.LastOKAt != nil:
		return *ch.LastOKAt
	}
	return time.Time{}
}

// isReadable says whether a poll that left a channel in this state read it.
func isReadable(state string) bool {
	return state == discover.StateOK || state == discover.StateEmpty || state == discover.StateUnchanged
}

func (c *Collector) channelStates(ctx context.Context, outletID string) (map[string]channel, error) {
	var rows []channel
	err := c.db.SelectContext(ctx, &rows, `
		select channel_url, kind, state, origin, replaced_by, etag, last_modified, last_polled_at, last_ok_at,
			next_poll_at, failure_count, item_count, byte_count, items_per_day
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

// used is a channel in use and where we have it from.
type used struct {
	outlets.Channel
	origin string
}

// effective lists the channels of an outlet that are in use: those the registry
// declares but for those an operator replaced, then those that were accepted or
// found. A section page that was found is asked only while no feed and no
// sitemap can be read, for it shows little and is all furniture.
func effective(declared []outlets.Channel, states map[string]channel) []used {
	var list []used
	declares := map[string]bool{}
	for _, ch := range declared {
		declares[ch.URL] = true
		if states[ch.URL].ReplacedBy == nil {
			list = append(list, used{ch, originDeclared})
		}
	}
	at := len(list)
	for u, s := range states {
		isOurs := s.Origin == originDiscovered || s.Origin == originAccepted
		if isOurs && !declares[u] && s.ReplacedBy == nil {
			list = append(list, used{outlets.Channel{Kind: s.Kind, URL: u}, s.Origin})
		}
	}
	slices.SortFunc(list[at:], func(a, b used) int { return cmp.Compare(a.URL, b.URL) })
	if works := readableKinds(list, states); works[discover.KindFeed] || works[discover.KindSitemap] {
		list = slices.DeleteFunc(list, func(u used) bool { return u.Kind == discover.KindPage && u.origin == originDiscovered })
	}
	return list
}

// readableKinds says of which kinds a channel in use could be read when it was
// last polled.
func readableKinds(list []used, states map[string]channel) map[string]bool {
	kinds := map[string]bool{}
	for _, u := range list {
		if s, ok := states[u.URL]; ok && isReadable(s.State) {
			kinds[u.Kind] = true
		}
	}
	return kinds
}

// due keeps the channels whose next poll has come.
func due(list []used, states map[string]channel, now time.Time) []used {
	return slices.DeleteFunc(slices.Clone(list), func(u used) bool {
		s, ok := states[u.URL]
		return ok && s.NextPollAt != nil && s.NextPollAt.After(now)
	})
}

// trees says for each poll which poll of the list it goes back to: itself, or the
// declared channel above the indexes that named it.
func trees(polls []discover.Poll) []int {
	at := make(map[string]int, len(polls))
	roots := make([]int, len(polls))
	for i, p := range polls {
		roots[i] = i
		if parent, ok := at[p.ParentURL]; ok && p.ParentURL != "" {
			roots[i] = roots[parent]
		}
		at[p.URL] = i
	}
	return roots
}

// yields is what each poll gave: how many items the channel shows, and how many no
// channel of its kind had named before. An index has no items of its own and is
// asked for its children's, so theirs count for it.
func yields(polls []discover.Poll, fresh map[string]kinds) (shown, newItems []int) {
	shown, newItems = make([]int, len(polls)), make([]int, len(polls))
	for i, root := range trees(polls) {
		kind, count := kindOf(polls[i].Kind), 0
		for _, it := range polls[i].Items {
			if fresh[it.URL]&kind != 0 {
				count++
			}
		}
		shown[i] += polls[i].ItemCount
		newItems[i] += count
		if root != i {
			shown[root] += polls[i].ItemCount
			newItems[root] += count
		}
	}
	return shown, newItems
}

// rateMemory is how long a channel's yield is remembered: after so long without
// news, about a third of it is left.
const rateMemory = 24 * time.Hour

// itemsPerDay is the smoothed yield of a channel after a poll; nil while it is
// not known. The first poll says it by the dates of its items, if they have any.
// A poll that failed says nothing.
func itemsPerDay(prior channel, p discover.Poll, newItems int, now time.Time) *float64 {
	if !isReadable(p.State) {
		return prior.ItemsPerDay
	}
	last := prior.lastRead()
	days := now.Sub(last).Hours() / 24
	var rate float64
	switch lastDay := datedWithin(p.Items, now); {
	case prior.ItemsPerDay == nil && lastDay > 0:
		rate = float64(lastDay)
	case last.IsZero() || days <= 0:
		return prior.ItemsPerDay
	case prior.ItemsPerDay == nil: // as if one more had come in a quarter of a day: a short time says little
		rate = float64(newItems+1) / (days + 0.25)
	default:
		weight := 1 - math.Exp(-float64(now.Sub(last))/float64(rateMemory))
		rate = *prior.ItemsPerDay + weight*(float64(newItems)/days-*prior.ItemsPerDay)
	}
	rate = min(rate, 1e6)
	return &rate
}

// datedWithin counts the items of the last day.
func datedWithin(items []discover.Item, now time.Time) int {
	count := 0
	for _, it := range items {
		if age := now.Sub(it.PublishedAt); !it.PublishedAt.IsZero() && age >= 0 && age <= 24*time.Hour {
			count++
		}
	}
	return count
}

// leastRate is what a channel that gave nothing is said to give, for none at all
// would mean that nothing is known.
const leastRate = 0.01

// nextPoll is how long a channel is left alone after a poll.
func nextPoll(p discover.Poll, shown int, rate *float64) time.Duration {
	yield := discover.Yield{ItemCount: shown, FailureCount: p.FailureCount, RetryAfter: p.RetryAfter, Kind: p.Kind}
	if rate != nil {
		yield.ItemsPerDay = max(*rate, leastRate)
	}
	return discover.NextPoll(yield)
}

// writeChannels stores how each poll went and when the channel is due again.
// Channels that fail are asked less and less often, never never.
func (c *Collector) writeChannels(ctx context.Context, tx *sqlx.Tx, o outlets.Outlet, list []used, polls []discover.Poll, prior map[string]channel, fresh map[string]kinds) error {
	now := c.now().UTC()
	origins := make(map[string]string, len(list))
	for _, u := range list {
		origins[u.URL] = u.origin
	}
	shown, newItems := yields(polls, fresh)
	for i, p := range polls {
		rate := itemsPerDay(prior[p.URL], p, newItems[i], now)
		wait := nextPoll(p, shown[i], rate)
		var lastOK *time.Time
		if p.Err == nil {
			lastOK = &now
			if p.State == discover.StateUnchanged { // only a full answer restarts the day after which we ask unconditionally
				lastOK = prior[p.URL].LastOKAt
			}
		}
		final := p.FinalURL
		if final == p.URL {
			final = ""
		}
		_, err := tx.ExecContext(ctx, `
			insert into ops.channels as c
				(outlet_id, channel_url, kind, state, etag, last_modified, last_polled_at, last_ok_at,
				 next_poll_at, failure_count, item_count, error,
				 origin, parent_url, final_url, byte_count, new_item_count, items_per_day, poll_interval)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, make_interval(secs => $19))
			on conflict (outlet_id, channel_url) do update
			set kind = excluded.kind, state = excluded.state, etag = excluded.etag,
				last_modified = excluded.last_modified, last_polled_at = excluded.last_polled_at,
				last_ok_at = coalesce(excluded.last_ok_at, c.last_ok_at), next_poll_at = excluded.next_poll_at,
				failure_count = excluded.failure_count, error = excluded.error, item_count = excluded.item_count,
				origin = excluded.origin, parent_url = excluded.parent_url, final_url = excluded.final_url,
				byte_count = excluded.byte_count, new_item_count = excluded.new_item_count, items_per_day = excluded.items_per_day,
				poll_interval = excluded.poll_interval`,
			o.ID, p.URL, p.Kind, p.State, text(p.ETag), text(p.LastModified), now, lastOK,
			now.Add(wait), p.FailureCount, p.ItemCount, text(errText(p.Err)),
			cmp.Or(origins[p.URL], originChild), text(p.ParentURL), text(final), p.LastBytes, newItems[i], rate, wait.Seconds())
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
