package fetch

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch/robots"
)

const (
	// robotsAttempts is how often a robots.txt is asked for in a row when the
	// server stumbles: its answer decides about everything else of the host.
	robotsAttempts = 3
	// robotsRedirects is what RFC 9309 asks to follow.
	robotsRedirects = 5
	// robotsRetry is how long an unreachable robots.txt is not asked for again.
	robotsRetry = 30 * time.Second
)

// robotsCache holds the rules of each origin (scheme, host and port). Many may
// ask at once; one request is made for all of them, and it ends when the last
// of them gives up.
type robotsCache struct {
	f     *Fetcher
	ctx   context.Context // ends with the Fetcher
	mu    sync.Mutex
	held  map[string]*robotsEntry
	sweep time.Time
}

type robotsEntry struct {
	rules   *robots.Rules // nil: not known
	err     error         // why not
	expires time.Time
	load    *robotsLoad // the request in flight, nil if none is
}

type robotsLoad struct {
	done    chan struct{} // closed when rules and err are set
	rules   *robots.Rules
	err     error
	waiting int
	cancel  context.CancelFunc
}

func newRobotsCache(ctx context.Context, f *Fetcher) *robotsCache {
	return &robotsCache{f: f, ctx: ctx, held: map[string]*robotsEntry{}, sweep: time.Now()}
}

// check tells whether robots.txt allows an address, asking for it if need be.
func (c *robotsCache) check(ctx context.Context, u *url.URL) error {
	if u.Path == "/robots.txt" {
		return nil
	}
	rules, err := c.rules(ctx, u)
	if err != nil {
		return err
	}
	if !rules.Allows(pathOf(u)) {
		c.f.limiter.refusedByRobots(hostOf(u))
		return &Error{Outcome: OutcomeRobots, Reason: "robots.txt forbids it", IsUnsent: true}
	}
	return nil
}

// IsAllowed tells whether robots.txt lets us ask for an address, and the line
// that decided; it may have to fetch robots.txt.
func (f *Fetcher) IsAllowed(ctx context.Context, address string) (bool, string, error) {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return false, "", &Error{Outcome: OutcomeRefused, Reason: "not an http or https address", IsUnsent: true, URL: address, Err: err}
	}
	if u.Path == "/robots.txt" {
		return true, "robots.txt itself may always be asked for", nil
	}
	rules, err := f.robots.rules(ctx, u)
	if err != nil {
		return false, "", f.explain(ctx, address, &exchange{hops: 1}, err)
	}
	isAllowed, line := rules.Decide(pathOf(u))
	return isAllowed, line, nil
}

// Sitemaps gives the sitemaps that the robots.txt of a host announces, as
// absolute addresses, each once.
func (f *Fetcher) Sitemaps(ctx context.Context, homeURL string) ([]string, error) {
	u, err := url.Parse(homeURL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &Error{Outcome: OutcomeRefused, Reason: "not an http or https address", IsUnsent: true, URL: homeURL, Err: err}
	}
	rules, err := f.robots.rules(ctx, u)
	if err != nil {
		return nil, f.explain(ctx, homeURL, &exchange{hops: 1}, err)
	}
	var sitemaps []string
	base := &url.URL{Scheme: u.Scheme, Host: u.Host, Path: "/"}
	for _, s := range rules.Sitemaps {
		a, err := base.Parse(s)
		if err != nil || a.Host == "" || a.Scheme != "http" && a.Scheme != "https" {
			continue
		}
		if a.User, a.Fragment = nil, ""; !slices.Contains(sitemaps, a.String()) {
			sitemaps = append(sitemaps, a.String())
		}
	}
	return sitemaps, nil
}

// pathOf is what robots.txt rules speak of.
func pathOf(u *url.URL) string {
	if u.RawQuery == "" {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + u.RawQuery
}

func (c *robotsCache) rules(ctx context.Context, u *url.URL) (*robots.Rules, error) {
	origin := originOf(u)
	c.mu.Lock()
	c.forget(time.Now())
	e := c.held[origin]
	if e == nil {
		e = &robotsEntry{}
		c.held[origin] = e
	}
	if e.load == nil && time.Now().Before(e.expires) {
		defer c.mu.Unlock()
		return e.rules, e.err
	}
	if e.load == nil {
		c.start(e, origin, hostOf(u))
	}
	load := e.load
	load.waiting++
	c.mu.Unlock()

	select {
	case <-load.done:
		return load.rules, load.err
	case <-ctx.Done():
		c.giveUp(e, load)
		return nil, ctx.Err()
	}
}

// giveUp counts a waiter out; the last one ends the request, and who comes
// next starts another.
func (c *robotsCache) giveUp(e *robotsEntry, load *robotsLoad) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if load.waiting--; load.waiting == 0 && e.load == load {
		load.cancel()
		e.load = nil
	}
}

// start asks for a robots.txt in the background; c.mu is held.
func (c *robotsCache) start(e *robotsEntry, origin, hostName string) {
	ctx, cancel := context.WithCancel(c.ctx)
	load := &robotsLoad{done: make(chan struct{}), cancel: cancel}
	e.load = load
	attempts := robotsAttempts
	if e.rules != nil {
		attempts = 1 // what we know will do
	}
	go func() {
		defer cancel()
		rules, err := c.ask(ctx, origin, attempts)
		if rules != nil {
			c.f.limiter.setCrawlDelay(hostName, rules.CrawlDelay)
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		defer close(load.done)
		load.rules, load.err = rules, err
		if e.load != load {
			return // everyone gave up
		}
		e.load = nil
		if rules != nil {
			e.rules, e.err, e.expires = rules, nil, time.Now().Add(c.f.cfg.RobotsTTL)
			return
		}
		if !isNetworkDown(err) { // which says nothing about the host
			e.expires = time.Now().Add(min(robotsRetry, c.f.cfg.RobotsTTL))
		}
		if e.rules != nil {
			load.rules, load.err = e.rules, nil // rules we knew are better than none (RFC 9309, 2.4)
			return
		}
		e.err = err
	}()
}

// ask fetches one robots.txt. No error means that rules were found, or that
// the host has none and so allows all.
func (c *robotsCache) ask(ctx context.Context, origin string, attempts int) (*robots.Rules, error) {
	var last error
	isUnsent := true
	for range attempts {
		rules, err := c.askOnce(ctx, origin+"/robots.txt")
		if rules != nil || ctx.Err() != nil {
			return rules, err
		}
		last = err
		var e *Error
		isUnsent = isUnsent && errors.As(err, &e) && e.IsUnsent
		if errors.As(err, &e) && (e.IsUnsent || errors.Is(err, context.DeadlineExceeded) || isTheirs(err)) {
			break // asking again would not help, or cost another time-out
		}
	}
	var e *Error
	if !errors.As(last, &e) {
		return nil, last
	}
	if e.Outcome == OutcomeRefused || e.IsNetworkDown {
		return nil, e
	}
	return nil, &Error{Outcome: OutcomeDeferred, Reason: "robots.txt unreachable: " + e.Reason, Status: e.Status, RetryAfter: e.RetryAfter, IsUnsent: isUnsent, Err: last}
}

func isNetworkDown(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.IsNetworkDown
}

// probe asks a host for its robots.txt to see whether the network is out. The
// host's turn, pauses and budget count as ever.
func (f *Fetcher) probe(ctx context.Context, origin string) (isSent bool) {
	x := &exchange{kind: KindRobots, skipsRobots: true, isProbe: true, maxWire: robots.MaxBytes, maxBody: robots.MaxBytes, cutsBody: true}
	_, err := f.get(ctx, Request{URL: origin + "/robots.txt", Kind: KindRobots}, x)
	f.lg.Debug("asked a host whether the network is out", "url", origin, "error", err)
	return x.hops > 0
}

func (c *robotsCache) askOnce(ctx context.Context, address string) (*robots.Rules, error) {
	x := &exchange{
		kind: KindRobots, maxRedirects: robotsRedirects, skipsRobots: true,
		maxWire: robots.MaxBytes, maxBody: robots.MaxBytes, cutsBody: true,
	}
	page, err := c.f.get(ctx, Request{URL: address, Kind: KindRobots}, x)
	var e *Error
	switch {
	case errors.As(err, &e) && e.Outcome == OutcomeFailed && e.Status >= 300 && e.Status < 400:
		return &robots.Rules{}, nil // redirects without end: as if there were none
	case err != nil:
		return nil, err
	case page.Status >= 200 && page.Status < 300:
		return robots.Parse(page.Body, c.f.agent), nil
	case page.Status == http.StatusTooManyRequests || page.Status >= 500:
		return nil, &Error{Outcome: OutcomeDeferred, Reason: fmt.Sprintf("status %d", page.Status), Status: page.Status, RetryAfter: retryAfter(page.Header, time.Now()), URL: address}
	default:
		return &robots.Rules{}, nil // no robots.txt, or none for us: all is allowed
	}
}

// forget drops what has expired, once a minute; c.mu is held. Rules are kept
// for as long again, in case the server is down when they are asked for.
func (c *robotsCache) forget(now time.Time) {
	if now.Sub(c.sweep) < time.Minute && len(c.held) < maxHosts {
		return
	}
	if now.Sub(c.sweep) < time.Second {
		return
	}
	c.sweep = now
	for origin, e := range c.held {
		isOld := now.After(e.expires.Add(c.f.cfg.RobotsTTL))
		if e.load == nil && (isOld || len(c.held) >= maxHosts) {
			delete(c.held, origin)
		}
	}
}
