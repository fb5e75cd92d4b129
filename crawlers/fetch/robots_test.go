package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// robotsServer answers /robots.txt with h and counts those; all else is "x".
func robotsServer(t *testing.T, h http.HandlerFunc) (*httptest.Server, *atomic.Int32) {
	var asked atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt":
			asked.Add(1)
			h(w, r)
		case r.URL.Path == "/leads-to-admin":
			http.Redirect(w, r, "/admin/x", http.StatusFound)
		case strings.HasPrefix(r.URL.Path, "/r"):
			h(w, r)
		default:
			io.WriteString(w, "x")
		}
	}))
	t.Cleanup(s.Close)
	return s, &asked
}

func TestRobotsAreObeyedOnEveryHop(t *testing.T) {
	t.Parallel()
	s, asked := robotsServer(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "User-agent: OverheardBot\nDisallow: /admin/\nDisallow: /*?print=\nDisallow: /%D0%B0\n")
	})
	f := newTestFetcher(t, nil)
	for path, want := range map[string]string{
		"/a": "", "/admin/x": "robots.txt forbids it", "/a?print=1": "robots.txt forbids it", "/а": "robots.txt forbids it",
		"/leads-to-admin": "redirect to " + s.URL + "/admin/x: robots.txt forbids it",
	} {
		outcome, reason := outcomeOf(second(page(t, f, s.URL+path)))
		if want != "" && (outcome != OutcomeRobots || reason != want) || want == "" && outcome != "" {
			t.Errorf("%s: %s: %s, want %s", path, outcome, reason, want)
		}
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("robots.txt asked for %d times", n)
	}
}

func TestWhatTheStatusOfRobotsMeans(t *testing.T) {
	t.Parallel()
	for status, want := range map[int]string{
		200: "", 204: "", 400: "", 401: "", 403: "", 404: "", 410: "",
		429: "robots.txt unreachable: status 429", 500: "robots.txt unreachable: status 500", 503: "robots.txt unreachable: status 503",
	} {
		t.Run(fmt.Sprint(status), func(t *testing.T) {
			t.Parallel()
			s, asked := robotsServer(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })
			f := newTestFetcher(t, nil)
			for range 3 {
				outcome, reason := outcomeOf(second(page(t, f, s.URL+"/a")))
				if want == "" && outcome != "" || want != "" && (outcome != OutcomeDeferred || reason != want) {
					t.Errorf("got %s: %s, want %s", outcome, reason, want)
				}
			}
			wantAsked := int32(1)
			if want != "" {
				wantAsked = robotsAttempts
			}
			if n := asked.Load(); n != wantAsked {
				t.Errorf("asked %d times, want %d", n, wantAsked)
			}
		})
	}
}

func TestRobotsThatStumblesOnceIsAskedAgain(t *testing.T) {
	t.Parallel()
	n := 0
	s, _ := robotsServer(t, func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	if _, err := page(t, newTestFetcher(t, nil), s.URL+"/a"); err != nil {
		t.Error(err)
	}
}

func TestRobotsRedirects(t *testing.T) {
	t.Parallel()
	for last, want := range map[int]string{5: OutcomeRobots, 6: ""} { // the sixth is not followed: as if there were none
		s, _ := robotsServer(t, func(w http.ResponseWriter, r *http.Request) {
			n := 0
			fmt.Sscanf(r.URL.Path, "/r%d", &n)
			if n < last {
				http.Redirect(w, r, fmt.Sprintf("/r%d", n+1), http.StatusFound)
				return
			}
			io.WriteString(w, "User-agent: *\nDisallow: /\n")
		})
		if outcome, reason := outcomeOf(second(page(t, newTestFetcher(t, nil), s.URL+"/a"))); outcome != want {
			t.Errorf("%d redirects: %s: %s, want %q", last, outcome, reason, want)
		}
	}
}

func TestRobotsIsReadToItsCap(t *testing.T) {
	t.Parallel()
	s, _ := robotsServer(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "User-agent: *\nDisallow: /b\n")
		line := []byte("Disallow: /" + strings.Repeat("c", 1000) + "\n")
		for range 20_000 {
			if _, err := w.Write(line); err != nil {
				return
			}
		}
	})
	f := newTestFetcher(t, nil)
	if _, err := page(t, f, s.URL+"/a"); err != nil {
		t.Error(err)
	}
	if outcome, _ := outcomeOf(second(page(t, f, s.URL+"/b"))); outcome != OutcomeRobots {
		t.Errorf("got %s", outcome)
	}
}

func TestManyAskersShareOneRobots(t *testing.T) {
	t.Parallel()
	s, asked := robotsServer(t, func(w http.ResponseWriter, r *http.Request) { time.Sleep(50 * time.Millisecond) })
	f := newTestFetcher(t, func(c *Config) { c.HostConcurrency = 20 })
	// Those who give up must not take the answer from the others.
	hasty, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	var wg sync.WaitGroup
	for i := range 40 {
		ctx := t.Context()
		if i%2 == 0 {
			ctx = hasty
		}
		wg.Go(func() {
			_, err := f.Fetch(ctx, Request{URL: s.URL + "/a", Kind: KindPage})
			if i%2 == 1 && err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := asked.Load(); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestRobotsGivenUpByAllIsAskedAnew(t *testing.T) {
	t.Parallel()
	s, asked := robotsServer(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.Context().Done():
		}
	})
	f := newTestFetcher(t, nil)
	hasty, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := f.Fetch(hasty, Request{URL: s.URL, Kind: KindPage}); err == nil {
		t.Error("the hasty one got an answer")
	}
	if _, err := page(t, f, s.URL); err != nil {
		t.Error(err)
	}
	if n := asked.Load(); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestRobotsExpireAndOutliveAnOutage(t *testing.T) {
	t.Parallel()
	var mode atomic.Int32
	s, asked := robotsServer(t, func(w http.ResponseWriter, r *http.Request) {
		if mode.Load() == 1 {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		io.WriteString(w, "User-agent: *\nDisallow: /b\n")
	})
	f := newTestFetcher(t, func(c *Config) { c.RobotsTTL = 50 * time.Millisecond })
	page(t, f, s.URL+"/a")
	mode.Store(1)
	time.Sleep(60 * time.Millisecond)
	if _, err := page(t, f, s.URL+"/a"); err != nil {
		t.Errorf("during an outage: %v", err)
	}
	if outcome, _ := outcomeOf(second(page(t, f, s.URL+"/b"))); outcome != OutcomeRobots {
		t.Errorf("during an outage: %s", outcome)
	}
	if n := asked.Load(); n < 2 {
		t.Errorf("asked %d times: never expired", n)
	}
}

// What a status of robots.txt means, as the published vectors have it.
func TestStatusVectors(t *testing.T) {
	t.Parallel()
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED names no corpus")
	}
	vectors, err := os.ReadFile(filepath.Join(shared, "corpus", "robots", "status_vectors.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(vectors)) {
		var v struct {
			Status  int
			Allowed bool
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		count++
		t.Run(fmt.Sprint(v.Status), func(t *testing.T) {
			t.Parallel()
			s, _ := robotsServer(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(v.Status) })
			_, err := page(t, newTestFetcher(t, nil), s.URL+"/a")
			if isAllowed := err == nil; isAllowed != v.Allowed {
				t.Errorf("allowed = %v, want %v: %v", isAllowed, v.Allowed, err)
			}
		})
	}
	t.Logf("%d vectors", count)
}

func TestWhichLineDecided(t *testing.T) {
	t.Parallel()
	s, asked := robotsServer(t, func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "Sitemap: /s.xml\nSitemap: https://a.example/news.xml#x\nSitemap: /s.xml\nSitemap: ftp://a.example/\nUser-agent: *\nDisallow: /admin/\nAllow: /admin/open\n")
	})
	f := newTestFetcher(t, nil)
	for path, want := range map[string]struct {
		isAllowed bool
		line      string
	}{
		"/": {true, ""}, "/admin/x?y": {false, "Disallow: /admin/"}, "/admin/open": {true, "Allow: /admin/open"},
		"/robots.txt": {true, "robots.txt itself may always be asked for"},
	} {
		isAllowed, line, err := f.IsAllowed(t.Context(), s.URL+path)
		if isAllowed != want.isAllowed || line != want.line || err != nil {
			t.Errorf("%s: %v, %q, %v", path, isAllowed, line, err)
		}
	}
	got, err := f.Sitemaps(t.Context(), s.URL+"/home?x")
	if d := cmp.Diff([]string{s.URL + "/s.xml", "https://a.example/news.xml"}, got); d != "" || err != nil {
		t.Error(d, err)
	}
	if n := asked.Load(); n != 1 {
		t.Errorf("robots.txt asked for %d times", n)
	}
	if d := mannersOf(f, s.URL); d.RobotsRefusals != 0 {
		t.Error("a question for the verdict counts as a request that was forbidden")
	}
	var e *Error
	if _, _, err := f.IsAllowed(t.Context(), "mailto:x@a.example"); !errors.As(err, &e) || e.Outcome != OutcomeRefused {
		t.Errorf("no address: %v", err)
	}
	down, _ := robotsServer(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNotImplemented) })
	if _, err := f.Sitemaps(t.Context(), down.URL); !errors.As(err, &e) || e.Outcome != OutcomeDeferred || e.URL != down.URL {
		t.Errorf("robots.txt unreachable: %+v", err)
	}
}
