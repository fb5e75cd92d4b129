package watch

import (
	"context"
	"fmt"
	"time"
)

// Silence is measured from the last new address to the last poll, not to now: an
// outlet that we did not ask was not silent. How long is too long depends on the
// outlet. The third longest gap of five weeks is what a weekly rhythm makes, such
// as a trade paper's weekends, and what one or two breakdowns do not.
const (
	silenceLeast   = 24 * time.Hour
	silenceYoung   = 72 * time.Hour // while fewer than three gaps are known
	silenceGaps    = 3.0            // times the median gap
	silenceLongest = 1.25           // times the third longest gap
	silenceWindow  = 35 * 24 * time.Hour
)

// ofThePresent leaves of ops.urls as u what an outlet was seen to announce. What a
// backfill or an import finds now was announced long ago.
const ofThePresent = `not exists (
				select 1 from ops.runs as past where past.run_id = u.discovered_run_id and past.job in ('backfill', 'import')
			)`

// outletsSilent finds outlets that announce nothing new for much longer than they
// use to: a frozen feed answers and says nothing.
func (w *Watcher) outletsSilent(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		OutletID      string     `db:"outlet_id"`
		LastNewAt     *time.Time `db:"last_new_at"`
		SilentHours   float64    `db:"silent_hours"`
		UsualHours    *float64   `db:"usual_hours"`
		LongestHours  *float64   `db:"longest_hours"`
		GapCount      int        `db:"gap_count"`
		ChannelCount  int        `db:"channel_count"`
		ReadableCount int        `db:"readable_count"`
		OfferKind     *string    `db:"offer_kind"`
		OfferURL      *string    `db:"offer_url"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		with `+offers+`,
		talking as (
			select u.outlet_id from ops.urls as u where u.discovered_at > $1 and `+ofThePresent+` group by u.outlet_id
		),
		polled as (
			select
				c.outlet_id, max(c.last_polled_at) as last_polled_at, count(*) as channel_count,
				count(*) filter (where c.is_readable) as readable_count
			from watched_channels as c
			group by c.outlet_id
		),
		silent as materialized (
			select p.outlet_id, p.last_polled_at, p.channel_count, p.readable_count
			from polled as p
			left join talking as t on t.outlet_id = p.outlet_id
			where t.outlet_id is null and p.last_polled_at is not null
		),
		sights as (
			select distinct u.outlet_id, u.discovered_at
			from ops.urls as u
			where u.outlet_id in (select s.outlet_id from silent as s) and u.discovered_at > $2 and `+ofThePresent+`
		),
		gaps as (
			select
				s.outlet_id, s.discovered_at,
				s.discovered_at - lag(s.discovered_at) over (partition by s.outlet_id order by s.discovered_at) as gap
			from sights as s
		),
		ranked as (
			select
				g.outlet_id, g.discovered_at, g.gap,
				row_number() over (partition by g.outlet_id order by g.gap desc nulls last, g.discovered_at) as position
			from gaps as g
		),
		habits as (
			select
				r.outlet_id, max(r.discovered_at) as last_new_at, count(r.gap) as gap_count,
				percentile_disc(0.5) within group (order by r.gap) as median_gap,
				max(r.gap) filter (where r.position = 3) as long_gap
			from ranked as r
			group by r.outlet_id
		),
		-- of outlets that never said anything, those we have asked for a day
		asked as (
			select r.outlet_id, min(r.finished_at) as first_at
			from ops.outlet_runs as r
			where r.finished_at > $2 and r.polled_channel_count > 0
				and not exists (select 1 from ops.runs as past where past.run_id = r.run_id and past.job = 'backfill')
				and r.outlet_id in (
					select s.outlet_id from silent as s
					left join habits as h on h.outlet_id = s.outlet_id
					where h.outlet_id is null
				)
			group by r.outlet_id
		),
		measured as (
			select
				s.outlet_id, h.last_new_at, s.channel_count, s.readable_count, h.median_gap, h.long_gap,
				coalesce(h.gap_count, 0) as gap_count,
				s.last_polled_at - coalesce(h.last_new_at, a.first_at) as silence,
				case
					when h.outlet_id is null then make_interval(secs => $3)
					when h.gap_count < 3 then greatest(make_interval(secs => $4), cast($5 as double precision) * h.median_gap)
					else greatest(make_interval(secs => $3), cast($5 as double precision) * h.median_gap, cast($6 as double precision) * h.long_gap)
				end as patience
			from silent as s
			left join habits as h on h.outlet_id = s.outlet_id
			left join asked as a on a.outlet_id = s.outlet_id
		),
		choices as (
			select
				v.outlet_id, v.kind, v.url,
				row_number() over (
					partition by v.outlet_id order by v.newest_at desc nulls last, v.item_count desc, v.url
				) as choice
			from offers as v
			inner join measured as m on m.outlet_id = v.outlet_id
			-- only one that says more than those in use
			where not v.is_in_use and v.newest_at > coalesce(m.last_new_at, '-infinity')
		)
		select
			m.outlet_id, m.last_new_at, m.gap_count, m.channel_count, m.readable_count,
			extract(epoch from m.silence) / 3600 as silent_hours,
			extract(epoch from m.median_gap) / 3600 as usual_hours,
			extract(epoch from m.long_gap) / 3600 as longest_hours,
			v.kind as offer_kind, v.url as offer_url
		from measured as m
		left join choices as v on v.outlet_id = m.outlet_id and v.choice = 1
		where m.silence > m.patience
		order by m.outlet_id`,
		l.now.Add(-silenceLeast), l.now.Add(-silenceWindow), silenceLeast.Seconds(), silenceYoung.Seconds(), silenceGaps, silenceLongest)
	if err != nil {
		return findings{}, fmt.Errorf("look for silent outlets: %w", err)
	}
	var found findings
	for _, r := range rows {
		c := Cause{
			Subject: Subject{OutletSilent, r.OutletID}, OutletID: r.OutletID, Severity: Fail,
			Evidence: map[string]any{
				"last_new_at": r.LastNewAt, "silent_hours": round(r.SilentHours), "usual_gap_hours": roundOr(r.UsualHours),
				"long_gap_hours": roundOr(r.LongestHours), "channel_count": r.ChannelCount, "readable_channel_count": r.ReadableCount,
			},
		}
		since := fmt.Sprintf("Nothing new for %.0f hours", r.SilentHours)
		switch {
		case r.LastNewAt == nil:
			since = fmt.Sprintf("Nothing has come in the %.0f hours it was asked", r.SilentHours)
		case r.UsualHours != nil:
			since += fmt.Sprintf(", where %s is usual", hours(*r.UsualHours))
		}
		if r.ReadableCount > 0 {
			c.Message = fmt.Sprintf("%s, though %d of %d channels answer: they are frozen, or the outlet has stopped.", since, r.ReadableCount, r.ChannelCount)
			c.Remedy = "Compare the channels with the outlet's home page; if it goes on publishing, put the channel it uses now into the registry."
		} else {
			c.Message = fmt.Sprintf("%s, and none of %d channels can be read.", since, r.ChannelCount)
			c.Remedy = "See whether the outlet still exists; put the channel it has today into the registry, or take the outlet out."
		}
		if r.OfferURL != nil {
			c.Proposal = &Proposal{Action: AddChannel, Kind: *r.OfferKind, URL: *r.OfferURL}
		}
		found.causes = append(found.causes, c)
	}
	return found, nil
}

func hours(h float64) string {
	switch {
	case h < 1:
		return fmt.Sprintf("%.0f minutes", h*60)
	case h < 48:
		return fmt.Sprintf("%.0f hours", h)
	}
	return fmt.Sprintf("%.0f days", h/24)
}

// round keeps a figure readable in a table.
func round(f float64) float64 { return float64(int64(f*100+0.5)) / 100 }

func roundOr(f *float64) any {
	if f == nil {
		return nil
	}
	return round(*f)
}
