package fetch

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gocolly/colly/v2"
)

// exchange is one Fetch on its way through colly and the transport, which
// know each other only by the request's context.
type exchange struct {
	kind             Kind
	maxWire, maxBody int64
	maxRedirects     int
	skipsRobots      bool  // it fetches robots.txt itself
	isProbe          bool  // it finds out whether the network is out
	isHeld           bool  // its slot of all hosts is kept with the body
	cutsBody         bool  // a body over maxBody is cut, not refused
	lastBytes        int64 // what a 304 saves

	hops        int           // requests sent
	deadline    time.Time     // of all of them
	timeout     time.Duration // of the last
	hasHeaders  bool
	status      int // of the last hop
	contentType string
	sent        int64  // bytes of the last hop's body
	body        *body  // of the last hop
	document    []byte // what was read of it
	isBroken    bool   // that body broke off, or was too slow
	elapsed     time.Duration
	page        *Response
	stopped     *Error // why the download was not wanted
	hasSlot     bool   // of all hosts, kept after the request
	reserved    int64  // bytes taken of what all bodies may take
	cookies     http.CookieJar
}

type exchangeKey struct{}

func exchangeOf(ctx context.Context) *exchange {
	x, _ := ctx.Value(exchangeKey{}).(*exchange)
	return x
}

// newCollector makes the collector that all requests are clones of.
//
// colly reads COLLY_* variables of the environment, so every setting that
// matters is made here, after it did. Its robots.txt reader, visited list,
// rate limits, charset guess, body limit and cookies stay off: each has a
// trap, and ours stand in the transport. Its time-out would count the wait for
// the host's turn.
func (f *Fetcher) newCollector() *colly.Collector {
	c := colly.NewCollector()
	c.UserAgent = f.cfg.UserAgent
	c.IgnoreRobotsTxt = true // the transport asks, for every hop
	c.AllowURLRevisit = true
	c.ParseHTTPErrorResponse = true
	c.Async, c.CheckHead, c.DetectCharset, c.TraceHTTP = false, false, false, false
	c.MaxBodySize, c.MaxDepth, c.MaxRequests, c.CacheDir = 0, 0, 0, ""
	c.AllowedDomains, c.DisallowedDomains = nil, nil
	c.URLFilters, c.DisallowedURLFilters = nil, nil
	c.Headers = nil
	c.SetClient(&http.Client{}) // the one colly made reads its proxy from the environment
	c.WithTransport(&transport{f: f, next: f.wire})
	c.SetRedirectHandler(checkRedirect)
	return c
}

// visit sends one request through a clone, which is where colly keeps a
// context. The clone shares client, transport and redirect handler.
func (f *Fetcher) visit(ctx context.Context, address string, h http.Header, x *exchange) error {
	c := f.base.Clone()
	c.Context = ctx
	c.OnResponseHeaders(func(r *colly.Response) {
		if x.kind == KindPage && r.StatusCode < 300 && !canBePage(x.contentType) {
			x.stopped = &Error{Outcome: OutcomeNotArticle, Reason: "content type " + x.contentType, Status: r.StatusCode}
			r.Request.Abort()
			return
		}
		x.document = x.body.readAll()
	})
	started := time.Now()
	c.OnResponse(func(r *colly.Response) {
		x.page = &Response{
			FinalURL:    plainAddress(r.Request.URL.String()),
			Status:      r.StatusCode,
			ContentType: x.contentType,
			Header:      r.Headers.Clone(),
			Body:        x.document,
			NotModified: r.StatusCode == http.StatusNotModified,
			WireBytes:   x.sent,
			Elapsed:     x.elapsed,
		}
		x.page.Header.Del("Content-Type")
		if x.contentType != "" {
			x.page.Header.Set("Content-Type", x.contentType)
		}
		f.lg.Debug("fetched", "url", address, "http_status", r.StatusCode, "bytes", x.sent, "took", time.Since(started))
		if f.cfg.OnResponse != nil {
			x.page.URL = address
			f.cfg.OnResponse(x.page)
		}
	})
	err := c.Request(http.MethodGet, address, nil, nil, h)
	if x.stopped != nil {
		return x.stopped
	}
	if err == nil && x.page == nil {
		return fmt.Errorf("colly ended without an answer")
	}
	return err
}

// notPages are media types, or beginnings of them, that hold no article.
var notPages = []string{
	"image/", "video/", "audio/", "font/", "model/",
	"application/pdf", "application/zip", "application/gzip", "application/x-gzip",
	"application/x-rar", "application/x-7z", "application/msword", "application/epub",
	"application/vnd.openxmlformats", "application/vnd.ms-", "application/vnd.oasis",
	"application/rss+xml", "application/atom+xml", "application/javascript",
	"application/json", "application/x-shockwave-flash", "text/css", "text/javascript",
}

// canBePage tells whether a content type may hold an article; one that is
// missing or vague may.
func canBePage(contentType string) bool {
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		media, _, _ = strings.Cut(contentType, ";")
		media = strings.ToLower(strings.TrimSpace(media))
	}
	return !slices.ContainsFunc(notPages, func(p string) bool { return strings.HasPrefix(media, p) })
}

// checkRedirect bounds a chain of redirects and tells loops. Where a hop may
// lead is for the transport, which sees them all. It must not wait: the answer
// before still holds the host's turn.
//
// Sites that set a cookie and send us to the same address again get the cookie
// back, for this chain only.
func checkRedirect(req *http.Request, via []*http.Request) error {
	x := exchangeOf(req.Context())
	if len(via) > x.maxRedirects {
		return &Error{Outcome: OutcomeFailed, Reason: fmt.Sprintf("more than %d redirects, the last to %s", x.maxRedirects, req.URL), Status: req.Response.StatusCode}
	}
	req.URL.User = nil
	setsCookie := x.carryCookies(req, via[len(via)-1].URL)
	seen := 0
	for _, v := range via {
		if v.URL.String() == req.URL.String() {
			seen++
		}
	}
	if seen > 1 || seen == 1 && !setsCookie {
		return &Error{Outcome: OutcomeFailed, Reason: fmt.Sprintf("redirect loop at %s", req.URL), Status: req.Response.StatusCode}
	}
	return nil
}

// carryCookies takes the cookies of the answer that redirects and gives the
// next request those that belong to it.
func (x *exchange) carryCookies(req *http.Request, from *url.URL) bool {
	set := req.Response.Cookies()
	if x.cookies == nil && len(set) == 0 {
		return false
	}
	if x.cookies == nil {
		x.cookies, _ = cookiejar.New(nil) // never fails without options
	}
	x.cookies.SetCookies(from, set)
	req.Header.Del("Cookie")
	for _, c := range x.cookies.Cookies(req.URL) {
		req.AddCookie(c)
	}
	return len(set) > 0
}
