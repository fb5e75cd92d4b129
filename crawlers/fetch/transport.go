package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"
)

// transport is what every request of every collector passes, redirects
// included. It blocks until the host's turn comes, and gives the turn back
// when the body is closed.
type transport struct {
	f    *Fetcher
	next http.RoundTripper
}

// RoundTrip does one hop: may we, is it our turn, ask, hand over a body that
// is bounded in time and size.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, x := req.Context(), exchangeOf(req.Context())
	if x == nil {
		return nil, fmt.Errorf("ask %s: not sent by a Fetcher", req.URL)
	}
	x.hasHeaders, x.sent, x.isBroken = false, 0, false
	host, err := t.admit(ctx, x, req.URL)
	if err != nil {
		return nil, hop(x, req.URL, err)
	}
	started := time.Now()
	if x.hops++; x.hops == 1 {
		x.deadline = started.Add(t.f.cfg.FetchTimeout)
	}
	x.timeout = min(t.f.cfg.RequestTimeout, x.deadline.Sub(started))
	timed, cancel := context.WithTimeout(ctx, x.timeout)
	end := ending{saved: x.lastBytes, about: addressHash(req.URL)}
	release := func() {
		cancel()
		x.elapsed += time.Since(started)
		end.bytes = x.sent
		if x.isBroken && ctx.Err() == nil {
			end.reply = replyStumbled
		}
		end.keepsSlot = x.isHeld && x.hasHeaders && isSuccess(x.status)
		x.hasSlot = end.keepsSlot
		t.f.limiter.finish(host, end)
	}
	isHeld := true
	defer func() { // also when something below panics
		if isHeld {
			release()
		}
	}()
	res, err := t.next.RoundTrip(req.WithContext(traced(timed, t.f, host, originOf(req.URL))))
	if err != nil {
		isHeld = false
		release()
		return nil, t.blame(ctx, x, host, originOf(req.URL), err)
	}
	x.hasHeaders, x.status, x.contentType = true, res.StatusCode, Plain(res.Header.Get("Content-Type"), maxContentType)
	end.status, end.retryAfter = res.StatusCode, retryAfter(res.Header, time.Now())
	end.reply = replyOf(res.StatusCode, x.kind == KindRobots)
	if isThrottled(end.status, end.retryAfter) {
		end.about = 0
	}
	if res.ContentLength > x.maxWire && !x.cutsBody {
		res.Body.Close()
		return nil, tooLarge("Content-Length", x.maxWire)
	}
	x.body = newBody(res, x, t.f.tools, t.f.bodies.reserver(timed, res, x), release)
	res.Body = x.body
	isHeld = false
	disguise(res)
	return res, nil
}

// admit asks whether an address may be asked for, and waits for its host's
// turn. The first hop waits as long as the caller likes, later ones only as
// long as the whole fetch may take.
func (t *transport) admit(ctx context.Context, x *exchange, u *url.URL) (*host, error) {
	if x.hops == 0 {
		return t.admitHop(ctx, x, u)
	}
	bounded, cancel := context.WithDeadline(ctx, x.deadline)
	defer cancel()
	h, err := t.admitHop(bounded, x, u)
	if err != nil && bounded.Err() != nil && ctx.Err() == nil {
		return nil, &Error{Outcome: OutcomeDeferred, Reason: fmt.Sprintf("no turn within %v of the first request", t.f.cfg.FetchTimeout), Err: err}
	}
	return h, err
}

func (t *transport) admitHop(ctx context.Context, x *exchange, u *url.URL) (*host, error) {
	if err := checkAddress(u, t.f.cfg); err != nil {
		return nil, err
	}
	if !x.skipsRobots {
		if err := t.f.robots.check(ctx, u); err != nil {
			return nil, err
		}
	}
	if x.isProbe { // it goes out although the network is, if it may go at once
		brief, cancel := context.WithTimeout(ctx, breath)
		defer cancel()
		return t.f.limiter.start(brief, hostOf(u), nil)
	}
	out, err := t.f.network.gate(originOf(u))
	if err != nil {
		return nil, err
	}
	h, err := t.f.limiter.start(ctx, hostOf(u), out)
	if errors.Is(err, errOut) {
		return nil, t.f.network.refusal(nil)
	}
	return h, err
}

// blame finds out whose fault it is that no answer came, and charges the host
// if it is the host's. The host's turn was given back: this may take a while.
func (t *transport) blame(ctx context.Context, x *exchange, h *host, origin string, err error) error {
	var refused *Error
	if ctx.Err() != nil && !x.isProbe || errors.As(err, &refused) {
		return err // we gave up, or the guard did
	}
	if x.isProbe {
		t.f.network.fell(origin, h.name, err)
		return err
	}
	if ours := t.f.network.failed(ctx, origin, h.name, err); ours != nil {
		return ours
	}
	t.f.limiter.fail(h.name)
	return err
}

// isSuccess tells the answers that bring a document.
func isSuccess(status int) bool { return status >= 200 && status < 300 }

// addressHash tells addresses apart, with high probability; it is never zero.
func addressHash(u *url.URL) uint64 {
	h := fnv.New64a()
	_, _ = io.WriteString(h, u.String()) // never fails
	return h.Sum64() | 1
}

// originOf is what has one robots.txt: scheme, host and port.
func originOf(u *url.URL) string { return u.Scheme + "://" + strings.ToLower(u.Host) }

// maxContentType is how much of that header is kept.
const maxContentType = 255

// disguise hides from colly what it would act on: a charset it would convert,
// a content-encoding or a name ending in .xml.gz it would unpack without
// limit. The Fetcher keeps the true content type.
func disguise(res *http.Response) {
	res.Uncompressed = true
	res.Header.Del("Content-Encoding")
	res.Header.Del("Content-Length")
	res.Header.Set("Content-Type", "application/octet-stream")
	res.ContentLength = -1
}

// hop says in the reason which redirect led to what is refused.
func hop(x *exchange, u *url.URL, err error) error {
	var e *Error
	if !errors.As(err, &e) || x.hops == 0 {
		return err
	}
	clone := *e
	clone.IsUnsent = e.IsNetworkDown // the hop before was asked for
	clone.Reason = fmt.Sprintf("redirect to %s: %s", u, e.Reason)
	return &clone
}

// traced notes when a request really goes out, which is after the connection
// stands. net/http sends a request again by itself when a kept connection
// turns out dead; that one waits for the gap too.
func traced(ctx context.Context, f *Fetcher, h *host, origin string) context.Context {
	attempts := 0
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			if attempts++; attempts > 1 {
				f.limiter.waitAgain(ctx, h)
			}
		},
		WroteHeaders: func() { f.limiter.sent(h) },
		GotFirstResponseByte: func() {
			f.limiter.answered(h)
			f.network.answered(origin)
		},
	})
}

// maxIdle is how many connections are kept between requests. A crawl goes round
// its hosts, so fewer than it has hosts would be as good as none: a new
// connection, with TLS, costs host and us more than a page. A kept one takes
// 20 to 60 KB, for half a minute.
const maxIdle = 1024

// newWire makes the connections: through the guard, or to the proxy alone.
func newWire(cfg Config) (*http.Transport, error) {
	wire := &http.Transport{
		DialContext:            newDialer(cfg).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS10}, // old outlets; we send no secrets
		TLSHandshakeTimeout:    cfg.RequestTimeout,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // undone under a cap, see body.go
		MaxIdleConns:           max(maxIdle, 4*cfg.MaxInFlight),
		MaxIdleConnsPerHost:    cfg.HostConcurrency,
		IdleConnTimeout:        30 * time.Second,
		MaxResponseHeaderBytes: 256 << 10,
	}
	if cfg.ProxyURL == "" {
		return wire, nil
	}
	proxy, err := url.Parse(cfg.ProxyURL)
	if err != nil || proxy.Host == "" {
		return nil, fmt.Errorf("proxy %q: want an address such as http://127.0.0.1:3128", redacted(proxy, cfg.ProxyURL))
	}
	switch proxy.Scheme {
	case "http", "https", "socks5", "socks5h":
	default:
		return nil, fmt.Errorf("proxy %q: want http, https or socks5", proxy.Redacted())
	}
	wire.Proxy = http.ProxyURL(proxy)
	wire.MaxIdleConnsPerHost = cfg.MaxInFlight // the proxy is one host to net/http
	return wire, nil
}

func redacted(u *url.URL, raw string) string {
	if u == nil {
		return "(unreadable)"
	}
	if u.User != nil {
		return u.Redacted()
	}
	return raw
}
