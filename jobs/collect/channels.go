package collect

import (
	"context"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
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
