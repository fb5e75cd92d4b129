package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/andybalholm/brotli"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

const testAgent = "OverheardBot/1.0 (+https://overheard.example; desk@overheard.example)"

// newTestFetcher makes a Fetcher that may reach loopback; change alters the rest.
func newTestFetcher(t testing.TB, change func(*Config)) *Fetcher {
	t.Helper()
	cfg := Config{UserAgent: testAgent, AllowPrivateNetworks: true, RequestTimeout: 5 * time.Second}
	if change != nil {
		change(&cfg)
	}
	f, err := New(slog.New(slog.DiscardHandler), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

// serve answers /robots.txt with 404 and all else with h.
func serve(t testing.TB, h http.HandlerFunc) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s
}

func outcomeOf(err error) (string, string) {
	var e *Error
	if errors.As(err, &e) {
		return e.Outcome, e.Reason
	}
	return "", fmt.Sprint(err)
}

func page(t testing.TB, f *Fetcher, u string) (*Response, error) {
	t.Helper()
	return f.Fetch(t.Context(), Request{URL: u, Kind: KindPage})
}

func TestFetchedPageIsWhatTheServerSent(t *testing.T) {
	t.Parallel()
	body := "caf\xe9 <b>" // Latin-1: neither colly nor net/http may convert it
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/old" {
			http.Redirect(w, r, "/new?x=1", http.StatusMovedPermanently)
			return
		}
		if got := r.UserAgent(); got != testAgent {
			t.Errorf("user agent %q", got)
		}
		w.Header().Set("Content-Type", "text/html; charset=iso-8859-1")
		w.Header().Set("ETag", `"1"`)
		io.WriteString(w, body)
	})
	got, err := page(t, newTestFetcher(t, nil), s.URL+"/old#top")
	if err != nil {
		t.Fatal(err)
	}
	if got.Elapsed <= 0 {
		t.Errorf("Elapsed = %v", got.Elapsed)
	}
	got.Elapsed = 0
	got.Header.Del("Date")
	want := &Response{
		URL: s.URL + "/old#top", FinalURL: s.URL + "/new?x=1", Status: 200,
		ContentType: "text/html; charset=iso-8859-1", Body: []byte(body), WireBytes: int64(len(body)),
		Header: http.Header{"Content-Type": {"text/html; charset=iso-8859-1"}, "Etag": {`"1"`}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Large bodies wait for one another, and only until they are no longer needed.
func TestLargeBodiesTakeTurns(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		size := smallBody / 2
		if strings.HasPrefix(r.URL.Path, "/large") {
			size *= 6
		}
		w.Header().Set("Content-Type", "application/xml")
		w.Write(make([]byte, size)) //nolint:errcheck // the client may be gone
	})
	f := newTestFetcher(t, func(c *Config) {
		c.MaxBodiesBytes, c.HostConcurrency, c.RequestTimeout = 4*smallBody, 100, 2*time.Second
	})
	ask := func(path string, isHeld bool) (*Response, error) {
		return f.Fetch(t.Context(), Request{URL: s.URL + path, Kind: KindSitemap, IsHeld: isHeld})
	}
	held, err := ask("/large", true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ask("/small", true); err != nil {
		t.Errorf("a small body waits for a large one: %v", err)
	}
	if outcome, reason := outcomeOf(second(ask("/large", false))); outcome != OutcomeDeferred || !strings.Contains(reason, "no room") {
		t.Errorf("beside a held body: %s: %s", outcome, reason)
	}
	held.Release()
	held.Release()
	for i := range 5 { // each gives back what it took
		if _, err := ask(fmt.Sprintf("/large%d", i), false); err != nil {
			t.Error(err)
		}
	}
	if !f.bodies.all.TryAcquire(4 * smallBody) {
		t.Error("room is lost")
	}
}

// Answers that are held take the slots of requests, so that as many bodies are in
// memory as Config says, however many ask. What fails holds nothing.
func TestHeldAnswersTakeSlots(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/cut":
			w.Header().Set("Content-Length", "1000")
			panic(http.ErrAbortHandler)
		case "/large":
			w.Header().Set("Content-Length", "1000000000")
			return
		case "/gone":
			w.WriteHeader(http.StatusGone)
		case "/away":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/picture":
			w.Header().Set("Content-Type", "image/png")
		}
		io.WriteString(w, "<html>") //nolint:errcheck // the client may be gone
	})
	const slots = 2
	f := newTestFetcher(t, func(c *Config) { c.MaxInFlight, c.HostConcurrency = slots, 100 })
	ask := func(path string, patience time.Duration) (*Response, error) {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		return f.Fetch(ctx, Request{URL: s.URL + path, Kind: KindPage, IsHeld: true})
	}
	for range 3 {
		for _, path := range []string{"/large", "/gone", "/picture", "/none/../gone"} {
			if _, err := ask(path, time.Minute); err == nil || errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("%s: %v", path, err)
			}
		}
		var held []*Response
		for _, path := range []string{"/", "/away"}[:slots] {
			page, err := ask(path, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			held = append(held, page)
		}
		if _, err := ask("/", 50*time.Millisecond); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a further one does not wait: %v", err)
		}
		for _, page := range held {
			page.Release()
			page.Release()
		}
	}
	if _, err := ask("/cut", time.Minute); err == nil {
		t.Error("an answer that breaks off is whole")
	}
	if n := len(f.limiter.slots); n != 0 {
		t.Errorf("%d slots are lost", n)
	}
}

func TestBodiesThatFailGiveBackTheirRoom(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/cut" {
			w.Header().Set("Content-Length", "8000000")
			w.Write(make([]byte, 2*smallBody)) //nolint:errcheck // the client may be gone
			panic(http.ErrAbortHandler)
		}
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusGone)
		}
		w.Write(make([]byte, 6*smallBody)) //nolint:errcheck // the client may be gone
	})
	f := newTestFetcher(t, func(c *Config) { c.MaxBodiesBytes, c.MaxBodyBytes = 4*smallBody, 5*smallBody })
	for path, want := range map[string]string{"/cut": OutcomeDeferred, "/large": OutcomeTooLarge, "/gone": OutcomeTooLarge} {
		_, err := f.Fetch(t.Context(), Request{URL: s.URL + path, Kind: KindPage, IsHeld: true})
		if outcome, reason := outcomeOf(err); outcome != want {
			t.Errorf("%s: %s: %s, want %s", path, outcome, reason, want)
		}
	}
	if !f.bodies.all.TryAcquire(4 * smallBody) {
		t.Error("room is lost")
	}
}

func TestWhatWasNotAskedForIsUnsent(t *testing.T) {
	t.Parallel()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			io.WriteString(w, "User-agent: *\nDisallow: /private\n")
		case "/busy":
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		case "/away":
			http.Redirect(w, r, "/private/x", http.StatusFound)
		case "/gone":
			w.WriteHeader(http.StatusGone)
		}
	}))
	t.Cleanup(s.Close)
	f := newTestFetcher(t, nil)
	guarded := newTestFetcher(t, func(c *Config) { c.AllowPrivateNetworks = false })
	for _, c := range []struct {
		name, url, outcome string
		f                  *Fetcher
		isUnsent           bool
	}{
		{"no address", "mailto:desk@paper.example", OutcomeRefused, f, true},
		{"robots.txt forbids it", s.URL + "/private", OutcomeRobots, f, true},
		{"the guard", s.URL + "/", OutcomeRefused, guarded, true},
		{"the way to what robots.txt forbids was asked for", s.URL + "/away", OutcomeRobots, f, false},
		{"an answer came", s.URL + "/gone", OutcomeGone, f, false},
		{"the host asks to be left alone", s.URL + "/busy", OutcomeDeferred, f, false},
		{"the host is left alone", s.URL + "/", OutcomeDeferred, f, true},
		{"nobody listens", "http://127.0.0.1:1/", OutcomeDeferred, f, false},
	} {
		_, err := page(t, c.f, c.url)
		var e *Error
		if !errors.As(err, &e) || e.Outcome != c.outcome || e.IsUnsent != c.isUnsent {
			t.Errorf("%s: %+v, want %s, IsUnsent %v", c.name, err, c.outcome, c.isUnsent)
		}
	}
}

// A name that leads to a private address is refused at the dial, when the
// request counts as begun.
func TestRefusalAtTheDialIsUnsent(t *testing.T) {
	t.Parallel()
	s := serve(t, func(http.ResponseWriter, *http.Request) {})
	f := newTestFetcher(t, func(c *Config) { c.AllowPrivateNetworks = false })
	f.wire.DialContext = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return newDialer(f.cfg).DialContext(ctx, network, hostIn(s.URL))
	}
	_, err := page(t, f, "http://rebound.example/")
	var e *Error
	if !errors.As(err, &e) || e.Outcome != OutcomeRefused || !e.IsUnsent {
		t.Errorf("got %+v", err)
	}
}

// What ends in a table must be text to it.
func TestTextOfOthersIsMadePlain(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/away" {
			w.Header().Set("Location", "/x?q=\xff\xe4")
			w.WriteHeader(http.StatusFound)
			return
		}
		w.Header()["Content-Type"] = []string{"text/html; charset=\xff" + strings.Repeat("x", 5000)}
	})
	f := newTestFetcher(t, nil)
	got, err := page(t, f, s.URL+"/away")
	if err != nil {
		t.Fatal(err)
	}
	if !utf8.ValidString(got.ContentType) || len(got.ContentType) > 300 || got.FinalURL != s.URL+"/x?q=%FF%E4" {
		t.Errorf("content type %q, final URL %q", got.ContentType, got.FinalURL)
	}
	for in, want := range map[string]string{
		"a\x00b\x1bc\u0085d": "abcd", "a\nb\tc": "a b c", "\xff\xfeé": "\ufffdé", "новости дня": "новости", "": "",
	} {
		if got := Plain(in, 7); got != want {
			t.Errorf("Plain(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestContentEncodingsAreUndone(t *testing.T) {
	t.Parallel()
	text := strings.Repeat("News of the day. ", 1000)
	pack := func(w io.WriteCloser, b *bytes.Buffer) []byte {
		io.WriteString(w, text)
		w.Close()
		return b.Bytes()
	}
	var gz, zl, fl, br, zs bytes.Buffer
	flw, _ := flate.NewWriter(&fl, 6)
	zsw, _ := zstd.NewWriter(&zs)
	packed := map[string][]byte{
		"gzip": pack(gzip.NewWriter(&gz), &gz), "deflate": pack(zlib.NewWriter(&zl), &zl),
		"raw deflate": pack(flw, &fl), "br": pack(brotli.NewWriter(&br), &br), "zstd": pack(zsw, &zs),
		"not gzip at all": []byte(text), "unknown": []byte(text),
	}
	headers := map[string]string{"raw deflate": "deflate", "not gzip at all": "gzip", "unknown": "utf-8"}
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		name, _ := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/"))
		encoding := headers[name]
		if encoding == "" {
			encoding = name
		}
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Encoding", encoding)
		w.Write(packed[name])
	})
	f := newTestFetcher(t, nil)
	for name := range packed {
		got, err := page(t, f, s.URL+"/"+url.PathEscape(name))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if string(got.Body) != text {
			t.Errorf("%s: body of %d bytes, want %d", name, len(got.Body), len(text))
		}
	}
}

func TestStatusesBecomeOutcomes(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var status int
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		w.WriteHeader(status)
	})
	for status, want := range map[int]string{
		200: "", 204: "", 300: "failed", 301: "failed", 304: "deferred", 400: "gone", 401: "blocked", 403: "blocked", 404: "gone", 410: "gone",
		418: "gone", 429: "deferred", 451: "blocked", 408: "deferred", 500: "deferred", 503: "deferred", 521: "deferred",
	} {
		f := newTestFetcher(t, nil) // another each: several refusals make a host blocked
		_, err := page(t, f, fmt.Sprintf("%s/%d", s.URL, status))
		got := ""
		var e *Error
		if errors.As(err, &e) {
			got = e.Outcome
			if e.Status != status {
				t.Errorf("status %d: Error.Status = %d", status, e.Status)
			}
		}
		if got != want {
			t.Errorf("status %d: outcome %q, want %q (%v)", status, got, want, err)
		}
	}
}

func TestNotModified(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("If-None-Match") == `"7"` && r.Header.Get("If-Modified-Since") != "" {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, "new")
	})
	f := newTestFetcher(t, nil)
	got, err := f.Fetch(t.Context(), Request{URL: s.URL, Kind: KindFeed, ETag: `"7"`, LastModified: "Mon, 02 Jan 2006 15:04:05 GMT"})
	if err != nil || !got.NotModified {
		t.Errorf("got %+v, %v", got, err)
	}
	if n := mannersOf(f, s.URL).NotModified; n != 1 {
		t.Errorf("304s counted: %d", n)
	}
}

func hostIn(u string) string { return strings.TrimPrefix(u, "http://") }

// What a hostile or broken server sends ends in an outcome, soon and cheaply.
func TestTrapsEnd(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		block := make([]byte, 1<<20)
		for range 500 {
			if _, err := z.Write(block); err != nil {
				return
			}
		}
		z.Close()
	})
	mux.HandleFunc("/huge", func(w http.ResponseWriter, r *http.Request) {
		block := bytes.Repeat([]byte("<p>"), 1<<20/3)
		for range 200 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/huge-announced", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "209715200")
		w.Write([]byte("<p>"))
	})
	mux.HandleFunc("/drip", func(w http.ResponseWriter, r *http.Request) {
		for range 100 {
			io.WriteString(w, "a")
			w.(http.Flusher).Flush()
			select {
			case <-time.After(50 * time.Millisecond):
			case <-r.Context().Done():
				return
			}
		}
	})
	mux.HandleFunc("/hang", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop2", 302) })
	mux.HandleFunc("/loop2", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", 302) })
	mux.HandleFunc("/endless/", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", 302) })
	mux.HandleFunc("/file", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "file:///etc/passwd", 302) })
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "half")
	})
	mux.HandleFunc("/cut-gzip", func(w http.ResponseWriter, r *http.Request) {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		io.WriteString(z, strings.Repeat("news ", 1000))
		z.Close()
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(b.Bytes()[:b.Len()/2])
	})
	mux.HandleFunc("/broken", func(w http.ResponseWriter, r *http.Request) {
		c, _, _ := http.NewResponseController(w).Hijack()
		io.WriteString(c, "HTTP/1.1 200 OK\r\nno colon here\r\n\r\nx")
		c.Close()
	})
	mux.HandleFunc("/long-header", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X", strings.Repeat("x", 1<<20))
	})
	mux.HandleFunc("/photo.jpg", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/jpeg")
		w.Write(make([]byte, 1000))
	})
	mux.HandleFunc("/paper.pdf", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/pdf; x=y;")
		w.Write(make([]byte, 1000))
	})
	s := serve(t, mux.ServeHTTP)
	for _, c := range []struct{ path, outcome, reason string }{
		{"/bomb", OutcomeTooLarge, "body unpacked over 1048576 bytes"},
		{"/huge", OutcomeTooLarge, "body as sent over 1048576 bytes"},
		{"/huge-announced", OutcomeTooLarge, "Content-Length over 1048576 bytes"},
		{"/drip", OutcomeDeferred, "body slower than 400ms"},
		{"/hang", OutcomeDeferred, "no answer within 400ms"},
		{"/loop", OutcomeFailed, "redirect loop at " + s.URL + "/loop"},
		{"/endless/", OutcomeFailed, "more than 5 redirects, the last to " + s.URL + "/endless/xxxxxx"},
		{"/file", OutcomeRefused, "redirect to file:///etc/passwd: scheme file"},
		{"/cut", OutcomeDeferred, "read body: unexpected EOF"},
		{"/cut-gzip", OutcomeDeferred, "read body: unpack gzip: unexpected EOF"},
		{"/broken", OutcomeDeferred, "malformed MIME header"},
		{"/long-header", OutcomeDeferred, "server response headers exceeded"},
		{"/photo.jpg", OutcomeNotArticle, "content type image/jpeg"},
		{"/paper.pdf", OutcomeNotArticle, "content type application/pdf; x=y;"},
	} {
		t.Run(c.path, func(t *testing.T) {
			t.Parallel()
			f := newTestFetcher(t, func(cfg *Config) {
				cfg.RequestTimeout, cfg.MaxWireBytes, cfg.MaxBodyBytes, cfg.MaxRedirects = 400*time.Millisecond, 1<<20, 1<<20, 5
				if strings.HasPrefix(c.reason, "body unpacked") || strings.HasPrefix(c.reason, "body as sent") {
					cfg.RequestTimeout = 20 * time.Second
				}
			})
			_, err := page(t, f, s.URL+c.path)
			outcome, reason := outcomeOf(err)
			if outcome != c.outcome || !strings.Contains(reason, c.reason) {
				t.Errorf("got %s: %s\nwant %s: %s", outcome, reason, c.outcome, c.reason)
			}
			if n := len(f.limiter.slots); n != 0 {
				t.Errorf("%d slots still held", n)
			}
		})
	}
}

func TestAddressesThatAreNone(t *testing.T) {
	t.Parallel()
	f := newTestFetcher(t, nil)
	for _, u := range []string{"", "/a", "ftp://a.example/", "javascript:void(0)", "http://", "http://a b/", "http://[::1/", "mailto:x@a.example", "http://%zz/"} {
		if outcome, reason := outcomeOf(second(page(t, f, u))); outcome != OutcomeRefused {
			t.Errorf("%q: %s: %s, want refused", u, outcome, reason)
		}
	}
	outcome, reason := outcomeOf(second(page(t, f, "http://127.0.0.1:1/")))
	if outcome != OutcomeDeferred || !strings.Contains(reason, "robots.txt unreachable") {
		t.Errorf("nobody listens: %s: %s", outcome, reason)
	}
}

func second[A, B any](_ A, b B) B { return b }

func TestCookieThatARedirectSets(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if c, err := r.Cookie("consent"); err == nil && c.Value == "1" {
			io.WriteString(w, "article")
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "consent", Value: "1", Path: "/"})
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	})
	f := newTestFetcher(t, nil)
	for range 2 { // the second time too: nothing is kept between fetches
		if got, err := page(t, f, s.URL+"/a"); err != nil || string(got.Body) != "article" {
			t.Errorf("got %v, %v", got, err)
		}
	}
}

func TestPanicInACallbackIsAnError(t *testing.T) {
	t.Parallel()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "x") })
	f := newTestFetcher(t, func(c *Config) {
		c.OnResponse = func(r *Response) {
			if strings.HasSuffix(r.URL, "/a") {
				panic("archive is full")
			}
		}
	})
	outcome, reason := outcomeOf(second(page(t, f, s.URL+"/a")))
	if outcome != OutcomeFailed || reason != "panic: archive is full" {
		t.Errorf("got %s: %s", outcome, reason)
	}
	if _, err := page(t, f, s.URL+"/b"); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		cfg  Config
		want string
	}{
		{Config{}, `user agent "": want a product token first, such as OverheardBot/1.0 (+https://...)`},
		{Config{UserAgent: testAgent, ProxyURL: "://"}, `proxy "(unreadable)": want an address such as http://127.0.0.1:3128`},
		{Config{UserAgent: testAgent, ProxyURL: "ftp://u:secret@p.example"}, `proxy "ftp://u:xxxxx@p.example": want http, https or socks5`},
	} {
		_, err := New(slog.New(slog.DiscardHandler), c.cfg)
		if err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// The environment must not reach the collector: colly reads COLLY_* variables.
func TestEnvironmentDoesNotReachTheCollector(t *testing.T) {
	t.Setenv("COLLY_ALLOWED_DOMAINS", "elsewhere.example")
	t.Setenv("COLLY_USER_AGENT", "Mozilla/5.0")
	t.Setenv("COLLY_MAX_BODY_SIZE", "1")
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	s := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.UserAgent()) })
	got, err := page(t, newTestFetcher(t, nil), s.URL)
	if err != nil || string(got.Body) != testAgent {
		t.Errorf("got %v, %v", got, err)
	}
}

func TestHTTPS(t *testing.T) {
	t.Parallel()
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }))
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	roots := s.Client().Transport.(*http.Transport).TLSClientConfig.RootCAs
	got, err := page(t, newTestFetcher(t, func(c *Config) { c.RootCAs = roots }), s.URL)
	if err != nil || string(got.Body) != "HTTP/2.0" {
		t.Errorf("got %+v, %v", got, err)
	}
	outcome, reason := outcomeOf(second(page(t, newTestFetcher(t, nil), s.URL)))
	if outcome != OutcomeDeferred || !strings.Contains(reason, "certificate") {
		t.Errorf("unknown authority: %s: %s", outcome, reason)
	}
}

// forwardProxy answers every request itself, as the hosts asked for.
func forwardProxy(t *testing.T, answer http.HandlerFunc) (*httptest.Server, *sync.Map) {
	var asked sync.Map
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Store(r.URL.String(), true)
		answer(w, r)
	}))
	t.Cleanup(s.Close)
	return s, &asked
}

func TestProxyGetsEverythingButPrivateAddresses(t *testing.T) {
	t.Parallel()
	proxy, asked := forwardProxy(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			http.NotFound(w, r)
		case "/inside":
			http.Redirect(w, r, "http://169.254.169.254/latest/meta-data", http.StatusFound)
		default:
			io.WriteString(w, r.URL.String())
		}
	})
	// The proxy itself stands on loopback: the operator named it.
	f := newTestFetcher(t, func(c *Config) { c.ProxyURL, c.AllowPrivateNetworks = proxy.URL, false })
	got, err := page(t, f, "http://news.example/a?b=c")
	if err != nil || string(got.Body) != "http://news.example/a?b=c" {
		t.Fatalf("got %v, %v", got, err)
	}
	if _, ok := asked.Load("http://news.example/robots.txt"); !ok {
		t.Error("robots.txt was not asked for through the proxy")
	}
	for _, u := range []string{
		"http://127.0.0.1/", "http://10.1.2.3/", "http://[::1]/", "http://[fe80::1]/", "http://localhost/", "http://a.localhost/", "http://LOCALHOST./",
		"http://169.254.169.254/latest/meta-data", "http://100.64.0.1/", "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://news.example/inside",
	} {
		if outcome, reason := outcomeOf(second(page(t, f, u))); outcome != OutcomeRefused {
			t.Errorf("%s: %s: %s, want refused", u, outcome, reason)
		}
	}
	asked.Range(func(k, _ any) bool {
		if !strings.HasPrefix(k.(string), "http://news.example/") {
			t.Errorf("the proxy was asked for %v", k)
		}
		return true
	})
}

func TestCloseEndsTheBackground(t *testing.T) {
	t.Parallel()
	var open atomic.Int32
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		open.Add(1)
		defer open.Add(-1)
		<-r.Context().Done()
	}))
	t.Cleanup(s.Close)
	f := newTestFetcher(t, nil)
	done := make(chan error, 1)
	go func() { _, err := f.Fetch(context.Background(), Request{URL: s.URL, Kind: KindPage}); done <- err }()
	waitUntil(t, func() bool { return open.Load() == 1 })
	f.Close()
	select {
	case err := <-done:
		if err == nil {
			t.Error("fetch went well after Close")
		}
	case <-time.After(2 * time.Second):
		t.Fatal("Close left a fetch hanging")
	}
}

func waitUntil(t *testing.T, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Second); !cond(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it never came to pass")
		}
	}
}
