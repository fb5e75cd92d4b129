package main

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/jobs/ledger"
	"github.com/overheard-news/overheard/sql/warehouse"
)

// newsstand is a handful of papers that misbehave in one chosen way each, where
// the press of package press plays everything at once. A paper is a host
// <name>.localhost with a handler of its own.
type newsstand struct {
	server *httptest.Server
	papers map[string]http.Handler
	list   []outlets.Outlet
}

func newNewsstand(t *testing.T) *newsstand {
	t.Helper()
	n := &newsstand{papers: map[string]http.Handler{}}
	n.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, _, _ := strings.Cut(r.Host, ".")
		if paper, ok := n.papers[name]; ok && r.URL.Path != "/robots.txt" {
			paper.ServeHTTP(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(func() {
		n.server.CloseClientConnections() // hosts that hang must not hold the test
		n.server.Close()
	})
	return n
}

// add opens a paper with one channel; call it before the program runs.
func (n *newsstand) add(name, kind, path string, paper http.Handler) {
	n.papers[name] = paper
	n.list = append(n.list, outlets.Outlet{
		ID: name, Name: "The " + name, Publisher: name, Country: "GB", Language: "en", Tier: 1, HomeURL: n.url(name, "/"),
		Channels: []outlets.Channel{{Kind: kind, URL: n.url(name, path)}},
	})
}

func (n *newsstand) url(name, path string) string {
	_, port, _ := strings.Cut(strings.TrimPrefix(n.server.URL, "http://"), ":")
	return "http://" + name + ".localhost:" + port + path
}

// registry writes the papers down as an operator's own registry.
func (n *newsstand) registry(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := outlets.Write(dir, n.list); err != nil {
		t.Fatal(err)
	}
	return dir
}

// paper is a decent one: a feed of so many articles of the last finished night.
func (n *newsstand) paper(name string, articles int) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/feed", func(w http.ResponseWriter, _ *http.Request) {
		paths := make([]string, articles)
		for i := range paths {
			paths[i] = fmt.Sprintf("/news/%d", i)
		}
		io.WriteString(w, n.feed(name, paths...))
	})
	mux.HandleFunc("/news/{number}", func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, newsPage(name, r.PathValue("number")))
	})
	return mux
}

func (n *newsstand) feed(name string, paths ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><rss version="2.0"><channel><title>` + name + `</title>`)
	for _, path := range paths {
		fmt.Fprintf(&b, "<item><title>Story %s</title><link>%s</link><pubDate>%s</pubDate></item>",
			html.EscapeString(path), n.url(name, path), newsTime().Format(time.RFC1123Z))
	}
	b.WriteString(`</channel></rss>`)
	return b.String()
}

// newsTime is noon of the last finished night.
func newsTime() time.Time { return ledger.LastFinishedNight(time.Now(), time.UTC).Add(12 * time.Hour) }

// newsPage is an article that any reader would take for one.
func newsPage(paper, number string) string {
	companies := []string{"Huawei", "BYD", "Xiaomi", "Tencent", "Alibaba"}
	company := companies[len(number+paper)%len(companies)]
	return fmt.Sprintf(`<!doctype html><html lang="en"><head><meta charset="utf-8"><title>%[1]s opens plant number %[2]s, says %[3]s</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="%[4]s"></head><body><article>
<h1>%[1]s opens plant number %[2]s, says %[3]s</h1>
<p>%[1]s said on Tuesday that it would open plant number %[2]s before the end of the year, according to people who spoke to %[3]s about the plans of the company.</p>
<p>The site in district %[2]s will give work to some nine hundred people, the managers told a meeting of residents, most of whom had come with questions about roads and water.</p>
<p>Analysts who follow the company expected the decision, and one of them told %[3]s that the order books of number %[2]s are full for two years.</p>
<p>The mayor welcomed the news but asked for guarantees; a vote of the council on parcel %[2]s is due next month, and the opposition has not said how it will vote.</p>
</article></body></html>`, company, number, paper, newsTime().Format(time.RFC3339))
}

// gate holds requests back until it is opened.
type gate struct {
	inner   http.Handler
	mu      sync.Mutex
	open    chan struct{}
	waiting int
}

func newGate(inner http.Handler) *gate { return &gate{inner: inner, open: make(chan struct{})} }

func (g *gate) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.mu.Lock()
	g.waiting++
	open := g.open
	g.mu.Unlock()
	defer func() { g.mu.Lock(); g.waiting--; g.mu.Unlock() }()
	select {
	case <-open:
		g.inner.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}

// hasCaller waits until somebody stands before the gate.
func (g *gate) hasCaller(t *testing.T) {
	t.Helper()
	eventually(t, "a request at the gate", func() bool {
		g.mu.Lock()
		defer g.mu.Unlock()
		return g.waiting > 0
	})
}

func (g *gate) letAllIn() { close(g.open) }

// testPatience is how long a test waits for what should come at once; machines of CI
// are slow, and a wait that succeeds ends early.
const testPatience = 4 * time.Minute

func eventually(t *testing.T, what string, isSo func() bool) {
	t.Helper()
	for end := time.Now().Add(testPatience); !isSo(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %s in vain for %s", testPatience, what)
		}
	}
}

// started is a program that runs while the test goes on.
type started struct {
	cmd    *exec.Cmd
	stdout liveText
	stderr liveText
	done   chan struct{}
}

// start runs the program in the background; it is killed with the test.
func (o operator) start(t *testing.T, args ...string) *started {
	t.Helper()
	s := &started{cmd: o.command(t.Context(), args...), done: make(chan struct{})}
	s.cmd.Stdout, s.cmd.Stderr = &s.stdout, &s.stderr
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = s.cmd.Wait() // the exit code is in ProcessState
		close(s.done)
	}()
	t.Cleanup(func() {
		_ = s.cmd.Process.Kill()
		<-s.done
		if t.Failed() {
			t.Logf("stderr of overheard %s:\n%s", strings.Join(args, " "), s.stderr.String())
		}
	})
	return s
}

// says waits for a text on stderr.
func (s *started) says(t *testing.T, text string) {
	t.Helper()
	eventually(t, fmt.Sprintf("%q on stderr", text), func() bool { return strings.Contains(s.stderr.String(), text) })
}

func (s *started) signal(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		t.Fatal(err)
	}
}

// end waits until the program is gone.
func (s *started) end(t *testing.T) result {
	t.Helper()
	select {
	case <-s.done:
	case <-time.After(testPatience):
		t.Fatalf("it did not end within %s", testPatience)
	}
	return result{s.cmd.ProcessState.ExitCode(), s.stdout.String(), s.stderr.String()}
}

// beside opens the private Postgres of a running program, as a BI tool would,
// once its schema is there.
func (o operator) beside(t *testing.T) *sqlx.DB {
	t.Helper()
	var db *sqlx.DB
	eventually(t, "the private Postgres with its schema", func() bool {
		status, err := warehouse.InspectServer(o.dataDir)
		if err != nil || !status.Ready {
			return false
		}
		if db, err = sqlx.Connect("postgres", status.URL); err != nil {
			return false
		}
		var isThere bool
		if err := db.Get(&isThere, `select to_regclass('marts.nights') is not null`); err != nil || !isThere {
			db.Close()
			return false
		}
		return true
	})
	t.Cleanup(func() { db.Close() })
	return db
}

// wantNoPostgres asserts that no server runs on the operator's folder.
func (o operator) wantNoPostgres(t *testing.T) {
	t.Helper()
	if status, err := warehouse.InspectServer(o.dataDir); err != nil || status.Running {
		t.Errorf("a Postgres runs although no program does: pid %d, %v", status.PID, err)
	}
}

// liveText may be read while a process writes to it. It has no ReadFrom, through
// which the process would write past the lock.
type liveText struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *liveText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *liveText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// peakMemory is the most memory a process that ended ever had, in MB.
func peakMemory(state *os.ProcessState) int64 {
	return state.SysUsage().(*syscall.Rusage).Maxrss >> 10 // Linux counts in KiB
}

// isRaceBuild tells whether the race detector is on, which takes memory and time
// query reads rows of text columns, joined by spaces, in the query's order.
func query(t *testing.T, db *sqlx.DB, sql string, args ...any) []string {
	t.Helper()
	var lines []string
	if err := db.Select(&lines, sql, args...); err != nil {
		t.Fatalf("%v in %s", err, sql)
	}
	return lines
}

func hostName(t *testing.T) string {
	t.Helper()
	name, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	return name
}
