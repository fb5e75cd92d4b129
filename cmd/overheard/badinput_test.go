package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jmoiron/sqlx"

	"github.com/overheard-news/overheard/sql/warehouse"
	"github.com/overheard-news/overheard/sql/warehouse/postmaster"
	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// Bad input, as an operator meets it: each with its exit code, its message, and
// what else was to be done all the same.

// TestFaultsOfConfigurationStartNothing covers everything that is wrong before
// the first step: exit code 2, one sentence that names place and remedy, no
// Postgres.
func TestFaultsOfConfigurationStartNothing(t *testing.T) {
	t.Parallel()
	brokenYAML := filepath.Dir(writeFile(t, "outlets/gb.yaml", "- id: example-times\n  name: The Example Times\n  tier: [1\n"))
	faultyYAML := filepath.Dir(writeFile(t, "outlets/gb.yaml", `- id: example-times
  name: The Example Times
  publisher: example-group
  country: UK
  language: en
  tier: 1
  home_url: https://example.com/
  chanels:
    - {kind: feed, url: "https://example.com/rss"}
`))
	tests := []struct {
		name string
		env  []string
		file string // of settings
		args []string
		says []string
	}{
		{name: "an outlets file that is no YAML", env: []string{"OVERHEARD_CRAWL_OUTLETS_DIR=" + brokenYAML}, args: []string{"nightly"},
			says: []string{brokenYAML + "/gb.yaml:3: file is broken YAML: did not find expected ',' or ']' (check indentation, quotes and colons near this line)"}},
		{name: "an outlets file with faults, told all at once", env: []string{"OVERHEARD_CRAWL_OUTLETS_DIR=" + faultyYAML}, args: []string{"serve"},
			says: []string{faultyYAML + "/gb.yaml:4: ", faultyYAML + "/gb.yaml:8: ", `unknown country "UK" (write an ISO 3166-1 alpha-2 code`, `unknown field "chanels" in outlet (did you mean "channels"?`}},
		{name: "a spec that never fires", file: "schedule:\n  nightly: \"0 0 30 2 *\"\n", args: []string{"serve"},
			says: []string{`:2: schedule.nightly: cron spec "0 0 30 2 *" never fires`}},
		{name: "a spec that never fires, in a variable", env: []string{"OVERHEARD_SCHEDULE_COLLECT=0 0 31 4 *"}, args: []string{"nightly"},
			says: []string{`variable OVERHEARD_SCHEDULE_COLLECT: schedule.collect: cron spec "0 0 31 4 *" never fires`}},
		{name: "an unknown key", file: "crawl:\n  host_gab: 3s\n", args: []string{"nightly"},
			says: []string{`:2: unknown setting "crawl.host_gab" (did you mean "crawl.host_gap"?)`}},
		{name: "an unknown variable", env: []string{"OVERHEARD_CRAWL_PROXYURL=http://127.0.0.1:1"}, args: []string{"nightly"},
			says: []string{`variable OVERHEARD_CRAWL_PROXYURL: no such setting (did you mean "OVERHEARD_CRAWL_PROXY_URL"?)`}},
		{name: "a console that is open to the network", env: []string{"OVERHEARD_CONSOLE_LISTEN=0.0.0.0:8480"}, args: []string{"serve"},
			says: []string{`console.listen: "0.0.0.0" is not loopback`}},
		{name: "a role that does not exist", args: []string{"serve", "--roles", "boss"}, says: []string{"--roles: boss is not one of scheduler, worker, console"}},
		{name: "a night that is no date", args: []string{"nightly", "--night", "yesterday"}, says: []string{"a night is a date such as"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dataDir := filepath.Join(t.TempDir(), "data")
			args := tt.args
			if tt.file != "" {
				args = append([]string{"--config", writeFile(t, "overheard.yaml", tt.file)}, args...)
			}
			got := call(t, append(tt.env, "OVERHEARD_DATA_DIR="+dataDir), args...)
			t.Log(got.stderr)
			if got.code != exitUsage {
				t.Errorf("exit code %d, want %d", got.code, exitUsage)
			}
			for _, text := range tt.says {
				if !strings.Contains(got.stderr, text) {
					t.Errorf("stderr does not say %q:\n%s", text, got.stderr)
				}
			}
			if got.stdout != "" {
				t.Errorf("stdout %q", got.stdout)
			}
			if _, err := os.Stat(dataDir); err == nil {
				t.Error("the data folder was made although nothing should start")
			}
		})
	}
}

// TestPapersThatMisbehaveCostOnlyThemselves reads a stand on which one paper is
// fine and each other is broken in its own way.
func TestPapersThatMisbehaveCostOnlyThemselves(t *testing.T) {
	t.Parallel()
	n := newNewsstand(t)
	n.add("decent", "feed", "/feed", n.paper("decent", 3))
	n.add("captcha", "feed", "/feed", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "<!doctype html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>")
	}))
	cut, cutPages := n.cutSitemap(t, "cut")
	n.add("cut", "sitemap", "/sitemap.xml.gz", cut)
	n.add("huge", "feed", "/feed", n.withPages("huge", map[string]http.HandlerFunc{
		"/declared":   func(w http.ResponseWriter, _ *http.Request) { pour(w, 200<<20, true) },
		"/undeclared": func(w http.ResponseWriter, _ *http.Request) { pour(w, 200<<20, false) },
	}))
	bomb := packed(t, "", 100<<20)
	n.add("bomb", "feed", "/feed", n.withPages("bomb", map[string]http.HandlerFunc{
		"/bomb": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb)
		},
	}))
	bombMap := packed(t, "<urlset>", 100<<20)
	n.add("bombmap", "sitemap", "/sitemap.xml.gz", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/sitemap.xml.gz" { // whoever looks for another channel finds none
			http.NotFound(w, r)
			return
		}
		w.Write(bombMap)
	}))

	o := newOperator(t, n.registry(t))
	run := o.start(t, "collect", "--json")
	got := run.end(t)
	t.Log(got.stderr)
	if got.code != exitFailed {
		t.Errorf("exit code %d, want %d (done with counted failures): %s", got.code, exitFailed, got.stderr)
	}
	// The channels of captcha, cut and bombmap; a page that is too large is no failure of ours.
	if want := "is done with 3 failures; overheard runs show 1 tells them"; !strings.Contains(got.stderr, want) {
		t.Errorf("stderr does not say %q: %s", want, got.stderr)
	}
	if peak := peakMemory(run.cmd.ProcessState); peak > 500 && !warehousetest.IsRaceBuild() {
		t.Errorf("it needed %d MB of memory", peak)
	} else {
		t.Logf("peak memory %d MB", peak)
	}
	o.database(t, func(db *sqlx.DB) {
		channels := query(t, db, `select concat_ws(' ', outlet_id, state, failure_count, error) from ops.channels order by outlet_id`)
		for i, c := range channels {
			channels[i] = strings.ReplaceAll(c, strings.TrimPrefix(n.server.URL, "http://127.0.0.1"), "")
		}
		t.Log(strings.Join(channels, "\n"))
		wantLines(t, "channels", channels,
			"bomb ok 0",
			"bombmap failed 1 poll http://bombmap.localhost/sitemap.xml.gz: read sitemap: over 52428800 bytes unpacked, 0 URLs read",
			`captcha not_a_feed 1 poll http://captcha.localhost/feed: not a feed: HTML page titled "Just a moment..."`,
			"cut ok 0 poll http://cut.localhost/sitemap.xml.gz: read sitemap: truncated gzip after ",
			"decent ok 0",
			"huge ok 0")
		outcomes := query(t, db, `
			select concat_ws(' ', outlet_id, regexp_replace(url, '^https?://[^/]*', ''), outcome, reason)
			from ops.urls where outlet_id <> 'cut' order by outlet_id, url`)
		t.Log(strings.Join(outcomes, "\n"))
		wantLines(t, "outcomes", outcomes,
			"bomb /bomb too_large body unpacked over 16777216 bytes",
			"bomb /news/0 stored",
			"decent /news/0 stored", "decent /news/1 stored", "decent /news/2 stored",
			"huge /declared too_large Content-Length over 8388608 bytes",
			"huge /news/0 stored",
			"huge /undeclared too_large body as sent over 8388608 bytes")
		var before, of int
		if err := db.QueryRow(`select count(*) filter (where outcome = 'stored'), count(*) from ops.urls where outlet_id = 'cut'`).Scan(&before, &of); err != nil {
			t.Fatal(err)
		}
		if before != of || before < 2 || before >= cutPages {
			t.Errorf("of the cut sitemap %d of %d URLs are stored; it has %d, and those before the cut count", before, of, cutPages)
		}
		articles := query(t, db, `select concat_ws(' ', outlet_id, count(*)) from staging.articles group by outlet_id order by 1`)
		if diff := cmp.Diff([]string{"bomb 1", fmt.Sprintf("cut %d", before), "decent 3", "huge 1"}, articles); diff != "" {
			t.Errorf("articles (-want +got):\n%s", diff)
		}
	})
	// The failures are to be found where the message points to.
	show := o.call(t, "runs", "show", "1")
	t.Log(show.stdout)
	for _, text := range []string{"done_with_failures", "channels_failed 3", "too_large 3",
		"  not_a_feed: not a feed: HTML page titled \"Just a moment...\"", "  read in part: read sitemap: truncated gzip after "} {
		if show.code != exitDone || !strings.Contains(show.stdout, text) {
			t.Errorf("runs show does not tell %q:\n%s%s", text, show.stdout, show.stderr)
		}
	}
}

// withPages is a paper with one good article and some pages of its own.
func (n *newsstand) withPages(name string, pages map[string]http.HandlerFunc) http.Handler {
	good := n.paper(name, 1)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if page, ok := pages[r.URL.Path]; ok {
			page(w, r)
			return
		}
		if r.URL.Path != "/feed" {
			good.ServeHTTP(w, r)
			return
		}
		paths := []string{"/news/0"}
		for path := range pages {
			paths = append(paths, path)
		}
		io.WriteString(w, n.feed(name, paths...))
	})
}

// cutSitemap is a paper whose gzipped sitemap ends in the middle.
func (n *newsstand) cutSitemap(t *testing.T, name string) (paper http.Handler, pages int) {
	t.Helper()
	pages = 40
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">`)
	for i := range pages {
		fmt.Fprintf(z, "<url><loc>%s</loc><lastmod>%s</lastmod></url>", n.url(name, "/news/"+strconv.Itoa(i)), newsTime().Format("2006-01-02T15:04:05Z"))
		z.Flush() // or so few URLs would be one block
	}
	io.WriteString(z, "</urlset>")
	z.Close()
	half := b.Bytes()[:b.Len()/2]
	good := n.paper(name, 0)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/sitemap.xml.gz" {
			w.Header().Set("Content-Type", "application/gzip")
			w.Write(half)
			return
		}
		good.ServeHTTP(w, r)
	}), pages
}

// pour sends a page of n bytes.
func pour(w http.ResponseWriter, n int, isDeclared bool) {
	w.Header().Set("Content-Type", "text/html")
	if isDeclared {
		w.Header().Set("Content-Length", strconv.Itoa(n))
	}
	chunk := bytes.Repeat([]byte("<p>on and on</p> "), 1<<12)
	for sent := 0; sent < n; sent += len(chunk) {
		if _, err := w.Write(chunk[:min(len(chunk), n-sent)]); err != nil {
			return // the reader had enough
		}
	}
}

// packed is a gzip of head and then n bytes of nothing.
func packed(t *testing.T, head string, n int64) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	io.WriteString(z, head)
	if _, err := io.Copy(z, io.LimitReader(blanks{}, n)); err != nil {
		t.Fatal(err)
	}
	z.Close()
	return b.Bytes()
}

type blanks struct{}

func (blanks) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

// wantLines compares line by line, each wanted one being the beginning.
func wantLines(t *testing.T, what string, got []string, want ...string) {
	t.Helper()
	trimmed := make([]string, len(got))
	for i, line := range got {
		trimmed[i] = line
		if i < len(want) && strings.HasPrefix(line, want[i]) {
			trimmed[i] = want[i]
		}
	}
	if diff := cmp.Diff(want, trimmed); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// TestADatabaseThatCannotBeUsed covers what can be wrong with --database-url:
// exit code 1, the reason and a remedy, never the password.
func TestADatabaseThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	const password = "s3cr3t-p4ss"
	address := freeAddress(t)
	server, err := warehouse.StartServer(t.Context(), slog.New(slog.DiscardHandler), warehousetest.DataDir(t), postmaster.WithTCP(address), postmaster.WithoutSync())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Stop(t.Context()) }) //nolint:errcheck,usetesting // it ends with the process at the latest
	admin, err := sqlx.Connect("postgres", server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { admin.Close() })
	admin.MustExec(`create role analyst login password 'another-p4ss'; create role writer login password '` + password + `'`)
	tests := []struct {
		name, user, address, database string
		says                          []string
	}{
		{"nobody listens", "analyst", freeAddress(t), "overheard", []string{"connect to Postgres as analyst to database overheard at 127.0.0.1:", "connection refused", "(is the server running, and are host and port right?)"}},
		{"a wrong password", "analyst", address, "overheard", []string{"connect to Postgres as analyst", "password authentication failed", "(check user and password of the database URL)"}},
		{"an unknown database", "writer", address, "nowhere", []string{`database "nowhere" does not exist`, "(create the database first: createdb)"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			url := "postgres://" + tt.user + ":" + password + "@" + tt.address + "/" + tt.database
			got := call(t, []string{"OVERHEARD_DATA_DIR=" + t.TempDir()}, "--log-level", "debug", "--database-url", url, "nightly")
			t.Log(lastLine(got.stderr))
			if got.code != exitFailed {
				t.Errorf("exit code %d, want %d", got.code, exitFailed)
			}
			for _, text := range tt.says {
				if !strings.Contains(lastLine(got.stderr), text) {
					t.Errorf("the last line does not say %q: %s", text, got.stderr)
				}
			}
			if strings.Contains(got.stdout+got.stderr, password) {
				t.Errorf("the password is shown: %s%s", got.stdout, got.stderr)
			}
		})
	}
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}

// freeAddress is a port of this machine on which nobody listens.
func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}
