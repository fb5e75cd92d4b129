package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// cable is a network whose every host is one server, until it is cut.
type cable struct {
	server string
	fault  atomic.Pointer[func(ctx context.Context, address string) error] // nil: none
	dials  sync.Map                                                        // address: true, while it is cut
}

func (c *cable) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if fault := c.fault.Load(); fault != nil {
		c.dials.Store(address, true)
		if err := (*fault)(ctx, address); err != nil {
			return nil, err
		}
	}
	return (&net.Dialer{}).DialContext(ctx, network, c.server)
}

func (c *cable) cut(fault func(ctx context.Context, address string) error) { c.fault.Store(&fault) }
func (c *cable) mend()                                                     { c.fault.Store(nil) }

func refuse(context.Context, string) error {
	return &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
}

func hang(ctx context.Context, _ string) error {
	<-ctx.Done()
	return ctx.Err()
}

func unreachable(context.Context, string) error {
	return &net.OpError{Op: "dial", Err: syscall.ENETUNREACH}
}

func noNameServer(_ context.Context, address string) error {
	return &net.DNSError{Err: "server misbehaving", Name: address, IsTemporary: true}
}

func noSuchName(_ context.Context, address string) error {
	return &net.DNSError{Err: "no such host", Name: address, IsNotFound: true}
}

// only cuts some hosts off.
func only(fault func(context.Context, string) error, hosts ...string) func(context.Context, string) error {
	return func(ctx context.Context, address string) error {
		for _, h := range hosts {
			if strings.HasPrefix(address, h+":") {
				return fault(ctx, address)
			}
		}
		return nil
	}
}

// newCable makes a Fetcher whose connections all pass the cable, and which
// doubts sooner than in life.
func newCable(t *testing.T, change func(*Config)) (*Fetcher, *cable) {
	t.Helper()
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close") // each request dials
		io.WriteString(w, "x")
	})
	c := &cable{server: hostIn(s.URL)}
	f := newTestFetcher(t, func(cfg *Config) {
		cfg.RequestTimeout = 200 * time.Millisecond
		if change != nil {
			change(cfg)
		}
	})
	f.wire.DialContext, f.wire.DisableKeepAlives = c.dial, true
	f.network.quiet, f.network.settle, f.network.hold, f.network.every = 20*time.Millisecond, 50*time.Millisecond, 600*time.Millisecond, 100*time.Millisecond
	return f, c
}

func example(i int) string { return fmt.Sprintf("http://h%d.example/", i) }

// visitAll asks n hosts at once and gives the errors.
func visitAll(t *testing.T, f *Fetcher, n int, path string) []*Error {
	t.Helper()
	all := make([]*Error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			_, err := page(t, f, example(i)+path)
			if err != nil && !errors.As(err, &all[i]) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	return all
}

func isOut(f *Fetcher) bool {
	f.network.mu.Lock()
	defer f.network.mu.Unlock()
	return f.network.isOut
}

func silences(f *Fetcher) (sum int) {
	f.limiter.mu.Lock()
	defer f.limiter.mu.Unlock()
	for _, h := range f.limiter.hosts {
		sum += h.standing.silences
	}
	return sum
}

func TestOurOutageIsNobodysFault(t *testing.T) {
	t.Parallel()
	for name, fault := range map[string]func(context.Context, string) error{
		"all refuse": refuse, "nothing answers": hang, "network is unreachable": unreachable, "no name server": noNameServer, "no name exists": noSuchName,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, c := newCable(t, nil)
			for i, e := range visitAll(t, f, 10, "") {
				if e != nil {
					t.Fatalf("host %d: %v", i, e)
				}
			}
			time.Sleep(2 * f.network.quiet)
			c.cut(fault)
			for i, e := range visitAll(t, f, 10, "2") {
				if e == nil || !e.IsNetworkDown || !e.IsUnsent || e.Outcome != OutcomeDeferred || e.RetryAfter <= 0 {
					t.Errorf("host %d, caught by the outage: %+v", i, e)
				}
			}
			// From now on all return at once, hosts that were never asked, too.
			began := time.Now()
			for i, e := range visitAll(t, f, 20, "3") {
				if e == nil || !e.IsNetworkDown || !e.IsUnsent {
					t.Errorf("host %d, during the outage: %+v", i, e)
				}
			}
			if took := time.Since(began); took > 100*time.Millisecond {
				t.Errorf("refusals took %v", took)
			}
			waitUntil(t, func() bool { return silences(f) == 0 })
			c.mend()
			waitUntil(t, func() bool { return !isOut(f) })
			for i, e := range visitAll(t, f, 20, "4") {
				if e != nil {
					t.Errorf("host %d, after the outage: %v", i, e)
				}
			}
		})
	}
}

// While the network is out, one host is asked at a time, each time another.
func TestProbesAreFewAndGoToManyHosts(t *testing.T) {
	t.Parallel()
	f, c := newCable(t, nil)
	visitAll(t, f, 10, "")
	time.Sleep(2 * f.network.quiet)
	c.cut(refuse)
	visitAll(t, f, 10, "2")
	if !isOut(f) {
		t.Fatal("the network is not out")
	}
	var mu sync.Mutex
	probed := map[string]int{}
	running := 0
	c.cut(func(_ context.Context, address string) error {
		mu.Lock()
		defer mu.Unlock()
		if running++; running > 1 {
			t.Error("two probes at once")
		}
		probed[address]++
		running--
		return refuse(t.Context(), address)
	})
	began := time.Now()
	waitUntil(t, func() bool { mu.Lock(); defer mu.Unlock(); return len(probed) >= 4 })
	mu.Lock()
	defer mu.Unlock()
	for address, n := range probed {
		if n > 1 {
			t.Errorf("%s was asked %d times", address, n)
		}
	}
	if took := time.Since(began); took < 3*f.network.every/2 {
		t.Errorf("four probes in %v", took)
	}
}

// Requests that wait for their host's turn when the network goes out do not
// wait on.
func TestOutageEndsTheWaitForATurn(t *testing.T) {
	t.Parallel()
	f, c := newCable(t, func(c *Config) { c.HostGap = time.Hour })
	warm := make(chan error, 20)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for i := range 10 { // robots.txt goes out, the page waits for an hour
		go func() { _, err := f.Fetch(ctx, Request{URL: example(i), Kind: KindPage}); warm <- err }()
	}
	waitUntil(t, func() bool { f.network.mu.Lock(); defer f.network.mu.Unlock(); return len(f.network.witnesses) == 10 })
	time.Sleep(2 * f.network.quiet)
	c.cut(unreachable)
	for i := 10; i < 13; i++ {
		go func() { _, err := f.Fetch(ctx, Request{URL: example(i), Kind: KindPage}); warm <- err }()
	}
	for range 13 {
		select {
		case err := <-warm:
			if !isNetworkDown(err) {
				t.Errorf("got %v", err)
			}
		case <-time.After(3 * time.Second):
			t.Fatal("still waiting")
		}
	}
}

func TestTheirOutageIsTheirs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault func(context.Context, string) error
	}{
		{"one refuses", refuse}, {"one hangs", hang}, {"one has no route", unreachable}, {"the name servers of one are down", noNameServer}, {"one name is gone", noSuchName},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f, line := newCable(t, nil)
			visitAll(t, f, 5, "")
			time.Sleep(2 * f.network.quiet)
			line.cut(only(c.fault, "h0.example"))
			_, err := page(t, f, example(0)+"2")
			var e *Error
			if !errors.As(err, &e) || e.IsNetworkDown || e.IsUnsent || e.Outcome != OutcomeDeferred {
				t.Errorf("got %+v", err)
			}
			if isOut(f) || silences(f) != 1 {
				t.Errorf("out: %v, silences: %d", isOut(f), silences(f))
			}
			for i := 1; i < 5; i++ {
				if _, err := page(t, f, example(i)+"2"); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Many dead hosts beside living ones are just that, also when they fail first.
func TestManyDeadHostsAreNoOutage(t *testing.T) {
	t.Parallel()
	f, c := newCable(t, func(cfg *Config) { cfg.RequestTimeout = 10 * time.Second }) // a busy machine answers late
	f.network.settle, f.network.hold = 10*time.Second, 20*time.Second
	var dead []string
	for i := range 40 {
		dead = append(dead, fmt.Sprintf("h%d.example", i))
	}
	c.cut(func(ctx context.Context, address string) error {
		if err := only(refuse, dead...)(ctx, address); err != nil {
			return err
		}
		time.Sleep(20 * time.Millisecond)
		return nil
	})
	for i, e := range visitAll(t, f, 60, "") {
		if i < 40 && (e == nil || e.IsNetworkDown) || i >= 40 && e != nil {
			t.Errorf("host %d: %v", i, e)
		}
	}
}

// A crawl of a single host cannot tell; it takes the host to be down.
func TestALoneHostIsToBlame(t *testing.T) {
	t.Parallel()
	f, c := newCable(t, nil)
	c.cut(refuse)
	_, err := page(t, f, example(0))
	var e *Error
	if !errors.As(err, &e) || e.IsNetworkDown || e.IsUnsent {
		t.Errorf("got %+v", err)
	}
}

func TestSilentHostIsLeftAloneAndTriedAgain(t *testing.T) {
	t.Parallel()
	f, c := newCable(t, nil)
	visitAll(t, f, 5, "")
	c.cut(only(hang, "h0.example"))
	unsent := 0
	for i := range 2 * outAfter {
		page(t, f, example(1)+fmt.Sprint(i)) // others are served
		_, err := page(t, f, example(0)+fmt.Sprint(i))
		var e *Error
		if !errors.As(err, &e) || e.IsNetworkDown {
			t.Fatalf("got %+v", err)
		}
		if e.IsUnsent {
			unsent++
			if !strings.Contains(e.Reason, "it gave no answer 5 times in a row") || e.RetryAfter < firstOut/3 {
				t.Errorf("got %+v", e)
			}
		}
	}
	if unsent != outAfter {
		t.Errorf("%d requests unsent, want %d", unsent, outAfter)
	}
	c.mend()
	f.limiter.mu.Lock()
	f.limiter.hosts["h0.example"].standing.until = time.Time{}
	f.limiter.mu.Unlock()
	if _, err := page(t, f, example(0)+"again"); err != nil {
		t.Error(err)
	}
}

func TestClosedProxyIsOurOutage(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	proxy := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "") })}
	go proxy.Serve(listener) //nolint:errcheck // it is closed
	f := newTestFetcher(t, func(c *Config) { c.ProxyURL = "http://" + address })
	f.network.every = 100 * time.Millisecond
	for i, e := range visitAll(t, f, 6, "") {
		if e != nil {
			t.Fatalf("host %d: %v", i, e)
		}
	}
	proxy.Close()
	began := time.Now()
	for i, e := range visitAll(t, f, 6, "2") {
		if e == nil || !e.IsNetworkDown || !e.IsUnsent || !strings.Contains(e.Reason, "our own network is out") {
			t.Errorf("host %d: %+v", i, e)
		}
	}
	if took := time.Since(began); took > time.Second {
		t.Errorf("it took %v to tell", took)
	}
	if silences(f) != 0 {
		t.Error("hosts were charged")
	}
	if listener, err = net.Listen("tcp", address); err != nil {
		t.Skip("the port was taken meanwhile: ", err)
	}
	proxy = &http.Server{Handler: proxy.Handler}
	go proxy.Serve(listener) //nolint:errcheck // it is closed
	t.Cleanup(func() { proxy.Close() })
	waitUntil(t, func() bool { return !isOut(f) })
	if _, err := page(t, f, example(0)+"3"); err != nil {
		t.Error(err)
	}
}
