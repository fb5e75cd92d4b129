package article

import (
	"errors"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func TestSupport(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text, about string
		want              float64
	}{
		{"all words", "The mayor opened the new bridge of Westhaven.", "Mayor opens Westhaven bridge", .75},
		{"none", "A council far away closes its library.", "Mayor opens Westhaven bridge", 0},
		{"short words do not count", "A council far away.", "To be or not", 1},
		{"nothing to compare with", "A council far away.", "", 1},
		{"no spaces", "市長は月曜日に新しい橋を開通させた。", "新しい橋が開通", 4. / 6},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := support(tt.text, tt.about); got != tt.want {
				t.Errorf("support = %v, want %v", got, tt.want)
			}
		})
	}
}

// TestBodyIsReadTwice covers a page of short lines, which the first reading takes
// for labels.
func TestBodyIsReadTwice(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	for _, l := range []string{"The boats lie still", "The ferryman is gone", "Over the new bridge go", "The people one by one", "And no one looks below", "Where the grey river runs", "It carried us for years", "It carries us no more"} {
		lines.WriteString("<div><span>" + l + "</span></div>\n<div><span>" + l + " again, my dear</span></div>\n")
	}
	doc, v := New(slog.New(slog.DiscardHandler), Config{}).parse("<title>The ferryman</title><body><div class=poem>" + lines.String() + "</div>")
	if v.Outcome != "" {
		t.Fatal(v)
	}
	got := New(slog.New(slog.DiscardHandler), Config{}).body(doc, &url.URL{}, "The ferryman")
	if !strings.Contains(got.text, "The people one by one") {
		t.Errorf("text %q, want the lines of the second reading", got.text)
	}
}

// TestBodyTakesTheDeclaredText covers pages that show a teaser and have the text in
// their data.
func TestBodyTakesTheDeclaredText(t *testing.T) {
	t.Parallel()
	teaser := "The mayor of Westhaven opened the new bridge on Monday, after two years of works that cost more than planned."
	whole := teaser + strings.Repeat(` Residents had waited through three winters, the papers say, and gang after gang had gone home cold and late.`, 6)
	tests := []struct {
		name, declared string
		want           bool
	}{
		{"the whole text", whole, true},
		{"the whole text with its markup", "&lt;p&gt;" + whole + "&lt;/p&gt;", true},
		{"another text", strings.Repeat("Our paper is read from the coast to the hills, and has been since 1901, by all who can. ", 10), false},
		{"a summary", "The mayor opened a bridge.", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			head := `<title>New bridge opens in Westhaven</title><script type="application/ld+json">{"@type":"NewsArticle","articleBody":"` + tt.declared + `"}</script>`
			a, v := normalise(t, Page{Body: []byte(document1(head, "<article><p>"+teaser+"</p></article>"))})
			if a == nil {
				t.Fatalf("verdict %+v", v)
			}
			if got := utf8.RuneCountInString(a.Body) > 2*len(teaser); got != tt.want || strings.Contains(a.Body, "<p>") {
				t.Errorf("body %q, whole %v, want %v", a.Body, got, tt.want)
			}
		})
	}
}

func TestReadingsThatFail(t *testing.T) {
	t.Parallel()
	n := New(slog.New(slog.DiscardHandler), Config{})
	if got := n.try(&url.URL{}, func() (extract, error) { panic("odd markup") }); got.text != "" {
		t.Errorf("a reading that panicked found %q", got.text)
	}
	if got := n.try(&url.URL{}, func() (extract, error) { return extract{text: "x"}, errors.New("no text") }); got.text != "" {
		t.Errorf("a reading that failed found %q", got.text)
	}
}

// TestSecondReadingEnds holds pages that send every text to the second reading.
func TestSecondReadingEnds(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, page string }{
		{"paragraphs", strings.Repeat("<p>aaa", 14_000)},
		{"boxes", strings.Repeat("<div><span>some words here</span></div>", 9_000)},
		{"cells", "<table>" + strings.Repeat("<tr><td>some words<td>more", 5_000)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			start := time.Now()
			if a, v := normalise(t, Page{Body: []byte(document1("<title>A bridge opens at last in Westhaven</title>", tt.page))}); a == nil && v.Outcome == "" {
				t.Error("no outcome")
			}
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("took %s", took)
			}
		})
	}
}
