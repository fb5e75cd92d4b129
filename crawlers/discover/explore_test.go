package discover

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
)

// feedOf writes an RSS feed of so many items of a host, an hour apart.
func feedOf(host string, n int, newest time.Time, extra string) string {
	var b strings.Builder
	b.WriteString(`<rss><channel><title>P</title>`)
	for i := range n {
		at := newest.Add(-time.Duration(i) * time.Hour)
		fmt.Fprintf(&b, "<item><title>T%d</title><link>https://%s/%s/story-number-%d</link><pubDate>%s</pubDate>%s</item>", i, host, at.Format("2006/01/02"), i, at.Format(time.RFC1123Z), extra)
	}
	return b.String() + "</channel></rss>"
}

func sitemapOf(n int, tag string) string {
	var b strings.Builder
	b.WriteString("<urlset>")
	for i := range n {
		at := noon.Add(-time.Duration(i) * time.Hour)
		fmt.Fprintf(&b, "<url><loc>https://paper.example/%s/story-number-%d</loc>%s</url>", at.Format("2006/01/02"), i, strings.ReplaceAll(tag, "AT", at.Format(time.RFC3339)))
	}
	return b.String() + "</urlset>"
}

const (
	newsTag   = "<news:news><news:publication_date>AT</news:publication_date></news:news>"
	changeTag = "<lastmod>AT</lastmod>"
	homeURL   = "https://paper.example/"
)

func explore(t *testing.T, w *web, pattern Pattern, declared ...outlets.Channel) []Candidate {
	t.Helper()
	d := New(slog.New(slog.DiscardHandler), w)
	d.now, d.pause = func() time.Time { return noon }, time.Millisecond
	got, err := d.Explore(t.Context(), outlets.Outlet{ID: "paper", HomeURL: homeURL, Channels: declared}, pattern)
	if err != nil {
		t.Fatal(err)
	}
	if len(w.asked) > maxRequests {
		t.Errorf("%d requests", len(w.asked))
	}
	for i, c := range got {
		if c.IsVerified && i > 0 && !got[i-1].IsVerified {
			t.Errorf("%s stands behind refused ones", c.URL)
		}
	}
	return got
}

// brief is a candidate on one line: +kind origin path items, or -kind ... reason.
func brief(list []Candidate) []string {
	var out []string
	for _, c := range list {
		where := strings.TrimPrefix(c.URL, "https://paper.example")
		if c.IsVerified {
			out = append(out, fmt.Sprintf("+%s %s %s %d", c.Kind, c.Origin, where, c.ItemCount))
		} else {
			out = append(out, fmt.Sprintf("-%s %s %s: %s", c.Kind, c.Origin, where, c.Reason))
		}
	}
	return out
}

func TestExplore(t *testing.T) {
	t.Parallel()
	alternates := func(links ...string) string {
		var b strings.Builder
		b.WriteString("<html><head>")
		for _, l := range links {
			href, title, _ := strings.Cut(l, " ")
			fmt.Fprintf(&b, `<link rel="alternate" type="application/rss+xml" href="%s" title="%s">`, href, title)
		}
		return b.String() + "</head><body><a href='/sport/'>Sport</a></body></html>"
	}
	p := "https://paper.example"
	good := feedOf("paper.example", 20, noon, "")
	for _, c := range []struct {
		name     string
		answers  map[string]any
		sitemaps []string
		declared []outlets.Channel
		want     []string
	}{
		{"a feed of the home page before a news sitemap before one of all time", map[string]any{
			homeURL: alternates("/feed/ Paper"), p + "/feed/": good, p + "/all.xml": sitemapOf(30, changeTag), p + "/news.xml": sitemapOf(20, newsTag),
		}, []string{p + "/all.xml", p + "/news.xml"}, nil, []string{
			"+feed homepage /feed/ 20", "+sitemap robots /news.xml 20", "+sitemap robots /all.xml 30",
		}},
		{"parts and strangers are refused", map[string]any{
			homeURL: alternates("/comments/feed/ Comments", "/category/sport/feed/ Sport", "/tag/cup/feed Cup", "/shows/daily.rss Our podcast", "https://other.example/feed Partner", "/feed Paper"), p + "/feed": good,
		}, nil, nil, []string{
			"+feed homepage /feed 20",
			"-feed homepage /comments/feed/: comment feed, by its address",
			"-feed homepage /category/sport/feed/: category feed, by its address",
			"-feed homepage /tag/cup/feed: tag feed, by its address",
			"-feed homepage /shows/daily.rss: podcast, by its title",
			"-feed homepage https://other.example/feed: it is of another site: other.example",
			"-page section /: 0 of its links match the learned pattern",
		}},
		{"what an answer shows refuses, too", map[string]any{
			homeURL:    alternates("/a", "/b", "/c", "/d", "/e", "/f"),
			p + "/a":   strings.ReplaceAll(good, "</link>", "#comment-17</link>"),
			p + "/b":   feedOf("paper.example", 20, noon, `<enclosure url="https://paper.example/x.mp3" length="1" type="audio/mpeg"/>`),
			p + "/c":   feedOf("wire.example", 20, noon, ""),
			p + "/d":   feedOf("paper.example", 20, noon.Add(-90*day), ""),
			p + "/e":   "<html><title>Not here</title></html>",
			p + "/f":   `<rss><channel></channel></rss>`,
			p + "/rss": good,
		}, nil, nil, []string{
			"+feed well_known /rss 20",
			"-feed homepage /a: comment feed: 20 of 20 items are comments",
			"-feed homepage /b: podcast: 20 of 20 items carry sound",
			"-feed homepage /c: 20 of its 20 items lead to other sites",
			"-feed homepage /d: stale: its newest item is of 2025-12-02",
			`-feed homepage /e: poll https://paper.example/e: not a feed: HTML page titled "Not here"`,
			"-feed homepage /f: it is empty",
			"-page section /: 0 of its links match the learned pattern",
		}},
		{"a declared feed that moved", map[string]any{
			homeURL:       alternates(),
			p + "/old":    &fetch.Response{URL: p + "/old", FinalURL: p + "/new", Status: 200, Body: []byte(good)},
			p + "/s.xml":  sitemapOf(3, newsTag),
			p + "/sport/": "<html></html>",
		}, []string{p + "/s.xml"}, []outlets.Channel{{Kind: KindFeed, URL: p + "/old"}}, []string{
			"+feed redirect /new 20", "+sitemap robots /s.xml 3",
		}},
		{"a declared feed that died, and the one the home page names instead", map[string]any{
			homeURL: alternates("/fresh"), p + "/fresh": good, p + "/s.xml": sitemapOf(3, newsTag),
		}, []string{p + "/s.xml"}, []outlets.Channel{{Kind: KindFeed, URL: p + "/old"}}, []string{
			"+feed homepage /fresh 20", "+sitemap robots /s.xml 3",
		}},
		{"what is declared and well is not found again", map[string]any{
			homeURL: alternates("/feed/", "http://www.paper.example/feed"), p + "/feed": good, p + "/s.xml": sitemapOf(3, newsTag),
		}, []string{p + "/s.xml"}, []outlets.Channel{{Kind: KindFeed, URL: p + "/feed"}, {Kind: KindSitemap, URL: p + "/s.xml"}}, nil},
		{"an index is judged by its newest file", map[string]any{
			homeURL: alternates(), p + "/sitemap_index.xml": index("/map-2019-01.xml", "/map-2026-03.xml", "/map-2026-02.xml"), p + "/map-2026-03.xml": sitemapOf(40, changeTag), p + "/feed": good,
		}, nil, nil, []string{"+feed well_known /feed 20", "+sitemap well_known /sitemap_index.xml 40"}},
		{"only section pages", map[string]any{
			homeURL:       `<html><a href="/sport/">Sport</a><a href="/about/">About us</a>` + strings.Repeat("<a href='/x'></a>", 3),
			p + "/sport/": `<html>` + links(8),
		}, nil, nil, []string{
			"+page section /sport/ 8", "-page section /: 0 of its links match the usual shapes, as no pattern is known",
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := explore(t, &web{answers: c.answers, sitemaps: c.sitemaps}, Pattern{}, c.declared...)
			if d := cmp.Diff(c.want, brief(got)); d != "" {
				t.Error(d)
			}
		})
	}
}

func links(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `<a href="/2026/03/02/story-%d">Story %d</a>`, i, i)
	}
	return b.String()
}

func TestExplorationSaysWhyAFeedIsProposed(t *testing.T) {
	t.Parallel()
	p := "https://paper.example"
	good := feedOf("paper.example", 20, noon, "")
	w := &web{answers: map[string]any{
		homeURL:     `<html><link rel=alternate type="application/rss+xml" href="/fresh">`,
		p + "/old":  &fetch.Response{URL: p + "/old", FinalURL: p + "/new", Status: 200, Body: []byte(good)},
		p + "/gone": &fetch.Error{Outcome: fetch.OutcomeGone, Status: 404, Reason: "x"}, p + "/fresh": good,
	}}
	got := explore(t, w, Pattern{}, outlets.Channel{Kind: KindFeed, URL: p + "/old"}, outlets.Channel{Kind: KindFeed, URL: p + "/gone"})
	want := []string{
		"the declared https://paper.example/old redirects to it; feed",
		"the home page announces it, and not the declared https://paper.example/old; feed",
	}
	var reasons []string
	for _, c := range got[:min(2, len(got))] {
		reasons = append(reasons, c.Reason)
	}
	if d := cmp.Diff(want, reasons); d != "" {
		t.Error(d)
	}
	if !got[0].NewestAt.Equal(noon) {
		t.Errorf("newest %v", got[0].NewestAt)
	}
}

// However much a site offers, an exploration stays small.
func TestExplorationIsBounded(t *testing.T) {
	t.Parallel()
	var head strings.Builder
	w := &web{answers: map[string]any{}}
	for i := range 500 {
		fmt.Fprintf(&head, `<link rel="alternate" type="application/rss+xml" href="/feed-%d"><a href="/s%d/">S%d</a>`, i, i, i)
		w.sitemaps = append(w.sitemaps, fmt.Sprintf("https://paper.example/map-%d.xml", i))
		w.answers[w.sitemaps[i]] = index("/a.xml", "/b.xml", "/c.xml")
	}
	w.answers[homeURL] = "<html>" + head.String()
	got := explore(t, w, Pattern{})
	if len(w.asked) != maxRequests {
		t.Errorf("%d requests", len(w.asked))
	}
	if len(got) != maxCandidates {
		t.Errorf("%d candidates told", len(got))
	}
}

func TestExplorationWithoutAHomePage(t *testing.T) {
	t.Parallel()
	o := outlets.Outlet{ID: "paper", HomeURL: homeURL}
	down := &fetch.Error{Outcome: fetch.OutcomeDeferred, IsNetworkDown: true, Reason: "network down"}
	for _, c := range []struct {
		name    string
		answers map[string]any
		want    int
		isErr   bool
		isDown  bool
	}{
		{"refused, but the sitemap is open", map[string]any{homeURL: &fetch.Error{Outcome: fetch.OutcomeBlocked, Status: 403, Reason: "x"}, "https://paper.example/sitemap.xml": sitemapOf(9, newsTag)}, 1, false, false},
		{"nothing at all", nil, 0, true, false},
		{"our own network is out", map[string]any{homeURL: down}, 0, true, true},
		{"our own network goes out later", map[string]any{homeURL: "<html>", "https://paper.example/feed": down}, 0, true, true},
		{"it goes out among the files of a sitemap", map[string]any{
			homeURL: "<html>", "https://paper.example/sitemap.xml": index("/x"), "https://paper.example/x": down,
		}, 0, true, true},
		{"it goes out before robots.txt", map[string]any{homeURL: "<html>", "robots": down}, 0, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := &web{answers: c.answers}
			w.sitemapsErr, _ = c.answers["robots"].(error)
			d := New(slog.New(slog.DiscardHandler), w)
			d.now = func() time.Time { return noon }
			got, err := d.Explore(t.Context(), o, Pattern{})
			if len(got) != c.want || err != nil != c.isErr || isNetworkDown(err) != c.isDown {
				t.Errorf("%d candidates, error %v", len(got), err)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(slog.New(slog.DiscardHandler), &web{answers: map[string]any{homeURL: "<html>"}}).Explore(ctx, o, Pattern{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
