package evaluate

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const sentence = "The council of the harbour town voted on Monday to build a second bridge over the river, after ten years of debate. "

// newSet writes a set of pages and returns its path.
func newSet(t *testing.T, lines string, pages map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, page := range pages {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		if _, err := z.Write([]byte(page)); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(dir, "set.jsonl")
	if err := os.WriteFile(path, []byte(lines), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func storyPage() string {
	return `<html lang="en"><head><title>Town votes for a second bridge</title>
<meta property="og:type" content="article"><meta property="article:published_time" content="2024-05-01T10:00:00+02:00"><meta name="author" content="Ann Bell">
</head><body><h1>Town votes for a second bridge</h1><p>` + strings.Repeat(sentence, 6) + `</p><p>A ferry will run until then, the mayor told the meeting in the old hall, and its fare stays as it is.</p></body></html>`
}

func TestExtraction(t *testing.T) {
	t.Parallel()
	path := newSet(t, `{"id":"a","source":"s1","url":"https://example.com/2024/town-votes-for-bridge","page_type":"article","lang":"en","html_path":"a.gz","gold":{"title":"Town votes for a second bridge","authors":["Ann Bell"],"published":"2024-05-01T10:00:00+02:00","published_precision":"datetime"},"gold_qa":{"body_ok":false}}
not json

{"id":"b","source":"s2","url":"https://example.com/2024/another-story-of-today","page_type":"article","lang":"en","html_path":"a.gz","gold":{"title":"Another story","published":"2024-05-02","published_precision":"day"},"gold_qa":{}}
{"id":"c","url":"https://example.com/","html_path":"../out.gz"}
{"id":"d","url":"https://example.com/","html_path":"missing.gz"}
{"id":"e","url":"https://example.com/kettle","html_path":"e.gz","page_type":"product","lang":"en","source":"s2"}
`, map[string]string{"a.gz": storyPage(), "e.gz": "<html><title>Shop</title><body>Buy</body></html>"})
	got, err := Extraction(t.Context(), slog.New(slog.DiscardHandler), []string{path}, Options{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	one, half, zero := 1., .5, 0.
	if diff := cmp.Diff([]*float64{&half, &half, &one, &one, nil, &one}, []*float64{got.TitleExact, got.DateSameDay, got.DateWithinMinute, got.AuthorsExact, got.BodyF1, got.PageTypeAccuracy}); diff != "" {
		t.Errorf("title, day, minute, authors, body, type (-want +got):\n%s", diff)
	}
	if got.Pages != 3 || got.NonArticlePages != 1 || got.NonArticleRefused != 1 || got.MSPerPage <= 0 || got.BytesPerPage != nil {
		t.Errorf("report = %+v", got)
	}
	var lines []int
	for _, d := range got.Damaged {
		lines = append(lines, d.Line)
		if d.File != path || d.Reason == "" {
			t.Errorf("damage %+v does not say what and where", d)
		}
	}
	if diff := cmp.Diff([]int{2, 5, 6}, lines); diff != "" {
		t.Errorf("damaged lines (-want +got):\n%s", diff)
	}
	if g := got.BySource; len(g) != 2 || g[0].Name != "s2" || *g[0].TitleExact != zero || g[1].Name != "s1" || *g[1].TitleExact != one {
		t.Errorf("by source: %+v", g)
	}
	count, err := CountLines([]string{path})
	if err != nil || count != 7 {
		t.Errorf("CountLines = %d, %v; want 7", count, err)
	}
}

func TestExtractionTellsBytesWithOneWorker(t *testing.T) {
	t.Parallel()
	path := newSet(t, `{"id":"a","url":"https://example.com/a","html_path":"a.gz","page_type":"article"}`, map[string]string{"a.gz": storyPage()})
	got, err := Extraction(t.Context(), slog.New(slog.DiscardHandler), []string{path}, Options{Workers: 1})
	if err != nil {
		t.Fatal(err)
	}
	if got.BytesPerPage == nil || *got.BytesPerPage == 0 || got.SlowestID != "a" {
		t.Errorf("report = %+v", got)
	}
}

func TestExtractionStops(t *testing.T) {
	t.Parallel()
	path := newSet(t, "", nil)
	if _, err := Extraction(t.Context(), slog.New(slog.DiscardHandler), []string{path, path + ".gone"}, Options{}); !errors.Is(err, ErrNoFile) || !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if _, err := Extraction(t.Context(), slog.New(slog.DiscardHandler), []string{filepath.Dir(path)}, Options{}); !errors.Is(err, ErrNoFile) {
		t.Errorf("a folder: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Extraction(ctx, slog.New(slog.DiscardHandler), []string{path}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled context: %v", err)
	}
}
