package collect_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/canonical"
	"github.com/overheard-news/overheard/transform/match"
)

// crowd is many outlets on a host each, with a fetcher that keeps a gap between
// two requests to one and takes its time for each.
type crowd struct {
	outlets, pages int
	gap, latency   time.Duration
	bodyBytes      int
	stuck          string        // host that never answers
	reading        time.Duration // of a page by an extractor

	mu     sync.Mutex
	free   map[string]time.Time // when a host may be asked again
	bodies atomic.Int64         // given out and not released
	most   atomic.Int64
}

func (c *crowd) list() []outlets.Outlet {
	list := make([]outlets.Outlet, c.outlets)
	for i := range list {
		home := fmt.Sprintf("http://host%04d.example/", i)
		list[i] = outlets.Outlet{
			ID: fmt.Sprintf("outlet%04d", i), Name: "An outlet", Publisher: "press", Country: "GB", Language: "en", Tier: 1, HomeURL: home,
			Channels: []outlets.Channel{{Kind: "feed", URL: home + "feed"}, {Kind: "sitemap", URL: home + "map"}},
		}
	}
	return list
}

func (c *crowd) PollOutlet(ctx context.Context, o outlets.Outlet, _ map[string]discover.ChannelState, _ time.Time, _ discover.Pattern) []discover.Poll {
	var polls []discover.Poll
	for _, ch := range o.Channels {
		p := discover.Poll{OutletID: o.ID, URL: ch.URL, Kind: ch.Kind, State: "ok", Requests: 1}
		if err := c.ask(ctx, ch.URL); err != nil {
			p.State, p.Err = "failed", err
		} else {
			for i := range c.pages {
				p.Items = append(p.Items, discover.Item{URL: fmt.Sprintf("%s%d", o.HomeURL, i), PublishedAt: testNow.Add(-time.Hour)})
			}
		}
		polls = append(polls, p)
	}
	return polls
}

func (*crowd) Past(context.Context, outlets.Outlet, []string, time.Time, time.Time, discover.Pattern) ([]discover.Poll, error) {
	return nil, nil
}

func (*crowd) Explore(context.Context, outlets.Outlet, discover.Pattern) ([]discover.Candidate, error) {
	return nil, nil
}

// ask waits for the host's turn and for its answer.
func (c *crowd) ask(ctx context.Context, url string) error {
	host, _, _ := strings.Cut(strings.TrimPrefix(url, "http://"), "/")
	if host == c.stuck {
		<-ctx.Done()
		return ctx.Err()
	}
	c.mu.Lock()
	at := time.Now()
	if free := c.free[host]; free.After(at) {
		at = free
	}
	c.free[host] = at.Add(c.gap)
	c.mu.Unlock()
	select {
	case <-time.After(time.Until(at) + c.latency):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (c *crowd) Fetch(ctx context.Context, req fetch.Request) (*fetch.Response, error) {
	if err := c.ask(ctx, req.URL); err != nil {
		return nil, err
	}
	n := c.bodies.Add(1)
	for most := c.most.Load(); n > most && !c.most.CompareAndSwap(most, n); most = c.most.Load() {
	}
	return &fetch.Response{
		URL: req.URL, FinalURL: req.URL, Status: 200, Header: http.Header{}, Body: make([]byte, c.bodyBytes), WireBytes: int64(c.bodyBytes),
		Elapsed: c.latency, Release: func() { c.bodies.Add(-1) },
	}, nil
}

func (c *crowd) Normalise(_ context.Context, in article.Page) (*article.Article, article.Verdict, error) {
	time.Sleep(c.reading)
	return &article.Article{
		ID: canonical.ID(in.URL), CanonicalURL: in.URL, URL: in.URL, Title: in.URL, Body: strings.Repeat(in.URL+" ", 100), Language: "en", Charset: "utf-8",
		PublishedAt: in.ChannelPublishedAt, PublishedOrigin: "feed", Access: "full", ContentHash: in.URL,
	}, article.Verdict{Outcome: "stored", PageType: article.TypeArticle}, nil
}

func (*crowd) Match(match.Document) []match.Mention { return nil }

func (*crowd) Start(string, int)        {}
func (*crowd) Advance(string, int, int) {}
func (*crowd) Finish(string)            {}

func (c *crowd) collect(t testing.TB, db *sqlx.DB, cfg collect.Config) ledger.Report {
	t.Helper()
	c.free = map[string]time.Time{}
	cfg.Outlets, cfg.Seeds, cfg.ReportZone, cfg.MaxAge = c.list(), testSeeds, time.UTC, 7*24*time.Hour
	cfg.MaxAttempts, cfg.MaxURLsPerOutlet = 3, 1000
	now := func() time.Time { return testNow }
	lg := slog.New(slog.NewTextHandler(t.Output(), nil))
	collector := collect.New(lg, db, cfg, c, c, c, c, c, now)
	report, err := ledger.New(lg, db, now).Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseOperator},
		func(ctx context.Context, r *ledger.Run) error { return collector.Collect(ctx, r, false) })
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// TestWaitingForAHostCostsNothing reads two hundred outlets, eight of which may be
// polled at a time, and one of which never answers. Were the eight also the bound
// of the pages, it would take eight times as long.
func TestWaitingForAHostCostsNothing(t *testing.T) {
	t.Parallel()
	c := &crowd{outlets: 200, pages: 20, gap: 100 * time.Millisecond, latency: 10 * time.Millisecond, bodyBytes: 1000, stuck: "host0007.example"}
	db := warehousetest.NewDB(t)
	began := time.Now()
	report := c.collect(t, db, collect.Config{Concurrency: 8, Extractors: 2, OutletDeadline: 15 * time.Second})
	took := time.Since(began)
	if report.Counts["stored"] != 199*20 || report.Counts["outlets"] != 200 {
		t.Errorf("%v, want 199 outlets with 20 articles each, and one without", report.Counts)
	}
	// 200 outlets x 20 pages x 100 ms one after the other, eight at a time: 50 s.
	// Side by side: 2 s of pages, 5 s of polls, and the deadline of the stuck one.
	if took > 40*time.Second {
		t.Errorf("it took %s, want little more than the 15 s of the outlet that is stuck", took)
	}
	wantClosedSums(t, db)
}

// TestPagesWaitForTheExtractors reads them at a fifth of the rate they could come.
func TestPagesWaitForTheExtractors(t *testing.T) {
	t.Parallel()
	c := &crowd{outlets: 40, pages: 25, gap: 10 * time.Millisecond, latency: 5 * time.Millisecond, bodyBytes: 1000, reading: 3 * time.Millisecond}
	db := warehousetest.NewDB(t)
	report := c.collect(t, db, collect.Config{Concurrency: 40, Extractors: 2})
	if report.Counts["stored"] != 40*25 {
		t.Errorf("%v, want %d stored", report.Counts, 40*25)
	}
	if most := c.most.Load(); most > 40+2 || c.bodies.Load() != 0 {
		t.Errorf("%d pages in memory at a time, %d at the end; want one an outlet and an extractor at most, and none", most, c.bodies.Load())
	}
	wantClosedSums(t, db)
}

// BenchmarkCrowd is a night of a thousand outlets: run it with -benchtime 1x. The
// least it could take is pages x gap.
func BenchmarkCrowd(b *testing.B) {
	for b.Loop() {
		c := &crowd{outlets: 1000, pages: 20, gap: 200 * time.Millisecond, latency: 50 * time.Millisecond, bodyBytes: 100_000}
		db := warehousetest.NewDB(b)
		var memory runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&memory)
		before := memory.HeapAlloc
		var heap, routines atomic.Uint64
		ctx, stop := context.WithCancel(b.Context())
		go func() {
			for ctx.Err() == nil {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				heap.Store(max(heap.Load(), now.HeapAlloc))
				routines.Store(max(routines.Load(), uint64(runtime.NumGoroutine())))
				time.Sleep(50 * time.Millisecond)
			}
		}()
		began := time.Now()
		report := c.collect(b, db, collect.Config{Concurrency: 256, Extractors: runtime.GOMAXPROCS(0)})
		took := time.Since(began)
		stop()
		if report.Counts["stored"] != 20_000 {
			b.Fatalf("%v, want 20,000 stored", report.Counts)
		}
		ideal := time.Duration(c.pages+2) * c.gap // two channels before the pages
		b.ReportMetric(took.Seconds(), "s")
		b.ReportMetric(took.Seconds()/ideal.Seconds(), "times-the-ideal")
		b.ReportMetric(float64(heap.Load()-before)/(1<<20), "peak-MiB")
		b.ReportMetric(float64(routines.Load()), "goroutines")
		b.ReportMetric(float64(c.most.Load()), "bodies")
	}
}
