package importing_test

import (
	"context"
	"log/slog"
	"net"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/press"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/importing"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/match"
)

// quiet shows no progress.
type quiet struct{}

func (quiet) Start(string, int)        {}
func (quiet) Advance(string, int, int) {}
func (quiet) Finish(string)            {}

// TestWhatWasCrawledStays crawls a press and then imports an archive of it: every
// article stands once, as the crawler stored it. Only its first sight may be earlier
// now, where the archive saw it before.
func TestWhatWasCrawledStays(t *testing.T) {
	t.Parallel()
	set, err := seeds.BuiltIn()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, press: newPress(t, set, func(c *press.Config) {
		c.Outlets, c.ArticlesPerOutletNight, c.LastNight = 6, 8, ledger.LastFinishedNight(time.Now(), time.UTC)
	})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go w.press.Serve(t.Context(), listener) //nolint:errcheck // ends with the test
	at := listener.Addr().(*net.TCPAddr).Port
	w.made, err = w.press.WriteArchives(t.Context(), press.Archives{Dir: t.TempDir(), Records: 60, Port: at}, func(c press.Capture) {
		c.Body = nil
		w.told = append(w.told, c)
	})
	if err != nil {
		t.Fatal(err)
	}
	w.wire(set)
	lg := slog.New(slog.DiscardHandler)
	matcher, err := match.New(set)
	if err != nil {
		t.Fatal(err)
	}
	w.db = warehousetest.NewDB(t)
	w.ledger = ledger.New(lg, w.db, time.Now)
	w.cfg.Outlets = w.press.Outlets(at)
	w.collector = collect.New(lg, w.db, collect.Config{
		Outlets: w.cfg.Outlets, Seeds: set, ReportZone: time.UTC, Concurrency: 4, Extractors: 2, MaxAge: 7 * 24 * time.Hour, MaxAttempts: 3, MaxURLsPerOutlet: 1000,
	}, w.fetcher, discover.New(lg, w.fetcher), article.New(lg, article.Config{}), matcher, quiet{}, time.Now)
	if _, err := w.ledger.Execute(t.Context(), ledger.Spec{Job: "collect", Cause: ledger.CauseOperator}, func(ctx context.Context, run *ledger.Run) error {
		return w.collector.Collect(ctx, run, false)
	}); err != nil {
		t.Fatal(err)
	}
	crawled := map[string]bool{}
	for _, a := range w.articles() {
		crawled[a.URL] = true
	}
	both := 0
	for _, c := range w.told {
		if crawled[c.URL] {
			both++
		}
	}
	if both < 20 {
		t.Fatalf("%d articles crawled, %d of them archived: there is nothing to compare", len(crawled), both)
	}
	before := w.rowsOf(crawled)
	result := w.run(w.made.Files[0])
	want := importing.Tally{Records: 61, Pages: 60, Stored: int64(60 - both)}
	if diff := cmp.Diff(want, result.Tally); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}
	if got := len(w.articles()); got != len(crawled)+60-both {
		t.Errorf("%d articles, want %d crawled and %d that only the archive has", got, len(crawled), 60-both)
	}
	if diff := cmp.Diff(before, w.rowsOf(crawled)); diff != "" {
		t.Errorf("rows of crawled articles (-before +after the import):\n%s", diff)
	}
}

// rowsOf tells how each of the articles is stored.
func (w *world) rowsOf(urls map[string]bool) map[string]string {
	w.t.Helper()
	var list []struct {
		URL     string `db:"canonical_url"`
		Version string `db:"version"`
	}
	if err := w.db.Select(&list, `select canonical_url, concat_ws(' ', run_id, night, published_at, content_hash, fetched_at) as version from staging.articles`); err != nil {
		w.t.Fatal(err)
	}
	rows := map[string]string{}
	for _, row := range list {
		if urls[row.URL] {
			rows[row.URL] = row.Version
		}
	}
	return rows
}
