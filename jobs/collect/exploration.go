package collect

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// Exploration. An outlet that is read by one kind of channel only, or whose
// declared channels fail, is searched for others, seldom and with few requests.
// What is found and verified is taken into use at once where the outlet has
// nothing of its kind that works: a second, independent witness costs nobody
// anything. To put it in the place of a declared channel is for an operator to
// decide.

const (
	exploreBudget      = 3 * time.Minute // of the outlet's time
	exploreAgain       = 7 * 24 * time.Hour
	exploreAfterFail   = 24 * time.Hour
	failuresToExplore  = 2 // polls of a declared channel failed in a row
	patternURLs        = 200
	patternURLsAtLeast = 8
)

// exploration is one line of ops.outlet_explorations.
type exploration struct {
	ExploredAt *time.Time `db:"explored_at"`
	NextAt     *time.Time `db:"next_at"`
	Pattern    *string    `db:"article_pattern"`
}

func (c *Collector) exploration(ctx context.Context, outletID string) (exploration, error) {
	var e exploration
	err := c.db.GetContext(ctx, &e, `
		select explored_at, next_at, article_pattern from ops.outlet_explorations where outlet_id = $1`, outletID)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return exploration{}, nil // not e: sqlx has put zero times into it
	case err != nil:
		return exploration{}, fmt.Errorf("read what is known of %q: %w", outletID, err)
	}
	return e, nil
}

// pattern is the shape of the outlet's article addresses; zero while unknown.
func (c *Collector) pattern(e exploration, outletID string) discover.Pattern {
	if e.Pattern == nil {
		return discover.Pattern{}
	}
	p, err := discover.ParsePattern(*e.Pattern)
	if err != nil { // written by another version: it is learned anew
		c.lg.Warn("the pattern of an outlet's addresses cannot be read", "outlet_id", outletID, "error", err)
	}
	return p
}

// after is how the channels stand once the polls are in.
func after(states map[string]channel, polls []discover.Poll) map[string]channel {
	now := make(map[string]channel, len(states)+len(polls))
	for u, s := range states {
		now[u] = s
	}
	for _, p := range polls {
		s := now[p.URL]
		s.Kind, s.State, s.FailureCount = p.Kind, p.State, p.FailureCount
		now[p.URL] = s
	}
	return now
}

// isExplorationDue says whether the outlet is to be searched for channels.
func isExplorationDue(e exploration, list []used, states map[string]channel, now time.Time) bool {
	isFailing := false
	for _, u := range list {
		isFailing = isFailing || u.origin == originDeclared && states[u.URL].FailureCount >= failuresToExplore
	}
	works := readableKinds(list, states)
	switch {
	case e.ExploredAt == nil && e.NextAt == nil:
		return isFailing || !works[discover.KindFeed] || !works[discover.KindSitemap]
	case e.NextAt == nil || !e.NextAt.After(now):
		return true
	}
	return isFailing && e.ExploredAt != nil && now.Sub(*e.ExploredAt) >= exploreAfterFail
}

// explore searches an outlet for channels if that is due, writes down what it
// found, and returns what is to be used from now on. Its error is the database's.
func (r *round) explore(ctx, crawl context.Context, o outlets.Outlet, e exploration, list []used, prior map[string]channel, polls []discover.Poll) ([]used, error) {
	states := after(prior, polls)
	if crawl.Err() != nil || r.isNetworkDown.Load() || !isExplorationDue(e, list, states, r.now()) {
		return nil, nil
	}
	bounded, cancel := context.WithTimeout(crawl, exploreBudget)
	defer cancel()
	pattern := r.pattern(e, o.ID)
	candidates, err := r.poller.Explore(bounded, o, pattern)
	if crawl.Err() != nil || saysNetworkDown(err) {
		return nil, nil //nolint:nilerr // cut off: it is as due as before
	}
	taken := choose(o, candidates, list, states, pattern)
	if err := r.writeExploration(ctx, o.ID, candidates, err, taken); err != nil {
		return nil, err
	}
	r.run.Count("explorations", 1)
	r.run.Count("channels_discovered", int64(len(taken)))
	for _, u := range taken {
		r.lg.Info("a channel was discovered and taken into use", "run_id", r.run.ID, "outlet_id", o.ID, "kind", u.Kind, "channel_url", u.URL)
	}
	return taken, nil
}

// choose takes the first verified candidate of each kind the outlet has nothing
// of that works; a section page, or the front page if none was found, only where
// there is neither feed nor sitemap even so.
func choose(o outlets.Outlet, candidates []discover.Candidate, list []used, states map[string]channel, pattern discover.Pattern) []used {
	works := readableKinds(list, states)
	var taken []used
	take := func(kind, address string) {
		if states[address].ReplacedBy == nil {
			taken = append(taken, used{outlets.Channel{Kind: kind, URL: address}, originDiscovered})
			works[kind] = true
		}
	}
	inUse := map[string]bool{}
	for _, u := range list {
		inUse[u.URL] = true
	}
	for _, kind := range []string{discover.KindFeed, discover.KindSitemap, discover.KindPage} {
		if kind == discover.KindPage && (works[discover.KindFeed] || works[discover.KindSitemap]) {
			break
		}
		for _, cand := range candidates {
			if cand.Kind == kind && cand.IsVerified && !works[kind] && !inUse[cand.URL] {
				take(kind, cand.URL)
			}
		}
	}
	hasAny := works[discover.KindFeed] || works[discover.KindSitemap] || works[discover.KindPage]
	if !hasAny && !pattern.IsZero() && !inUse[o.HomeURL] {
		take(discover.KindPage, o.HomeURL)
	}
	slices.SortFunc(taken, func(a, b used) int { return cmp.Compare(a.URL, b.URL) }) // as effective lists them
	return taken
}

// writeExploration keeps what was found, when to look again, and what is taken into
// use, in one transaction.
func (r *round) writeExploration(ctx context.Context, outletID string, candidates []discover.Candidate, cause error, taken []used) error {
	wait := exploreAgain
	if cause != nil {
		wait = exploreAfterFail
	}
	// Spread over a tenth of the wait, or a thousand outlets that began together
	// would be explored together for ever.
	wait += time.Duration(rand.Int64N(int64(wait / 10)))
	list := make([]discover.Candidate, len(candidates))
	for i, cand := range candidates {
		cand.URL, cand.Reason = storableText(cand.URL), storableText(cand.Reason)
		list[i] = cand
	}
	found, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("write what was found of %q: %w", outletID, err)
	}
	now := r.now().UTC()
	tx, err := r.db.BeginTxx(ctx, nil)
	if err != nil {
		return fmt.Errorf("write what was found of %q: %w", outletID, err)
	}
	defer tx.Rollback() //nolint:errcheck // after Commit it says so and does nothing
	_, err = tx.ExecContext(ctx, `
		insert into ops.outlet_explorations as e (outlet_id, explored_at, next_at, candidates, error)
		values ($1, $2, $3, cast($4 as jsonb), $5)
		on conflict (outlet_id) do update
		set explored_at = excluded.explored_at, next_at = excluded.next_at, error = excluded.error,
			candidates = case when excluded.error is null or excluded.candidates <> '[]' then excluded.candidates else e.candidates end`,
		outletID, now, now.Add(wait), string(found), text(errText(cause)))
	if err != nil {
		return fmt.Errorf("write what was found of %q: %w", outletID, err)
	}
	for _, u := range taken {
		_, err := tx.ExecContext(ctx, `
			insert into ops.channels (outlet_id, channel_url, kind, state, origin)
			values ($1, $2, $3, 'new', $4)
			on conflict (outlet_id, channel_url) do update set origin = excluded.origin`,
			outletID, u.URL, u.Kind, u.origin)
		if err != nil {
			return fmt.Errorf("take channel %s of %q into use: %w", u.URL, outletID, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("write what was found of %q: %w", outletID, err)
	}
	return nil
}

// learnPattern notes the shape of an outlet's article addresses once enough of
// them are known, and anew with each exploration.
func (r *round) learnPattern(ctx context.Context, e exploration, outletID string) error {
	isFresh := e.NextAt == nil || e.NextAt.After(r.now())
	if e.Pattern != nil && isFresh {
		return nil
	}
	var urls []string
	err := r.db.SelectContext(ctx, &urls, `
		select url from ops.urls
		where outlet_id = $1 and outcome in ('stored', 'stub')
		order by discovered_at desc, url
		limit $2`, outletID, patternURLs)
	if err != nil {
		return fmt.Errorf("learn the addresses of %q: %w", outletID, err)
	}
	if len(urls) < patternURLsAtLeast {
		return nil
	}
	pattern := discover.LearnPattern(urls)
	if pattern.IsZero() {
		return nil
	}
	_, err = r.db.ExecContext(ctx, `
		insert into ops.outlet_explorations (outlet_id, article_pattern, pattern_url_count)
		values ($1, $2, $3)
		on conflict (outlet_id) do update
		set article_pattern = excluded.article_pattern, pattern_url_count = excluded.pattern_url_count`,
		outletID, pattern.String(), len(urls))
	if err != nil {
		return fmt.Errorf("write the addresses of %q: %w", outletID, err)
	}
	return nil
}
