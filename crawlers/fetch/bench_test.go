package fetch

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/gocolly/colly/v2"
	"golang.org/x/net/html"
)

// BenchmarkPages weighs what a page costs in CPU time of this process, against
// net/http alone, net/http and a parse of the page, and colly alone. The server
// is another process, so that its time does not count; robots.txt is asked for
// before the time counts; there is no gap. Hosts are worked off by a goroutine
// each, as outlets are. Read the ratios: they are of one run.
//
//	go test -run '^$' -bench Pages -benchtime 5000x ./crawlers/fetch
func BenchmarkPages(b *testing.B) {
	port := startPageServer(b)
	plain, _ := benchPage()
	for _, encoding := range []string{"plain", "gzip"} {
		for _, hosts := range []int{10, 100, 1000} {
			var base float64
			for _, c := range []struct {
				name string
				make func(b *testing.B) func(ctx context.Context, address string) (int, error)
			}{
				{"net_http", bareClient(false)},
				{"net_http_and_parse", bareClient(true)},
				{"colly", collyClient},
				{"fetch", fetchClient},
			} {
				b.Run(fmt.Sprintf("%s/%d_hosts/%s", encoding, hosts, c.name), func(b *testing.B) {
					get := c.make(b)
					address := func(host, n int) string {
						return fmt.Sprintf("http://h%d.localhost:%s/%s/%d", host, port, encoding, n)
					}
					goAround(b, hosts, hosts, len(plain), get, address) // connections, robots.txt
					before := cpuTime(b)
					b.ReportAllocs()
					b.ResetTimer()
					goAround(b, hosts, b.N, len(plain), get, address)
					b.StopTimer()
					cost := (cpuTime(b) - before).Seconds() * 1000 / float64(b.N)
					if c.name == "net_http" {
						base = cost
					}
					b.ReportMetric(cost, "cpu-s/1000pages")
					if base > 0 {
						b.ReportMetric(cost/base, "x-net/http")
					}
				})
			}
		}
	}
}

// goAround fetches count pages, those of a host one after the other.
func goAround(b *testing.B, hosts, count, want int, get func(context.Context, string) (int, error), address func(host, n int) string) {
	var next atomic.Int64
	var wg sync.WaitGroup
	for host := range hosts {
		wg.Go(func() {
			for n := range (count + hosts - 1 - host) / hosts {
				size, err := get(b.Context(), address(host, n))
				if err != nil || size != want {
					b.Errorf("host %d, page %d: %d bytes, %v", host, n, size, err)
					return
				}
				next.Add(1)
			}
		})
	}
	wg.Wait()
	if n := int(next.Load()); n != count && !b.Failed() {
		b.Errorf("%d pages, want %d", n, count)
	}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// benchTransport is net/http's, with as many connections kept as ours.
func benchTransport() *http.Transport {
	return &http.Transport{DialContext: newDialer(Config{AllowPrivateNetworks: true}).DialContext, MaxIdleConns: maxIdle, MaxIdleConnsPerHost: 1}
}

// inFlight lets as many requests through at once as a Fetcher does.
func inFlight() chan struct{} { return make(chan struct{}, Config{}.withDefaults().MaxInFlight) }

func bareClient(parses bool) func(*testing.B) func(context.Context, string) (int, error) {
	return func(b *testing.B) func(context.Context, string) (int, error) {
		transport, slots := benchTransport(), inFlight()
		b.Cleanup(transport.CloseIdleConnections)
		client := &http.Client{Transport: transport}
		return func(ctx context.Context, address string) (int, error) {
			slots <- struct{}{}
			defer func() { <-slots }()
			req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
			if err != nil {
				return 0, err
			}
			res, err := client.Do(req)
			if err != nil {
				return 0, err
			}
			defer res.Body.Close()
			body, err := io.ReadAll(res.Body)
			if err == nil && parses {
				_, err = html.Parse(bytes.NewReader(body))
			}
			return len(body), err
		}
	}
}

func collyClient(b *testing.B) func(context.Context, string) (int, error) {
	transport, slots := benchTransport(), inFlight()
	b.Cleanup(transport.CloseIdleConnections)
	base := colly.NewCollector(colly.AllowURLRevisit())
	base.WithTransport(transport)
	return func(_ context.Context, address string) (int, error) {
		slots <- struct{}{}
		defer func() { <-slots }()
		size := 0
		c := base.Clone()
		c.OnResponse(func(r *colly.Response) { size = len(r.Body) })
		return size, c.Visit(address)
	}
}

func fetchClient(b *testing.B) func(context.Context, string) (int, error) {
	f := newTestFetcher(b, func(c *Config) { c.RequestTimeout = 30 * time.Second })
	return func(ctx context.Context, address string) (int, error) {
		res, err := f.Fetch(ctx, Request{URL: address, Kind: KindPage})
		if err != nil {
			return 0, err
		}
		return len(res.Body), nil
	}
}

// benchPage is a page of some 60 KB of markup, and gzipped.
func benchPage() (plain, packed []byte) {
	var b, z bytes.Buffer
	b.WriteString("<!doctype html><html lang=en><head><meta charset=utf-8><title>News of the day</title></head><body>")
	for i := range 400 {
		fmt.Fprintf(&b, `<div class="block b%d"><h3 id="s%d">Item %d</h3><p>What happened on day %d was told <a href="/item/%d?ref=%x">elsewhere</a> &amp; here.</p></div>`, i%7, i, i, i*31%365, i*7919, i*104729)
	}
	b.WriteString("</body></html>")
	w := gzip.NewWriter(&z)
	w.Write(b.Bytes()) //nolint:errcheck // into memory
	w.Close()
	return b.Bytes(), z.Bytes()
}

const benchServer = "OVERHEARD_TEST_PAGE_SERVER"

// startPageServer runs TestPageServer in another process and gives its port.
func startPageServer(b *testing.B) string {
	b.Helper()
	cmd := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestPageServer$")
	cmd.Env = append(os.Environ(), benchServer+"=1")
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe() // it ends when we do
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { stdin.Close(); cmd.Wait() }) //nolint:errcheck // it was told to end
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if port, ok := strings.CutPrefix(lines.Text(), "port "); ok {
			return port
		}
	}
	b.Fatal("the page server did not start")
	return ""
}

// TestPageServer is the server of BenchmarkPages.
func TestPageServer(t *testing.T) {
	if os.Getenv(benchServer) == "" {
		t.Skip("it serves BenchmarkPages")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	fmt.Printf("port %d\n", listener.Addr().(*net.TCPAddr).Port)
	plain, packed := benchPage()
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := plain
		switch {
		case r.URL.Path == "/robots.txt":
			body = []byte("User-agent: *\nDisallow: /private/\n")
		case strings.HasPrefix(r.URL.Path, "/gzip/") && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip"):
			body = packed
			w.Header().Set("Content-Encoding", "gzip")
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body) //nolint:errcheck // the client may be gone
	})}
	go func() {
		io.Copy(io.Discard, os.Stdin) //nolint:errcheck // it ends with the client
		server.Close()
	}()
	server.Serve(listener) //nolint:errcheck // it was closed
}
