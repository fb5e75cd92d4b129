// Package fetch is the one way to the web: every page, feed, sitemap and
// robots.txt is asked for through a Fetcher, which keeps our manners and our
// safety whatever the caller does.
//
//	f, err := fetch.New(lg, fetch.Config{UserAgent: "OverheardBot/1.0 (+https://...)", HostGap: time.Second})
//	page, err := f.Fetch(ctx, fetch.Request{URL: u, Kind: fetch.KindPage})
//
// It is built on colly, and is the only place that makes collectors
// (collector.go). What colly cannot do sits below it, in the transport that
// all collectors share, so that each hop of a redirect passes all of it:
//
//	guard.go      the address: none that is private, also after its name was resolved
//	robots.go     robots.txt: cached, one asker a host
//	network.go    is our own network out? then nobody is asked, and nobody blamed
//	limiter.go    the host's turn: gap, crawl-delay, concurrency
//	standing.go   what the host has earned: back-off, blocks, breaker
//	manners.go    the host's daily budget, and the account of what we did
//	transport.go  the deadline, the connection
//	body.go       as many bytes as allowed, before and after decompression, and of
//	unpack.go     all large bodies together
//
// What goes wrong comes back as *Error with the outcome to write into the
// ledger (errors.go).
//
// # Many hosts
//
// Let as many goroutines call Fetch at once as there are hosts. One that waits
// costs a goroutine and a timer, about 11 KB. Of the MaxInFlight slots it holds
// none before its request goes out, and none longer than RequestTimeout and then
// until a held answer is released, so a host that hangs costs the others one slot. What a host must not be asked is
// told at once, with IsUnsent and a RetryAfter, rather than waited for.
//
// # Deadlines
//
// The wait for the first turn ends with the caller's context. From the first
// request on, each hop has RequestTimeout with its body, and all hops have
// FetchTimeout with the turns they wait for. robots.txt, if it is not known, is
// fetched before, at most three times, each under the same two. A failure
// without any answer may be held for some seconds more until it is clear whose
// fault it is; its slot is free by then.
//
// # Memory
//
// A caller that is slow with held answers slows the fetching down, rather than
// that answers pile up. With N = MaxInFlight, bodies and decoders take at most N times about 2 MiB
// (a body up to 1 MiB, read and copied, and a decoder), and MaxBodiesBytes for
// all that need more, twice while they grow. Hosts, robots.txt files, budgets
// and manners are bounded by number; connections kept by 1,024.
package fetch

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gocolly/colly/v2"
)

// Config says how politely and how carefully to fetch. Only UserAgent must be
// given; other zero values stand for the default in brackets.
type Config struct {
	UserAgent            string         // names us and where to complain; begins with the product token that robots.txt files use
	ProxyURL             string         // forward proxy for everything; http, https or socks5 [none]
	AllowPrivateNetworks bool           // reach loopback and private addresses
	RootCAs              *x509.CertPool // who may sign certificates [the system's]

	HostGap         time.Duration // least time between the starts of two requests to a host [none]
	MaxCrawlDelay   time.Duration // longest Crawl-delay obeyed in full [1 min]
	HostConcurrency int           // requests at once to a host [1]
	HostDailyBudget int           // requests to a host in a UTC day, robots.txt and redirects included [no limit]
	MaxInFlight     int           // requests at once to all hosts, and answers held by who asked [64]

	RequestTimeout time.Duration // for one answer with its body, each redirect anew [30 s]
	FetchTimeout   time.Duration // for a whole fetch from its first request on: redirects, and the turns they wait for [2 min, at least RequestTimeout]
	MaxWireBytes   int64         // of a body as sent [8 MiB; sitemaps 50 MiB]
	MaxBodyBytes   int64         // of a body decompressed [16 MiB; sitemaps 50 MiB]
	MaxBodiesBytes int64         // of all bodies over 1 MiB under way, and held by who asked [512 MiB]
	MaxRedirects   int           // [10]
	RobotsTTL      time.Duration // how long a robots.txt is believed [24 h]

	OnResponse func(*Response) // sees every answer before Fetch returns it, for an archive [none]
}

// withDefaults fills in what was left open.
func (c Config) withDefaults() Config {
	def := func(d *time.Duration, v time.Duration) {
		if *d <= 0 {
			*d = v
		}
	}
	num := func(n *int, v int) {
		if *n <= 0 {
			*n = v
		}
	}
	size := func(n *int64, v int64) {
		if *n <= 0 {
			*n = v
		}
	}
	def(&c.MaxCrawlDelay, time.Minute)
	def(&c.RequestTimeout, 30*time.Second)
	def(&c.FetchTimeout, 2*time.Minute)
	c.FetchTimeout = max(c.FetchTimeout, c.RequestTimeout)
	def(&c.RobotsTTL, 24*time.Hour)
	num(&c.HostConcurrency, 1)
	num(&c.MaxInFlight, 64)
	num(&c.MaxRedirects, 10)
	size(&c.MaxWireBytes, 8<<20)
	size(&c.MaxBodyBytes, 16<<20)
	size(&c.MaxBodiesBytes, 512<<20)
	return c
}

// Kind is what a request expects to get; it sets limits and what is accepted.
type Kind string

// The kinds of documents asked for.
const (
	KindPage    Kind = "page"
	KindFeed    Kind = "feed"
	KindSitemap Kind = "sitemap"
	KindRobots  Kind = "robots"
)

// maxSitemapBytes is what the sitemap protocol allows, compressed or not.
const maxSitemapBytes = 50 << 20

// Request asks for one address. With ETag or LastModified, as the last answer
// had them, the server may say that nothing changed.
type Request struct {
	URL                string
	Kind               Kind
	ETag, LastModified string
	LastBytes          int64 // size of the last full answer as sent: what a 304 saves, for the manners
	IsHeld             bool  // the body counts against MaxInFlight and MaxBodiesBytes until Response.Release, not only until Fetch returns
}

// Response is an answer of status 2xx, or 304 to a conditional request.
type Response struct {
	URL, FinalURL string // as asked, and after redirects
	Status        int
	ContentType   string
	Header        http.Header
	Body          []byte // content-encoding undone, charset untouched
	NotModified   bool
	WireBytes     int64         // body as sent
	Elapsed       time.Duration // from request to last byte, without the wait for the host's turn
	// Release says that the body of a held answer is no longer needed; nil if
	// the request asked for no holding. Fetch nothing else before: several who
	// hold and wait could wait for ever.
	Release func()
}

// Fetcher fetches for any number of goroutines.
type Fetcher struct {
	lg      *slog.Logger
	cfg     Config
	agent   string // product token, the name robots.txt knows us by
	base    *colly.Collector
	wire    *http.Transport
	limiter *limiter
	bodies  *bodies
	tools   *tools
	robots  *robotsCache
	network *network
	stop    context.CancelFunc
}

// New makes a Fetcher. Close it to drop its connections.
func New(lg *slog.Logger, cfg Config) (*Fetcher, error) {
	cfg = cfg.withDefaults()
	agent, _, _ := strings.Cut(cfg.UserAgent, "/")
	if agent = strings.TrimSpace(agent); agent == "" || strings.ContainsAny(agent, " (") {
		return nil, fmt.Errorf("user agent %q: want a product token first, such as OverheardBot/1.0 (+https://...)", cfg.UserAgent)
	}
	wire, err := newWire(cfg)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	f := &Fetcher{lg: lg, cfg: cfg, agent: agent, wire: wire, limiter: newLimiter(cfg), bodies: newBodies(cfg.MaxBodiesBytes), tools: newTools(), stop: stop}
	f.robots = newRobotsCache(ctx, f)
	f.network = newNetwork(ctx, lg)
	f.network.probe, f.network.forgive = f.probe, f.limiter.forgive
	f.base = f.newCollector()
	return f, nil
}

// Close ends what runs in the background and drops idle connections.
func (f *Fetcher) Close() {
	f.stop()
	f.wire.CloseIdleConnections()
}

// Fetch gets one document. The error is an *Error, or wraps the context's.
func (f *Fetcher) Fetch(ctx context.Context, r Request) (*Response, error) {
	x := &exchange{kind: r.Kind, maxRedirects: f.cfg.MaxRedirects, maxWire: f.cfg.MaxWireBytes, maxBody: f.cfg.MaxBodyBytes, lastBytes: r.LastBytes, isHeld: r.IsHeld}
	if r.Kind == KindSitemap {
		x.maxWire, x.maxBody = max(x.maxWire, maxSitemapBytes), max(x.maxBody, maxSitemapBytes)
	}
	isHeld := false
	defer func() {
		if !isHeld {
			f.letGo(x)
		}
	}()
	page, err := f.get(ctx, r, x)
	if err != nil {
		return nil, err
	}
	if err := statusError(page, r.ETag != "" || r.LastModified != ""); err != nil {
		return nil, err
	}
	if r.IsHeld {
		isHeld = true
		f.bodies.trim(x, len(page.Body))
		page.Release = sync.OnceFunc(func() { f.letGo(x) })
	}
	return page, nil
}

// letGo gives back what an exchange still has.
func (f *Fetcher) letGo(x *exchange) {
	f.bodies.release(x)
	if x.hasSlot {
		x.hasSlot = false
		f.limiter.free()
	}
}

// maxAddress is longer than any address that servers take.
const maxAddress = 16 << 10

// get sends a request through colly and returns any answer that could be read,
// whatever its status.
func (f *Fetcher) get(ctx context.Context, r Request, x *exchange) (page *Response, err error) {
	defer func() {
		if p := recover(); p != nil {
			page, err = nil, &Error{Outcome: OutcomeFailed, Reason: fmt.Sprintf("panic: %v", p), URL: r.URL}
			f.lg.Error("fetch panicked", "url", r.URL, "panic", p)
		}
	}()
	if len(r.URL) > maxAddress {
		return nil, &Error{Outcome: OutcomeRefused, Reason: fmt.Sprintf("an address of %d bytes", len(r.URL)), IsUnsent: true, URL: r.URL[:maxAddress]}
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, &Error{Outcome: OutcomeRefused, Reason: "not an http or https address", IsUnsent: true, URL: r.URL, Err: err}
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("fetch %s: %w", r.URL, err)
	}
	err = f.visit(context.WithValue(ctx, exchangeKey{}, x), u.String(), header(f.cfg.UserAgent, r), x)
	if err != nil {
		return nil, f.explain(ctx, r.URL, x, err)
	}
	x.page.URL = r.URL
	return x.page, nil
}

// header is what we send along.
func header(userAgent string, r Request) http.Header {
	h := http.Header{
		"User-Agent":      {userAgent},
		"Accept-Encoding": {"gzip, deflate, br, zstd"},
		"Accept":          {accepts[r.Kind]},
	}
	if h["Accept"][0] == "" {
		h.Set("Accept", "*/*")
	}
	if r.ETag != "" {
		h.Set("If-None-Match", r.ETag)
	}
	if r.LastModified != "" {
		h.Set("If-Modified-Since", r.LastModified)
	}
	return h
}

// accepts is the Accept header by kind.
var accepts = map[Kind]string{
	KindPage:    "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5",
	KindFeed:    "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,*/*;q=0.5",
	KindSitemap: "application/xml,text/xml;q=0.9,*/*;q=0.5",
	KindRobots:  "text/plain,*/*;q=0.5",
}

// explain turns what came up through colly and net/http into an *Error, or
// into the context's own error if the caller gave up.
func (f *Fetcher) explain(ctx context.Context, requested string, x *exchange, err error) error {
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("fetch %s: %w", requested, cause)
	}
	var known *Error
	if errors.As(err, &known) {
		e := *known
		e.URL, e.Reason = requested, Plain(e.Reason, maxReason)
		e.IsUnsent = e.IsUnsent && x.hops <= 1 // the guard speaks up within the hop
		return &e
	}
	return networkError(requested, x, err)
}
