package press

import (
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"
)

// get asks an outlet of the press without a network.
func get(p *Press, slug, path string) (int, string) {
	w := httptest.NewRecorder()
	p.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://"+slug+".localhost"+path, nil))
	return w.Code, w.Body.String()
}

// history is a press of many nights at noon after its last.
func history(t *testing.T, outlets, nights int, tricks Tricks) *Press {
	t.Helper()
	last := time.Date(2026, 3, 9, 0, 0, 0, 0, time.UTC)
	p, err := New(Config{Seed: 3, Outlets: outlets, Nights: nights, LastNight: last, ArticlesPerOutletNight: 4, Tricks: tricks,
		Clock: func() time.Time { return last.Add(36 * time.Hour) }})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The files of an index by night and by month list every article of the outlet that
// has one, each once, and the month says it in its name.
func TestArchivesListAllNights(t *testing.T) {
	t.Parallel()
	p := history(t, 20, 40, Tricks{Archives: 1})
	forms := map[int]int{}
	for host := range p.outlets {
		o := &p.outlets[host]
		_, index := get(p, o.slug, "/sitemap_index.xml")
		files := strings.Count(index, "<sitemap>")
		forms[files]++
		listed := map[string]bool{}
		for _, line := range strings.Split(index, "<loc>")[1:] {
			address, _, _ := strings.Cut(line, "</loc>")
			_, path, _ := strings.Cut(address, ".localhost")
			status, file := get(p, o.slug, path)
			if status != http.StatusOK {
				t.Fatalf("%s: status %d", address, status)
			}
			for _, entry := range strings.Split(file, "<loc>")[1:] {
				loc, _, _ := strings.Cut(entry, "</loc>")
				if listed[loc] {
					t.Errorf("%s is listed twice", loc)
				}
				listed[loc] = true
			}
		}
		if want := p.starts[host][p.cfg.Nights] - p.starts[host][0]; len(listed) != want {
			t.Errorf("%s lists %d of %d articles in %d files", o.slug, len(listed), want, files)
		}
	}
	if forms[40] != 10 || forms[3] != 10 {
		t.Errorf("files of an index → outlets: %v, want 10 outlets with 40 nights and 10 with 3 months", forms)
	}
	if status, _ := get(p, p.outlets[0].slug, "/sitemaps/2026-13.xml"); status != http.StatusNotFound {
		t.Errorf("a month that is none: status %d", status)
	}
}

func TestPagesExpire(t *testing.T) {
	t.Parallel()
	p := history(t, 20, 14, Tricks{Archives: 1, Expiry: 0.5})
	expired, standing := 0, 0
	for _, a := range p.Truth(0).Articles {
		host := p.bySlug[a.OutletID]
		_, path, _ := strings.Cut(a.CanonicalURL, ".localhost")
		status, _ := get(p, a.OutletID, path)
		isOld := p.outlets[host].tricks&trickExpires != 0 && p.cfg.Clock().Sub(a.PublishedAt) > shelfLife
		switch {
		case isOld && (status == http.StatusOK || a.Why != WhyExpired || a.IsToBeHad):
			t.Errorf("%s of %s: status %d, %q", a.CanonicalURL, a.Night.Format(time.DateOnly), status, a.Why)
		case isOld:
			expired++
		case status != http.StatusOK || !a.IsToBeHad:
			t.Errorf("%s stands: status %d, %q", a.CanonicalURL, status, a.Why)
		default:
			standing++
		}
	}
	if expired == 0 || standing == 0 {
		t.Errorf("%d expired, %d stand", expired, standing)
	}
}

// 30 nights of 200 outlets take little memory: texts are made when asked for.
func TestMemoryOfAHistory(t *testing.T) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	p := history(t, 200, 30, AllTricks().WithHistory())
	runtime.GC()
	runtime.ReadMemStats(&after)
	mb := float64(after.HeapAlloc-before.HeapAlloc) / (1 << 20)
	t.Logf("%d articles, %.1f MB", len(p.articles), mb)
	if mb > 40 {
		t.Errorf("%.1f MB", mb)
	}
	runtime.KeepAlive(p)
}
