package watch

import (
	"context"
	"fmt"
	"time"
)

// pollsFailed is how many polls in a row make a channel down: one may be an
// accident. A channel that is asked once a day gets no second chance within a day,
// so its first failure counts once a day has gone by.
const (
	pollsFailed  = 2
	failureLimit = 24 * time.Hour
)

// channelsDown finds channels that could not be read at two polls in a row. It is
// a failure where the outlet has no other channel that can be read.
func (w *Watcher) channelsDown(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		OutletID      string     `db:"outlet_id"`
		URL           string     `db:"channel_url"`
		Kind          string     `db:"kind"`
		State         string     `db:"state"`
		FailureCount  int        `db:"failure_count"`
		LastOKAt      *time.Time `db:"last_ok_at"`
		Error         string     `db:"error"`
		ReadableCount int        `db:"readable_count"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		select
			c.outlet_id, c.channel_url, c.kind, c.state, c.failure_count, c.last_ok_at,
			coalesce(c.error, '') as error, o.readable_count
		from watched_channels as c
		inner join (
			select w.outlet_id, count(*) filter (where w.is_readable) as readable_count
			from watched_channels as w
			group by w.outlet_id
		) as o on o.outlet_id = c.outlet_id
		where c.state in ('failed', 'not_a_feed', 'gone', 'blocked')
			-- asked only while nothing else can be read
			and not (c.kind = 'page' and c.origin = 'discovered')
			and (c.failure_count >= $1 or c.last_polled_at <= $2)
		order by c.outlet_id, c.channel_url`, pollsFailed, l.now.Add(-failureLimit))
	if err != nil {
		return findings{}, fmt.Errorf("look for channels that are down: %w", err)
	}
	var found findings
	for _, r := range rows {
		c := Cause{
			Subject: Subject{ChannelDown, r.URL}, OutletID: r.OutletID, Severity: Fail,
			Message: fmt.Sprintf("The %s %s cannot be read (%s), and the outlet has no other channel that can.", r.Kind, r.URL, stateWords(r.State)),
			Remedy:  "See what stands at the address and at the outlet's home page now, and put the channel it has today into the registry.",
			Evidence: map[string]any{
				"state": r.State, "failure_count": r.FailureCount, "last_ok_at": r.LastOKAt, "error": r.Error, "readable_channel_count": r.ReadableCount,
			},
		}
		if r.ReadableCount > 0 {
			c.Severity = Warn
			c.Message = fmt.Sprintf("The %s %s cannot be read (%s); the outlet is read by its other channels.", r.Kind, r.URL, stateWords(r.State))
		}
		if r.State == "blocked" {
			c.Remedy = "Read the robots.txt of the host and what it answers; ask its owner, or leave the channel out of the registry."
		}
		found.causes = append(found.causes, c)
	}
	return found, nil
}

func stateWords(state string) string {
	switch state {
	case "blocked":
		return "the host refuses it"
	case "not_a_feed":
		return "what stands there is no feed or sitemap"
	case "gone":
		return "the address is gone"
	}
	return "no answer that can be read"
}

// offers are the channels an outlet could be read by: candidates of explorations
// that answered as they should, and those the crawler has taken into use by itself
// (is_in_use) and can read. What an operator has put out of use is none.
const offers = `
	offers as (
		select
			e.outlet_id, x.kind, x.url, coalesce(x.item_count, 0) as item_count,
			case when x.newest_at > '1970-01-02Z' then x.newest_at end as newest_at, -- year 1: not known
			c.channel_url is not null as is_in_use
		from ops.outlet_explorations as e
		inner join watched_outlets as o on o.outlet_id = e.outlet_id
		cross join lateral jsonb_to_recordset(e.candidates) as x
			(kind text, url text, item_count integer, newest_at timestamptz, is_verified boolean)
		left join watched_channels as c on c.outlet_id = e.outlet_id and c.channel_url = x.url
		left join ops.channels as f
			on f.outlet_id = e.outlet_id and f.channel_url = x.url and f.replaced_by is not null
		where x.is_verified and x.kind in ('feed', 'sitemap') and f.channel_url is null
			and (c.channel_url is null or c.origin = 'discovered' and c.is_readable)
	)`

// feedsMoved finds channels that live elsewhere now: their old address leads to
// another one, or it is dead and the outlet's own pages name a living one.
func (w *Watcher) feedsMoved(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		OutletID   string     `db:"outlet_id"`
		URL        string     `db:"channel_url"`
		Kind       string     `db:"kind"`
		State      string     `db:"state"`
		NewURL     string     `db:"new_url"`
		IsRedirect bool       `db:"is_redirect"`
		IsInUse    bool       `db:"is_in_use"`
		ItemCount  *int       `db:"item_count"`
		NewestAt   *time.Time `db:"newest_at"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		with `+offers+`,
		redirected as (
			select c.outlet_id, c.channel_url, c.kind, c.state, c.final_url
			from watched_channels as c
			left join watched_channels as t on t.outlet_id = c.outlet_id and t.channel_url = c.final_url
			where c.is_readable and t.channel_url is null
				-- another scheme, www or a last slash is the same place
				and regexp_replace(rtrim(c.final_url, '/'), '^https?://(www\.)?', '')
				<> regexp_replace(rtrim(c.channel_url, '/'), '^https?://(www\.)?', '')
		),
		replaced as (
			select
				c.outlet_id, c.channel_url, c.kind, c.state, v.url, v.item_count, v.newest_at, v.is_in_use,
				row_number() over (
					partition by c.outlet_id, c.channel_url
					order by v.is_in_use desc, v.newest_at desc nulls last, v.item_count desc, v.url
				) as choice
			from watched_channels as c
			inner join offers as v on v.outlet_id = c.outlet_id and v.kind = c.kind
			where c.state in ('gone', 'not_a_feed', 'failed') and c.origin <> 'discovered'
				and (c.failure_count >= $1 or c.last_polled_at <= $2)
		)
		select outlet_id, channel_url, kind, state, final_url as new_url, true as is_redirect, false as is_in_use,
			null as item_count, null as newest_at
		from redirected
		union all
		select outlet_id, channel_url, kind, state, url as new_url, false as is_redirect, is_in_use,
			item_count, newest_at
		from replaced where choice = 1
		order by outlet_id, channel_url`, pollsFailed, l.now.Add(-failureLimit))
	if err != nil {
		return findings{}, fmt.Errorf("look for channels that have moved: %w", err)
	}
	var found findings
	for _, r := range rows {
		c := Cause{
			Subject: Subject{FeedMoved, r.URL}, OutletID: r.OutletID, Severity: Fail,
			Message:  fmt.Sprintf("The %s %s is dead (%s), and the outlet now offers %s.", r.Kind, r.URL, stateWords(r.State), r.NewURL),
			Remedy:   "Accept the proposal, and put the new address into the registry.",
			Evidence: map[string]any{"state": r.State, "is_redirect": r.IsRedirect, "is_in_use": r.IsInUse, "item_count": r.ItemCount, "newest_at": r.NewestAt},
			Proposal: &Proposal{Action: ReplaceChannel, Kind: r.Kind, URL: r.NewURL, Replaces: r.URL},
		}
		switch {
		case r.IsRedirect:
			c.Severity = Warn
			c.Message = fmt.Sprintf("The %s %s leads to %s.", r.Kind, r.URL, r.NewURL)
		case r.IsInUse: // nothing is lost meanwhile
			c.Severity = Warn
			c.Message = fmt.Sprintf("The %s %s is dead (%s); the outlet is read by %s, which was found instead.", r.Kind, r.URL, stateWords(r.State), r.NewURL)
		}
		found.causes = append(found.causes, c)
	}
	return found, nil
}

// newChannels finds outlets with one kind of channel in the registry for which one
// of another kind was found: with two, one can fail, and their overlap tells what
// both have missed. The crawler may use it by itself meanwhile; accepting makes
// that a decision of ours and says the line for the registry.
func (w *Watcher) newChannels(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		OutletID  string     `db:"outlet_id"`
		OneKind   string     `db:"one_kind"`
		Kind      string     `db:"kind"`
		URL       string     `db:"url"`
		ItemCount int        `db:"item_count"`
		NewestAt  *time.Time `db:"newest_at"`
		IsInUse   bool       `db:"is_in_use"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		with `+offers+`,
		poor as (
			select c.outlet_id, min(c.kind) as one_kind
			from watched_channels as c
			where c.kind in ('feed', 'sitemap') and c.origin <> 'discovered'
			group by c.outlet_id
			having count(distinct c.kind) = 1
		),
		choices as (
			select
				p.outlet_id, p.one_kind, v.kind, v.url, v.item_count, v.newest_at, v.is_in_use,
				row_number() over (
					partition by p.outlet_id order by v.is_in_use desc, v.newest_at desc nulls last, v.item_count desc, v.url
				) as choice
			from poor as p
			inner join offers as v on v.outlet_id = p.outlet_id and v.kind <> p.one_kind
		)
		select outlet_id, one_kind, kind, url, item_count, newest_at, is_in_use from choices where choice = 1 order by outlet_id`)
	if err != nil {
		return findings{}, fmt.Errorf("look for new channels: %w", err)
	}
	var found findings
	for _, r := range rows {
		c := Cause{
			Subject: Subject{NewChannel, r.OutletID}, OutletID: r.OutletID, Severity: Warn,
			Message:  fmt.Sprintf("The outlet is read by a %s only, and has a %s: %s.", r.OneKind, r.Kind, r.URL),
			Remedy:   "Accept the proposal, and put the channel into the registry.",
			Evidence: map[string]any{"item_count": r.ItemCount, "newest_at": r.NewestAt, "is_in_use": r.IsInUse},
			Proposal: &Proposal{Action: AddChannel, Kind: r.Kind, URL: r.URL},
		}
		if r.IsInUse {
			c.Message = fmt.Sprintf("The registry has a %s of the outlet only; a %s was found and is in use: %s.", r.OneKind, r.Kind, r.URL)
		}
		found.causes = append(found.causes, c)
	}
	return found, nil
}
