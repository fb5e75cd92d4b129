package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"
)

// arrivals records when requests reach a server, and how many at once.
type arrivals struct {
	mu              sync.Mutex
	at              []time.Time
	running, widest int
}

func (a *arrivals) in() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.at = append(a.at, time.Now())
	a.running++
	a.widest = max(a.widest, a.running)
}

func (a *arrivals) out() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.running--
}

func (a *arrivals) smallestGap() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	gap := time.Duration(-1)
	for i := 1; i < len(a.at); i++ {
		if g := a.at[i].Sub(a.at[i-1]); gap < 0 || g < gap {
			gap = g
		}
	}
	return gap
}

func countingServer(t *testing.T, robots string, h http.HandlerFunc) (*httptest.Server, *arrivals) {
	var a arrivals
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.in()
		defer a.out()
		if r.URL.Path == "/robots.txt" {
			fmt.Fprint(w, robots)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s, &a
}

func slowly(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(3 * time.Millisecond)
	fmt.Fprint(w, "x")
}

// jitter is what the way from the limiter to the handler may take off a gap.
const jitter = 5 * time.Millisecond

// mannersOf takes the manners and gives those of one server.
func mannersOf(f *Fetcher, address string) HostDay {
	var sum HostDay
	for _, d := range f.TakeManners() {
		if d.Host == hostIn(address) {
			sum = d
		}
	}
	return sum
}

func fetchMany(t *testing.T, f *Fetcher, n int, address func(int) string) {
	t.Helper()
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			if _, err := page(t, f, address(i)); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestGapAndConcurrencyUnderFiftyAskers(t *testing.T) {
	t.Parallel()
	s, seen := countingServer(t, "", slowly)
	f := newTestFetcher(t, func(c *Config) { c.HostGap = 20 * time.Millisecond })
	fetchMany(t, f, 50, func(i int) string { return fmt.Sprintf("%s/%d", s.URL, i) })
	if len(seen.at) != 51 {
		t.Errorf("%d requests, want 50 pages and one robots.txt", len(seen.at))
	}
	if seen.widest != 1 {
		t.Errorf("%d requests at once", seen.widest)
	}
	if gap := seen.smallestGap(); gap < 20*time.Millisecond-jitter {
		t.Errorf("gap of %v", gap)
	}
	stats := mannersOf(f, s.URL)
	if stats.Requests != 51 || stats.MaxConcurrent != 1 || stats.SmallestGap < 19*time.Millisecond {
		t.Errorf("stats %+v", stats)
	}
}

func TestConcurrencyOfAHostAndOfAll(t *testing.T) {
	t.Parallel()
	var all arrivals
	var addresses []string
	for range 4 {
		s, _ := countingServer(t, "", func(w http.ResponseWriter, r *http.Request) {
			all.in()
			defer all.out()
			slowly(w, r)
		})
		addresses = append(addresses, s.URL)
	}
	f := newTestFetcher(t, func(c *Config) { c.HostConcurrency, c.MaxInFlight = 3, 5 })
	fetchMany(t, f, 80, func(i int) string { return fmt.Sprintf("%s/%d", addresses[i%4], i) })
	if all.widest > 5 {
		t.Errorf("%d requests at once to all hosts", all.widest)
	}
	for _, d := range f.TakeManners() {
		if got := d.MaxConcurrent; got > 3 || got < 1 {
			t.Errorf("%d requests at once to one host", got)
		}
	}
}

func TestCrawlDelayIsObeyedUpToABound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, robots string
		want         time.Duration
	}{
		{"asked", "User-agent: *\nCrawl-delay: 0.1\n", 100 * time.Millisecond},
		{"asked too much", "User-agent: *\nCrawl-delay: 3600\n", 150 * time.Millisecond},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s, seen := countingServer(t, c.robots, slowly)
			f := newTestFetcher(t, func(c *Config) { c.MaxCrawlDelay = 150 * time.Millisecond })
			fetchMany(t, f, 5, func(i int) string { return fmt.Sprintf("%s/%d", s.URL, i) })
			if gap := seen.smallestGap(); gap < c.want-jitter || gap > c.want+200*time.Millisecond {
				t.Errorf("gap of %v, want %v", gap, c.want)
			}
		})
	}
}

func TestRetryAfterPausesTheHost(t *testing.T) {
	t.Parallel()
	first := true
	s, seen := countingServer(t, "", func(w http.ResponseWriter, r *http.Request) {
		if first {
			first = false
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		fmt.Fprint(w, "x")
	})
	f := newTestFetcher(t, nil)
	_, err := page(t, f, s.URL+"/a")
	var e *Error
	if !errors.As(err, &e) || e.Outcome != OutcomeDeferred || e.RetryAfter != time.Second || e.Status != 429 {
		t.Fatalf("got %+v", err)
	}
	if _, err := page(t, f, s.URL+"/b"); err != nil {
		t.Fatal(err)
	}
	if gap := seen.at[2].Sub(seen.at[1]); gap < time.Second-jitter {
		t.Errorf("asked again after %v", gap)
	}
}

func TestLongPauseIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	s, seen := countingServer(t, "", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	f := newTestFetcher(t, nil)
	page(t, f, s.URL+"/a")
	_, err := page(t, f, s.URL+"/b")
	var e *Error
	if !errors.As(err, &e) || e.Outcome != OutcomeDeferred || e.RetryAfter < 50*time.Minute || len(seen.at) != 2 {
		t.Errorf("got %+v after %d requests", err, len(seen.at))
	}
}

func TestCancelDuringAWaitReturnsAtOnce(t *testing.T) {
	t.Parallel()
	held := make(chan struct{})
	s, _ := countingServer(t, "User-agent: *\nCrawl-delay: 30\n", func(w http.ResponseWriter, r *http.Request) {
		<-held
	})
	t.Cleanup(func() { close(held) })
	f := newTestFetcher(t, nil)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 10)
	for i := range 10 { // one waits for the gap, the others behind it
		go func() {
			_, err := f.Fetch(ctx, Request{URL: fmt.Sprintf("%s/%d", s.URL, i), Kind: KindPage})
			done <- err
		}()
	}
	time.Sleep(100 * time.Millisecond)
	started := time.Now()
	cancel()
	for range 10 {
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if took := time.Since(started); took > 100*time.Millisecond {
		t.Errorf("cancel took %v", took)
	}
	if n := len(f.limiter.slots); n != 0 {
		t.Errorf("%d slots still held", n)
	}
}

// A kept connection that the server has dropped makes net/http ask again by
// itself; the host must not see two requests in a row.
func TestSilentRetryOfADeadConnectionWaitsForTheGap(t *testing.T) {
	t.Parallel()
	n := 0
	s, seen := countingServer(t, "", func(w http.ResponseWriter, r *http.Request) {
		if n++; n == 2 {
			c, _, _ := http.NewResponseController(w).Hijack()
			c.Close()
			return
		}
		fmt.Fprint(w, "x")
	})
	f := newTestFetcher(t, func(c *Config) { c.HostGap = 100 * time.Millisecond })
	for _, p := range []string{"/a", "/b"} {
		if _, err := page(t, f, s.URL+p); err != nil {
			t.Fatal(err)
		}
	}
	if n != 3 {
		t.Skipf("%d requests: net/http did not ask again", n)
	}
	if gap := seen.smallestGap(); gap < 100*time.Millisecond-jitter {
		t.Errorf("gap of %v", gap)
	}
}

func TestHostsAreForgotten(t *testing.T) {
	t.Parallel()
	l := newLimiter(Config{}.withDefaults())
	for i := range maxHosts + 10 {
		h, err := l.start(t.Context(), fmt.Sprintf("h%d.example", i), nil)
		if err != nil {
			t.Fatal(err)
		}
		l.finish(h, ending{})
	}
	l.mu.Lock()
	l.swept = time.Now().Add(-2 * time.Second)
	l.mu.Unlock()
	h, _ := l.start(t.Context(), "last.example", nil)
	defer l.finish(h, ending{})
	if n := len(l.hosts); n > maxHosts {
		t.Errorf("%d hosts remembered", n)
	}
}

func TestHostOfAnAddress(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"http://A.example/x": "a.example", "https://a.example:443/": "a.example", "http://a.example:80": "a.example",
		"http://a.example:8080/": "a.example:8080", "http://[::1]:81/": "::1:81",
	} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if got := hostOf(u); got != want {
			t.Errorf("hostOf(%s) = %s, want %s", address, got, want)
		}
	}
}

func TestRetryAfterHeader(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "5": 5 * time.Second, "1.5": 1500 * time.Millisecond, "-3": 0, "soon": 0, "99999999999999999999": maxRetryAfter,
		"Sun, 01 Mar 2026 12:01:00 GMT": time.Minute, "Sun, 01 Mar 2020 12:01:00 GMT": 0,
	} {
		if got := retryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}
