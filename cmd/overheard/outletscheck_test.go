package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/probe"
)

// checkedPress serves two outlets: one whose feed is well, one whose feed moved.
// It returns a folder that declares them.
func checkedPress(t *testing.T) (dir string) {
	t.Helper()
	item := "<item><link>/2026/a-story</link><pubDate>" + time.Now().Format(time.RFC1123Z) + "</pubDate></item>"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/feed" && strings.HasPrefix(r.Host, "well."), r.URL.Path == "/new/feed":
			fmt.Fprint(w, "<rss><channel>"+item+"</channel></rss>")
		case r.URL.Path == "/feed":
			http.Redirect(w, r, "/new/feed", http.StatusMovedPermanently)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	outlet := func(id string) string {
		home := "http://" + id + ".localhost:" + u.Port()
		return fmt.Sprintf("- id: %s\n  name: %s\n  publisher: %s\n  country: GB\n  language: en\n  tier: 1\n  home_url: %s/\n  channels:\n    - {kind: feed, url: %q}\n", id, id, id, home, home+"/feed")
	}
	path := writeFile(t, "gb.yaml", outlet("moved")+outlet("well"))
	return strings.TrimSuffix(path, "/gb.yaml")
}

func TestOutletsCheck(t *testing.T) {
	t.Parallel()
	dir := checkedPress(t)
	env := []string{"OVERHEARD_CRAWL_ALLOW_PRIVATE_NETWORKS=true", "OVERHEARD_CRAWL_HOST_GAP=1ms", "OVERHEARD_CRAWL_OUTLETS_DIR=" + dir}
	for _, c := range []struct {
		name     string
		args     []string
		code     int
		out, err string // parts of the output
	}{
		{"one that is well", []string{"well"}, exitDone, "\n1 of 1 channels: 1 ok\n", ""},
		{"one that moved, with the line for the registry", []string{"moved"}, exitFailed, "propose  - {kind: feed, url: \"http://moved.localhost:", ""},
		{"both", nil, exitFailed, "\n2 of 2 channels: 1 ok, 1 moved\n", ""},
		{"of a country", []string{"--country", "gb", "--limit", "1"}, exitFailed, "\n1 of 1 channels: 1 moved\n", ""},
		{"of no country of ours", []string{"--country", "JP"}, exitUsage, "", "--country JP: no outlet is of that country"},
		{"a name nobody has", []string{"well", "wel"}, exitUsage, "", "no outlet is called wel"},
		{"a limit below zero", []string{"--limit", "-1"}, exitUsage, "", "--limit -1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := call(t, env, append([]string{"outlets", "check"}, c.args...)...)
			if got.code != c.code || !strings.Contains(got.stdout, c.out) || !strings.Contains(got.stderr, c.err) {
				t.Errorf("exit code %d, want %d\n%s%s", got.code, c.code, got.stdout, got.stderr)
			}
		})
	}
	t.Run("as JSON", func(t *testing.T) {
		t.Parallel()
		got := call(t, env, "outlets", "check", "--json")
		var results []probe.Result
		if err := json.Unmarshal([]byte(got.stdout), &results); err != nil || got.code != exitFailed {
			t.Fatalf("exit code %d, %v: %s", got.code, err, got.stdout)
		}
		verdicts := map[string]string{}
		for _, r := range results {
			verdicts[r.OutletID] = r.Verdict
		}
		if d := cmp.Diff(map[string]string{"moved": "moved", "well": "ok"}, verdicts); d != "" {
			t.Error(d)
		}
	})
}
