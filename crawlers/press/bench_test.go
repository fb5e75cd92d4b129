package press

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
)

// fullSize is the press of the large benchmark.
func fullSize(b *testing.B) Config {
	b.Helper()
	set, err := seeds.BuiltIn()
	if err != nil {
		b.Fatal(err)
	}
	return Config{Seed: 1, Outlets: 1000, Nights: 1, LastNight: lastNight(), ArticlesPerOutletNight: 200, Companies: CompaniesFrom(set), Tricks: AllTricks()}
}

func BenchmarkPlan(b *testing.B) {
	cfg := fullSize(b)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := New(cfg); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkTruth(b *testing.B) {
	p, err := New(fullSize(b))
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		p.findTruth()
	}
}

// BenchmarkPage asks for articles of all hosts in turn.
func BenchmarkPage(b *testing.B) {
	p, err := New(fullSize(b))
	if err != nil {
		b.Fatal(err)
	}
	h := p.Handler()
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		a := &p.articles[i*7919%len(p.articles)]
		if p.outlets[a.outlet].tricks&(trickSlow|trickHang|trickReset|trickThrottle) != 0 {
			continue
		}
		req := httptest.NewRequest(http.MethodGet, p.pathOf(a), nil)
		req.Header.Set("Accept-Encoding", "gzip")
		req.Host = p.outlets[a.outlet].hostOf(80)
		h.ServeHTTP(httptest.NewRecorder(), req)
	}
}
