package collect_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/archive"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/collect"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/seeds"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
	"github.com/overheard-news/overheard/transform/article"
	"github.com/overheard-news/overheard/transform/match"
)

// bench is a press of real pages at no distance, read by the real extraction.
type bench struct {
	*script
	prose []string
}

func newBench(n int) *bench {
	b := &bench{script: newScript(n)}
	dice := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		words := make([]string, 60)
		for i := range words {
			words[i] = strings.Repeat(string(rune('a'+dice.IntN(26))), 1+dice.IntN(3)) + "ation"
		}
		b.prose = append(b.prose, "The company Huawei said on Monday that "+strings.Join(words, " ")+".")
	}
	return b
}

func (b *bench) Fetch(_ context.Context, req fetch.Request) (*fetch.Response, error) {
	dice := rand.New(rand.NewPCG(uint64(len(req.URL)), uint64(req.URL[len(req.URL)-1])+uint64(time.Now().UnixNano())))
	var body strings.Builder
	fmt.Fprintf(&body, `<html lang="en"><head><title>%s</title><link rel="canonical" href="%s"></head><body><article><h1>A headline</h1>`, req.URL, req.URL)
	for range 12 {
		fmt.Fprintf(&body, "<p>%s</p>", b.prose[dice.IntN(len(b.prose))])
	}
	body.WriteString("</article>" + strings.Repeat(`<div class="teaser"><a href="/x">Something else</a></div>`, 600) + "</body></html>")
	return &fetch.Response{URL: req.URL, FinalURL: req.URL, Status: 200, Header: http.Header{"Content-Type": {"text/html"}}, ContentType: "text/html", Body: []byte(body.String())}, nil
}

func cpu(b *testing.B) time.Duration {
	b.Helper()
	var use syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &use); err != nil {
		b.Fatal(err)
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// stage is a database, and the collector of a bench over it.
func stage(b *testing.B, s *bench, kept collect.Archive) (*sqlx.DB, *collect.Collector) {
	b.Helper()
	set, err := seeds.BuiltIn()
	if err != nil {
		b.Fatal(err)
	}
	matcher, err := match.New(set)
	if err != nil {
		b.Fatal(err)
	}
	lg, db := slog.New(slog.DiscardHandler), warehousetest.NewDB(b)
	list := slices.Clone(testOutlets)
	for i, o := range list {
		list[i].Channels = []outlets.Channel{{Kind: "feed", URL: o.HomeURL + "feed"}}
	}
	return db, collect.New(lg, db, collect.Config{
		Outlets: list, Seeds: testSeeds, ReportZone: time.UTC, Concurrency: 2, Extractors: 2, MaxAge: 7 * 24 * time.Hour,
		MaxAttempts: 3, MaxURLsPerOutlet: 100_000, OutletDeadline: time.Hour, Archive: kept,
	}, s, s, article.New(lg, article.Config{}), matcher, s, func() time.Time { return testNow })
}

func perform(b *testing.B, db *sqlx.DB, job string, work func(ctx context.Context, run *ledger.Run) error) map[string]int64 {
	b.Helper()
	report, err := ledger.New(slog.New(slog.DiscardHandler), db, time.Now).Execute(b.Context(), ledger.Spec{Job: job, Cause: ledger.CauseOperator}, work)
	if err != nil {
		b.Fatal(err)
	}
	return report.Counts
}

// BenchmarkCollect tells what keeping every page costs: processor time a page,
// without and with the archive by turns, so that a busy machine slows both.
func BenchmarkCollect(b *testing.B) {
	const pages = 1000 // of each of two outlets
	spent := map[bool]time.Duration{}
	for b.Loop() {
		for _, isKept := range []bool{false, true} {
			var kept collect.Archive
			if isKept {
				a, err := archive.Open(slog.New(slog.DiscardHandler), archive.Config{Dir: b.TempDir()})
				if err != nil {
					b.Fatal(err)
				}
				kept = a
			}
			s := newBench(pages)
			db, c := stage(b, s, kept)
			before := cpu(b)
			counts := perform(b, db, "collect", func(ctx context.Context, run *ledger.Run) error { return c.Collect(ctx, run, false) })
			spent[isKept] += cpu(b) - before
			if counts["stored"] != 2*pages || counts["archive_failed"] != 0 {
				b.Fatalf("%v, want %d stored", counts, 2*pages)
			}
		}
	}
	b.ReportMetric(float64(spent[false].Microseconds())/float64(b.N*2*pages), "µs/page")
	b.ReportMetric(float64(spent[true].Microseconds())/float64(b.N*2*pages), "µs/page-kept")
	b.ReportMetric(float64(spent[true])/float64(spent[false]), "ratio")
}

// BenchmarkAgain tells how fast stored articles are matched again, and archived
// pages read again, where nothing differs.
func BenchmarkAgain(b *testing.B) {
	const pages = 2000
	a, err := archive.Open(slog.New(slog.DiscardHandler), archive.Config{Dir: b.TempDir()})
	if err != nil {
		b.Fatal(err)
	}
	s := newBench(pages)
	db, c := stage(b, s, a)
	perform(b, db, "collect", func(ctx context.Context, run *ledger.Run) error { return c.Collect(ctx, run, false) })
	for name, work := range map[string]func(ctx context.Context, run *ledger.Run) error{
		"match": func(ctx context.Context, run *ledger.Run) error { return c.Rematch(ctx, run, "gazette", testNight) },
		"read": func(ctx context.Context, run *ledger.Run) error {
			return c.ReadArchived(ctx, run, "gazette", testNight)
		},
	} {
		b.Run(name, func(b *testing.B) {
			before := cpu(b)
			for b.Loop() {
				counts := perform(b, db, "backfill", work)
				if counts["rematched"]+counts["unchanged"] != pages {
					b.Fatalf("%v, want %d articles", counts, pages)
				}
			}
			b.ReportMetric(float64(pages*b.N)/b.Elapsed().Seconds(), "articles/s")
			b.ReportMetric(float64((cpu(b)-before).Microseconds())/float64(b.N*pages), "µs-cpu/article")
		})
	}
}
