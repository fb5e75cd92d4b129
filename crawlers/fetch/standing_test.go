package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestHowLongAHostIsLeftAlone(t *testing.T) {
	t.Parallel()
	const s, m, h = time.Second, time.Minute, time.Hour
	of := func(r reply, n int) []reply {
		list := make([]reply, n)
		for i := range list {
			list[i] = r
		}
		return list
	}
	for _, c := range []struct {
		name        string
		replies     []reply
		asked       time.Duration // Retry-After of each
		least, most time.Duration
	}{
		{"good service", of(replyGood, 3), 0, 0, 0},
		{"one stumble", of(replyStumbled, 1), 0, s, 2 * s},
		{"four stumbles", of(replyStumbled, 4), 0, s, 16 * s},
		{"stumbles without end", of(replyStumbled, 400), 0, s, h},
		{"asked for less than we would wait", of(replyStumbled, 1), s / 2, s / 2, s / 2},
		{"asked for patience", of(replyStumbled, 1), 5 * m, 5 * m, 5 * m},
		{"asked for patience again and again", of(replyStumbled, 20), 2 * h, 2 * h, 2 * h},
		{"two refusals", of(replyRefused, 2), 0, 0, 0},
		{"three refusals", of(replyRefused, 3), 0, 5 * m, 10 * m},
		{"five refusals", of(replyRefused, 5), 0, 20 * m, 40 * m},
		{"refusals without end", of(replyRefused, 400), 0, 12 * h, 24 * h},
		{"refusals with service in between", []reply{replyRefused, replyRefused, replyGood, replyRefused, replyRefused}, 0, 0, 0},
		{"refusals with robots.txt in between", []reply{replyRefused, replyAnswered, replyRefused, replyAnswered, replyRefused}, 0, 5 * m, 10 * m},
		{"four silences", of(replySilent, 4), 0, 0, 0},
		{"five silences", of(replySilent, 5), 0, 15 * s, 30 * s},
		{"silences without end", of(replySilent, 400), 0, h / 2, h},
		{"silences with an answer in between", append(append(of(replySilent, 4), replyAnswered), of(replySilent, 4)...), 0, 0, 0},
		{"requests we gave up", of(replyNone, 100), 0, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for range 50 { // chance has a part in it
				var host standing
				now := time.Now()
				for i, r := range c.replies {
					if now.Before(host.until) {
						now = host.until
					}
					host.note(r, uint64(i+1), c.asked, now)
				}
				if wait := max(host.until.Sub(now), 0); wait < c.least || wait > c.most {
					t.Fatalf("left alone for %v, want %v to %v", wait, c.least, c.most)
				}
			}
		})
	}
}

// A page and its twin for telephones, both broken and tried again and again, are
// two signs against their host and not ten.
func TestAddressThatFailsAgainIsNoNewSign(t *testing.T) {
	t.Parallel()
	var host standing
	now := time.Now()
	for range 10 {
		for about := range uint64(2) {
			host.note(replyStumbled, about+1, 0, now)
			if wait := host.until.Sub(now); wait < leastBackOff || wait > 4*leastBackOff {
				t.Fatalf("left alone for %v after %+v", wait, host)
			}
			now = host.until
		}
	}
	if host.stumbles != 2 {
		t.Errorf("%d stumbles", host.stumbles)
	}
	host.note(replyGood, 3, 0, now)
	host.note(replyStumbled, 1, 0, now)
	if host.stumbles != 1 {
		t.Errorf("%d stumbles after good service", host.stumbles)
	}
	for range 3 {
		host.note(replyStumbled, 0, 0, now) // 429: it is the host that speaks
	}
	if host.stumbles != 4 {
		t.Errorf("%d stumbles after three of the whole host", host.stumbles)
	}
	for about := range uint64(10 * maxStumblers) {
		host.note(replyStumbled, about+1, 0, now)
	}
	if len(host.stumblers) > maxStumblers {
		t.Errorf("%d addresses remembered", len(host.stumblers))
	}
}

func TestBackOffIsSpread(t *testing.T) {
	t.Parallel()
	seen := map[time.Duration]bool{}
	now := time.Now()
	for range 20 {
		host := standing{stumbles: 5}
		host.note(replyStumbled, 0, 0, now)
		seen[host.until.Sub(now)] = true
	}
	if len(seen) < 15 {
		t.Errorf("%d different waits of 20", len(seen))
	}
}

func TestServiceEndsTheBackOffNotThePause(t *testing.T) {
	t.Parallel()
	now := time.Now()
	var host standing
	host.note(replyStumbled, 0, time.Hour, now)
	host.note(replyGood, 0, 0, now) // of a request that was under way
	if !host.until.Equal(now.Add(time.Hour)) || host.stumbles != 0 {
		t.Errorf("got %+v", host)
	}
}

// A host that has blocked us is told of at once, is not asked on, and is asked
// again when the time is over.
func TestBlockedHostIsNotAskedOn(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	var isFriendly atomic.Bool
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if !isFriendly.Load() {
			w.WriteHeader(http.StatusForbidden)
		}
	})
	f := newTestFetcher(t, nil)
	for i := range 10 {
		_, err := page(t, f, fmt.Sprintf("%s/%d", s.URL, i))
		var e *Error
		if !errors.As(err, &e) {
			t.Fatalf("request %d: %v", i, err)
		}
		if i < blockAfter && (e.Outcome != OutcomeBlocked || e.IsUnsent) {
			t.Errorf("request %d: %+v", i, e)
		}
		if i >= blockAfter && (e.Outcome != OutcomeDeferred || !e.IsUnsent || e.IsNetworkDown || e.RetryAfter < firstBlock/3 || !strings.Contains(e.Reason, "it refused us 3 times in a row")) {
			t.Errorf("request %d: %+v", i, e)
		}
	}
	if n := asked.Load(); n != blockAfter {
		t.Errorf("asked %d times", n)
	}
	isFriendly.Store(true)
	over := func() {
		f.limiter.mu.Lock()
		defer f.limiter.mu.Unlock()
		f.limiter.hosts[hostIn(s.URL)].standing.until = time.Time{}
	}
	over()
	for range 3 {
		if _, err := page(t, f, s.URL+"/a"); err != nil {
			t.Errorf("after the block: %v", err)
		}
	}
	// The block begins anew only after as many refusals as at first.
	isFriendly.Store(false)
	page(t, f, s.URL+"/b")
	page(t, f, s.URL+"/c")
	isFriendly.Store(true)
	if _, err := page(t, f, s.URL+"/d"); err != nil {
		t.Errorf("after two more refusals: %v", err)
	}
}

// The next stumble in a row costs more, and a long one is not waited for.
func TestStumblingHostIsAskedLessOften(t *testing.T) {
	t.Parallel()
	s, seen := countingServer(t, "", func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusBadGateway) })
	f := newTestFetcher(t, func(c *Config) { c.RequestTimeout = 100 * time.Millisecond })
	for i := range 5 {
		_, err := page(t, f, fmt.Sprintf("%s/%d", s.URL, i))
		var e *Error
		if !errors.As(err, &e) || e.IsUnsent != (i > 0) || e.Outcome != OutcomeDeferred {
			t.Errorf("request %d: %+v", i, err)
		}
	}
	if len(seen.at) != 2 {
		t.Errorf("%d requests, want robots.txt and one page", len(seen.at))
	}
}

// A body that comes too slowly, or breaks off, is no service.
func TestBrokenBodiesAreStumbles(t *testing.T) {
	t.Parallel()
	for name, h := range map[string]http.HandlerFunc{
		"slow": func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		},
		"cut": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, "half")
		},
	} {
		s := serve(t, h)
		f := newTestFetcher(t, func(c *Config) { c.RequestTimeout = 300 * time.Millisecond })
		page(t, f, s.URL)
		_, err := page(t, f, s.URL)
		var e *Error
		if !errors.As(err, &e) || !e.IsUnsent || !strings.Contains(e.Reason, "it stumbled") {
			t.Errorf("%s: %v", name, err)
		}
		if d := mannersOf(f, s.URL); d.Failures != 1 {
			t.Errorf("%s: %d failures", name, d.Failures)
		}
	}
}
