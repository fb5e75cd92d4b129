package collect_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// ladder is one outlet whose channels are scripted one by one.
type ladder struct {
	*script
	channels   map[string]discover.Poll // by address; what is not there fails
	declared   []outlets.Channel
	candidates []discover.Candidate
	exploreErr error

	asked    []string // channels, in order
	explored int
	patterns []string // that polls were given
	manners  []fetch.HostDay
	restored map[string]int
}

const ladderHome = "http://ladder.example/"

func newLadder() *ladder {
	return &ladder{
		script:   &script{pages: map[string]page{}, fetched: map[string]int{}},
		channels: map[string]discover.Poll{}, declared: []outlets.Channel{{Kind: "feed", URL: ladderHome + "feed"}},
	}
}

// announce makes a channel name articles.
func (l *ladder) announce(channel, kind string, numbers ...int) {
	p := discover.Poll{Kind: kind, State: "ok", ItemCount: len(numbers), LastBytes: 1000}
	for _, n := range numbers {
		url := fmt.Sprintf("%s2026/03/10/a-story-that-was-told-%d", ladderHome, n)
		l.pages[url] = page{body: "acme"}
		p.Items = append(p.Items, discover.Item{URL: url, PublishedAt: testNow.Add(-time.Hour)})
	}
	l.channels[ladderHome+channel] = p
}

func (l *ladder) PollOutlet(_ context.Context, o outlets.Outlet, prior map[string]discover.ChannelState, _ time.Time, pattern discover.Pattern) []discover.Poll {
	var polls []discover.Poll
	l.patterns = append(l.patterns, pattern.String())
	for _, ch := range o.Channels {
		l.asked = append(l.asked, strings.TrimPrefix(ch.URL, ladderHome))
		p, ok := l.channels[ch.URL]
		if !ok {
			p = discover.Poll{Kind: ch.Kind, State: "gone", Err: errors.New("status 404"), FailureCount: prior[ch.URL].FailureCount + 1}
		}
		p.OutletID, p.URL, p.Requests = o.ID, ch.URL, 1
		polls = append(polls, p)
	}
	return polls
}

func (*ladder) Past(context.Context, outlets.Outlet, []string, time.Time, time.Time, discover.Pattern) ([]discover.Poll, error) {
	return nil, nil
}

func (l *ladder) Explore(context.Context, outlets.Outlet, discover.Pattern) ([]discover.Candidate, error) {
	l.explored++
	return l.candidates, l.exploreErr
}

func (l *ladder) TakeManners() []fetch.HostDay {
	taken := l.manners
	l.manners = nil
	return taken
}

func (l *ladder) RestoreBudget(_ time.Time, spent map[string]int) {
	for host, n := range spent {
		if l.restored == nil {
			l.restored = map[string]int{}
		}
		l.restored[host] = n
	}
}

func (*ladder) Rest(string) time.Duration { return 0 }

// collect is one run, so long after testNow.
func (l *ladder) collect(t *testing.T, db *sqlx.DB, after time.Duration, dueOnly bool) (map[string]int64, error) {
	t.Helper()
	l.asked, l.patterns = nil, nil
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	now := func() time.Time { return testNow.Add(after) }
	c := collect.New(lg, db, collect.Config{
		Outlets: []outlets.Outlet{{
			ID: "ladder", Name: "Ladder", Publisher: "press", Country: "GB", Language: "en", Tier: 1, HomeURL: ladderHome, Channels: l.declared,
			TimeZone: "Europe/London", Reach: "regional",
		}},
		Seeds: testSeeds, ReportZone: time.UTC, Concurrency: 1, Extractors: 1, MaxAge: 7 * 24 * time.Hour, MaxAttempts: 3, MaxURLsPerOutlet: 100,
		Manners: l, Budget: l.budget,
	}, l, l, l, l, l, now)
	report, err := ledger.New(lg, db, now).Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
		func(ctx context.Context, r *ledger.Run) error { return c.Collect(ctx, r, dueOnly) })
	return report.Counts, err
}

func (l *ladder) mustCollect(t *testing.T, db *sqlx.DB, after time.Duration, dueOnly bool) map[string]int64 {
	t.Helper()
	counts, err := l.collect(t, db, after, dueOnly)
	if err != nil {
		t.Fatal(err)
	}
	wantClosedSums(t, db)
	return counts
}

func rows(t *testing.T, db *sqlx.DB, sql string, args ...any) []string {
	t.Helper()
	lines := []string{}
	if err := db.Select(&lines, sql, args...); err != nil {
		t.Fatal(err)
	}
	return lines
}

func wantRows(t *testing.T, db *sqlx.DB, what, sql string, want ...string) {
	t.Helper()
	if diff := gocmp.Diff(append([]string{}, want...), rows(t, db, sql)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

const channelRows = `
	select concat_ws(' ', replace(channel_url, 'http://ladder.example/', ''), kind, origin, state, failure_count, new_item_count) from ops.channels order by 1`

// TestAnOutletWithOneKindOfChannelIsExplored has a feed, and a sitemap that only
// exploration finds.
func TestAnOutletWithOneKindOfChannelIsExplored(t *testing.T) {
	t.Parallel()
	db, l := warehousetest.NewDB(t), newLadder()
	l.announce("feed", "feed", 1, 2, 3, 4, 5, 6, 7, 8, 9)
	l.announce("map", "sitemap", 8, 9, 10, 11)
	l.candidates = []discover.Candidate{
		{Kind: "feed", URL: ladderHome + "other", Origin: "homepage", IsVerified: true},
		{Kind: "sitemap", URL: ladderHome + "map", Origin: "robots", ItemCount: 4, NewestAt: testNow, IsVerified: true},
		{Kind: "sitemap", URL: ladderHome + "old", Origin: "well_known", Reason: "nothing \x00 new"},
	}
	counts := l.mustCollect(t, db, 0, false)
	if counts["stored"] != 11 || counts["explorations"] != 1 || counts["channels_discovered"] != 1 {
		t.Errorf("%v, want 11 stored, 2 of them found by exploration", counts)
	}
	wantRows(t, db, "channels", channelRows, "feed feed declared ok 0 9", "map sitemap discovered ok 0 4")
	wantRows(t, db, "who named what", `
		select concat_ws(' ', is_in_feed, is_in_sitemap, is_in_page, page_type, count(*)) from ops.urls
		group by is_in_feed, is_in_sitemap, is_in_page, page_type order by 1`, "f t f 2", "t f f 7", "t t f 2")
	wantRows(t, db, "the outlet", `select concat_ws(' ', time_zone, reach, is_in_panel) from seeds.outlets`, "Europe/London regional t")
	var kept []discover.Candidate
	if err := json.Unmarshal([]byte(rows(t, db, `select cast(candidates as text) from ops.outlet_explorations`)[0]), &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 3 || kept[1] != l.candidates[1] {
		t.Errorf("candidates %v, want %v", kept, l.candidates)
	}
	if pattern := rows(t, db, `select article_pattern from ops.outlet_explorations where pattern_url_count = 11`); len(pattern) != 1 || pattern[0] == "" {
		t.Errorf("pattern %q, want one learned from 11 addresses", pattern)
	}

	// The next run polls both, knows the pattern, and explores no more.
	l.mustCollect(t, db, time.Hour, false)
	if diff := gocmp.Diff([]string{"feed", "map"}, l.asked); diff != "" || l.explored != 1 || l.patterns[0] == "" {
		t.Errorf("explored %d times, patterns %q, asked (-want +got):\n%s", l.explored, l.patterns, diff)
	}
	// A week later it is searched again, for the feed may have company by now.
	l.mustCollect(t, db, 8*24*time.Hour, false)
	if l.explored != 2 {
		t.Errorf("explored %d times, want twice", l.explored)
	}
}

// TestAnOutletWithTwoKindsIsLeftAlone declares both.
func TestAnOutletWithTwoKindsIsLeftAlone(t *testing.T) {
	t.Parallel()
	db, l := warehousetest.NewDB(t), newLadder()
	l.announce("feed", "feed", 1)
	l.announce("map", "sitemap", 1)
	l.declared = append(l.declared, outlets.Channel{Kind: "sitemap", URL: ladderHome + "map"})
	for hour := range 3 {
		l.mustCollect(t, db, time.Duration(hour)*time.Hour, false)
	}
	if l.explored != 0 {
		t.Errorf("explored %d times, want never", l.explored)
	}
}

// TestASectionPageIsReadWhereNothingElseIs loses the feed.
func TestASectionPageIsReadWhereNothingElseIs(t *testing.T) {
	t.Parallel()
	db, l := warehousetest.NewDB(t), newLadder()
	l.announce("feed", "feed", 1, 2, 3, 4, 5, 6, 7, 8, 9)
	l.exploreErr = errors.New("status 403")
	l.mustCollect(t, db, 0, false)
	feed := l.channels[ladderHome+"feed"]
	delete(l.channels, ladderHome+"feed")
	l.announce("", "page", 1, 2, 3, 10)
	l.exploreErr = nil
	l.mustCollect(t, db, time.Hour, false)
	if l.explored != 1 {
		t.Errorf("explored %d times within a day of a failure, want once", l.explored)
	}
	counts := l.mustCollect(t, db, 30*time.Hour, false) // the second failure in a row
	if counts["stored"] != 1 || l.explored != 2 {
		t.Errorf("%v, explored %d times; want the one article only the front page names, and two explorations", counts, l.explored)
	}
	wantRows(t, db, "channels", channelRows, " page discovered ok 0 4", "feed feed declared gone 2 0")
	// The feed is back: the front page is left alone.
	l.channels[ladderHome+"feed"] = feed
	l.mustCollect(t, db, 31*time.Hour, false)
	l.mustCollect(t, db, 32*time.Hour, false)
	if slices.Contains(l.asked, "") {
		t.Errorf("asked %q, want the feed only", l.asked)
	}
}

// TestAReplacedChannelIsAskedNoMore does what an operator's acceptance does.
func TestAReplacedChannelIsAskedNoMore(t *testing.T) {
	t.Parallel()
	db, l := warehousetest.NewDB(t), newLadder()
	l.announce("feed", "feed", 1)
	l.announce("feed2", "feed", 1, 2)
	l.mustCollect(t, db, 0, false)
	if _, err := db.Exec(`insert into ops.channels (outlet_id, channel_url, kind, state, origin) values ('ladder', $1, 'feed', 'new', 'accepted')`, ladderHome+"feed2"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(`update ops.channels set replaced_by = $2 where channel_url = $1`, ladderHome+"feed", ladderHome+"feed2"); err != nil {
		t.Fatal(err)
	}
	counts := l.mustCollect(t, db, time.Hour, false)
	if diff := gocmp.Diff([]string{"feed2"}, l.asked); diff != "" || counts["stored"] != 1 {
		t.Errorf("%v, asked (-want +got):\n%s", counts, diff)
	}
	wantRows(t, db, "channels", channelRows, "feed feed declared ok 0 1", "feed2 feed accepted ok 0 1")
}

// TestChannelsAreAskedByTheirYield compares a busy feed with a quiet one.
func TestChannelsAreAskedByTheirYield(t *testing.T) {
	t.Parallel()
	db, l := warehousetest.NewDB(t), newLadder()
	var many []int
	for n := range 90 {
		many = append(many, n)
	}
	l.announce("busy", "feed", many...)
	l.announce("quiet", "feed", 1000)
	l.declared = []outlets.Channel{{Kind: "feed", URL: ladderHome + "busy"}, {Kind: "feed", URL: ladderHome + "quiet"}}
	l.mustCollect(t, db, 0, true)
	l.mustCollect(t, db, 9*time.Minute, true)
	if len(l.asked) != 0 {
		t.Errorf("asked %q before anything can be due", l.asked)
	}
	var first []string
	for minutes := 10; len(first) == 0 && minutes < 24*60; minutes += 10 {
		l.mustCollect(t, db, time.Duration(minutes)*time.Minute, true)
		first = l.asked
	}
	if diff := gocmp.Diff([]string{"busy"}, first); diff != "" {
		t.Errorf("due first (-want +got):\n%s", diff)
	}
	wantRows(t, db, "waits in order", `
		select cast((select poll_interval from ops.channels where channel_url like '%busy') < (select poll_interval from ops.channels where channel_url like '%quiet') as text)`, "true")
	l.mustCollect(t, db, 30*time.Hour, true) // nothing is left alone for longer than a day
	if len(l.asked) != 2 {
		t.Errorf("asked %q after a day, want both", l.asked)
	}
}

// TestMannersAreWritten takes them over three runs, the last of which fails.
func TestMannersAreWritten(t *testing.T) {
	t.Parallel()
	db, l := warehousetest.NewDB(t), newLadder()
	l.announce("feed", "feed", 1)
	today := testNow.Truncate(24 * time.Hour)
	l.manners = []fetch.HostDay{
		{Day: today, Host: "ladder.example", Requests: 3, Bytes: 100, SmallestGap: 2 * time.Second, MaxConcurrent: 1, CrawlDelay: time.Second},
		{Day: today.AddDate(0, 0, -1), Host: "ladder.example", Requests: 1, MaxConcurrent: 1},
	}
	l.mustCollect(t, db, 0, false)
	l.manners = []fetch.HostDay{
		{Day: today, Host: "ladder.example", Requests: 2, Bytes: 10, SavedBytes: 7, NotModified: 1, Throttled: 2, Failures: 3, RobotsRefusals: 4, BudgetRefusals: 5, SmallestGap: time.Second, MaxConcurrent: 2},
		{Day: today, Host: "ladder.example", Requests: 1},
	}
	l.mustCollect(t, db, 0, false)
	if diff := gocmp.Diff(map[string]int{"ladder.example": 3}, l.restored); diff != "" {
		t.Errorf("restored (-want +got):\n%s", diff)
	}
	l.manners = []fetch.HostDay{{Day: today, Host: "other.example", Requests: 1, MaxConcurrent: 1}}
	if _, err := db.Exec(`alter table ops.channels rename to channels_away`); err != nil {
		t.Fatal(err)
	}
	if _, err := l.collect(t, db, 0, false); err == nil {
		t.Error("no error without ops.channels")
	}
	wantRows(t, db, "manners", `
		select concat_ws(' ', day, host, request_count, smallest_gap, largest_concurrency, crawl_delay, robots_refusal_count, budget_refusal_count,
			throttled_count, failure_count, not_modified_count, byte_count, saved_byte_count)
		from ops.host_manners order by 1`,
		"2026-03-09 ladder.example 1 1 0 0 0 0 0 0 0",
		"2026-03-10 ladder.example 6 00:00:01 2 00:00:01 4 5 2 3 1 110 7",
		"2026-03-10 other.example 1 1 0 0 0 0 0 0 0")
}

// outage is a ladder whose machine loses its network.
type outage struct {
	*ladder
	isOut func() bool
}

func (o *outage) PollOutlet(ctx context.Context, out outlets.Outlet, prior map[string]discover.ChannelState, since time.Time, pattern discover.Pattern) []discover.Poll {
	if o.isOut() {
		return nil
	}
	return o.ladder.PollOutlet(ctx, out, prior, since, pattern)
}

func (o *outage) Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	if o.isOut() {
		return nil, &fetch.Error{Outcome: fetch.OutcomeDeferred, IsNetworkDown: true, IsUnsent: true, Reason: "our own network is out", RetryAfter: 20 * time.Millisecond}
	}
	return o.ladder.Fetch(ctx, req)
}

// TestOurOwnOutageCountsAgainstNobody loses the network for a while, and for good.
func TestOurOwnOutageCountsAgainstNobody(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name       string
		from, till int // looks at the network between which it is out
		stored     int64
		channels   int
		err        string
	}{
		{"before the polls, and back", 0, 2, 3, 1, ""},
		{"between two pages, and back", 2, 6, 3, 1, ""},
		{"for good, before the polls", 0, 1e9, 0, 0, "our own network was down"},
		{"for good, between two pages", 2, 1e9, 1, 1, "our own network was down"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			db, l := warehousetest.NewDB(t), newLadder()
			l.announce("feed", "feed", 1, 2, 3)
			l.announce("map", "sitemap", 1)
			if l.budget = time.Minute; test.err != "" {
				l.budget = 3 * time.Second // it is waited for to the end
			}
			looks := 0
			o := &outage{l, func() bool { looks++; return looks > test.from && looks <= test.till }}
			lg := slog.New(slog.NewTextHandler(t.Output(), nil))
			now := func() time.Time { return testNow }
			c := collect.New(lg, db, collect.Config{
				Outlets: []outlets.Outlet{{
					ID: "ladder", Name: "Ladder", Publisher: "press", Country: "GB", Language: "en", Tier: 1, HomeURL: ladderHome, Channels: l.declared,
				}},
				Seeds: testSeeds, ReportZone: time.UTC, Concurrency: 1, Extractors: 1, MaxAge: 7 * 24 * time.Hour, MaxAttempts: 3, MaxURLsPerOutlet: 100, Budget: l.budget,
			}, o, o, o, o, o, now)
			report, err := ledger.New(lg, db, now).Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
				func(ctx context.Context, r *ledger.Run) error { return c.Collect(ctx, r, false) })
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err) || report.State != ledger.StateFailed) {
				t.Errorf("state %s, error %v, want %q", report.State, err, test.err)
			}
			if report.Counts["stored"] != test.stored {
				t.Errorf("%v, want %d stored", report.Counts, test.stored)
			}
			wantClosedSums(t, db)
			wantRows(t, db, "what was counted against anybody", `
				select concat_ws(' ', url, outcome, attempt_count) from ops.urls where outcome is distinct from 'stored' and attempt_count > 0
				union all select concat_ws(' ', channel_url, state, failure_count) from ops.channels where state <> 'ok'`)
			if n := len(rows(t, db, `select channel_url from ops.channels`)); n != test.channels {
				t.Errorf("%d channels polled, want %d", n, test.channels)
			}
		})
	}
}
