package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/trace"
)

// TestALifeFromTheFeedToTheRecheck follows an article through a night, its
// correction and the deletion of another, and asks trace at each turn.
func TestALifeFromTheFeedToTheRecheck(t *testing.T) {
	t.Parallel()
	m, o := newMover(t, "post")
	night := ledger.LastFinishedNight(time.Now(), time.UTC).Format(time.DateOnly)
	if got := o.call(t, "nightly", "--night", night); got.code == exitUsage || got.code == exitRefused {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	announced := m.url("post", "/news/0?utm_source=rss")
	life := traceOf(t, o, announced)
	if !life.IsKnown || life.Article == nil || len(life.Addresses) != 1 || len(life.Addresses[0].Attempts) != 1 {
		t.Fatalf("life of an article: %+v", life)
	}
	if a := life.Addresses[0]; a.Outcome == nil || *a.Outcome != "stored" || a.ChannelURL != m.url("post", "/feed") || !a.IsInFeed {
		t.Errorf("address %+v, want stored, by the feed", a)
	}
	if len(life.Mentions) == 0 || life.Mentions[0].Weight == nil || life.Story == nil {
		t.Errorf("mentions %+v, story %+v; want a company with a weight, and a story", life.Mentions, life.Story)
	}
	// The three say much the same: one of them counts.
	counted := 0
	for _, path := range []string{"/news/0", "/news/1", "/news/2"} {
		nights := traceOf(t, o, m.url("post", path)).Nights
		if len(nights) != 1 || nights[0].PublishedAt == nil || nights[0].IsCounted == nil {
			t.Fatalf("nights of %s: %+v, want one that is built and published", path, nights)
		}
		if *nights[0].IsCounted {
			counted++
		}
	}
	if counted != 1 {
		t.Errorf("%d of three tellings of a story count, want 1", counted)
	}
	text := o.call(t, "trace", announced).stdout
	for _, part := range []string{
		m.url("post", "/news/0") + "\n", "asked as", "feed " + m.url("post", "/feed"), "status 200", "stored", "Huawei", "; published ",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("trace does not say %q:\n%s", part, text)
		}
	}

	// A day and an hour later.
	o.database(t, func(db *sqlx.DB) {
		db.MustExec(`update staging.articles set fetched_at = fetched_at - interval '25 hours'`)
	})
	m.edition.Store(2)
	m.isGone.Store(true)
	got := o.call(t, "recheck", "--json")
	var report ledger.Report
	if err := json.Unmarshal([]byte(got.stdout), &report); err != nil {
		t.Fatalf("%v: %s", err, got.stderr)
	}
	want := map[string]int64{"planned": 6, "due": 3, "edited": 1, "deleted": 1, "unchanged": 1, "waiting": 0}
	for name, n := range want {
		if report.Counts[name] != n {
			t.Errorf("recheck counts %v, want %v", report.Counts, want)
			break
		}
	}
	life = traceOf(t, o, announced)
	if len(life.Versions) != 1 || life.Article.EditedAt == nil || len(life.Addresses[0].Attempts) != 2 || len(life.Rechecks) != 2 {
		t.Errorf("after a correction: versions %+v, article %+v, rechecks %+v", life.Versions, life.Article, life.Rechecks)
	}
	if gone := traceOf(t, o, m.url("post", "/news/1")); gone.Article == nil || gone.Article.DeletedAt == nil {
		t.Errorf("a deleted article: %+v", gone.Article)
	}
	if again := o.call(t, "recheck"); again.code != exitDone {
		t.Errorf("a second recheck: exit code %d: %s", again.code, again.stderr)
	}
}

func TestTraceOfAStranger(t *testing.T) {
	t.Parallel()
	m, o := newMover(t, "post")
	o.call(t, "collect")
	life := traceOf(t, o, m.url("post", "/news/9"), "--live")
	if life.IsKnown || life.Outlet == nil || life.Outlet.OutletID != "post" || len(life.Channels) == 0 || life.Robots == nil || !life.Robots.IsAllowed {
		t.Errorf("a page of an outlet nobody announced: %+v, robots %+v", life, life.Robots)
	}
	var near []string
	for _, n := range traceOf(t, o, m.url("post", "/news/0/")).Near {
		near = append(near, n.URL)
	}
	if diff := cmp.Diff([]string{m.url("post", "/news/0")}, near); diff != "" {
		t.Errorf("addresses near one with a slash more (-want +got):\n%s", diff)
	}
	far := traceOf(t, o, "https://elsewhere.example/a")
	if far.IsKnown || far.Outlet != nil || far.Robots != nil {
		t.Errorf("a page of nobody: %+v", far)
	}
	if got := o.call(t, "trace", "not an address"); got.code != exitUsage {
		t.Errorf("exit code %d, want %d: %s", got.code, exitUsage, got.stderr)
	}
	if text := o.call(t, "trace", m.url("post", "/news/9")).stdout; !strings.Contains(text, "No channel of the outlet has announced it.") || !strings.Contains(text, "channel") {
		t.Errorf("trace of a stranger:\n%s", text)
	}
}

func traceOf(t *testing.T, o operator, args ...string) (life tracedLife) {
	t.Helper()
	got := o.call(t, append([]string{"trace", "--json"}, args...)...)
	if got.code != exitDone {
		t.Fatalf("exit code %d: %s", got.code, got.stderr)
	}
	if err := json.Unmarshal([]byte(got.stdout), &life); err != nil {
		t.Fatalf("%v in %s", err, got.stdout)
	}
	return life
}

// TestTheLayoutOfALife holds the words trace tells a life in.
func TestTheLayoutOfALife(t *testing.T) {
	t.Parallel()
	at := func(hour, minute int) time.Time { return time.Date(2026, 3, 10, hour, minute, 0, 0, time.UTC) }
	then := func(hour, minute int) *time.Time { when := at(hour, minute); return &when }
	text := func(s string) *string { return &s }
	number := func(n int) *int { return &n }
	run, yes, no, share := int64(7), true, false, 0.59
	night := ledger.Date{Time: time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)}
	life := tracedLife{Life: trace.Life{
		Query: "https://times.example/a?utm_source=rss", URL: "https://times.example/a", IsKnown: true,
		Outlet: &trace.Outlet{OutletID: "times", Name: "The Times", Country: "GB"},
		Addresses: []trace.Address{
			{
				URL: "https://times.example/a", AnnouncedURL: text("https://times.example/a?utm_source=rss"), ChannelURL: "https://times.example/feed",
				ChannelKind: "feed", IsInFeed: true, IsInSitemap: true, PublishedAt: then(9, 0), ChannelTitle: text("Huawei opens a plant"),
				DiscoveredAt: at(9, 15), DiscoveredRun: 6, Outcome: text("stored"), PageType: text("article"), HTTPStatus: number(200),
				AttemptCount: 2, DecidedAt: then(9, 46), DecidedRun: &run,
				Attempts: []trace.Attempt{
					{AttemptedAt: at(9, 16), Purpose: "first", RunID: 6, Reason: text("connection reset")},
					{AttemptedAt: at(9, 46), Purpose: "first", RunID: 7, HTTPStatus: number(200), Outcome: text("stored"), ByteCount: 20480, Seconds: &share},
				},
			},
			{
				URL: "https://times.example/amp/a", ChannelURL: "https://times.example/news.xml", ChannelKind: "sitemap", IsInSitemap: true,
				DiscoveredAt: at(10, 0), DiscoveredRun: 8, NextAttemptAt: then(12, 0), Reason: text("status 503"),
			},
		},
		Article: &trace.Article{
			ArticleID: 1, Night: night, CanonicalURL: "https://times.example/a", URL: "https://times.example/a", Title: "Huawei opens a plant", Authors: "Ada Poe",
			Language: "en", Charset: "utf-8", PageType: "article", Section: text("business"), Access: "full", Quality: "suspect", QualityReason: text("mostly links"),
			PublishedAt: at(9, 0), PublishedOrigin: "json_ld", IsPublishedExact: true, CharacterCount: 2400, ContentHash: "0123456789abcdef",
			Candidates: json.RawMessage(`[{"at": "2026-03-10T09:00:00Z", "origin": "json_ld", "is_exact": true, "is_plausible": true},
				{"at": "2031-01-01T00:00:00Z", "origin": "text", "is_exact": false, "is_plausible": false, "reason": "in the future"}]`),
			FirstSeenAt: at(9, 15), FetchedAt: at(9, 46), RunID: 7, EditedAt: then(10, 0),
		},
		Versions: []trace.Version{{ReplacedAt: at(10, 0), ContentHash: "fedcba9876543210", Title: "Huawei to open a plant", CharacterCount: 2300}},
		Rechecks: []trace.Recheck{
			{Stage: "day", DueAt: at(9, 46), Outcome: text("edited"), DecidedAt: then(10, 0), DecidedRun: &run},
			{Stage: "week", DueAt: at(23, 46), AttemptCount: 1, NextAttemptAt: then(23, 59), Reason: text("status 503")},
		},
		Story: &trace.Story{StoryID: 1, Count: 2, WireCredit: text("reuters"), JoinedBy: text("cut"), ParentURL: text("https://gazette.example/b"), Similarity: &share, Members: []trace.Member{
			{ArticleID: 1, OutletID: "times"}, {ArticleID: 2, OutletID: "gazette", CanonicalURL: "https://gazette.example/b", PublishedAt: at(11, 0)},
		}},
		Mentions: []trace.Mention{
			{CompanyID: "huawei", Alias: "Huawei", Class: "A", Position: "headline", Occurrences: 3, IsVoice: &yes, Weight: &share, Evidence: "Huawei said so.",
				Negative: &share, Positive: &share, Dimensions: []string{"global_layout", "corporate_culture"}},
			{CompanyID: "honor", Alias: "Honor", Class: "C", Position: "body", Occurrences: 2, IsVoice: &no, Weight: &share, Evidence: "Honor sold more.",
				CountsFor: text("huawei"), IsQuarantined: &yes},
			{CompanyID: "byd", Alias: "BYD", Class: "A", Position: "passing", Occurrences: 1, IsVoice: &no, Weight: &share, Evidence: "BYD did not."},
			{CompanyID: "anker", Alias: "Anker", Class: "B", Position: "passing", Occurrences: 1, Evidence: "Share this with Anker."},
		},
		Nights: []trace.Night{{Night: night, IsBuilt: true, IsCounted: &yes, PublishedAt: then(23, 0), Revision: number(2)}},
	}, Robots: &robotsVerdict{Rule: "Disallow: /a"}}
	var known, unknown bytes.Buffer
	writeLife(&known, life)
	compareGolden(t, filepath.Join("testdata", "trace", "known.txt"), known.String())
	writeLife(&unknown, tracedLife{Life: trace.Life{
		Query: "https://times.example/b", URL: "https://times.example/b", Outlet: &trace.Outlet{OutletID: "times", Name: "The Times", Country: "GB"},
		Channels: []trace.Channel{{ChannelURL: "https://times.example/feed", Kind: "feed", State: "gone", LastPolledAt: then(9, 0), Error: text("status 404")}},
		Near:     []trace.Near{{URL: "https://times.example/b?page=2", Outcome: text("robots")}, {URL: "https://times.example/b/"}},
	}})
	compareGolden(t, filepath.Join("testdata", "trace", "unknown.txt"), unknown.String())
}
