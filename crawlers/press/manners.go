package press

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Manners is what the servers of the press saw of a reader's behaviour.
type Manners struct {
	Requests         int      // all of them
	BeforeRobots     int      // pages fetched before robots.txt was looked at
	Forbidden        int      // addresses fetched that robots.txt forbids
	TooSoon          int      // requests sooner than the crawl-delay after the one before
	DuringRetryAfter int      // requests while a 429 asked to wait
	Concurrent       int      // requests while another one of the same host was open
	Refetched        int      // articles fetched again although the first answer was final
	Examples         []string // of the first twenty violations
}

// Violations is the sum of all kinds.
func (m Manners) Violations() int {
	return m.BeforeRobots + m.Forbidden + m.TooSoon + m.DuringRetryAfter + m.Concurrent + m.Refetched
}

// retryAfter is how long a 429 asks to wait.
const retryAfter = time.Second

// slack allows for the grain of clocks. A reader who counts the delay from our
// answer needs no more, however late a busy machine lets us see its requests.
const slack = 2 * time.Millisecond

// manners watches all hosts.
type manners struct {
	p     *Press
	hosts []hostManners
	mu    sync.Mutex
	seen  Manners
}

type hostManners struct {
	mu         sync.Mutex
	open       int
	knowsRules bool
	due        time.Time // when the next request but robots.txt may come
	waitUntil  time.Time
	articles   int
	decided    map[string]bool
}

func newManners(p *Press) *manners {
	return &manners{p: p, hosts: make([]hostManners, len(p.outlets))}
}

// Manners returns what was counted so far.
func (p *Press) Manners() Manners {
	p.manners.mu.Lock()
	defer p.manners.mu.Unlock()
	out := p.manners.seen
	out.Examples = slices.Clone(out.Examples)
	return out
}

// ForgetManners starts the count anew, for a second reader; what was answered
// may then be fetched again.
func (p *Press) ForgetManners() {
	for i := range p.manners.hosts {
		h := &p.manners.hosts[i]
		h.mu.Lock()
		h.knowsRules, h.due, h.waitUntil, h.articles, h.decided = false, time.Time{}, time.Time{}, 0, nil
		h.mu.Unlock()
	}
	p.manners.mu.Lock()
	p.manners.seen = Manners{}
	p.manners.mu.Unlock()
}

func (m *manners) violation(counter *int, host int, r *http.Request, what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	*counter++
	if len(m.seen.Examples) < 20 {
		m.seen.Examples = append(m.seen.Examples, fmt.Sprintf("%s: %s.localhost%s", what, m.p.outlets[host].slug, r.URL.RequestURI()))
	}
}

// begin judges a request as it comes in. wait is above 0 if the host wants a
// pause first; done must be called when the answer is out.
func (m *manners) begin(host int, r *http.Request, now time.Time) (done func(), wait time.Duration) {
	h, o := &m.hosts[host], &m.p.outlets[host]
	m.mu.Lock()
	m.seen.Requests++
	m.mu.Unlock()
	isRobots := r.URL.Path == "/robots.txt"
	m.enter(host, r)

	h.mu.Lock()
	knowsRules, due, waitUntil, isDecided := h.knowsRules, h.due, h.waitUntil, h.decided[r.URL.RequestURI()]
	if !isRobots && knowsRules {
		h.due = now.Add(o.crawlDelay)
	}
	wait = m.throttle(h, host, r, now)
	h.mu.Unlock()

	if isRobots {
		return func() { m.leave(host) }, 0
	}
	if !knowsRules {
		m.violation(&m.seen.BeforeRobots, host, r, "before robots.txt")
	}
	if o.isForbidden(r.URL.Path) {
		m.violation(&m.seen.Forbidden, host, r, "forbidden")
	}
	if early := due.Sub(now); o.crawlDelay > 0 && early > slack {
		m.violation(&m.seen.TooSoon, host, r, fmt.Sprintf("%s too soon, %s asked", early.Round(time.Millisecond), o.crawlDelay))
	}
	if now.Before(waitUntil.Add(-50 * time.Millisecond)) {
		m.violation(&m.seen.DuringRetryAfter, host, r, "during retry-after")
	}
	if isDecided && r.Header.Get("If-None-Match") == "" && r.Header.Get("If-Modified-Since") == "" {
		m.violation(&m.seen.Refetched, host, r, "fetched again")
	}
	return func() { m.leave(host) }, wait
}

// enter counts the request as open. A reader that has just given up on another
// one may be here before the news of that is, so it gets a moment's grace.
func (m *manners) enter(host int, r *http.Request) {
	h := &m.hosts[host]
	for try := 0; ; try++ {
		h.mu.Lock()
		if h.open == 0 || try == 10 {
			isAlone := h.open == 0
			h.open++
			h.mu.Unlock()
			if !isAlone {
				m.violation(&m.seen.Concurrent, host, r, "at the same time")
			}
			return
		}
		h.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
}

func (m *manners) leave(host int) {
	h := &m.hosts[host]
	h.mu.Lock()
	h.open--
	h.mu.Unlock()
}

// throttle answers 429 to the second and the fifth article that is asked for,
// and to all that does not wait. Called with the host locked.
func (m *manners) throttle(h *hostManners, host int, r *http.Request, now time.Time) time.Duration {
	if m.p.outlets[host].tricks&trickThrottle == 0 || m.p.outlets[host].tricks.isBroken() {
		return 0
	}
	if now.Before(h.waitUntil.Add(-50 * time.Millisecond)) {
		return h.waitUntil.Sub(now)
	}
	if a, _ := m.p.find(host, r.URL); a == nil {
		return 0
	}
	if h.articles++; h.articles != 2 && h.articles != 5 {
		return 0
	}
	h.waitUntil = now.Add(retryAfter)
	return retryAfter
}

func (m *manners) sawRobots(host int) {
	h := &m.hosts[host]
	h.mu.Lock()
	h.knowsRules = true
	h.mu.Unlock()
}

// decided notes a final answer about an article. Channels and front pages are
// made to be read again.
func (m *manners) decided(host int, r *http.Request) {
	a, _ := m.p.find(host, r.URL)
	if a == nil && !strings.Contains(r.URL.Path, "/removed-story-") {
		return
	}
	h := &m.hosts[host]
	h.mu.Lock()
	if h.decided == nil {
		h.decided = map[string]bool{}
	}
	h.decided[r.URL.RequestURI()] = true
	h.mu.Unlock()
}
