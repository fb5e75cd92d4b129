package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptrace"
	"net/url"
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
	x.hasHeaders, x.sent = false, 0
	if err := checkAddress(req.URL, t.f.cfg); err != nil {
		return nil, hop(x, req.URL, err)
	}
	if !x.skipsRobots {
		if err := t.f.robots.check(ctx, req.URL); err != nil {
			return nil, hop(x, req.URL, err)
		}
	}
	host, err := t.f.limiter.start(ctx, hostOf(req.URL))
	if err != nil {
		return nil, hop(x, req.URL, err)
	}
	x.hops++
	started := time.Now()
	timed, cancel := context.WithTimeout(ctx, t.f.cfg.RequestTimeout)
	release := func() {
		cancel()
		x.elapsed += time.Since(started)
		t.f.limiter.finish(host, x.sent)
	}
	isHeld := true
	defer func() { // also when something below panics
		if isHeld {
			release()
		}
	}()
	res, err := t.next.RoundTrip(req.WithContext(traced(timed, t.f.limiter, host)))
	if err != nil {
		return nil, err
	}
	t.note(x, host, res)
	if res.ContentLength > x.maxWire && !x.cutsBody {
		res.Body.Close()
		return nil, tooLarge("Content-Length", x.maxWire)
	}
	res.Body = newBody(res, x, t.f.bodies.reserver(timed, res, x), release)
	isHeld = false
	disguise(res)
	return res, nil
}

// maxContentType is how much of that header is kept.
const maxContentType = 255

// note keeps what the answer's head says about it and about the host.
func (t *transport) note(x *exchange, h *host, res *http.Response) {
	x.hasHeaders, x.status, x.contentType = true, res.StatusCode, Plain(res.Header.Get("Content-Type"), maxContentType)
	switch res.StatusCode {
	case http.StatusNotModified:
		t.f.limiter.notModified(h, x.lastBytes)
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		t.f.limiter.pause(h, retryAfter(res.Header, time.Now()))
	}
}

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
	clone.IsUnsent = false // the hop before was asked for
	clone.Reason = fmt.Sprintf("redirect to %s: %s", u, e.Reason)
	return &clone
}

// traced notes when a request really goes out, which is after the connection
// stands. net/http sends a request again by itself when a kept connection
// turns out dead; that one waits for the gap too.
func traced(ctx context.Context, l *limiter, h *host) context.Context {
	attempts := 0
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) {
			if attempts++; attempts > 1 {
				l.waitAgain(ctx, h)
			}
		},
		WroteHeaders:         func() { l.sent(h) },
		GotFirstResponseByte: func() { l.answered(h) },
	})
}

// newWire makes the connections: through the guard, or to the proxy alone.
func newWire(cfg Config) (*http.Transport, error) {
	wire := &http.Transport{
		DialContext:            newDialer(cfg).DialContext,
		TLSClientConfig:        &tls.Config{RootCAs: cfg.RootCAs, MinVersion: tls.VersionTLS10}, // old outlets; we send no secrets
		TLSHandshakeTimeout:    cfg.RequestTimeout,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true, // undone under a cap, see body.go
		MaxIdleConns:           4 * cfg.MaxInFlight,
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
