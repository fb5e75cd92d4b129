package watch

import (
	"context"
	"fmt"
	"time"

	"github.com/lib/pq"

	"github.com/overheard-news/overheard/crawlers/discover"
)

// What the learned shape of an outlet's article addresses is judged by: the newest
// addresses of the last day that a feed or a sitemap named. Those of section pages
// were chosen by the pattern and prove nothing.
const (
	patternWindow = 24 * time.Hour
	patternLeast  = 10  // addresses
	patternMost   = 40  // addresses
	patternShare  = 0.5 // that must match
	patternBefore = 0.8 // that matched before
)

// addresses are the newest ones of an outlet with a pattern.
type addresses struct {
	outletID string
	pattern  string
	urls     []string
}

// patternsChanged finds outlets whose new addresses no longer look as its articles
// did: section pages would give nothing from then on.
func (w *Watcher) patternsChanged(ctx context.Context, l *look) (findings, error) {
	newest, err := newestAddresses(ctx, l, "u.discovered_at > $1", l.now.Add(-patternWindow), nil)
	if err != nil {
		return findings{}, err
	}
	raisedFor, err := openPatterns(ctx, l)
	if err != nil {
		return findings{}, err
	}
	var found findings
	var doubtful []string
	isSeen := map[string]bool{}
	strangers := map[string]addresses{}
	for _, a := range newest {
		if len(a.urls) >= patternLeast && matching(a) < patternShare {
			doubtful = append(doubtful, a.outletID)
			strangers[a.outletID] = a
		}
		if len(a.urls) < patternLeast && raisedFor[a.outletID] == a.pattern {
			found.unclear = append(found.unclear, Subject{PatternChanged, a.outletID})
		}
		isSeen[a.outletID] = true
	}
	for id := range raisedFor {
		if !isSeen[id] { // nothing new at all
			found.unclear = append(found.unclear, Subject{PatternChanged, id})
		}
	}
	if len(doubtful) == 0 {
		return found, nil
	}
	earlier, err := newestAddresses(ctx, l, "u.discovered_at <= $1", l.now.Add(-patternWindow), doubtful)
	if err != nil {
		return findings{}, err
	}
	matched := map[string]float64{}
	for _, a := range earlier {
		if len(a.urls) >= patternLeast {
			matched[a.outletID] = matching(a)
		}
	}
	for _, id := range doubtful {
		a := strangers[id]
		if matched[id] < patternBefore && raisedFor[id] != a.pattern {
			continue // it never fitted
		}
		found.causes = append(found.causes, patternCause(a))
	}
	return found, nil
}

func patternCause(a addresses) Cause {
	c := Cause{
		Subject: Subject{PatternChanged, a.outletID}, OutletID: a.outletID, Severity: Warn,
		Message: fmt.Sprintf("%.0f %% of the newest %d addresses look as the outlet's articles did; they are now such as %s.",
			100*matching(a), len(a.urls), a.urls[0]),
		Remedy:   "Compare the addresses with the outlet's home page; the pattern is learned anew once enough of them are known.",
		Evidence: map[string]any{"article_pattern": a.pattern, "matching_share": round(matching(a)), "address_count": len(a.urls), "newest_url": a.urls[0]},
	}
	anew := discover.LearnPattern(a.urls)
	if text := anew.String(); !anew.IsZero() && text != a.pattern && matching(addresses{pattern: text, urls: a.urls}) >= patternBefore {
		c.Remedy = "Look at the addresses, and accept the proposal."
		c.Proposal = &Proposal{Action: RelearnPattern, Replaces: a.pattern, Pattern: text, URLCount: len(a.urls)}
	}
	return c
}

// matching is the share of the addresses that the pattern fits; 1 for a pattern
// that cannot be read, which the next exploration replaces.
func matching(a addresses) float64 {
	pattern, err := discover.ParsePattern(a.pattern)
	if err != nil || pattern.IsZero() || len(a.urls) == 0 {
		return 1
	}
	n := 0
	for _, u := range a.urls {
		if pattern.Match(u) {
			n++
		}
	}
	return share(n, len(a.urls))
}

// newestAddresses reads the newest addresses of each outlet with a pattern, of the
// time that the condition on $1 leaves; ids nil: of all outlets.
func newestAddresses(ctx context.Context, l *look, condition string, at time.Time, ids []string) ([]addresses, error) {
	var rows []struct {
		OutletID string         `db:"outlet_id"`
		Pattern  string         `db:"article_pattern"`
		URLs     pq.StringArray `db:"urls"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		with named as materialized (
			select
				u.outlet_id, u.url, u.discovered_at, u.url_hash,
				row_number() over (partition by u.outlet_id order by u.discovered_at desc, u.url_hash) as position
			from ops.urls as u
			where `+condition+` and (u.is_in_feed or u.is_in_sitemap) and `+ofThePresent+`
				and u.discovered_at > $2 and (cast($3 as text[]) is null or u.outlet_id = any($3))
		)
		select n.outlet_id, e.article_pattern, array_agg(n.url order by n.position) as urls
		from named as n
		inner join ops.outlet_explorations as e on e.outlet_id = n.outlet_id and e.article_pattern is not null
		inner join watched_outlets as o on o.outlet_id = n.outlet_id
		where n.position <= $4
		group by n.outlet_id, e.article_pattern
		order by n.outlet_id`, at, l.now.Add(-normWindow), pq.Array(ids), patternMost)
	if err != nil {
		return nil, fmt.Errorf("look at the newest addresses: %w", err)
	}
	list := make([]addresses, len(rows))
	for i, r := range rows {
		list[i] = addresses{r.OutletID, r.Pattern, r.URLs}
	}
	return list, nil
}

// openPatterns gives, by outlet, the pattern an open alert was raised for.
func openPatterns(ctx context.Context, l *look) (map[string]string, error) {
	var rows []struct {
		OutletID string `db:"outlet_id"`
		Pattern  string `db:"pattern"`
	}
	err := l.tx.SelectContext(ctx, &rows, `
		select a.outlet_id, coalesce(a.evidence ->> 'article_pattern', '') as pattern
		from ops.alerts as a
		where a.kind = $1 and a.outlet_id is not null and (a.state = 'open' or a.state = 'dismissed' and a.recovered_at is null)`, PatternChanged)
	if err != nil {
		return nil, fmt.Errorf("read what open alerts were raised for: %w", err)
	}
	open := make(map[string]string, len(rows))
	for _, r := range rows {
		open[r.OutletID] = r.Pattern
	}
	return open, nil
}
