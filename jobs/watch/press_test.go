package watch_test

import (
	"context"
	"log/slog"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/jobs/watch"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/match"
)

// shown is what nobody needs to be told of a collect.
type shown struct{}

func (shown) Start(string, int)        {}
func (shown) Advance(string, int, int) {}
func (shown) Finish(string)            {}

// TestWhatHappensToOutlets plays the fates of outlets on the synthetic press, with
// the real crawler, and prints when each was told and which repair was proposed.
// Days go by in a minute: press, collect and watch share a clock of the test.
func TestWhatHappensToOutlets(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	const step = time.Hour
	fates := []struct {
		kind   press.Kind
		alert  string // that tells it
		repair bool   // one is proposed
	}{
		{press.Dies, watch.ChannelDown, false},
		{press.Vanishes, watch.ChannelDown, false},
		{press.FeedMoved, watch.FeedMoved, true},
		{press.FeedLost, watch.FeedMoved, true},
		{press.FeedReplaced, watch.FeedMoved, true},
		{press.Hollowed, watch.ExtractionBroken, false},
	}
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	// The fates begin on the fourth day, which is yesterday: discovery judges by the
	// clock on the wall whether a feed it finds is stale.
	first := ledger.LastFinishedNight(time.Now(), time.UTC).AddDate(0, 0, -3)
	event := first.Add(3*24*time.Hour + 6*time.Hour)
	var clock atomic.Int64
	clock.Store(first.Add(6 * time.Hour).UnixNano())
	now := func() time.Time { return time.Unix(0, clock.Load()).UTC() }
	world, err := press.New(press.Config{
		Seed: 4, Outlets: 20, Nights: 5, LastNight: first.AddDate(0, 0, 4), ArticlesPerOutletNight: 40, Companies: press.CompaniesFrom(set), Clock: now,
	})
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go world.Serve(t.Context(), listener) //nolint:errcheck // ends with the test
	list := world.Outlets(listener.Addr().(*net.TCPAddr).Port)
	var fated []outlets.Outlet
	for _, o := range list {
		isRead := false
		for _, c := range o.Channels {
			isRead = isRead || c.Kind == "feed"
		}
		if isRead && o.Expect.ArticlesPerDay.Min >= 12 && len(fated) < len(fates) {
			fated = append(fated, o)
		}
	}
	if len(fated) < len(fates) {
		t.Fatalf("the press has %d outlets with a feed and enough to say, want %d", len(fated), len(fates))
	}
	for i, f := range fates {
		if err := world.Schedule(press.Event{At: event, Kind: f.kind, Outlet: fated[i].ID}); err != nil {
			t.Fatal(err)
		}
	}

	db := warehousetest.NewDB(t)
	lg := slog.New(slog.DiscardHandler)
	led := ledger.New(lg, db, now)
	matcher, err := match.New(set)
	if err != nil {
		t.Fatal(err)
	}
	w := watch.New(lg, db, watch.Config{Outlets: list}, now)
	round := func() {
		t.Helper()
		// A fetcher counts its waits in real time, which hardly goes by here.
		fetcher, err := fetch.New(lg, fetch.Config{
			UserAgent: "overheard-test/1.0 (+https://example.com/)", AllowPrivateNetworks: true, HostGap: time.Millisecond, RequestTimeout: 5 * time.Second,
			MaxCrawlDelay: time.Millisecond, HostConcurrency: 1, MaxInFlight: 32, MaxWireBytes: 8 << 20, MaxBodyBytes: 16 << 20, MaxRedirects: 5, RobotsTTL: time.Hour,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer fetcher.Close()
		c := collect.New(lg, db, collect.Config{
			Outlets: list, Seeds: set, ReportZone: time.UTC, Concurrency: 32, Extractors: 2, MaxAge: 7 * 24 * time.Hour, MaxAttempts: 3, MaxURLsPerOutlet: 500,
			OutletDeadline: 20 * time.Second,
		}, fetcher, discover.New(lg, fetcher), article.New(lg, article.Config{}), matcher, shown{}, now)
		report, err := led.Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseSchedule}, func(ctx context.Context, run *ledger.Run) error {
			return c.Collect(ctx, run, true)
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Watch(t.Context(), report.RunID); err != nil {
			t.Fatal(err)
		}
	}
	for now().Before(event.Add(-step)) {
		round()
		clock.Add(int64(4 * time.Hour))
	}
	clock.Store(event.Add(-step).UnixNano())
	round()
	for _, a := range alertsIn(t, db) {
		if a.Severity == watch.Fail {
			t.Errorf("before anything happened: %s of %s: %s", a.Kind, a.Subject, a.Message)
		}
	}
	told := make([]*watch.Alert, len(fates))
	repaired := make([]*watch.Alert, len(fates))
	began := time.Now()
	for at := event; at.Before(event.Add(24 * time.Hour)); at = at.Add(step) {
		clock.Store(at.UnixNano())
		round()
		isAllTold := true
		alerts := alertsIn(t, db)
		for i, f := range fates {
			for _, a := range alerts {
				if a.OutletID == nil || *a.OutletID != fated[i].ID || a.Kind == watch.NewChannel {
					continue
				}
				if a.Kind == f.alert && told[i] == nil {
					told[i] = &a
				}
				if a.Proposal != nil && repaired[i] == nil {
					repaired[i] = &a
				}
			}
			isAllTold = isAllTold && told[i] != nil && (!f.repair || repaired[i] != nil)
		}
		if isAllTold {
			break
		}
	}
	t.Logf("played in %s", time.Since(began).Round(time.Second))
	for i, f := range fates {
		a := told[i]
		if a == nil {
			t.Errorf("%s: never told", f.kind)
			continue
		}
		t.Logf("%-14s %-18s after %-6s %s", f.kind, a.Kind, a.OpenedAt.Sub(event), a.Message)
		switch a := repaired[i]; {
		case a != nil:
			t.Logf("%-14s repair             after %-6s %s", f.kind, a.OpenedAt.Sub(event), a.Proposal)
		case f.repair:
			t.Errorf("%s: no repair was proposed", f.kind)
		}
	}
	isFated := map[string]bool{}
	for _, o := range fated {
		isFated[o.ID] = true
	}
	for _, a := range alertsIn(t, db) {
		if a.Severity == watch.Fail && (a.OutletID == nil || !isFated[*a.OutletID]) {
			t.Errorf("nothing happened there: %s of %s: %s", a.Kind, a.Subject, a.Message)
		}
	}
}

func alertsIn(t *testing.T, db *sqlx.DB) []watch.Alert {
	t.Helper()
	list, err := watch.List(t.Context(), db, false)
	if err != nil {
		t.Fatal(err)
	}
	return list
}
