package press

import (
	"fmt"
	"hash/fnv"
	"io"
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
	Refetched        int      // articles fetched again within a day although the first answer was final
	OverBudget       int      // requests beyond what a host grants in a UTC day
	Examples         []string // of the first twenty violations
}

// Violations is the sum of all kinds.
func (m Manners) Violations() int {
	return m.BeforeRobots + m.Forbidden + m.TooSoon + m.DuringRetryAfter + m.Concurrent + m.Refetched + m.OverBudget
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
	decided    map[uint64]time.Time // hash of the address → when it was answered, by the clock of the press
	sent       map[uint64]int       // addresses that a redirect of ours leads to → who is still to come
	day        int
	requests   int // on that day
}

// recheckAfter is when a final answer may be asked for again.
const recheckAfter = 20 * time.Hour

func newManners(p *Press) *manners {
	return &manners{p: p, hosts: make([]hostManners, len(p.outlets)*sides)}
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
		h.knowsRules, h.due, h.waitUntil, h.articles, h.decided, h.sent, h.requests = false, time.Time{}, time.Time{}, 0, nil, nil, 0
		h.mu.Unlock()
	}
	p.manners.mu.Lock()
	p.manners.seen = Manners{}
	p.manners.mu.Unlock()
}

func (m *manners) violation(counter *int, v *visit, what string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	*counter++
	if len(m.seen.Examples) < 20 {
		m.seen.Examples = append(m.seen.Examples, fmt.Sprintf("%s: %s%s", what, v.r.Host, v.r.URL.RequestURI()))
	}
}

// begin judges a request as it comes in. wait is above 0 if the host wants a
// pause first; done must be called when the answer is out.
func (m *manners) begin(v *visit, seat int, now time.Time) (done func(), wait time.Duration) {
	v.seat = seat
	h, r := &m.hosts[seat], v.r
	m.mu.Lock()
	m.seen.Requests++
	m.mu.Unlock()
	isRobots := r.URL.Path == "/robots.txt"
	m.enter(v)

	h.mu.Lock()
	key := hashOf(r.URL.RequestURI())
	knowsRules, due, waitUntil, answered := h.knowsRules, h.due, h.waitUntil, h.decided[key]
	if h.sent[key] > 0 { // it goes where we sent it, whatever it had before
		h.sent[key]--
		answered = time.Time{}
	}
	if !isRobots && knowsRules {
		h.due = now.Add(v.o.crawlDelay)
	}
	wait = m.throttle(h, v, now)
	if today := dayOf(v.now); today != h.day {
		h.day, h.requests = today, 0
	}
	h.requests++
	isOver := m.p.cfg.HostDailyBudget > 0 && h.requests > m.p.cfg.HostDailyBudget
	h.mu.Unlock()

	done = func() {
		h.mu.Lock()
		h.open--
		h.mu.Unlock()
	}
	if isOver {
		m.violation(&m.seen.OverBudget, v, "over budget")
	}
	if isRobots {
		return done, 0
	}
	if !knowsRules {
		m.violation(&m.seen.BeforeRobots, v, "before robots.txt")
	}
	if v.o.isForbidden(r.URL.Path) {
		m.violation(&m.seen.Forbidden, v, "forbidden")
	}
	if early := due.Sub(now); v.o.crawlDelay > 0 && early > slack {
		m.violation(&m.seen.TooSoon, v, fmt.Sprintf("%s too soon, %s asked", early.Round(time.Millisecond), v.o.crawlDelay))
	}
	if now.Before(waitUntil.Add(-50 * time.Millisecond)) {
		m.violation(&m.seen.DuringRetryAfter, v, "during retry-after")
	}
	if !answered.IsZero() && v.now.Sub(answered) < recheckAfter && r.Header.Get("If-None-Match") == "" && r.Header.Get("If-Modified-Since") == "" {
		m.violation(&m.seen.Refetched, v, "fetched again")
	}
	return done, wait
}

func hashOf(address string) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, address) // never fails
	return h.Sum64()
}

// enter counts the request as open. A reader that has just given up on another
// one may be here before the news of that is, so it gets a moment's grace.
func (m *manners) enter(v *visit) {
	h := &m.hosts[v.seat]
	for try := 0; ; try++ {
		h.mu.Lock()
		if h.open == 0 || try == 10 {
			isAlone := h.open == 0
			h.open++
			h.mu.Unlock()
			if !isAlone {
				m.violation(&m.seen.Concurrent, v, "at the same time")
			}
			return
		}
		h.mu.Unlock()
		time.Sleep(5 * time.Millisecond)
	}
}

// throttle answers 429 to the second and the fifth article that is asked for,
// and to all that does not wait. Called with the host locked.
func (m *manners) throttle(h *hostManners, v *visit, now time.Time) time.Duration {
	if v.o.tricks&trickThrottle == 0 || v.o.tricks.isBroken() || v.state.gone != "" {
		return 0
	}
	if now.Before(h.waitUntil.Add(-50 * time.Millisecond)) {
		return h.waitUntil.Sub(now)
	}
	if v.a == nil {
		return 0
	}
	if h.articles++; h.articles != 2 && h.articles != 5 {
		return 0
	}
	h.waitUntil = now.Add(retryAfter)
	return retryAfter
}

func (m *manners) sawRobots(v *visit) {
	h := &m.hosts[v.seat]
	h.mu.Lock()
	h.knowsRules = true
	h.mu.Unlock()
}

// decided notes a final answer about an article. Channels, front pages and
// departments are made to be read again.
func (m *manners) decided(v *visit) {
	if v.a == nil && !strings.Contains(v.r.URL.Path, "/removed-story-") {
		return
	}
	h := &m.hosts[v.seat]
	h.mu.Lock()
	if h.decided == nil {
		h.decided = map[uint64]time.Time{}
	}
	h.decided[hashOf(v.r.URL.RequestURI())] = v.now
	h.mu.Unlock()
}

// sends notes that a reader was told to go on to a path of the outlet's own host.
func (m *manners) sends(v *visit, path string) {
	h := &m.hosts[v.host*sides]
	h.mu.Lock()
	if h.sent == nil {
		h.sent = map[uint64]int{}
	}
	h.sent[hashOf(path)]++
	h.mu.Unlock()
}
