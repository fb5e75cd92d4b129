package probe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/discover"
	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// serve answers by host and path on loopback names; robots.txt as given, else none.
func serve(t *testing.T, pages map[string]http.HandlerFunc) (address func(string) string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, _ := net.SplitHostPort(r.Host)
		if page := pages[strings.TrimSuffix(host, ".localhost")+r.URL.Path]; page != nil {
			page(w, r)
			return
		}
		http.NotFound(w, r)
	}))
	t.Cleanup(server.Close)
	u, err := url.Parse(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	return func(s string) string {
		host, path, _ := strings.Cut(s, "/")
		return "http://" + host + ".localhost:" + u.Port() + "/" + path
	}
}

func newFetcher(t *testing.T) *fetch.Fetcher {
	t.Helper()
	f, err := fetch.New(slog.New(slog.DiscardHandler), fetch.Config{UserAgent: "TestBot/1.0", AllowPrivateNetworks: true, RequestTimeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close)
	return f
}

func text(body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) }
}

func status(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
}

// feed has ten items with relative links, an hour apart.
func feed(newest time.Time) string {
	var b strings.Builder
	for i := range 10 {
		fmt.Fprintf(&b, "<item><link>/2026/story-%d</link><pubDate>%s</pubDate></item>", i, newest.Add(-time.Duration(i)*time.Hour).Format(time.RFC1123Z))
	}
	return "<rss><channel>" + b.String() + "</channel></rss>"
}

func check(t *testing.T, cfg Config, list ...outlets.Outlet) map[string]Result {
	t.Helper()
	got := map[string]Result{}
	if err := New(slog.New(slog.DiscardHandler), newFetcher(t), cfg).Check(t.Context(), list, func(r Result) { got[r.OutletID+" "+r.Kind] = r }); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestVerdicts(t *testing.T) {
	t.Parallel()
	now := time.Now()
	good := text(feed(now))
	foreign := text(strings.ReplaceAll(feed(now), "<link>", "<link>https://agency.example"))
	at := serve(t, map[string]http.HandlerFunc{
		"well/feed":      good,
		"moved/feed":     http.RedirectHandler("/new/feed", http.StatusMovedPermanently).ServeHTTP,
		"moved/new/feed": good,
		"slash/feed":     http.RedirectHandler("/feed/", http.StatusMovedPermanently).ServeHTTP, "slash/feed/": good,
		"empty/feed":        text("<rss><channel></channel></rss>"),
		"stale/feed":        text(feed(now.Add(-100 * 24 * time.Hour))),
		"page/feed":         text("<html><title>Hello</title></html>"),
		"swapped/feed":      text("<urlset><url><loc>/1</loc></url></urlset>"),
		"forbidden/feed":    status(403),
		"robots/feed":       good,
		"robots/robots.txt": text("User-agent: *\nDisallow: /feed\n"),
		"failing/feed":      status(500),
		"wire/feed":         foreign,
	})
	var list []outlets.Outlet
	for _, id := range []string{"well", "moved", "slash", "empty", "stale", "page", "swapped", "forbidden", "robots", "gone", "failing", "wire"} {
		list = append(list, outlets.Outlet{ID: id, HomeURL: at(id + "/"), Channels: []outlets.Channel{{Kind: discover.KindFeed, URL: at(id + "/feed")}}})
	}
	type row struct {
		Verdict, Found string
		Status, Items  int
		Own            float64
		Proposal       string
	}
	want := map[string]row{
		"well":      {VerdictOK, "feed", 200, 10, 1, ""},
		"moved":     {VerdictMoved, "feed", 200, 10, 1, `- {kind: feed, url: "` + at("moved/new/feed") + `"}`},
		"slash":     {VerdictOK, "feed", 200, 10, 1, ""},
		"empty":     {VerdictEmpty, "feed", 200, 0, 0, ""},
		"stale":     {VerdictStale, "feed", 200, 10, 1, ""},
		"page":      {VerdictNotAFeed, "page", 200, 0, 0, ""},
		"swapped":   {VerdictNotAFeed, "sitemap", 200, 0, 0, `- {kind: sitemap, url: "` + at("swapped/feed") + `"}`},
		"forbidden": {VerdictBlocked, "", 403, 0, 0, ""},
		"robots":    {VerdictBlocked, "", 0, 0, 0, ""},
		"gone":      {VerdictGone, "", 404, 0, 0, ""},
		"failing":   {VerdictFailed, "", 500, 0, 0, ""},
		"wire":      {VerdictOK, "feed", 200, 10, 0, ""},
	}
	got := map[string]row{}
	for _, r := range check(t, Config{}, list...) {
		got[r.OutletID] = row{r.Verdict, r.KindFound, r.HTTPStatus, r.ItemCount, r.OwnShare, r.Proposal}
		if r.IsBad() && r.Reason == "" && r.Verdict != VerdictEmpty {
			t.Errorf("%s is %s for no reason", r.OutletID, r.Verdict)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestExploringProposesAnotherChannel(t *testing.T) {
	t.Parallel()
	good := text(feed(time.Now()))
	at := serve(t, map[string]http.HandlerFunc{
		"paper/":          text(`<html><link rel="alternate" type="application/rss+xml" href="/fresh.xml"></html>`),
		"paper/sm":        text("<urlset><url><loc>/1</loc></url></urlset>"),
		"paper/fresh.xml": good,
	})
	o := outlets.Outlet{ID: "paper", HomeURL: at("paper/"), Channels: []outlets.Channel{{Kind: discover.KindSitemap, URL: at("paper/sm")}, {Kind: discover.KindFeed, URL: at("paper/old.xml")}}}
	got := check(t, Config{IsExploring: true}, o)
	if r := got["paper sitemap"]; r.Verdict != VerdictOK || r.Proposal != "" {
		t.Errorf("%+v", r)
	}
	r := got["paper feed"]
	if want := `- {kind: feed, url: "` + at("paper/fresh.xml") + `"}`; r.Verdict != VerdictGone || r.Proposal != want {
		t.Errorf("%s, proposal %s, want %s", r.Verdict, r.Proposal, want)
	}
}

// An index of hundreds of files costs two requests.
func TestAnIndexIsGlancedAt(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	asked := 0
	count := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			asked++
			mu.Unlock()
			next(w, r)
		}
	}
	pages := map[string]http.HandlerFunc{}
	var children strings.Builder
	newest := time.Now().UTC()
	for i := range 300 {
		name := "/map-" + newest.AddDate(0, 0, -i).Format(time.DateOnly) + ".xml"
		fmt.Fprintf(&children, "<sitemap><loc>%s</loc></sitemap>", name)
		pages["paper"+name] = count(text("<urlset><url><loc>/1</loc><lastmod>" + newest.Format(time.DateOnly) + "</lastmod></url></urlset>"))
	}
	pages["paper/index.xml"] = count(text("<sitemapindex>" + children.String() + "</sitemapindex>"))
	at := serve(t, pages)
	r := check(t, Config{}, outlets.Outlet{ID: "paper", HomeURL: at("paper/"), Channels: []outlets.Channel{{Kind: discover.KindSitemap, URL: at("paper/index.xml")}}})["paper sitemap"]
	if r.Verdict != VerdictOK || r.ItemCount != 1 || r.RequestCount != 2 || asked != 2 {
		t.Errorf("%d requests for %+v", asked, r)
	}
}

// down is a Fetcher without a network.
type down struct{}

func (down) err() error {
	return &fetch.Error{Outcome: fetch.OutcomeDeferred, IsNetworkDown: true, Reason: "network down"}
}
func (d down) Fetch(context.Context, fetch.Request) (*fetch.Response, error) { return nil, d.err() }
func (d down) Sitemaps(context.Context, string) ([]string, error)            { return nil, d.err() }
func (d down) IsAllowed(context.Context, string) (bool, string, error)       { return false, "", d.err() }

// late has a robots.txt, and loses the network behind it.
type late struct{ down }

func (late) IsAllowed(context.Context, string) (bool, string, error) { return true, "", nil }

func TestOurOwnOutageIsNobodysFault(t *testing.T) {
	t.Parallel()
	o := outlets.Outlet{ID: "paper", HomeURL: "https://paper.example/", Channels: []outlets.Channel{{Kind: discover.KindFeed, URL: "https://paper.example/feed"}}}
	for _, f := range []Fetcher{down{}, late{}} {
		var got []string
		err := New(slog.New(slog.DiscardHandler), f, Config{IsExploring: true}).Check(t.Context(), []outlets.Outlet{o}, func(r Result) { got = append(got, r.Verdict) })
		if d := cmp.Diff([]string{VerdictNetworkDown}, got); d != "" || err != nil {
			t.Error(err, d)
		}
	}
}

func TestAHangingHostCostsItsDeadlineAndAnInterruptNothing(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	at := serve(t, map[string]http.HandlerFunc{"slow/feed": hang, "well/feed": text(feed(time.Now()))})
	list := []outlets.Outlet{
		{ID: "slow", HomeURL: at("slow/"), Channels: []outlets.Channel{{Kind: discover.KindFeed, URL: at("slow/feed")}}},
		{ID: "well", HomeURL: at("well/"), Channels: []outlets.Channel{{Kind: discover.KindFeed, URL: at("well/feed")}}},
	}
	got := check(t, Config{ChannelDeadline: 300 * time.Millisecond}, list...)
	if got["slow feed"].Verdict != VerdictFailed || got["well feed"].Verdict != VerdictOK {
		t.Errorf("%+v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	began := time.Now()
	err := New(slog.New(slog.DiscardHandler), newFetcher(t), Config{}).Check(ctx, list, func(Result) { cancel() })
	if !errors.Is(err, context.Canceled) || time.Since(began) > 3*time.Second {
		t.Errorf("after %v: %v", time.Since(began), err)
	}
}
