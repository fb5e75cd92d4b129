package watch

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/jmoiron/sqlx"
	"github.com/lib/pq"
)

// What the pages of an outlet are judged by. Only the newest pages of the last day
// count, so that a layout that has changed shows after a few of them and not once
// it is half a day old.
const (
	pagesWindow  = 24 * time.Hour
	pagesLeast   = 8
	pagesMost    = 20
	badLeast     = 5   // pages
	badShare     = 0.5 // of the pages
	badRise      = 0.3 // above the usual share
	usualUnknown = 0.2 // usual share of an outlet without a past
	shortShare   = 0.5 // of the usual text length (METHOD 3)
	normWindow   = 14 * 24 * time.Hour
)

// pageFigures are the newest pages of one outlet.
type pageFigures struct {
	OutletID    string   `db:"outlet_id"`
	Pages       int      `db:"page_count"`        // read, whatever they were
	Refused     int      `db:"not_article_count"` // of these, no articles, or not to be extracted
	Tried       int      `db:"tried_count"`       // asked for
	Unreachable int      `db:"unreachable_count"` // of these, never read
	Articles    int      `db:"article_count"`
	Suspect     int      `db:"suspect_count"` // of the articles
	Median      *float64 `db:"median_count"`  // characters of their texts
	Usual       *float64 `db:"usual_count"`
	Reason      *string  `db:"reason"` // most frequent
}

// broken is the share of pages that gave no text to be trusted.
func (f pageFigures) broken() float64 {
	return 1 - (1-share(f.Refused, f.Pages))*(1-share(f.Suspect, f.Articles))
}

func share(part, whole int) float64 {
	if whole == 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// outcomeSums is the part both questions share: what became of pages, by outlet.
const outcomeSums = `
	count(*) filter (where p.is_read) as page_count,
	count(*) filter (where p.is_read and p.outcome in ('not_article', 'failed')) as not_article_count,
	count(*) as tried_count,
	count(*) filter (where not p.is_read) as unreachable_count`

// readPages gives the outcomes that tell something of a page; whether it was read,
// the others tell something of its host. Addresses left alone tell nothing.
const readPages = `
	u.outcome in ('stored', 'stub', 'duplicate', 'unchanged', 'not_article')
	or u.outcome = 'failed' and coalesce(u.http_status, 0) between 200 and 299`

const toldPages = `u.outcome in ('stored', 'stub', 'duplicate', 'unchanged', 'not_article', 'failed', 'blocked', 'gone', 'robots')`

// pagesBroken finds outlets whose newest pages come out far worse than they use
// to: as no articles, as texts that are suspect or half as long (the layout has
// changed), or not at all (the host refuses us).
func (w *Watcher) pagesBroken(ctx context.Context, l *look) (findings, error) {
	figures, err := newestPages(ctx, l)
	if err != nil {
		return findings{}, err
	}
	var doubtful []string
	for _, f := range figures {
		if f.broken() >= badShare || share(f.Unreachable, f.Tried) >= badShare || f.Usual == nil && f.Articles >= pagesLeast {
			doubtful = append(doubtful, f.OutletID)
		}
	}
	usual, err := earlierPages(ctx, l, doubtful)
	if err != nil {
		return findings{}, err
	}
	raisedFor, err := openEvidence(ctx, l)
	if err != nil {
		return findings{}, err
	}
	var found findings
	known := map[Subject]bool{}
	for _, f := range figures {
		extraction, reach := Subject{ExtractionBroken, f.OutletID}, Subject{PagesUnreachable, f.OutletID}
		before := usual[f.OutletID]
		known[extraction], known[reach] = f.Pages >= pagesLeast, f.Tried >= pagesLeast
		if f.Usual == nil {
			f.Usual = before.Median
		}
		usualBroken, usualUnreachable := usualUnknown, usualUnknown
		if before.Pages >= pagesLeast {
			usualBroken = before.broken()
		}
		if before.Tried >= pagesLeast {
			usualUnreachable = share(before.Unreachable, before.Tried)
		}
		// What was usual when the alert was raised stays the measure: in time the
		// broken pages would become the usual ones.
		if e, ok := raisedFor[extraction]; ok {
			usualBroken = e.UsualShare
			if e.UsualCount > 0 {
				f.Usual = &e.UsualCount
			}
		}
		if e, ok := raisedFor[reach]; ok {
			usualUnreachable = e.UsualShare
		}
		if c, ok := f.extractionBroken(usualBroken); ok {
			found.causes = append(found.causes, c)
		}
		if c, ok := f.unreachable(usualUnreachable); ok {
			found.causes = append(found.causes, c)
		}
	}
	for subject := range raisedFor {
		if !known[subject] {
			found.unclear = append(found.unclear, subject) // too few pages to tell
		}
	}
	return found, nil
}

func (f pageFigures) extractionBroken(usual float64) (Cause, bool) {
	c := Cause{
		Subject: Subject{ExtractionBroken, f.OutletID}, OutletID: f.OutletID, Severity: Fail,
		Remedy: "Open one of its newest articles beside `overheard trace` of the address; if the layout has changed, the extraction has to learn it.",
		Evidence: map[string]any{
			"page_count": f.Pages, "not_article_count": f.Refused, "article_count": f.Articles, "suspect_count": f.Suspect,
			"broken_share": round(f.broken()), "usual_share": round(usual),
			"median_character_count": f.Median, "usual_character_count": f.Usual, "most_frequent_reason": f.Reason,
		},
	}
	bad := int(math.Round(f.broken() * float64(f.Pages)))
	isShort := f.Articles >= pagesLeast && f.Median != nil && f.Usual != nil && *f.Median < shortShare**f.Usual
	switch {
	case f.Pages >= pagesLeast && bad >= badLeast && f.broken() >= max(badShare, usual+badRise):
		c.Message = fmt.Sprintf("%.0f %% of the newest %d pages gave no text to be trusted, where %.0f %% is usual", 100*f.broken(), f.Pages, 100*usual)
		if f.Reason != nil {
			c.Message += " (mostly: " + *f.Reason + ")"
		}
		c.Message += "."
	case isShort:
		c.Message = fmt.Sprintf("The texts of the newest %d articles have %.0f characters, where %.0f are usual.", f.Articles, *f.Median, *f.Usual)
	default:
		return Cause{}, false
	}
	return c, true
}

func (f pageFigures) unreachable(usual float64) (Cause, bool) {
	s := share(f.Unreachable, f.Tried)
	if f.Tried < pagesLeast || f.Unreachable < badLeast || s < max(badShare, usual+badRise) {
		return Cause{}, false
	}
	c := Cause{
		Subject: Subject{PagesUnreachable, f.OutletID}, OutletID: f.OutletID, Severity: Fail,
		Message:  fmt.Sprintf("%d of the newest %d pages could not be had, where %.0f %% is usual", f.Unreachable, f.Tried, 100*usual),
		Remedy:   "`overheard trace` of one of its addresses tells what the host answers; if it forbids us, take the outlet out or ask its owner.",
		Evidence: map[string]any{"tried_count": f.Tried, "unreachable_count": f.Unreachable, "broken_share": round(s), "usual_share": round(usual), "most_frequent_reason": f.Reason},
	}
	if f.Reason != nil {
		c.Message += " (mostly: " + *f.Reason + ")"
	}
	c.Message += "."
	return c, true
}

// newestPages counts the newest pages of the last day, by outlet.
func newestPages(ctx context.Context, l *look) ([]pageFigures, error) {
	var figures []pageFigures
	err := l.tx.SelectContext(ctx, &figures, `
		with decided as (
			select
				u.outlet_id, u.outcome, u.reason, (`+readPages+`) as is_read,
				row_number() over (partition by u.outlet_id order by u.decided_at desc, u.url_hash) as position
			from ops.urls as u
			where u.discovered_at > $1 and `+toldPages+` and `+ofThePresent+`
		),
		pages as materialized (
			select
				p.outlet_id, `+outcomeSums+`,
				mode() within group (order by coalesce(p.reason, p.outcome))
					filter (where p.outcome in ('not_article', 'failed') or not p.is_read) as reason
			from decided as p
			where p.position <= $2
			group by p.outlet_id
		),
		fetched as (
			select
				a.outlet_id, a.character_count, a.extraction_quality,
				row_number() over (partition by a.outlet_id order by a.fetched_at desc, a.article_id) as position
			from staging.articles as a
			-- what was published earlier and seen only now is too little to matter
			where a.night >= cast($3 as date) and a.first_seen_at > $1
		),
		articles as materialized (
			select
				f.outlet_id, count(*) as article_count,
				count(*) filter (where f.extraction_quality = 'suspect') as suspect_count,
				percentile_disc(0.5) within group (order by f.character_count) as median_count
			from fetched as f
			where f.position <= $2
			group by f.outlet_id
		),
		latest as (
			select max(n.night) as night
			from intermediate.int_outlet_nights_counted as n where n.night <= cast($4 as date)
		)
		select
			p.outlet_id, p.page_count, p.not_article_count, p.tried_count, p.unreachable_count, p.reason,
			coalesce(a.article_count, 0) as article_count, coalesce(a.suspect_count, 0) as suspect_count,
			cast(a.median_count as double precision) as median_count,
			cast(n.usual_character_count as double precision) as usual_count
		from pages as p
		inner join watched_outlets as o on o.outlet_id = p.outlet_id
		left join articles as a on a.outlet_id = p.outlet_id
		left join intermediate.int_outlet_nights_counted as n
			on n.night = (select k.night from latest as k) and n.outlet_id = p.outlet_id
		order by p.outlet_id`,
		l.now.Add(-pagesWindow), pagesMost, l.night.AddDate(0, 0, -1).Format(time.DateOnly), l.night.Format(time.DateOnly))
	if err != nil {
		return nil, fmt.Errorf("look at the newest pages: %w", err)
	}
	return figures, nil
}

// earlierPages counts the pages of the two weeks before, of some outlets.
func earlierPages(ctx context.Context, l *look, ids []string) (map[string]pageFigures, error) {
	usual := map[string]pageFigures{}
	if len(ids) == 0 {
		return usual, nil
	}
	var rows []pageFigures
	err := l.tx.SelectContext(ctx, &rows, `
		with decided as (
			select u.outlet_id, u.outcome, (`+readPages+`) as is_read
			from ops.urls as u
			where u.outlet_id = any($3) and u.discovered_at > $1 and u.discovered_at <= $2 and `+toldPages+` and `+ofThePresent+`
		),
		pages as materialized (
			select p.outlet_id, `+outcomeSums+` from decided as p group by p.outlet_id
		),
		articles as materialized (
			select
				a.outlet_id, count(*) as article_count,
				count(*) filter (where a.extraction_quality = 'suspect') as suspect_count,
				percentile_disc(0.5) within group (order by a.character_count) as median_count
			from staging.articles as a
			where a.night >= cast($4 as date) and a.outlet_id = any($3) and a.first_seen_at > $1 and a.first_seen_at <= $2
			group by a.outlet_id
		)
		select
			p.outlet_id, p.page_count, p.not_article_count, p.tried_count, p.unreachable_count,
			coalesce(a.article_count, 0) as article_count, coalesce(a.suspect_count, 0) as suspect_count,
			case when a.article_count >= $5 then cast(a.median_count as double precision) end as median_count
		from pages as p
		left join articles as a on a.outlet_id = p.outlet_id`,
		l.now.Add(-normWindow), l.now.Add(-pagesWindow), pq.Array(ids), l.now.Add(-normWindow).AddDate(0, 0, -7).Format(time.DateOnly), pagesLeast)
	if err != nil {
		return nil, fmt.Errorf("look at the earlier pages: %w", err)
	}
	for _, r := range rows {
		usual[r.OutletID] = r
	}
	return usual, nil
}

// evidence is what an open alert on pages was measured against.
type evidence struct {
	UsualShare float64 `db:"usual_share"`
	UsualCount float64 `db:"usual_count"`
}

func openEvidence(ctx context.Context, l *look) (map[Subject]evidence, error) {
	var rows []struct {
		Kind    string `db:"kind"`
		Subject string `db:"subject"`
		evidence
	}
	err := sqlx.SelectContext(ctx, l.tx, &rows, `
		select
			a.kind, a.subject,
			coalesce(cast(a.evidence ->> 'usual_share' as double precision), 0) as usual_share,
			coalesce(cast(a.evidence ->> 'usual_character_count' as double precision), 0) as usual_count
		from ops.alerts as a
		where a.kind in ($1, $2) and (a.state = 'open' or a.state = 'dismissed' and a.recovered_at is null)`,
		ExtractionBroken, PagesUnreachable)
	if err != nil {
		return nil, fmt.Errorf("read what open alerts were raised for: %w", err)
	}
	open := make(map[Subject]evidence, len(rows))
	for _, r := range rows {
		open[Subject{r.Kind, r.Subject}] = r.evidence
	}
	return open, nil
}
