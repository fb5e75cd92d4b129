package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"time"
)

// fileServer serves one file as badly as a test asks for.
type fileServer struct {
	data                         []byte
	etag                         string
	knowsNoRanges, hidesSize     bool
	cutAfter                     int // bytes of each answer; zero: none is cut
	stallsAfter                  int // the same, but the connection stays
	refuses                      int // first requests that are answered with 503
	change                       func(s *fileServer, request int)
	mu                           sync.Mutex
	requests                     int
	sentBytes                    int
	ranges, conditions, encoding []string
}

func (s *fileServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if s.change != nil {
		s.change(s, s.requests)
	}
	s.ranges = append(s.ranges, r.Header.Get("Range"))
	s.conditions = append(s.conditions, r.Header.Get("If-Range"))
	s.encoding = append(s.encoding, r.Header.Get("Accept-Encoding"))
	if s.requests <= s.refuses {
		http.Error(w, "busy", http.StatusServiceUnavailable)
		return
	}
	body, total := s.data, len(s.data)
	if s.etag != "" {
		w.Header().Set("ETag", s.etag)
	}
	condition := r.Header.Get("If-Range")
	if first, last, isRange := requestedRange(r, total); isRange && !s.knowsNoRanges && (condition == "" || condition == s.etag) {
		if first >= total {
			w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", total))
			w.WriteHeader(http.StatusRequestedRangeNotSatisfiable)
			return
		}
		body = body[first : last+1]
		w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", first, last, total))
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(http.StatusPartialContent)
	} else if !s.hidesSize {
		w.Header().Set("Content-Length", strconv.Itoa(total))
	}
	isCut, isStalled := s.cutAfter > 0 && s.cutAfter < len(body), s.stallsAfter > 0 && s.stallsAfter < len(body)
	switch {
	case isCut:
		body = body[:s.cutAfter]
	case isStalled:
		body = body[:s.stallsAfter]
	}
	n, _ := w.Write(body)
	s.sentBytes += n
	if isCut || isStalled {
		_ = http.NewResponseController(w).Flush()
	}
	if isCut {
		panic(http.ErrAbortHandler)
	}
	if isStalled {
		s.mu.Unlock()
		<-r.Context().Done()
		s.mu.Lock()
	}
}

func requestedRange(r *http.Request, total int) (first, last int, isRange bool) {
	from, to, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
	first, err := strconv.Atoi(from)
	if err != nil {
		return 0, 0, false
	}
	last, err = strconv.Atoi(to)
	if err != nil || last >= total {
		last = total - 1
	}
	return first, last, true
}

func randomBytes(n int) []byte {
	out := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{1}).Read(out)
	return out
}

func TestStreamGoesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	data := randomBytes(1 << 20)
	tests := []struct {
		name        string
		server      *fileServer
		offset      int64
		mostSent    int // bytes the server may have sent
		leastBreaks int
	}{
		{"a whole file", &fileServer{etag: `"a"`}, 0, 1 << 20, 0},
		{"from an offset", &fileServer{etag: `"a"`}, 1 << 19, 1 << 19, 0},
		{"from its end", &fileServer{etag: `"a"`}, 1 << 20, 0, 0},
		{"cut every 100,000 bytes", &fileServer{etag: `"a"`, cutAfter: 100_000}, 0, 1<<20 + 1000, 10},
		{"cut, with a weak ETag", &fileServer{etag: `W/"a"`, cutAfter: 300_000}, 0, 1<<20 + 1000, 3},
		{"cut, with nothing to know it by but its size", &fileServer{cutAfter: 300_000}, 0, 1<<20 + 1000, 3},
		{"stalls", &fileServer{etag: `"a"`, stallsAfter: 500_000}, 0, 1<<20 + 1000, 2},
		{"knows no ranges", &fileServer{etag: `"a"`, knowsNoRanges: true}, 1 << 19, 1 << 20, 0},
		{"busy at first", &fileServer{etag: `"a"`, refuses: 1}, 0, 1 << 20, 0},
		{"knows no ranges, and breaks twice", &fileServer{etag: `"a"`, knowsNoRanges: true, change: func(s *fileServer, n int) {
			s.cutAfter = []int{300_000, 700_000, 0}[n-1]
		}}, 0, 3 << 20, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.server.data = data
			address := serve(t, test.server.ServeHTTP).URL + "/file.warc.gz"
			f := newTestFetcher(t, func(c *Config) { c.RequestTimeout = 300 * time.Millisecond })
			s, err := f.Stream(t.Context(), address, test.offset)
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			got, err := io.ReadAll(s)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, data[test.offset:]) {
				t.Errorf("got %d bytes that are not those of the file from byte %d on", len(got), test.offset)
			}
			if s.Size() != int64(len(data)) || s.Offset() != int64(len(data)) {
				t.Errorf("size %d, offset %d, want %d", s.Size(), s.Offset(), len(data))
			}
			if test.server.etag != "" && s.Validator() != test.server.etag {
				t.Errorf("validator %q, want %q", s.Validator(), test.server.etag)
			}
			test.server.mu.Lock()
			defer test.server.mu.Unlock()
			if s.Breaks() < test.leastBreaks || test.server.sentBytes > test.mostSent {
				t.Errorf("%d breaks, %d bytes sent; want at least %d, at most %d", s.Breaks(), test.server.sentBytes, test.leastBreaks, test.mostSent)
			}
			for i, coding := range test.server.encoding {
				if coding != "identity" {
					t.Errorf("request %d asked for %q: offsets would not be those of the file", i, coding)
				}
			}
		})
	}
}

func TestStreamGivesUp(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		server  *fileServer
		offset  int64
		changed bool
		outcome string
		reason  string
	}{
		{"its ETag changes", &fileServer{etag: `"a"`, cutAfter: 5000, change: func(s *fileServer, n int) { s.etag = fmt.Sprintf(`"%d"`, n) }}, 0, true, OutcomeFailed, "ETag"},
		{"its size changes", &fileServer{cutAfter: 5000, change: func(s *fileServer, n int) { s.data = s.data[:len(s.data)-n] }}, 0, true, OutcomeFailed, "bytes"},
		{"nothing tells whether it changed", &fileServer{hidesSize: true, knowsNoRanges: true, cutAfter: 5000}, 0, true, OutcomeFailed, "neither"},
		{"no ranges, and it breaks each time", &fileServer{etag: `"a"`, knowsNoRanges: true, cutAfter: 5000}, 0, false, OutcomeFailed, "no ranges"},
		{"no byte at that offset", &fileServer{etag: `"a"`}, 1 << 30, false, OutcomeFailed, "there is no byte"},
		{"the same where ranges are not known", &fileServer{etag: `"a"`, knowsNoRanges: true}, 1 << 30, false, OutcomeFailed, "there is no byte"},
		{"busy for ever", &fileServer{refuses: 1 << 30}, 0, false, OutcomeDeferred, "503"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			test.server.data = randomBytes(20_000)
			whole := test.server.data
			address := serve(t, test.server.ServeHTTP).URL + "/file"
			f := newTestFetcher(t, func(c *Config) { c.RequestTimeout = 300 * time.Millisecond })
			s, err := f.Stream(t.Context(), address, test.offset)
			var got []byte
			if err == nil {
				got, err = io.ReadAll(s)
				defer s.Close()
			}
			if err == nil {
				t.Fatalf("got %d bytes and no error", len(got))
			}
			if !bytes.Equal(got, whole[:len(got)]) {
				t.Error("what was read is a mixture")
			}
			outcome, reason := outcomeOf(err)
			if outcome != test.outcome || !strings.Contains(reason, test.reason) || errors.Is(err, ErrChanged) != test.changed || errors.Is(err, io.EOF) {
				t.Errorf("got %s: %s (%v), want %s: ...%s...", outcome, reason, err, test.outcome, test.reason)
			}
			test.server.mu.Lock()
			defer test.server.mu.Unlock()
			if test.server.requests > 20 {
				t.Errorf("asked %d times", test.server.requests)
			}
		})
	}
}

func TestStreamAsksForItsPartOnly(t *testing.T) {
	t.Parallel()
	server := &fileServer{data: randomBytes(1 << 20), etag: `"a"`}
	address := serve(t, server.ServeHTTP).URL + "/file"
	f := newTestFetcher(t, nil)
	s, err := f.StreamRange(t.Context(), address, 1000, 500)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if err := iotest.TestReader(s, server.data[1000:1500]); err != nil {
		t.Error(err)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if server.sentBytes != 500 || server.requests != 1 {
		t.Errorf("%d bytes in %d requests, want 500 in one", server.sentBytes, server.requests)
	}
}

func TestStreamPassesTheGuard(t *testing.T) {
	t.Parallel()
	inner := serve(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "secret") })
	f := newTestFetcher(t, func(c *Config) { c.AllowPrivateNetworks = false })
	for _, address := range []string{inner.URL, "http://localhost/x", "http://169.254.169.254/latest", "file:///etc/passwd", "http://127.1/"} {
		s, err := f.Stream(t.Context(), address, 0)
		if err == nil {
			s.Close()
			t.Errorf("%s was reached", address)
			continue
		}
		if outcome, _ := outcomeOf(err); outcome != OutcomeRefused {
			t.Errorf("%s: %v, want it refused", address, err)
		}
	}
}

// TestStreamRefusesAPrivateRedirect lets the first hop through a proxy, for which
// names and literal addresses are all there is to judge by.
func TestStreamRefusesAPrivateRedirect(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	proxy := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "http://10.0.0.1/secret", http.StatusFound)
	})
	f := newTestFetcher(t, func(c *Config) { c.AllowPrivateNetworks, c.ProxyURL = false, proxy.URL })
	_, err := f.Stream(t.Context(), "http://files.example/a.warc.gz", 0)
	if outcome, reason := outcomeOf(err); outcome != OutcomeRefused || !strings.Contains(reason, "10.0.0.1") || asked.Load() != 1 {
		t.Errorf("got %v after %d requests, want the redirect refused", err, asked.Load())
	}
}

func TestStreamFollowsBoundedRedirects(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		if n == 0 {
			fmt.Fprint(w, r.UserAgent())
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/%d", n-1), http.StatusFound)
	})
	f := newTestFetcher(t, func(c *Config) { c.MaxRedirects = 3 })
	s, err := f.Stream(t.Context(), server.URL+"/3", 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := io.ReadAll(s); err != nil || string(got) != testAgent {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := f.Stream(t.Context(), server.URL+"/4", 0); err == nil || !strings.Contains(err.Error(), "redirects") {
		t.Errorf("four redirects gave %v", err)
	}
}

func TestStreamEndsWithItsContext(t *testing.T) {
	t.Parallel()
	server := &fileServer{data: randomBytes(20_000), etag: `"a"`, stallsAfter: 5000}
	address := serve(t, server.ServeHTTP).URL + "/file"
	f := newTestFetcher(t, func(c *Config) { c.RequestTimeout = time.Minute })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	s, err := f.Stream(ctx, address, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	if _, err := io.ReadAll(s); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("took %v to end", took)
	}
}

// TestSlowReaderIsNoStall: the idle time-out is the server's, not the reader's.
func TestSlowReaderIsNoStall(t *testing.T) {
	t.Parallel()
	server := &fileServer{data: randomBytes(8 << 20), etag: `"a"`}
	address := serve(t, server.ServeHTTP).URL + "/file"
	f := newTestFetcher(t, func(c *Config) { c.RequestTimeout = 100 * time.Millisecond })
	s, err := f.Stream(t.Context(), address, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	head := make([]byte, 1000)
	if _, err := io.ReadFull(s, head); err != nil {
		t.Fatal(err)
	}
	time.Sleep(400 * time.Millisecond)
	rest, err := io.ReadAll(s)
	if err != nil || !bytes.Equal(append(head, rest...), server.data) || s.Breaks() != 0 {
		t.Errorf("%d bytes, %d breaks, %v", len(rest), s.Breaks(), err)
	}
}
