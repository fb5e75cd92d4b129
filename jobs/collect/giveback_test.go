package collect_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// scriptedPast reads a night of the gazette of the script, whose sitemap names the
// items.
func scriptedPast(t *testing.T, db *sqlx.DB, s *script, backfill int64, night, first, last time.Time, items ...discover.Item) (map[string]int64, error) {
	t.Helper()
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	now := func() time.Time { return testNow }
	o := testOutlets[0]
	c := collect.New(lg, db, collect.Config{
		Outlets: testOutlets, Seeds: testSeeds, ReportZone: time.UTC, Extractors: 2, MaxAge: 7 * 24 * time.Hour,
		MaxAttempts: 3, MaxURLsPerOutlet: 1000, OutletDeadline: 20 * time.Second,
	}, s, &sitemapsOf{s, items}, s, s, s, now)
	report, err := ledger.New(lg, db, now).Execute(t.Context(), ledger.Spec{Job: "backfill", Cause: ledger.CauseBackfill, Night: night},
		func(ctx context.Context, run *ledger.Run) error {
			run.BackfillID = backfill
			if _, err := db.ExecContext(ctx, `update ops.runs set backfill_id = $2 where run_id = $1`, run.ID, backfill); err != nil {
				return err
			}
			return c.ReadLive(ctx, run, o, night, first, last)
		})
	return report.Counts, err
}

// sitemapsOf is a script whose outlets have a sitemap.
type sitemapsOf struct {
	*script
	items []discover.Item
}

func (s *sitemapsOf) Past(_ context.Context, o outlets.Outlet, _ []string, from, to time.Time, _ discover.Pattern) ([]discover.Poll, error) {
	if s.items == nil {
		return nil, nil
	}
	p := discover.Poll{OutletID: o.ID, URL: o.HomeURL + "sitemap", Kind: discover.KindSitemap, State: discover.StateOK, Requests: 1}
	for _, i := range s.items {
		if i.PublishedAt.IsZero() || !i.PublishedAt.Before(from) && i.PublishedAt.Before(to) {
			p.Items = append(p.Items, i)
		}
	}
	return []discover.Poll{p}, nil
}

func outcomes(t *testing.T, db *sqlx.DB) []string {
	t.Helper()
	var got []string
	if err := db.Select(&got, `select concat_ws(' ', url, coalesce(outcome, 'waiting')) from ops.urls order by 1`); err != nil {
		t.Fatal(err)
	}
	return got
}

// What a collect called too old, and what failed, is read for the backfill of its
// night, and the sums of the collect still close.
func TestWhatACollectGaveUpIsReadForItsNight(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(1)
	night := testNow.Truncate(24*time.Hour).AddDate(0, 0, -20)
	for _, path := range []string{"old", "older"} {
		s.pages["http://gazette.example/"+path] = page{body: "acme"}
	}
	s.feeds["gazette"] = append(s.feeds["gazette"],
		discover.Item{URL: "http://gazette.example/old", PublishedAt: night.Add(time.Hour)},
		discover.Item{URL: "http://gazette.example/older", PublishedAt: night.Add(-time.Hour)})
	if _, err := run(t, t.Context(), db, s); err != nil {
		t.Fatal(err)
	}
	backfill := planBackfill(t, db, night, night)
	counts, err := scriptedPast(t, db, s, backfill, night, night, night)
	if err != nil {
		t.Fatal(err)
	}
	if counts["given_back"] != 1 || counts["stored"] != 1 {
		t.Errorf("got %v", counts)
	}
	want := []string{"http://courier.example/0 stored", "http://gazette.example/0 stored", "http://gazette.example/old stored", "http://gazette.example/older too_old"}
	if diff := gocmp.Diff(want, outcomes(t, db)); diff != "" {
		t.Errorf("outcomes (-want +got):\n%s", diff)
	}
	wantClosedSums(t, db)
	wantHonestDecisions(t, db)
	if counts, err = scriptedPast(t, db, s, backfill, night, night, night); err != nil || counts["requests"] != 0 {
		t.Errorf("once more: %v, %v", counts, err)
	}
}

// While a backfill is open no collect takes its pages; after it, none that is too
// old for a collect.
func TestACollectLeavesThePastToTheBackfill(t *testing.T) {
	t.Parallel()
	db, s := warehousetest.NewDB(t), newScript(1)
	last := testNow.Truncate(24*time.Hour).AddDate(0, 0, -1)
	first := last.AddDate(0, 0, -20)
	items := []discover.Item{
		{URL: "http://gazette.example/fresh", PublishedAt: last.Add(time.Hour)},
		{URL: "http://gazette.example/touched", PublishedAt: last.Add(time.Hour), IsModifiedTime: true},
		{URL: "http://gazette.example/old", PublishedAt: first.Add(time.Hour)},
		{URL: "http://gazette.example/undated"},
	}
	for _, i := range items {
		s.pages[i.URL] = page{body: "acme"}
	}
	backfill := planBackfill(t, db, first, last)
	if _, err := scriptedPast(t, db, s, backfill, first.AddDate(0, 0, 5), first, last, items...); err != nil {
		t.Fatal(err) // a night without articles, between others
	}
	want := []string{"http://gazette.example/fresh waiting", "http://gazette.example/old waiting", "http://gazette.example/touched waiting", "http://gazette.example/undated waiting"}
	if diff := gocmp.Diff(want, outcomes(t, db)); diff != "" {
		t.Errorf("after the sitemaps (-want +got):\n%s", diff)
	}
	for _, c := range []struct {
		state string
		taken []string
	}{
		{"running", []string{"fresh"}},
		{"paused", nil},
		{"cancelled", []string{"touched"}},
	} {
		if _, err := db.Exec(`update ops.backfills set state = $1`, c.state); err != nil {
			t.Fatal(err)
		}
		before := map[string]int{}
		for _, i := range items {
			before[i.URL] = s.fetched[i.URL]
		}
		if _, err := run(t, t.Context(), db, s); err != nil {
			t.Fatal(err)
		}
		var taken []string
		for _, i := range items {
			if s.fetched[i.URL] > before[i.URL] {
				taken = append(taken, i.URL[len("http://gazette.example/"):])
			}
		}
		if diff := gocmp.Diff(c.taken, taken); diff != "" {
			t.Errorf("a collect while the backfill is %s (-want +got):\n%s", c.state, diff)
		}
	}
	wantClosedSums(t, db)
	wantHonestDecisions(t, db)
}

func TestNightsOfWhichNothingIsKnown(t *testing.T) {
	t.Parallel()
	last := testNow.Truncate(24*time.Hour).AddDate(0, 0, -1)
	first := last.AddDate(0, 0, -20)
	item := []discover.Item{{URL: "http://gazette.example/one", PublishedAt: last.AddDate(0, 0, -3).Add(time.Hour)}}
	for _, c := range []struct {
		name, want string
		night      time.Time
		items      []discover.Item
	}{
		{"no sitemap", "the feeds no longer hold this night, and no sitemap is known", first, nil},
		{"before the sitemap begins", "the feeds no longer hold this night, and the sitemaps reach back to 2026-03-06 only", first, item},
		{"after it begins", "", last, item},
	} {
		db, s := warehousetest.NewDB(t), newScript(0)
		_, err := scriptedPast(t, db, s, planBackfill(t, db, first, last), c.night, first, last, c.items...)
		var gap *ledger.GapError
		if errors.As(err, &gap) != (c.want != "") || gap != nil && gap.Reason != c.want {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// A host that wants to be left alone puts its night off.
func TestAHostThatKeepsANightWaiting(t *testing.T) {
	t.Parallel()
	night := testNow.Truncate(24*time.Hour).AddDate(0, 0, -20)
	items := []discover.Item{}
	for _, path := range []string{"a", "b", "c", "d", "e"} {
		items = append(items, discover.Item{URL: "http://gazette.example/" + path, PublishedAt: night.Add(time.Hour)})
	}
	db, s := warehousetest.NewDB(t), newScript(0)
	for _, i := range items {
		s.pages[i.URL] = page{isUnsent: true}
	}
	_, err := scriptedPast(t, db, s, planBackfill(t, db, night, night), night, night, night, items...)
	var later *ledger.PostponeError
	if !errors.As(err, &later) || later.After != time.Hour {
		t.Errorf("left alone for an hour: %v", err)
	}
	for _, i := range items {
		s.pages[i.URL] = page{body: "acme"}
	}
	if _, err := db.Exec(`update ops.urls set next_attempt_at = null`); err != nil {
		t.Fatal(err)
	}
	if counts, err := scriptedPast(t, db, s, 1, night, night, night); err != nil || counts["stored"] != 5 || counts["sitemap_requests"] != 0 {
		t.Errorf("the next attempt: %v, %v", counts, err)
	}
	wantClosedSums(t, db)
}
