package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// maxHosts is how many hosts are remembered when none is in use.
const maxHosts = 20_000

// breath is how long a host is left alone after an answer that took longer than
// the gap: it has sent its last byte before it has put the request away, and if
// it is slow it is busy.
const breath = 100 * time.Millisecond

// errOut ends a wait when our network goes out.
var errOut = errors.New("our network is out")

// limiter gives each host its turns. A request takes, in this order, one of
// the host's slots, then the host's turn to start, in which it waits for the
// gap, then one of the slots of all hosts. So a request that waits for its host
// holds none of the slots of all, whatever it waits for: it is a goroutine and
// at most one timer. All three queues are first come, first served, which
// serves the requests of a host in their order and the hosts in the order in
// which their time came. Every wait ends with the context, and when our network
// goes out.
type limiter struct {
	gap, maxDelay, maxPause, keep time.Duration
	hostSlots                     int
	slots                         chan struct{} // of all hosts

	mu      sync.Mutex // guards what follows, and the fields of each host
	hosts   map[string]*host
	swept   time.Time
	manners map[hostDay]*HostDay // since they were taken last
	budget  budget
}

type host struct {
	name  string
	slots chan struct{}
	turn  chan struct{}

	users      int // requests that wait or run
	running    int
	started    time.Time // last time a request was let go, went out, or was answered: the gap counts from here
	wrote      time.Time // last time one went out
	ended      time.Time // last time one was done
	used       time.Time
	crawlDelay time.Duration // as robots.txt asks
	standing   standing
}

func newLimiter(cfg Config) *limiter {
	return &limiter{
		gap: cfg.HostGap, maxDelay: cfg.MaxCrawlDelay, maxPause: cfg.RequestTimeout, keep: cfg.RobotsTTL,
		hostSlots: cfg.HostConcurrency,
		slots:     make(chan struct{}, cfg.MaxInFlight),
		hosts:     map[string]*host{},
		swept:     time.Now(),
		manners:   map[hostDay]*HostDay{},
		budget:    budget{most: cfg.HostDailyBudget},
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

// start waits for the host's turn and takes it. Each start needs a finish. A
// closed out ends the wait with errOut.
func (l *limiter) start(ctx context.Context, name string, out <-chan struct{}) (*host, error) {
	h := l.enter(name)
	if err := l.take(ctx, h, out); err != nil {
		l.mu.Lock()
		h.users--
		l.mu.Unlock()
		return nil, err
	}
	return h, nil
}

func (l *limiter) take(ctx context.Context, h *host, out <-chan struct{}) error {
	if _, err := l.wait(h); err != nil {
		return err // who is refused need not queue for it
	}
	if err := acquire(ctx, h.slots, out); err != nil {
		return err
	}
	if err := acquire(ctx, h.turn, out); err != nil {
		<-h.slots
		return err
	}
	defer func() { <-h.turn }()
	err := l.waitGap(ctx, h, out)
	if err == nil {
		err = acquire(ctx, l.slots, out)
	}
	if err != nil {
		<-h.slots
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	h.running++
	l.count(h)
	return nil
}

// count notes a request that is let go; l.mu is held.
func (l *limiter) count(h *host) {
	h.started = time.Now()
	l.budget.spend(h.name, 1, h.started)
	d := l.today(h.name, h.started)
	d.Requests++
	d.MaxConcurrent = max(d.MaxConcurrent, h.running)
	d.CrawlDelay = h.crawlDelay
}

func acquire(ctx context.Context, slots chan struct{}, out <-chan struct{}) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case <-out:
		return errOut
	default:
	}
	select {
	case slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-out:
		return errOut
	}
}

// wait tells how long the host must be left alone. Longer than a request may
// take is not waited for, as requests would pile up and hold the night; nor is
// midnight, if the day's budget is spent.
func (l *limiter) wait(h *host) (time.Duration, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if !l.budget.left(h.name, now) {
		l.today(h.name, now).BudgetRefusals++
		return 0, &Error{
			Outcome: OutcomeDeferred, Reason: fmt.Sprintf("the day's budget of %d requests to the host is spent", l.budget.most),
			RetryAfter: utcDay(now).Add(24 * time.Hour).Sub(now), IsUnsent: true, IsBudgetSpent: true,
		}
	}
	pause := h.standing.until.Sub(now)
	if pause > l.maxPause {
		return 0, &Error{
			Outcome: OutcomeDeferred, Reason: fmt.Sprintf("the host is left alone for another %v: %s", pause.Round(time.Second), h.standing.why),
			RetryAfter: pause, IsUnsent: true,
		}
	}
	return max(l.gapOf(h, now), pause), nil
}

// gapOf tells how long the gap after the host's last request still lasts; l.mu is
// held.
func (l *limiter) gapOf(h *host, now time.Time) time.Duration {
	gap := h.started.Add(max(l.gap, min(h.crawlDelay, l.maxDelay))).Sub(now)
	return max(gap, h.ended.Add(min(l.gap, breath)).Sub(now))
}

// waitGap waits until the host may be asked again.
func (l *limiter) waitGap(ctx context.Context, h *host, out <-chan struct{}) error {
	for {
		wait, err := l.wait(h)
		if err != nil || wait <= 0 {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case <-out:
			timer.Stop()
			return errOut
		}
	}
}

// waitAgain waits for the gap once more, in the middle of a request, and counts
// the second one that is now sent.
func (l *limiter) waitAgain(ctx context.Context, h *host) {
	if acquire(ctx, h.turn, nil) != nil {
		return
	}
	defer func() { <-h.turn }()
	_ = l.waitGap(ctx, h, nil) // it goes out in any case, unless the context ended
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count(h)
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

// finish gives back what start took, and judges the host before the next
// request may start.
func (l *limiter) finish(h *host, e ending) {
	l.mu.Lock()
	h.running--
	h.users--
	now := time.Now()
	h.used, h.ended = now, now
	h.standing.note(e.reply, e.about, e.retryAfter, now)
	d := l.today(h.name, now)
	d.Bytes += e.bytes
	switch {
	case e.status == http.StatusNotModified:
		d.NotModified++
		d.SavedBytes += e.saved
	case isThrottled(e.status, e.retryAfter):
		d.Throttled++
	}
	if e.reply == replySilent || e.reply == replyStumbled && e.status != http.StatusTooManyRequests {
		d.Failures++
	}
	l.mu.Unlock()
	if !e.keepsSlot {
		l.free()
	}
	<-h.slots
}

// free gives back a slot of all hosts.
func (l *limiter) free() { <-l.slots }

// ending is how a request ended, for its host.
type ending struct {
	reply        reply
	about        uint64 // hash of the address; zero: the reply is about the host
	status       int    // zero: no answer
	retryAfter   time.Duration
	bytes, saved int64
	keepsSlot    bool // of all hosts: the body is held, free gives it back
}

// isThrottled tells answers by which a host says that we ask too much.
func isThrottled(status int, retryAfter time.Duration) bool {
	return status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable && retryAfter > 0
}

// fail charges a host with a request without an answer, after it is finished.
func (l *limiter) fail(name string) {
	h := l.enter(name)
	l.mu.Lock()
	defer l.mu.Unlock()
	h.users--
	now := time.Now()
	h.standing.note(replySilent, 0, 0, now)
	l.today(name, now).Failures++
}

// forgive takes back what hosts were charged with while our network was out.
func (l *limiter) forgive(names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, name := range names {
		if h := l.hosts[name]; h != nil {
			h.standing.forgive()
		}
	}
}

// setCrawlDelay keeps what the host's robots.txt asks.
func (l *limiter) setCrawlDelay(name string, d time.Duration) {
	h := l.enter(name)
	l.mu.Lock()
	defer l.mu.Unlock()
	h.users--
	h.crawlDelay = d
	l.today(name, time.Now()).CrawlDelay = d
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
		if h.users > 0 || now.Before(owed) || now.Before(h.standing.until) {
			continue
		}
		if isFull || now.Sub(h.used) > l.keep {
			delete(l.hosts, name)
		}
	}
}
