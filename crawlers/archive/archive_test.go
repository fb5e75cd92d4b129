package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/overheard-news/overheard/crawlers/fetch"
)

func newTestArchive(t testing.TB, change func(*Config)) *Archive {
	t.Helper()
	cfg := Config{Dir: filepath.Join(t.TempDir(), "archive")}
	if change != nil {
		change(&cfg)
	}
	a, err := Open(slog.New(slog.DiscardHandler), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// pageOf is a page told apart by its number, of a size that depends on it.
func pageOf(n int) Page {
	body := fmt.Sprintf("<p>page %d</p>\r\n\r\nWARC/1.0\r\n%s", n, strings.Repeat("lorem ipsum ", n%100))
	return Page{
		URL: fmt.Sprintf("https://a.example/%d?q=Zürich", n), FetchedAt: time.Date(2026, 11, 22, 2, 0, n%60, 123456000, time.UTC), Status: 200,
		Header: http.Header{"Content-Type": {"text/html; charset=koi8-r"}, "Link": {"<a>", "<b>"}},
		Body:   []byte(body),
	}
}

func files(t *testing.T, a *Archive) []string {
	t.Helper()
	entries, err := os.ReadDir(a.cfg.Dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

// TestReadGivesWhatWasWritten, by many writers at once, over files that fill up.
func TestReadGivesWhatWasWritten(t *testing.T) {
	t.Parallel()
	a := newTestArchive(t, func(c *Config) { c.MaxFileBytes = 20_000 })
	const writers, each = 8, 50
	positions := make([]Position, writers*each)
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			for i := range each {
				n := w*each + i
				at, err := a.Write(pageOf(n))
				if err != nil {
					t.Error(err)
					return
				}
				positions[n] = at
				if got, err := a.Read(t.Context(), at); err != nil || !bytes.Equal(got.Body, pageOf(n).Body) {
					t.Errorf("page %d at once: %v", n, err)
				}
			}
		})
	}
	wg.Wait()
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	for n, at := range positions {
		got, err := a.Read(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(pageOf(n), got); diff != "" {
			t.Fatal(diff)
		}
	}
	names, pages := files(t, a), 0
	if len(names) < 3 {
		t.Errorf("%d files: none was full", len(names))
	}
	for _, name := range names {
		c, err := a.Verify(t.Context(), name)
		if err != nil || c.Damaged > 0 || c.Records != c.Pages+1 {
			t.Errorf("%s: %+v, %v", name, c, err)
		}
		pages += c.Pages
	}
	if pages != writers*each {
		t.Errorf("%d pages, want %d", pages, writers*each)
	}
	if _, err := a.Write(pageOf(1)); err == nil {
		t.Error("a closed archive takes pages")
	}
}

func TestNothingWrittenMeansNoFile(t *testing.T) {
	t.Parallel()
	a := newTestArchive(t, nil)
	if err := a.Close(); err != nil || len(files(t, a)) > 0 {
		t.Errorf("%v, %v", files(t, a), err)
	}
}

func TestFilesEndWithTheDay(t *testing.T) {
	t.Parallel()
	a := newTestArchive(t, nil)
	now := time.Date(2026, 11, 22, 23, 59, 59, 0, time.UTC)
	a.now = func() time.Time { return now }
	first, err := a.Write(pageOf(1))
	if err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Second)
	second, err := a.Write(pageOf(2))
	if err != nil {
		t.Fatal(err)
	}
	if first.File == second.File || !strings.HasPrefix(first.File, "20261122T235959Z-") || !strings.HasPrefix(second.File, "20261123T000000Z-") {
		t.Errorf("%s, then %s", first.File, second.File)
	}
}

// TestArchivesShareAFolder without sharing a file, in one process and one second.
func TestArchivesShareAFolder(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	seen := map[string]bool{}
	for range 5 {
		a := newTestArchive(t, func(c *Config) { c.Dir = dir })
		a.now = func() time.Time { return time.Date(2026, 11, 22, 2, 0, 0, 0, time.UTC) }
		at, err := a.Write(pageOf(1))
		if err != nil || seen[at.File] {
			t.Errorf("%s: %v", at.File, err)
		}
		seen[at.File] = true
	}
}

func TestReadChecksWhatItFinds(t *testing.T) {
	t.Parallel()
	a := newTestArchive(t, nil)
	first, err := a.Write(pageOf(1))
	if err != nil {
		t.Fatal(err)
	}
	second, err := a.Write(pageOf(2))
	if err != nil {
		t.Fatal(err)
	}
	change := func(f func(*Position)) Position { p := second; f(&p); return p }
	tests := []struct {
		name       string
		at         Position
		isNotThere bool
	}{
		{"a file that is gone", change(func(p *Position) { p.File = "20200101T000000Z-a-1-1.warc.gz" }), true},
		{"another page", change(func(p *Position) { p.Offset, p.Length = first.Offset, first.Length }), true},
		{"the warcinfo record", Position{File: first.File}, true},
		{"behind the end", change(func(p *Position) { p.Offset += p.Length }), true},
		{"within a record", change(func(p *Position) { p.Offset += 100 }), false},
		{"a length that is too long", change(func(p *Position) { p.Length++ }), true},
		{"a length that is too short", change(func(p *Position) { p.Length-- }), false},
		{"out of the folder", change(func(p *Position) { p.File = "../" + filepath.Base(a.cfg.Dir) + "/" + p.File }), false},
		{"a negative offset", change(func(p *Position) { p.Offset = -1 }), false},
		{"a URL, without a fetcher", change(func(p *Position) { p.File = "https://a.example/a.warc.gz" }), false},
	}
	for _, test := range tests {
		if got, err := a.Read(t.Context(), test.at); err == nil || errors.Is(err, ErrNotThere) != test.isNotThere {
			t.Errorf("%s: got %q, %v", test.name, got.URL, err)
		}
	}
	if got, err := a.Read(t.Context(), Position{File: filepath.Join(a.cfg.Dir, second.File), Offset: second.Offset}); err != nil || got.URL != pageOf(2).URL {
		t.Errorf("by path, without a length: %q, %v", got.URL, err)
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	a := newTestArchive(t, func(c *Config) { c.Retention = 30 * 24 * time.Hour })
	now := time.Date(2026, 10, 1, 12, 0, 0, 0, time.UTC)
	a.now = func() time.Time { return now }
	var names []string
	for range 60 {
		at, err := a.Write(pageOf(1))
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, at.File)
		now = now.Add(24 * time.Hour)
	}
	now = now.Add(-24 * time.Hour) // 29 November
	foreign := filepath.Join(a.cfg.Dir, "notes.txt")
	if err := os.WriteFile(foreign, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, size, err := a.Prune(time.Time{})
	if err != nil || size == 0 {
		t.Fatalf("%d bytes, %v", size, err)
	}
	if diff := cmp.Diff(names[:29], got); diff != "" { // up to 29 October, whose last page is 30 days old on the 29th at noon
		t.Error(diff)
	}
	if got, _, err = a.Prune(now.Add(1000 * time.Hour)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(names[29:58], got); diff != "" {
		t.Errorf("all but two days: %s", diff)
	}
	if got := len(files(t, a)); got != 3 {
		t.Errorf("%d files left, want two and the notes", got)
	}
	if _, err := a.Write(pageOf(2)); err != nil {
		t.Error(err)
	}
}

// TestReadByURL asks for the record alone.
func TestReadByURL(t *testing.T) {
	t.Parallel()
	a := newTestArchive(t, nil)
	var all []Position
	for n := range 50 {
		at, err := a.Write(pageOf(n))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, at)
	}
	var sent atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(countingWriter{w, &sent}, r, filepath.Join(a.cfg.Dir, filepath.Base(r.URL.Path)))
	}))
	defer server.Close()
	f, err := fetch.New(slog.New(slog.DiscardHandler), fetch.Config{UserAgent: "OverheardBot/1.0 (+https://overheard.example)", AllowPrivateNetworks: true})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b := newTestArchive(t, func(c *Config) { c.Fetcher = f })
	for _, n := range []int{0, 30, 49} {
		at := all[n]
		at.File = server.URL + "/" + at.File
		sent.Store(0)
		got, err := b.Read(context.Background(), at)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(pageOf(n), got); diff != "" {
			t.Error(diff)
		}
		if sent.Load() != at.Length {
			t.Errorf("%d bytes were sent for a record of %d", sent.Load(), at.Length)
		}
	}
	if _, err := b.Read(t.Context(), Position{File: server.URL + "/none.warc.gz", Offset: 1}); !errors.Is(err, ErrNotThere) {
		t.Errorf("a file that is not there: %v", err)
	}
}

type countingWriter struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

func (c countingWriter) Write(p []byte) (int, error) {
	n, err := c.ResponseWriter.Write(p)
	c.bytes.Add(int64(n))
	return n, err
}
