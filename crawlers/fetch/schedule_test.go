package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch/robots"
)

// manyHosts is a server for any number of hosts, which are names that end in
// .localhost, and what it saw of each.
type manyHosts struct {
	port string

	mu      sync.Mutex
	seen    map[string]*arrivals
	order   []string // of pages
	running int
	widest  int
}

func (m *manyHosts) address(host int, path string) string {
	return fmt.Sprintf("http://h%d.localhost:%s/%s", host, m.port, path)
}

func newManyHosts(t *testing.T, h http.HandlerFunc) *manyHosts {
	m := &manyHosts{seen: map[string]*arrivals{}}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		a := m.seen[r.Host]
		if a == nil {
			a = &arrivals{}
			m.seen[r.Host] = a
		}
		if r.URL.Path != "/robots.txt" {
			m.order = append(m.order, r.Host+r.URL.Path)
		}
		m.running++
		m.widest = max(m.widest, m.running)
		m.mu.Unlock()
		a.in()
		defer func() {
			a.out()
			m.mu.Lock()
			m.running--
			m.mu.Unlock()
		}()
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	_, m.port, _ = strings.Cut(hostIn(s.URL), ":")
	return m
}

// Three hundred hosts with pages each share four slots, and one of them never
// answers: it costs one slot for its time-out, and the others nothing else.
func TestOneStuckHostCostsOneSlot(t *testing.T) {
	t.Parallel()
	const hosts, pages, slots = 300, 3, 4
	m := newManyHosts(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Host, "h7.") {
			<-r.Context().Done()
			return
		}
		time.Sleep(time.Millisecond)
	})
	f := newTestFetcher(t, func(c *Config) {
		c.MaxInFlight, c.HostGap, c.RequestTimeout = slots, 20*time.Millisecond, time.Minute
	})
	began := time.Now()
	var wg, others sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for host := range hosts {
		for n := range pages {
			ask := func() {
				_, err := f.Fetch(ctx, Request{URL: m.address(host, fmt.Sprint(n)), Kind: KindPage})
				if isStuck := host == 7; (err != nil) != isStuck {
					t.Errorf("host %d: %v", host, err)
				}
			}
			if host == 7 {
				wg.Go(ask)
			} else {
				others.Go(ask)
			}
		}
	}
	others.Wait()
	took := time.Since(began)
	if held := len(f.limiter.slots); held > 1 {
		t.Errorf("%d slots are held", held)
	}
	cancel()
	wg.Wait()
	// Whoever waited for the stuck host would have waited for its time-out.
	if limit := 30 * time.Second; took > limit {
		t.Errorf("the others took %v", took)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.widest > slots {
		t.Errorf("%d requests at once", m.widest)
	}
	for host, a := range m.seen {
		if strings.HasPrefix(host, "h7.") {
			continue
		}
		if a.widest != 1 || len(a.at) != pages+1 || a.smallestGap() < 20*time.Millisecond-jitter {
			t.Errorf("%s: %d requests, %d at once, gap %v", host, len(a.at), a.widest, a.smallestGap())
		}
	}
}

// The pages of a host come in the order they were asked for, and no host is
// served twice while others wait that are ready as long.
func TestHostsTakeTurns(t *testing.T) {
	t.Parallel()
	const hosts, pages = 50, 4
	m := newManyHosts(t, func(w http.ResponseWriter, r *http.Request) {})
	f := newTestFetcher(t, func(c *Config) { c.MaxInFlight, c.HostGap = 1, time.Second })
	for host := range hosts { // robots.txt, after which nobody is first come
		if _, _, err := f.IsAllowed(t.Context(), m.address(host, "")); err != nil {
			t.Fatal(err)
		}
	}
	queued := func() (n int) {
		f.limiter.mu.Lock()
		defer f.limiter.mu.Unlock()
		for _, d := range f.limiter.manners {
			n += d.Requests - 1 // without robots.txt
		}
		for _, h := range f.limiter.hosts {
			n += h.users - h.running
		}
		return n
	}
	var wg sync.WaitGroup
	for n := range pages {
		for host := range hosts {
			wg.Go(func() {
				if _, err := page(t, f, m.address(host, fmt.Sprint(n))); err != nil {
					t.Error(err)
				}
			})
		}
		waitUntil(t, func() bool { return queued() == (n+1)*hosts })
		time.Sleep(20 * time.Millisecond) // and the last of them is in its queue
	}
	wg.Wait()
	at := map[string][]int{}
	for i, who := range m.order {
		host, path, _ := strings.Cut(who, "/")
		at[host] = append(at[host], i)
		if want := fmt.Sprint(len(at[host]) - 1); path != want {
			t.Errorf("%s: %s came before %s", host, path, want)
		}
	}
	for host, when := range at {
		for n, i := range when {
			if round := i / hosts; round < n-1 || round > n+1 {
				t.Errorf("%s: page %d was served in round %d", host, n, round)
			}
		}
	}
}

// A Fetch that waits for its host holds no slot, no connection and little
// memory.
func TestWaitingIsCheap(t *testing.T) {
	const hosts = 1000
	m := newManyHosts(t, func(w http.ResponseWriter, r *http.Request) {})
	f := newTestFetcher(t, func(c *Config) { c.HostGap = time.Hour })
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	f.robots.mu.Lock() // known beforehand: robots.txt would take the first turn
	for host := range hosts {
		f.robots.held[fmt.Sprintf("http://h%d.localhost:%s", host, m.port)] = &robotsEntry{rules: &robots.Rules{}, expires: time.Now().Add(time.Hour)}
	}
	f.robots.mu.Unlock()
	for host := range hosts { // takes each host's turn
		if _, err := page(t, f, m.address(host, "first")); err != nil {
			t.Fatal(err)
		}
	}
	f.wire.CloseIdleConnections()
	before := inUse()
	goroutines := runtime.NumGoroutine()
	for host := range hosts {
		wg.Go(func() {
			_, err := f.Fetch(ctx, Request{URL: m.address(host, "second"), Kind: KindPage})
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
	waitUntil(t, func() bool {
		f.limiter.mu.Lock()
		defer f.limiter.mu.Unlock()
		n := 0
		for _, h := range f.limiter.hosts {
			n += len(h.turn)
		}
		return n == hosts
	})
	each := (inUse() - before) / hosts
	more := runtime.NumGoroutine() - goroutines
	t.Logf("a waiting Fetch takes %d bytes, of its stack and the heap; %d goroutines for %d", each, more, hosts)
	if each > 32<<10 {
		t.Errorf("a waiting Fetch takes %d bytes", each)
	}
	if more > hosts+20 {
		t.Errorf("%d goroutines for %d that wait", more, hosts)
	}
	if held := len(f.limiter.slots); held != 0 {
		t.Errorf("%d slots are held", held)
	}
	began := time.Now()
	cancel()
	wg.Wait()
	if took := time.Since(began); took > time.Second {
		t.Errorf("giving up took %v", took)
	}
}

func inUse() int64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc + m.StackInuse)
}

// A chain of slow redirects ends with the whole fetch's deadline, also where it
// waits for a turn.
func TestAWholeFetchHasADeadline(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gap, delay time.Duration
		reason     string
	}{
		"slow answers": {0, 120 * time.Millisecond, "no answer within"},
		"long gaps":    {350 * time.Millisecond, 0, "no turn within 500ms of the first request"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, func(w http.ResponseWriter, r *http.Request) {
				select {
				case <-time.After(c.delay):
				case <-r.Context().Done():
				}
				http.Redirect(w, r, r.URL.Path+"x", http.StatusFound)
			})
			f := newTestFetcher(t, func(cfg *Config) {
				cfg.RequestTimeout, cfg.FetchTimeout, cfg.HostGap, cfg.MaxRedirects = 400*time.Millisecond, 500*time.Millisecond, c.gap, 100
			})
			began := time.Now()
			_, err := page(t, f, s.URL+"/")
			outcome, reason := outcomeOf(err)
			if outcome != OutcomeDeferred || !strings.Contains(reason, c.reason) {
				t.Errorf("got %s: %s", outcome, reason)
			}
			if took := time.Since(began); took > 4*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
