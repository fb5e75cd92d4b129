package discover

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLinks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		want       Links
	}{
		{"feeds for machines, each once", `<link rel="alternate" type="application/rss+xml" title="News" href="/feed"><link rel="Alternate" type="application/atom+xml;charset=utf-8" href="https://x.example/atom"><link rel="alternate" type="application/rss+xml" href="/feed"><link rel="alternate" hreflang="de" href="/de"><link rel="stylesheet" type="text/css" href="/a.css">`,
			Links{Feeds: []Link{{"https://paper.example/feed", "News"}, {"https://x.example/atom", ""}}}},
		{"JSON Feed, and JSON that is none", `<link rel=alternate type=application/feed+json href=/feed.json><link rel=alternate type=application/json href=/wp-json/>`,
			Links{Feeds: []Link{{"https://paper.example/feed.json", ""}}}},
		{"the longest text of several anchors", `<a href="/1"><img alt="x"></a><a href='/1'> Rain &amp; <b>wind</b> </a><a href="/1#comments">3</a>`,
			Links{Pages: []Link{{"https://paper.example/1", "Rain & wind"}}}},
		{"text no reader sees", `<a href="/1"><style>.a{}</style><svg><title>icon</title></svg>Rain<script>x()</script></a>`,
			Links{Pages: []Link{{"https://paper.example/1", "Rain"}}}},
		{"anchors left open", `<a href="/1">One<a href="/2">Two<p>and more`,
			Links{Pages: []Link{{"https://paper.example/1", "One"}, {"https://paper.example/2", "Two and more"}}}},
		{"a base", `<base href="/en/"><base href="/fr/"><a href="1">One</a>`, Links{Pages: []Link{{"https://paper.example/en/1", "One"}}}},
		{"nothing to follow", `<a href="#top">Up</a><a href="mailto:a@b.example">Mail</a><a href="javascript:void(0)">JS</a><a>none</a>`,
			Links{}},
		{"an open svg hides nothing after it", `<svg><path><a href="/1">One</a>`, Links{Pages: []Link{{"https://paper.example/1", "One"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got, err := ReadLinks("https://paper.example/", "text/html", []byte("<html>"+c.body))
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		oneItem: KindFeed, `<feed xmlns="http://www.w3.org/2005/Atom"></feed>`: KindFeed, `{"version":"https://jsonfeed.org/version/1","items":[]}`: KindFeed,
		urlset: KindSitemap, string(pack(urlset)): KindSitemap, "https://paper.example/1\n": KindSitemap,
		"<!doctype html><title>x</title>": KindPage, "<p>x<a href=y>": KindPage,
		"": "", "Not Found": "", `{"a":1}`: "", "<opml></opml>": "",
	} {
		if got := KindOf("", []byte(body)); got != want {
			t.Errorf("%.60q is %q, want %q", body, got, want)
		}
	}
}

func TestSites(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://www.paper.example/", "http://m.paper.example/x", true},
		{"https://www.bbc.com/", "https://www.bbc.co.uk/news", true},
		{"https://first.github.io/", "https://second.github.io/", false},
		{"https://paper.example/", "https://wire.example/", false},
		{"http://192.0.2.1/", "http://192.0.2.1:8080/", true},
		{"http://192.0.2.1/", "http://192.0.2.2/", false},
		{"", "", false},
	} {
		if got := isSameSite(siteOf(c.a), siteOf(c.b)); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func TestPagesInOldCharsetsAndDisorder(t *testing.T) {
	t.Parallel()
	got, err := ReadLinks("https://paper.example/", "text/html; charset=windows-1251", []byte("<html><a href=\"/1\">\xcd\xee\xe2\xee\xf1\xf2\xe8 \xe4\xed\xff</a>"))
	if err != nil || len(got.Pages) != 1 || got.Pages[0].Text != "Новости дня" {
		t.Errorf("%+v, %v", got, err)
	}
	deep := "<html>" + strings.Repeat("<div><a href=/x>", 50_000)
	if got, err := ReadLinks("https://paper.example/", "text/html", []byte(deep)); err != nil || len(got.Pages) != 1 {
		t.Errorf("%d links, %v", len(got.Pages), err)
	}
}

func FuzzReadLinks(f *testing.F) {
	f.Add([]byte(`<html><base href="/a/"><link rel=alternate type="application/rss+xml" href="/feed"><a href="/2026/03/02/a-b-c?x=1#y">A <b>b</b></a>`), "text/html")
	f.Add([]byte("<a href='\xff\x00'><svg><a href=//x>"), "text/html; charset=koi8-r")
	f.Fuzz(func(t *testing.T, body []byte, contentType string) {
		l, err := ReadLinks("https://paper.example/", contentType, body)
		if errors.Is(err, ErrNotFeed) && len(l.Feeds)+len(l.Pages) > 0 {
			t.Errorf("%d links of what is no page", len(l.Pages))
		}
		checkStorable(t, itemsOn(l, "https://paper.example/", "https://paper.example/", Pattern{}), nil)
		for _, link := range append(l.Feeds, l.Pages...) {
			if !isStorable(link.URL) || !isText(link.Text) {
				t.Errorf("%#v", link)
			}
		}
	})
}
