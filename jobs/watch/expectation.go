package watch

import (
	"context"
	"fmt"
	"time"

	"github.com/overheard-news/overheard/jobs/ledger"
)

// belowShare of the expected articles is too little to be a slow day.
const belowShare = 0.3

// belowExpectation finds outlets that delivered less than three tenths of what was
// expected of the last night. What is expected is the night's own reckoning
// (int_outlet_nights_counted): one definition for the alarm and for the ranking.
// Until a night is built nothing is known of it, and alerts stay as they are.
func (w *Watcher) belowExpectation(ctx context.Context, l *look) (findings, error) {
	var rows []struct {
		OutletID string      `db:"outlet_id"`
		Night    ledger.Date `db:"night"`
		Articles int         `db:"article_count"`
		Expected *float64    `db:"expected_count"`
	}
	// The expectation leaves out nights on which the outlet was down, and so comes
	// to nothing in the end; an open alert remembers the one it was raised for.
	err := l.tx.SelectContext(ctx, &rows, `
		with latest as (
			select max(n.night) as night
			from intermediate.int_outlet_nights_counted as n
			where n.night <= cast($1 as date) and n.night >= cast($1 as date) - 1
		)
		select
			n.outlet_id, n.night, n.article_count,
			coalesce(cast(n.expected_count as double precision), cast(a.evidence ->> 'expected_count' as double precision)) as expected_count
		from intermediate.int_outlet_nights_counted as n
		inner join latest as k on k.night = n.night
		inner join watched_outlets as o on o.outlet_id = n.outlet_id
		left join ops.alerts as a on a.kind = $2 and a.subject = n.outlet_id and a.state = 'open'
		order by n.outlet_id`, l.night.Format(time.DateOnly), BelowExpectation)
	if err != nil {
		return findings{}, fmt.Errorf("look for outlets below their expectation: %w", err)
	}
	var found findings
	known := map[string]bool{}
	for _, r := range rows {
		known[r.OutletID] = true
		if r.Expected == nil || float64(r.Articles) >= belowShare**r.Expected {
			continue
		}
		found.causes = append(found.causes, Cause{
			Subject: Subject{BelowExpectation, r.OutletID}, OutletID: r.OutletID, Severity: Fail,
			Message:  fmt.Sprintf("%d articles on the night of %s, where %.0f are expected.", r.Articles, r.Night, *r.Expected),
			Remedy:   "Compare the outlet's channels with its home page; `overheard trace` tells what became of an article that is missing.",
			Evidence: map[string]any{"night": r.Night.String(), "article_count": r.Articles, "expected_count": *r.Expected},
		})
	}
	for _, o := range w.cfg.Outlets {
		if !known[o.ID] {
			found.unclear = append(found.unclear, Subject{BelowExpectation, o.ID})
		}
	}
	return found, nil
}
