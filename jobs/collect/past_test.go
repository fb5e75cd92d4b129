package collect_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"
	"golang.org/x/sync/errgroup"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/match"
)

// yesterday is the last finished night.
func yesterday() time.Time { return ledger.LastFinishedNight(time.Now(), time.UTC) }

// kiosk is a synthetic press that is served.
type kiosk struct {
	*press.Press
	port    int
	outlets []outlets.Outlet
	seeds   seeds.Set
}

func openKiosk(t *testing.T, cfg press.Config) *kiosk {
	t.Helper()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	cfg.LastNight, cfg.Companies = yesterday(), press.CompaniesFrom(set)
	p, err := press.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- p.Serve(ctx, ln) }()
	t.Cleanup(func() {
		stop()
		<-done
	})
	port := ln.Addr().(*net.TCPAddr).Port
	return &kiosk{Press: p, port: port, outlets: p.Outlets(port), seeds: set}
}

// reader is a Collector as one process has it, with what it takes to run nights.
type reader struct {
	*collect.Collector
	kiosk    *kiosk
	db       *sqlx.DB
	ledger   *ledger.Ledger
	backfill int64
	requests map[string]int64 // of the sitemaps and of all, over all runs
	mu       sync.Mutex
}

// openReader makes one more process that reads the kiosk into db, for a backfill.
func (k *kiosk) openReader(t *testing.T, db *sqlx.DB, backfill int64, budget int) *reader {
	t.Helper()
	lg := slog.New(slog.DiscardHandler)
	f, err := fetch.New(lg, fetch.Config{
		UserAgent: "TestBot/1.0", AllowPrivateNetworks: true, RequestTimeout: 10 * time.Second, HostGap: time.Millisecond,
		MaxCrawlDelay: time.Second, HostDailyBudget: budget,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	m, err := match.New(k.seeds)
	if err != nil {
		t.Fatal(err)
	}
	kept, err := archive.Open(lg, archive.Config{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = kept.Close() })
	c := collect.New(lg, db, collect.Config{
		Archive: kept,
		Outlets: k.outlets, Seeds: k.seeds, ReportZone: time.UTC, Concurrency: 8, Extractors: 2, MaxAge: 3 * 24 * time.Hour,
		MaxAttempts: 3, MaxURLsPerOutlet: 1000, OutletDeadline: 2 * time.Minute, Manners: f,
	}, f, discover.New(lg, f), article.New(lg, article.Config{}), m, newScript(0), time.Now)
	return &reader{Collector: c, kiosk: k, db: db, ledger: ledger.New(lg, db, time.Now), backfill: backfill, requests: map[string]int64{}}
}

// planBackfill writes down a backfill as planning does.
func planBackfill(t *testing.T, db *sqlx.DB, first, last time.Time) (id int64) {
	t.Helper()
	err := db.Get(&id, `
		insert into ops.backfills
			(state, first_night, last_night, sources, steps, window_size, interval_count, request_count, byte_count, article_count,
			 estimated_duration, ledger_mark, planned_at, planned_by)
		values ('running', $1, $2, '{live}', '{read}', 8, 0, 0, 0, 0, interval '0', '', $3, 'a test')
		returning backfill_id`, first, last, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (r *reader) collect(t *testing.T, ctx context.Context) {
	t.Helper()
	_, err := r.ledger.Execute(ctx, ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
		func(ctx context.Context, run *ledger.Run) error { return r.Collect(ctx, run, false) })
	if err != nil {
		t.Error(err)
	}
}

// night reads one night of one outlet once.
func (r *reader) night(ctx context.Context, o outlets.Outlet, night, first, last time.Time) error {
	report, err := r.ledger.Execute(ctx, ledger.Spec{Job: "backfill " + o.ID, Cause: ledger.CauseBackfill, Night: night},
		func(ctx context.Context, run *ledger.Run) error {
			run.BackfillID = r.backfill
			if _, err := r.db.ExecContext(ctx, `update ops.runs set backfill_id = $2 where run_id = $1`, run.ID, r.backfill); err != nil {
				return err
			}
			return r.ReadLive(ctx, run, o, night, first, last)
		})
	r.mu.Lock()
	defer r.mu.Unlock()
	r.requests["all"] += report.Counts["requests"]
	r.requests["sitemaps"] += report.Counts["sitemap_requests"]
	r.requests["from the archive"] += report.Counts["from_archive"]
	r.requests["outlet nights"]++
	return err
}

// untilDone reads a night as often as it is postponed or cut off; what it ends as.
func (r *reader) untilDone(ctx context.Context, o outlets.Outlet, night, first, last time.Time, cut func(context.Context) (context.Context, context.CancelFunc)) error {
	for tries := 0; ; tries++ {
		attempt, cancel := cut(ctx)
		err := r.night(attempt, o, night, first, last)
		wasCut := attempt.Err() != nil
		cancel()
		var later *ledger.PostponeError
		var busy *ledger.BusyError
		switch {
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case tries > 200:
			return fmt.Errorf("after %d tries: %w", tries, err)
		case errors.As(err, &busy): // another reader has a night of the outlet
		case errors.As(err, &later):
			time.Sleep(min(later.After, 100*time.Millisecond))
		case err != nil && wasCut:
		default:
			return err
		}
	}
}

func undisturbed(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithCancel(ctx)
}

// nights reads a range of nights of all outlets, newest first, and says how each
// ended that did not end well, by outlet and night.
func (r *reader) nights(ctx context.Context, first, last time.Time, cut func(context.Context) (context.Context, context.CancelFunc)) map[string]error {
	ends := map[string]error{}
	var mu sync.Mutex
	var g errgroup.Group
	g.SetLimit(8)
	for _, o := range r.kiosk.outlets {
		g.Go(func() error {
			for night := last; !night.Before(first); night = night.AddDate(0, 0, -1) {
				if err := r.untilDone(ctx, o, night, first, last, cut); err != nil {
					mu.Lock()
					ends[o.ID+" "+night.Format(time.DateOnly)] = err
					mu.Unlock()
				}
			}
			return nil
		})
	}
	_ = g.Wait() // none returns an error
	return ends
}

// addressKey takes the port off an address.
func addressKey(raw string) string {
	u, err := url.Parse(raw)
	if err != nil {
		return raw
	}
	u.Host = u.Hostname()
	return strings.TrimSuffix(u.String(), "/")
}

func storedBy(t *testing.T, db *sqlx.DB) map[string]string {
	t.Helper()
	var rows []struct {
		URL   string `db:"canonical_url"`
		Night string `db:"night"`
	}
	if err := db.Select(&rows, `select canonical_url, cast(night as text) as night from staging.articles`); err != nil {
		t.Fatal(err)
	}
	stored := map[string]string{}
	for _, row := range rows {
		key := addressKey(row.URL)
		if _, again := stored[key]; again {
			t.Errorf("%s is stored twice", key)
		}
		stored[key] = row.Night
	}
	return stored
}

// A reader who came for the first time yesterday gets the 30 nights before by their
// sitemaps: what is to be had of each night, nothing twice, nothing forbidden, and
// a gap where nothing can be had.
func TestNightsOfAPressThatAreOver(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	const nights = 30
	tricks := press.AllTricks().WithHistory()
	tricks.HangFor = 100 * time.Millisecond
	k := openKiosk(t, press.Config{Seed: 5, Outlets: 24, Nights: nights, ArticlesPerOutletNight: 3, Tricks: tricks})
	last := yesterday()
	first := last.AddDate(0, 0, 1-nights)
	db := warehousetest.NewDB(t)
	r := k.openReader(t, db, planBackfill(t, db, first, last), 0)
	r.collect(t, t.Context())
	before := len(storedBy(t, db))
	ends := r.nights(t.Context(), first, last, undisturbed)
	stored := storedBy(t, db)

	gaps, failures := map[string]int{}, map[string]int{}
	for key, err := range ends {
		var gap *ledger.GapError
		outlet, _, _ := strings.Cut(key, " ")
		if errors.As(err, &gap) {
			gaps[outlet]++
		} else {
			failures[outlet]++
		}
	}
	wanted, had := map[string]int{}, map[string]int{}
	sum, sumHad, wrongNight, missed := 0, 0, 0, 0
	known := map[string]bool{}
	perOutlet := map[string]int{}
	for _, a := range k.Truth(k.port, time.Now()).Articles {
		key, night := addressKey(a.CanonicalURL), a.Night.Format(time.DateOnly)
		known[key] = true
		if !a.IsToBeHad {
			if _, ok := stored[key]; ok && a.Why != press.WhyUnannounced && a.Why != press.WhyExpired {
				t.Errorf("%s is stored, which nobody can have politely: %s", key, a.Why)
			}
			continue
		}
		wanted[night]++
		sum++
		switch got, ok := stored[key]; {
		case !ok:
			perOutlet[a.OutletID]++
			if missed++; missed <= 20 {
				t.Logf("missed %s of %s %v", key, night, a.Changes)
			}
		case got != night:
			wrongNight++
		default:
			had[night]++
			sumHad++
		}
	}
	least := 1.0
	for night, n := range wanted {
		least = min(least, float64(had[night])/float64(n))
	}
	m := k.Manners()
	t.Logf("%d articles after the collect, %d after the backfill; %d of %d to be had (worst night %.3f), %d in a wrong night, missed by outlet %v, %d taken from the archive",
		before, len(stored), sumHad, sum, least, wrongNight, perOutlet, r.requests["from the archive"])
	t.Logf("%d requests in the backfill, %d of them for sitemaps, over %d turns of outlet nights; gaps %v, failures %v; %d requests in all",
		r.requests["all"], r.requests["sitemaps"], r.requests["outlet nights"], gaps, failures, m.Requests)
	if m.Violations() > 0 {
		t.Errorf("bad manners: %+v", m)
	}
	if sumHad*1000 < sum*985 || least < 0.9 {
		t.Error("too little")
	}
	if r.requests["from the archive"] == 0 {
		t.Error("what the collect had read and called too old was not taken from the archive")
	}
	if len(gaps) == 0 {
		t.Error("outlets with nothing but a feed have no gap")
	}
	wantClosedSums(t, db)
	wantHonestDecisions(t, db)
}

// wantHonestDecisions asserts that the runs decided what they say.
func wantHonestDecisions(t *testing.T, db *sqlx.DB) {
	t.Helper()
	var bad []string
	err := db.Select(&bad, `
		select concat_ws(' ', l.run_id, l.outlet_id, l.decided_count, count(u.url))
		from ops.outlet_runs as l
		left join ops.urls as u on u.decided_run_id = l.run_id and u.outlet_id = l.outlet_id
		group by l.run_id, l.outlet_id, l.decided_count
		having l.decided_count <> count(u.url)`)
	if err != nil {
		t.Fatal(err)
	}
	if len(bad) > 0 {
		t.Errorf("decisions that do not add up (run, outlet, said, are): %q", bad)
	}
}

// Cut off at random moments, each night ends as it does undisturbed.
func TestNightsCutOffEndLikeUndisturbedOnes(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("reads a press of 12 nights twice")
	}
	const nights = 12
	tricks := press.Tricks{Archives: 0.8, FeedOnly: 0.1, Expiry: 0.1, Edits: 0.05, Deletions: 0.05, Twins: 0.2, SoftNotFound: 0.2, Listings: 0.1}
	k := openKiosk(t, press.Config{Seed: 6, Outlets: 10, Nights: nights, ArticlesPerOutletNight: 4, Tricks: tricks})
	last := yesterday()
	first := last.AddDate(0, 0, 1-nights)
	var dumps [2][]string
	cuts := 0
	var mu sync.Mutex
	for i, cut := range []func(context.Context) (context.Context, context.CancelFunc){
		undisturbed,
		func(ctx context.Context) (context.Context, context.CancelFunc) {
			if rand.IntN(3) == 0 {
				return context.WithCancel(ctx)
			}
			mu.Lock()
			cuts++
			mu.Unlock()
			return context.WithTimeout(ctx, time.Duration(rand.IntN(150))*time.Millisecond)
		},
	} {
		db := warehousetest.NewDB(t)
		r := k.openReader(t, db, planBackfill(t, db, first, last), 0)
		for key, err := range r.nights(t.Context(), first, last, cut) {
			var gap *ledger.GapError
			if !errors.As(err, &gap) {
				t.Errorf("%s: %v", key, err)
			}
		}
		err := db.Select(&dumps[i], `
			select concat_ws(' ', 'article', night, article_id, outlet_id, canonical_url, content_hash, published_at) from staging.articles
			union all
			select concat_ws(' ', 'mention', night, company_id, article_id) from staging.mentions
			union all
			select concat_ws(' ', 'url', url, outlet_id, coalesce(outcome, 'waiting'), article_id) from ops.urls
			order by 1`)
		if err != nil {
			t.Fatal(err)
		}
		wantClosedSums(t, db)
		wantHonestDecisions(t, db)
	}
	t.Logf("%d rows; %d attempts with a limit", len(dumps[0]), cuts)
	if diff := gocmp.Diff(dumps[0], dumps[1]); diff != "" || len(dumps[0]) < 400 {
		t.Errorf("-undisturbed +cut off:\n%s", diff)
	}
}

// Processes that collect and read the past of the same outlets at once are never at
// one host together, and keep its delay between them.
func TestProcessesAreNeverAtOneHostTogether(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("reads a press with four processes")
	}
	const nights = 5
	k := openKiosk(t, press.Config{Seed: 7, Outlets: 8, Nights: nights, ArticlesPerOutletNight: 4, Tricks: press.Tricks{Archives: 1, CrawlDelays: 1, Throttling: 0.25}})
	last := yesterday()
	first := last.AddDate(0, 0, 1-nights)
	db := warehousetest.NewDB(t)
	backfill := planBackfill(t, db, first, last)
	var g errgroup.Group
	for i := range 3 {
		r := k.openReader(t, db, backfill, 0)
		g.Go(func() error {
			for night := last; !night.Before(first); night = night.AddDate(0, 0, -1) {
				for n := range k.outlets {
					o := k.outlets[(n+i)%len(k.outlets)]
					if err := r.untilDone(t.Context(), o, night, first, last, undisturbed); err != nil {
						return fmt.Errorf("%s %s: %w", o.ID, night.Format(time.DateOnly), err)
					}
				}
			}
			return nil
		})
	}
	r := k.openReader(t, db, backfill, 0)
	g.Go(func() error {
		r.collect(t, t.Context())
		return nil
	})
	if err := g.Wait(); err != nil {
		t.Error(err)
	}
	if m := k.Manners(); m.Violations() > 0 {
		t.Errorf("%+v", m)
	}
	if n := len(storedBy(t, db)); n < 100 {
		t.Errorf("%d articles", n)
	}
	wantClosedSums(t, db)
}

// The day's requests to a host are counted over processes; what is over waits for
// the next day.
func TestTheDaysBudgetIsSharedByProcesses(t *testing.T) {
	t.Parallel()
	const nights, budget = 6, 25
	k := openKiosk(t, press.Config{Seed: 8, Outlets: 2, Nights: nights, ArticlesPerOutletNight: 8, HostDailyBudget: budget, Tricks: press.Tricks{Archives: 1}})
	last := yesterday()
	first := last.AddDate(0, 0, 1-nights)
	db := warehousetest.NewDB(t)
	backfill := planBackfill(t, db, first, last)
	readers := []*reader{k.openReader(t, db, backfill, budget), k.openReader(t, db, backfill, budget)}
	postponed := 0
	for i := range nights {
		for n, o := range k.outlets {
			err := readers[(i+n)%2].night(t.Context(), o, last.AddDate(0, 0, -i), first, last)
			var later *ledger.PostponeError
			if errors.As(err, &later) {
				postponed++
				if at := time.Now().Add(later.After).UTC(); at.Sub(at.Truncate(24*time.Hour)) > time.Minute || !strings.Contains(later.Reason, "budget") {
					t.Errorf("postponed by %v: %s", later.After, later.Reason)
				}
			} else if err != nil {
				t.Error(err)
			}
		}
	}
	m := k.Manners()
	t.Logf("%d requests, %d nights postponed", m.Requests, postponed)
	if m.Violations() > 0 || postponed == 0 || m.Requests < 2*budget-4 {
		t.Errorf("%+v, %d postponed", m, postponed)
	}
}
