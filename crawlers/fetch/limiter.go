package fetch

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"
)

// maxHosts is how many hosts are remembered when none is in use.
const maxHosts = 20_000

// breath is how long a host is left alone after an answer longer than the gap:
// it has sent its last byte before it has put the request away.
const breath = 10 * time.Millisecond

// limiter gives each host its turns. A request takes, in this order, one of
// the host's slots, then the host's turn to start, in which it waits for the
// gap, then one of the slots of all hosts; so a slow host holds none of the
// others' slots while it waits. Every wait ends with the context.
type limiter struct {
	gap, maxDelay, maxPause, keep time.Duration
	hostSlots                     int
	slots                         chan struct{} // of all hosts

	mu    sync.Mutex // guards hosts and the fields of each
	hosts map[string]*host
	swept time.Time

	manners map[hostDay]*HostDay // since they were taken last
}

type host struct {
	slots chan struct{}
	turn  chan struct{}

	users       int // requests that wait or run
	running     int
	started     time.Time // last time a request was let go, went out, or was answered: the gap counts from here
	wrote       time.Time // last time one went out
	ended       time.Time // last time one was done
	pausedUntil time.Time
	used        time.Time
	crawlDelay  time.Duration // as robots.txt asks
	name        string
}

func newLimiter(cfg Config) *limiter {
	return &limiter{
		gap: cfg.HostGap, maxDelay: cfg.MaxCrawlDelay, maxPause: cfg.RequestTimeout, keep: cfg.RobotsTTL,
		hostSlots: cfg.HostConcurrency,
		slots:     make(chan struct{}, cfg.MaxInFlight),
		hosts:     map[string]*host{},
		manners:   map[hostDay]*HostDay{},
		swept:     time.Now(),
	}
}

// hostOf names the host whose turn an address needs: http and https are one,
// other ports are others.
func hostOf(u *url.URL) string {
	name := strings.ToLower(u.Hostname())
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		name += ":" + p
	}
	return name
}

// start waits for the host's turn and takes it. Each start needs a finish.
func (l *limiter) start(ctx context.Context, name string) (*host, error) {
	h := l.enter(name)
	if err := l.take(ctx, h); err != nil {
		l.mu.Lock()
		h.users--
		l.mu.Unlock()
		return nil, err
	}
	return h, nil
}

func (l *limiter) take(ctx context.Context, h *host) error {
	if err := acquire(ctx, h.slots); err != nil {
		return err
	}
	if err := acquire(ctx, h.turn); err != nil {
		<-h.slots
		return err
	}
	defer func() { <-h.turn }()
	err := l.waitGap(ctx, h)
	if err == nil {
		err = acquire(ctx, l.slots)
	}
	if err != nil {
		<-h.slots
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	h.started = time.Now()
	h.running++
	d := l.today(h.name, h.started)
	d.Requests++
	d.MaxConcurrent = max(d.MaxConcurrent, h.running)
	d.CrawlDelay = h.crawlDelay
	return nil
}

func acquire(ctx context.Context, slots chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// waitGap waits until the host may be asked again. A host that wants to be
// left alone for longer than a request may take is not waited for: its
// requests would pile up and hold the night.
func (l *limiter) waitGap(ctx context.Context, h *host) error {
	for {
		l.mu.Lock()
		now := time.Now()
		wait := time.Until(h.started.Add(max(l.gap, min(h.crawlDelay, l.maxDelay))))
		wait = max(wait, time.Until(h.ended.Add(min(l.gap, breath))))
		pause := h.pausedUntil.Sub(now)
		l.mu.Unlock()
		if pause > l.maxPause {
			return &Error{Outcome: OutcomeDeferred, Reason: fmt.Sprintf("the host asked to be left alone for another %v", pause.Round(time.Second)), RetryAfter: pause, IsUnsent: true}
		}
		if wait = max(wait, pause); wait <= 0 {
			return nil
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

// waitAgain waits for the gap once more, in the middle of a request.
func (l *limiter) waitAgain(ctx context.Context, h *host) {
	if acquire(ctx, h.turn) != nil {
		return
	}
	defer func() { <-h.turn }()
	if l.waitGap(ctx, h) == nil {
		l.mu.Lock()
		h.started = time.Now()
		l.mu.Unlock()
	}
}

// sent notes that a request went out.
func (l *limiter) sent(h *host) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if !h.wrote.IsZero() {
		d := l.today(h.name, now)
		if gap := now.Sub(h.wrote); d.SmallestGap == 0 || gap < d.SmallestGap {
			d.SmallestGap = gap
		}
	}
	h.started, h.wrote = now, now
}

// answered notes the first byte of an answer. The gap counts from here: a busy
// host may have seen the request only now, and it is the host's view that
// counts.
func (l *limiter) answered(h *host) {
	l.mu.Lock()
	defer l.mu.Unlock()
	h.started = time.Now()
}

// finish gives back what start took.
func (l *limiter) finish(h *host, bytes int64) {
	l.mu.Lock()
	h.running--
	h.users--
	h.used = time.Now()
	h.ended = h.used
	l.today(h.name, h.used).Bytes += bytes
	l.mu.Unlock()
	<-l.slots
	<-h.slots
}

func (l *limiter) notModified(h *host, saved int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	d := l.today(h.name, time.Now())
	d.NotModified++
	d.SavedBytes += saved
}

// pause leaves the host alone for a while.
func (l *limiter) pause(h *host, d time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if until := time.Now().Add(d); until.After(h.pausedUntil) {
		h.pausedUntil = until
	}
}

// setCrawlDelay keeps what the host's robots.txt asks.
func (l *limiter) setCrawlDelay(name string, d time.Duration) {
	h := l.enter(name)
	l.mu.Lock()
	defer l.mu.Unlock()
	h.users--
	h.crawlDelay = d
}

// enter finds or makes the state of a host, and keeps it from being forgotten
// until users is counted down again.
func (l *limiter) enter(name string) *host {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.forget(now)
	h := l.hosts[name]
	if h == nil {
		h = &host{name: name, slots: make(chan struct{}, l.hostSlots), turn: make(chan struct{}, 1)}
		l.hosts[name] = h
	}
	h.users++
	h.used = now
	return h
}

// forget drops hosts that nobody uses and that are owed no waiting: the long
// unused ones once a minute, any when there are too many.
func (l *limiter) forget(now time.Time) {
	isFull := len(l.hosts) >= maxHosts
	if !isFull && now.Sub(l.swept) < time.Minute {
		return
	}
	if isFull && now.Sub(l.swept) < time.Second {
		return
	}
	l.swept = now
	for name, h := range l.hosts {
		owed := h.started.Add(max(l.gap, min(h.crawlDelay, l.maxDelay)))
		if h.users > 0 || now.Before(owed) || now.Before(h.pausedUntil) {
			continue
		}
		if isFull || now.Sub(h.used) > l.keep {
			delete(l.hosts, name)
		}
	}
}
