package article

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"
)

// seen is when the test pages were first discovered.
var seen = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// story is prose enough to be an article.
var story = strings.Repeat("<p>The mayor of Westhaven opened the new bridge on Monday after two years of works that cost more than planned.</p>\n"+
	"<p>Residents had waited through three winters, and many of them crossed it on foot before the first bus was allowed to pass.</p>\n"+
	"<p>The contractor said that the steel had come late, and that the next bridge upstream would be finished before the summer ends.</p>\n", 1) +
	"<p>Traffic on the old ferry fell by half within the week, the harbour office said, and its owner will sell one of the two boats.</p>"

func document1(head, body string) string {
	return "<!doctype html><html lang=en><head><meta charset=utf-8>" + head + "</head><body>" + body + "</body></html>"
}

func normalise(t testing.TB, p Page) (*Article, Verdict) {
	t.Helper()
	if p.URL == "" {
		p.URL = "https://www.example.com/news/new-bridge-opens-in-westhaven"
	}
	if p.ContentType == "" {
		p.ContentType = "text/html; charset=utf-8"
	}
	if p.FirstSeenAt.IsZero() {
		p.FirstSeenAt = seen
	}
	a, v, err := New(slog.New(slog.DiscardHandler), Config{}).Normalise(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	return a, v
}

func TestNormaliseWholeArticle(t *testing.T) {
	t.Parallel()
	head := `<title>New bridge opens in Westhaven | Example Times</title><meta property="og:site_name" content="Example Times">
<link rel=canonical href="https://www.example.com/news/new-bridge-opens-in-westhaven">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"NewsArticle","headline":"New bridge opens in Westhaven","datePublished":"2026-03-09T08:30:00+01:00","author":[{"@type":"Person","name":"Ada Quill"},{"@type":"Person","name":"By Ben Ink"}]}</script>`
	body := `<nav><a href=/>Home</a><a href=/sport>Sport</a></nav><article><h1>New bridge opens in Westhaven</h1>` + story + `</article><footer>Share to Facebook</footer>`
	a, v := normalise(t, Page{URL: "https://www.example.com/news/new-bridge-opens-in-westhaven?utm_source=feed", Body: []byte(document1(head, body))})
	if v.Outcome != Stored {
		t.Fatalf("verdict %+v", v)
	}
	text := a.Body
	a.Body, a.ContentHash, a.CharacterCount, a.ID = "", "", 0, 0
	published := time.Date(2026, 3, 9, 7, 30, 0, 0, time.UTC)
	want := &Article{
		CanonicalURL: "https://www.example.com/news/new-bridge-opens-in-westhaven", URL: "https://www.example.com/news/new-bridge-opens-in-westhaven",
		Title: "New bridge opens in Westhaven", Authors: []string{"Ada Quill", "Ben Ink"}, Language: "en", Charset: "utf-8",
		PublishedAt: published, PublishedOrigin: "json_ld", IsPublishedExact: true, Access: "full", PageType: TypeArticle,
		DateCandidates: []DateCandidate{{At: published, Origin: "json_ld", IsExact: true, IsPlausible: true}},
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("article (-want +got):\n%s", diff)
	}
	if !strings.HasPrefix(text, "The mayor of Westhaven") || strings.Count(text, "\n") != 3 || strings.Contains(text, "Facebook") || strings.Contains(text, "Sport") {
		t.Errorf("body = %q", text)
	}
}

func TestTooOld(t *testing.T) {
	t.Parallel()
	old := `<title>A bridge opens at last</title><script type="application/ld+json">{"@type":"NewsArticle","datePublished":"2019-03-09T08:30:00Z"}</script>`
	p := Page{Body: []byte(document1(old, story)), MaxAge: 30 * 24 * time.Hour}
	if a, v := normalise(t, p); a != nil || v.Outcome != TooOld {
		t.Errorf("verdict %+v, want too_old", v)
	}
	p.ChannelPublishedAt, p.ChannelKind, p.TrustChannelDates = seen.Add(-time.Hour), "feed", true
	if _, v := normalise(t, p); v.Outcome != Stored {
		t.Errorf("verdict %+v with a trusted recent date, want stored", v)
	}
	p.MaxAge, p.TrustChannelDates = 0, false
	if _, v := normalise(t, p); v.Outcome != Stored {
		t.Errorf("verdict %+v without a limit, want stored", v)
	}
}

// distinct makes n paragraphs that do not repeat.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<p>On day %d of the works the crew of gang %d set beam %d above the river, and the harbour master wrote down the hour of it.</p>", i, i*7, i*31)
	}
	return b.String()
}

func TestTooLarge(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, reason string }{
		{"bytes", strings.Repeat("x", 3<<20+1), "bytes"},
		{"nodes", "<html>" + strings.Repeat("<p>a", 31_000), "nodes"},
		{"nesting", "<html>" + strings.Repeat("<div>", 600) + "text", "512"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			_, v := normalise(t, Page{Body: []byte(tt.body)})
			if v.Outcome != TooLarge || !strings.Contains(v.Reason, tt.reason) {
				t.Errorf("verdict %+v, want too_large for %s", v, tt.reason)
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}

// TestHeavyPagesEnd holds pages under the limits that extractors are slow on.
func TestHeavyPagesEnd(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body string }{
		{"paragraphs", "<article>" + distinct(14_000) + "</article>"},
		{"a title never closed", "<title>" + strings.Repeat(" | a - b", 200_000)},
		{"opening brackets", strings.Repeat("<", 500_000)},
		{"links", strings.Repeat("<a href=/x>word</a> ", 9_000)},
		{"deep data", `<script type="application/ld+json">` + strings.Repeat("[", 100_000) + "</script><p>x"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			a, v := normalise(t, Page{Body: []byte(tt.body)})
			if took := time.Since(start); took > 20*time.Second {
				t.Errorf("took %s, verdict %+v", took, v)
			}
			if a != nil && a.CharacterCount > maxBody {
				t.Errorf("%d characters", a.CharacterCount)
			}
		})
	}
}

func TestAddress(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, url, head, want string }{
		{"canonical", "https://m.example.com/news/new-bridge-opens?ref=x", `<link rel=canonical href="https://www.example.com/news/new-bridge-opens">`, "https://www.example.com/news/new-bridge-opens"},
		{"og:url where canonical is false", "https://example.com/news/new-bridge-opens/amp", `<link rel=canonical href="https://example.com/"><meta property="og:url" content="https://example.com/news/new-bridge-opens">`, "https://example.com/news/new-bridge-opens"},
		{"neither", "https://example.com/story?id=77", `<link rel=canonical href="https://example.com/story">`, "https://example.com/story?id=77"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			a, v := normalise(t, Page{URL: tt.url, Body: []byte(document1("<title>A bridge opens at last</title>"+tt.head, story))})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if a.CanonicalURL != tt.want {
				t.Errorf("canonical = %s, want %s", a.CanonicalURL, tt.want)
			}
		})
	}
}

func TestBodyIsSaidOnce(t *testing.T) {
	t.Parallel()
	long := "The mayor of Westhaven opened the new bridge on Monday after two years of works. Residents had waited through three winters for it."
	got := paragraphs("Yes.\n" + long + "\n\n \u00a0\nYes.\n" + long + "\nAn end\u200b that is\tnew,\u00ad and cafe\u0301.")
	want := "Yes.\n" + long + "\nYes.\nAn end that is new, and café."
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paragraphs (-want +got):\n%s", diff)
	}
}

func TestNormaliseStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := New(slog.New(slog.DiscardHandler), Config{}).Normalise(ctx, Page{URL: "https://example.com/a"}); err == nil {
		t.Error("no error from a context that ended")
	}
}

// TestNormaliseIsDeterministic reads pages again and again from many goroutines.
func TestNormaliseIsDeterministic(t *testing.T) {
	t.Parallel()
	n := New(slog.New(slog.DiscardHandler), Config{})
	p := Page{URL: "https://example.com/news/a-new-bridge", Body: []byte(document1(`<title>A bridge opens at last</title><script type="application/ld+json">{"@graph":[{"@type":"WebSite","name":"Example"},{"@type":"NewsArticle","headline":"A bridge","author":"Ada Quill"}]}</script>`, story)), FirstSeenAt: seen}
	want, _, err := n.Normalise(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			got, _, err := n.Normalise(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("another article (-first +now):\n%s", diff)
			}
		})
	}
}

func FuzzNormalise(f *testing.F) {
	f.Add([]byte(document1("<title>A bridge opens at last</title>", story)), "text/html", "https://example.com/news/a")
	f.Add([]byte(document1(`<script type="application/ld+json">[{"@type":["NewsArticle"],"author":[[{"name":{}}]],"datePublished":5}]</script>`, "<table><p>x<td><time datetime=x>")), "text/html; charset=gbk", "https://example.com/?p=1")
	f.Add([]byte("\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00"), "", "http://a/2024/13/45/x")
	n := New(slog.New(slog.DiscardHandler), Config{MaxBytes: 64 << 10, MaxNodes: 2000})
	f.Fuzz(func(t *testing.T, body []byte, contentType, address string) {
		a, v, err := n.Normalise(t.Context(), Page{URL: address, ContentType: contentType, Body: body, FirstSeenAt: seen})
		if err != nil {
			return
		}
		if v.Outcome == "" {
			t.Fatal("no outcome")
		}
		if a == nil {
			return
		}
		for _, s := range append([]string{a.Title, a.Body, a.CanonicalURL, a.Language, a.Charset}, a.Authors...) {
			if !utf8.ValidString(s) || strings.Contains(s, "\x00") || !norm.NFC.IsNormalString(s) {
				t.Fatalf("%q cannot be stored", s)
			}
		}
		if a.PublishedAt.IsZero() || a.PublishedAt.After(seen.Add(tolerance)) || a.Authors == nil || a.ID < 0 || a.Language == "" {
			t.Fatalf("incomplete article %+v", a)
		}
	})
}
