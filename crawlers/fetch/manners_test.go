package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMannersAreWhatTheHostSaw(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /private\nCrawl-delay: 0.02\n")
		case "/away":
			http.Redirect(w, r, "/page", http.StatusFound)
		case "/feed":
			if r.Header.Get("If-None-Match") != "" {
				w.WriteHeader(http.StatusNotModified)
				return
			}
			w.Write(make([]byte, 1000))
		case "/busy":
			w.Header().Set("Retry-After", "0.05")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/broken":
			w.WriteHeader(http.StatusInternalServerError)
		default:
			w.Write(make([]byte, 100))
		}
	}))
	t.Cleanup(s.Close)
	f := newTestFetcher(t, nil)
	ask := func(path string, etag string, last int64) {
		f.Fetch(t.Context(), Request{URL: s.URL + path, Kind: KindPage, ETag: etag, LastBytes: last}) //nolint:errcheck // the outcome is told elsewhere
	}
	ask("/page", "", 0)
	ask("/away", "", 0)
	ask("/private/1", "", 0)
	ask("/private/2", "", 0)
	ask("/feed", "", 0)
	ask("/feed", `"1"`, 1000)
	ask("/busy", "", 0)
	ask("/broken", "", 0)
	got := f.TakeManners()
	if len(got) != 1 || got[0].SmallestGap < 20*time.Millisecond-jitter {
		t.Fatalf("got %+v", got)
	}
	got[0].SmallestGap = 0
	want := []HostDay{{
		Day: utcDay(time.Now()), Host: hostIn(s.URL), Requests: 8, RobotsRefusals: 2, Throttled: 1, Failures: 1, NotModified: 1,
		Bytes: 100 + 24 + 100 + 1000 + int64(len("User-agent: *\nDisallow: /private\nCrawl-delay: 0.02\n")), SavedBytes: 1000, MaxConcurrent: 1, CrawlDelay: 20 * time.Millisecond,
	}}
	got[0].Bytes, want[0].Bytes = got[0].Bytes/100, want[0].Bytes/100 // net/http's text of the redirect varies
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if again := f.TakeManners(); len(again) != 0 {
		t.Errorf("taken twice: %+v", again)
	}
	// What comes next is told as what came on top.
	f.limiter.mu.Lock()
	f.limiter.hosts[hostIn(s.URL)].standing = standing{}
	f.limiter.mu.Unlock()
	ask("/page", "", 0)
	if d := mannersOf(f, s.URL); d.Requests != 1 || d.Bytes != 100 || d.SmallestGap == 0 {
		t.Errorf("got %+v", d)
	}
}

func TestBudgetOfAHostAndDay(t *testing.T) {
	t.Parallel()
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if asked++; r.URL.Path == "/away" {
			http.Redirect(w, r, "/", http.StatusFound)
		}
	}))
	t.Cleanup(s.Close)
	f := newTestFetcher(t, func(c *Config) { c.HostDailyBudget = 6 })
	f.RestoreBudget(time.Now().Add(-24*time.Hour), map[string]int{hostIn(s.URL): 100}) // yesterday is past
	f.RestoreBudget(time.Now(), map[string]int{hostIn(s.URL): 2, "other.example": 6})
	page(t, f, s.URL+"/away") // robots.txt, and two hops
	if _, err := page(t, f, s.URL+"/"); err != nil {
		t.Error(err)
	}
	for range 2 {
		_, err := page(t, f, s.URL+"/")
		var e *Error
		if !errors.As(err, &e) || e.Outcome != OutcomeDeferred || !e.IsUnsent || e.Reason != "the day's budget of 6 requests to the host is spent" {
			t.Fatalf("got %v", err)
		}
		if midnight := time.Now().Add(e.RetryAfter).UTC(); midnight.Sub(utcDay(midnight)) > time.Minute || e.RetryAfter > 24*time.Hour {
			t.Errorf("RetryAfter %v", e.RetryAfter)
		}
	}
	if d := mannersOf(f, s.URL); asked != 4 || d.Requests != 4 || d.BudgetRefusals != 2 {
		t.Errorf("asked %d times, %+v", asked, d)
	}
	if _, err := page(t, f, "http://other.example/"); err == nil || mannersOf(f, "http://other.example").Requests != 0 {
		t.Errorf("another host with its budget spent: %v", err)
	}
}

func TestBudgetBeginsAnewAtMidnight(t *testing.T) {
	t.Parallel()
	evening := time.Date(2026, 3, 1, 23, 59, 59, 0, time.UTC)
	b := budget{most: 1}
	b.spend("a.example", 1, evening)
	if b.left("a.example", evening) || !b.left("b.example", evening) || !b.left("a.example", evening.Add(time.Second)) {
		t.Errorf("got %+v", b)
	}
}

// The cap holds even if nobody ever takes the manners.
func TestMannersAreBounded(t *testing.T) {
	t.Parallel()
	l := newLimiter(Config{}.withDefaults())
	now := time.Now()
	for i := range maxManners + 100 {
		l.today(fmt.Sprintf("h%d.example", i), now).Requests++
	}
	if len(l.manners) != maxManners {
		t.Errorf("%d entries", len(l.manners))
	}
}

// What this process sent may be among what it is told of: the larger count holds.
func TestABudgetSharedWithOthersIsNotCountedTwice(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	t.Cleanup(s.Close)
	f := newTestFetcher(t, func(c *Config) { c.HostDailyBudget = 5 })
	page(t, f, s.URL+"/") // robots.txt, and the page
	for _, told := range []int{1, 2, 4, 3} {
		f.RestoreBudget(time.Now(), map[string]int{hostIn(s.URL): told})
	}
	if _, err := page(t, f, s.URL+"/"); err != nil {
		t.Error(err)
	}
	_, err := page(t, f, s.URL+"/")
	var e *Error
	if !errors.As(err, &e) || !e.IsBudgetSpent || !e.IsUnsent {
		t.Errorf("the sixth request of five: %v", err)
	}
}

func TestAHostRestsAfterARequest(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/busy" {
			w.Header().Set("Retry-After", "40")
			w.WriteHeader(http.StatusTooManyRequests)
		}
	}))
	t.Cleanup(s.Close)
	f := newTestFetcher(t, func(c *Config) { c.HostGap = 3 * time.Second })
	if d := f.Rest(s.URL); d != 0 {
		t.Errorf("never asked, and rests for %v", d)
	}
	f.limiter.setCrawlDelay(hostIn(s.URL), 0)
	page(t, f, s.URL+"/robots.txt")
	if d := f.Rest(s.URL + "/any"); d <= 2*time.Second || d > 3*time.Second {
		t.Errorf("after a request: %v, want the gap of 3 s", d)
	}
	page(t, f, s.URL+"/busy")
	if d := f.Rest(s.URL); d < 30*time.Second || d > 40*time.Second {
		t.Errorf("after Retry-After: 40 it rests for %v", d)
	}
}
