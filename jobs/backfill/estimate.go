package backfill

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
)

// Estimate is how long a plan takes on the clock, and what that rests on.
type Estimate struct {
	Seconds        float64 `json:"seconds"`         // the whole
	WorkSeconds    float64 `json:"work_seconds"`    // of all outlets' nights, added up
	RebuildSeconds float64 `json:"rebuild_seconds"` // one night after the other, at the end
	Slots          int     `json:"slots"`           // intervals worked on at a time
	SlowestHost    string  `json:"slowest_host"`    // empty: nothing is fetched
	HostSeconds    float64 `json:"host_seconds"`    // its requests, one after the other
	HostRequests   int64   `json:"host_requests"`
	Days           int     `json:"days"` // UTC days that the daily budget of the busiest host spreads it over; 0: no budget
}

const daySeconds = 24 * 60 * 60

// load is the work of a plan.
type load struct {
	seconds  float64            // of all outlets' nights
	rebuilds float64            // of all nights to build
	hosts    map[string]hostRow // live work by host
}

type hostRow struct {
	seconds  float64
	requests int64
}

// estimate is the time on the clock: no shorter than the slowest host, which is
// asked one thing at a time, nor than all work shared by the slots; then the
// nights are built one after the other. Where a host may only be asked so often
// in a day, each full day of its budget is a day.
func (l load) estimate(slots, dailyBudget int) Estimate {
	e := Estimate{WorkSeconds: l.seconds, RebuildSeconds: l.rebuilds, Slots: max(1, slots)}
	hosts := make([]string, 0, len(l.hosts))
	for host := range l.hosts {
		hosts = append(hosts, host)
	}
	slices.Sort(hosts)
	for _, host := range hosts {
		row := l.hosts[host]
		seconds := row.seconds
		if dailyBudget > 0 && row.requests > 0 {
			days := int((row.requests + int64(dailyBudget) - 1) / int64(dailyBudget))
			e.Days = max(e.Days, days)
			rest := row.requests - int64(days-1)*int64(dailyBudget)
			seconds = max(seconds, float64(days-1)*daySeconds+row.seconds*float64(rest)/float64(row.requests))
		}
		if e.SlowestHost == "" || seconds > e.HostSeconds {
			e.SlowestHost, e.HostSeconds, e.HostRequests = host, seconds, row.requests
		}
	}
	e.Seconds = max(e.HostSeconds, l.seconds/float64(e.Slots)) + l.rebuilds
	return e
}

// readLoad sums the items of a plan up by outlet, and those of outlets that share
// a host.
func readLoad(ctx context.Context, q sqlx.QueryerContext, backfillID int64, chosen []outlets.Outlet) (load, error) {
	var rows []struct {
		Scope    string  `db:"scope"`
		Job      string  `db:"job"`
		Source   string  `db:"source"`
		Seconds  float64 `db:"seconds"`
		Requests int64   `db:"request_count"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
		select i.scope, i.job, i.source, cast(extract(epoch from sum(i.estimated_duration)) as double precision) as seconds,
			cast(sum(i.request_count) as bigint) as request_count
		from ops.backfill_items as i
		where i.backfill_id = $1
		group by i.scope, i.job, i.source`, backfillID)
	if err != nil {
		return load{}, fmt.Errorf("sum up the work of backfill %d: %w", backfillID, err)
	}
	hosts := make(map[string]string, len(chosen))
	for _, o := range chosen {
		hosts[o.ID] = hostOf(o)
	}
	l := load{hosts: map[string]hostRow{}}
	for _, r := range rows {
		if r.Job == JobRebuild {
			l.rebuilds += r.Seconds
			continue
		}
		l.seconds += r.Seconds
		if r.Source == SourceLive {
			row := l.hosts[hosts[r.Scope]]
			l.hosts[hosts[r.Scope]] = hostRow{row.seconds + r.Seconds, row.requests + r.Requests}
		}
	}
	return l, nil
}

// basis says in sentences what the estimates of a plan rest on.
func (b *Backfills) basis(ctx context.Context, q sqlx.QueryerContext, backfillID int64) ([]string, error) {
	var rows []struct {
		Source     string  `db:"source"`
		Count      int     `db:"interval_count"`
		Ended      int     `db:"ended_count"`
		Seconds    float64 `db:"seconds"`
		Units      int64   `db:"unit_count"`
		KnownCount int     `db:"known_count"`
	}
	err := sqlx.SelectContext(ctx, q, &rows, `
		with planned as (
			select i.source, count(*) as interval_count, count(*) filter (where i.reason like '% wait') as known_count
			from ops.backfill_items as i
			where i.backfill_id = $1 and i.job = 'backfill' and i.source <> 'none'
			group by i.source
		),
		ended as (
			select i.source, count(*) as ended_count, extract(epoch from sum(i.actual_duration)) as seconds,
				sum(case when i.source = 'live' then i.actual_request_count else i.article_count end) as unit_count
			from ops.backfill_items as i
			where i.backfill_id >= $1 - $2 and i.backfill_id < $1 and i.job = 'backfill' and i.state = 'done'
				and i.actual_duration is not null
			group by i.source
		)
		select p.source, p.interval_count, p.known_count, coalesce(e.ended_count, 0) as ended_count,
			cast(coalesce(e.seconds, 0) as double precision) as seconds, cast(coalesce(e.unit_count, 0) as bigint) as unit_count
		from planned as p
		left join ended as e on e.source = p.source
		order by p.source`, backfillID, historyBackfills)
	if err != nil {
		return nil, fmt.Errorf("read what the estimates rest on: %w", err)
	}
	basis := []string{}
	for _, r := range rows {
		unit, fallback := "page", fmt.Sprintf("taken as %g s a page", secondsPerPage)
		switch r.Source {
		case SourceLive:
			unit, fallback = "request", fmt.Sprintf("taken as the gap between two requests to a host, %s, or its crawl-delay", b.cfg.HostGap)
			basis = append(basis, fmt.Sprintf("requests: of %d outlet-nights %d have addresses that wait, the others are taken as the outlet's usual night",
				r.Count, r.KnownCount))
		case SourceStored:
			unit, fallback = "article", fmt.Sprintf("taken as %g s an article", secondsPerArticle)
		}
		if r.Ended > 0 && r.Units > 0 {
			basis = append(basis, fmt.Sprintf("%s: %s s a %s, measured over %d intervals of the last backfills",
				r.Source, significant(r.Seconds/float64(r.Units)), unit, r.Ended))
			continue
		}
		basis = append(basis, fmt.Sprintf("%s: no such interval was done yet; %s", r.Source, fallback))
	}
	return basis, nil
}

// significant writes a number with two digits that count.
func significant(x float64) string {
	if x == 0 {
		return "0"
	}
	digits := max(0, 1-int(math.Floor(math.Log10(math.Abs(x)))))
	text := fmt.Sprintf("%.*f", digits, x)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	return text
}
