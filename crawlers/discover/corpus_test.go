package discover

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// slowest is more than any document of the corpus may take.
const slowest = time.Second

func corpus(t *testing.T, elem ...string) string {
	skipRecorded(t)
	shared := os.Getenv("OVERHEARD_SHARED")
	if shared == "" {
		t.Skip("OVERHEARD_SHARED names no corpus")
	}
	return filepath.Join(append([]string{shared, "corpus"}, elem...)...)
}

// corpusFiles reads a folder, and the archives in it, into memory by path.
func corpusFiles(t *testing.T, dir string) map[string][]byte {
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(filepath.Dir(dir), path)
		files[filepath.ToSlash(rel)] = body
		if strings.HasSuffix(path, ".tar.gz") {
			return untar(path, filepath.ToSlash(filepath.Dir(rel)), files)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func untar(path, under string, files map[string][]byte) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		files[under+"/"+strings.TrimPrefix(h.Name, "./")] = body
	}
}

// tally counts what was read of a group of documents.
type tally struct{ right, total int }

// counted are tallies by group.
type counted map[string]*tally

func (c counted) add(group string, isRight bool) {
	if c[group] == nil {
		c[group] = &tally{}
	}
	c[group].total++
	if isRight {
		c[group].right++
	}
}

func (c counted) log(t *testing.T, what string) {
	t.Helper()
	for _, group := range slices.Sorted(maps.Keys(c)) {
		t.Logf("%s, %s: %d of %d", what, group, c[group].right, c[group].total)
	}
}

// Of the recorded feeds nearly all are read, with the number of entries that an
// XML reader counts in them, none takes us down, and none takes long. As we keep
// no item without an address, those that have none get one.
func TestCorpusFeeds(t *testing.T) {
	t.Parallel()
	dir := corpus(t, "feeds")
	files := corpusFiles(t, dir)
	index, err := os.Open(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	all, byFormat, byCharset, malformed, items := counted{}, counted{}, counted{}, counted{}, counted{}
	missing := 0
	var longest time.Duration
	for lines := bufio.NewScanner(index); lines.Scan(); {
		var f struct {
			Path, Format, Encoding string
			Items                  int
			Wellformed             bool
		}
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		body, ok := files[f.Path]
		if !ok {
			missing++
			continue
		}
		began := time.Now()
		got, err := ParseFeed("https://paper.example/feed", "", body)
		if took := time.Since(began); took > longest {
			longest = took
		}
		isRead := !errors.Is(err, ErrNotFeed) && (err == nil || len(got) > 0)
		if f.Format == "other" {
			all.add("other", isRead)
			continue
		}
		all.add("feeds", isRead)
		if f.Wellformed {
			byFormat.add(f.Format, isRead)
			byCharset.add(strings.ToLower(f.Encoding), isRead)
			if !isRead {
				t.Logf("%s (%s): %v", f.Path, f.Format, err)
			}
		} else {
			malformed.add(f.Format, isRead)
			if !isRead {
				t.Logf("%s (malformed %s): %v", f.Path, f.Format, err)
			}
		}
		if f.Items > 0 {
			if f.Format != "json-feed" {
				got, _ = ParseFeed("https://paper.example/feed", "", withAddress(body))
			}
			items.add(fmt.Sprintf("well-formed %v", f.Wellformed), len(got) >= f.Items)
			if len(got) < f.Items && f.Wellformed {
				t.Logf("%s: %d items of %d", f.Path, len(got), f.Items)
			}
		}
	}
	all.log(t, "read")
	byFormat.log(t, "well-formed by format")
	byCharset.log(t, "well-formed by charset")
	malformed.log(t, "malformed by format")
	items.log(t, "all items read")
	t.Logf("slowest %v, %d not found", longest, missing)
	if longest > slowest {
		t.Errorf("one took %v", longest)
	}
	floors(t, all, map[string]float64{"feeds": 0.97})
	floors(t, byFormat, map[string]float64{"atom": 0.99, "rss": 0.99, "rdf": 0.99})
	floors(t, malformed, map[string]float64{"atom": 0.85, "rss": 0.94, "json-feed": 0.85})
	floors(t, items, map[string]float64{"well-formed true": 0.95})
}

// floors fails where a group fell below its share.
func floors(t *testing.T, c counted, least map[string]float64) {
	t.Helper()
	for group, share := range least {
		if c[group] == nil || float64(c[group].right) < share*float64(c[group].total) {
			t.Errorf("%s: %+v, want a share of %v", group, c[group], share)
		}
	}
}

// Of the recorded sitemaps all are read that are one, those that are cut up to
// the cut.
func TestCorpusSitemaps(t *testing.T) {
	t.Parallel()
	read := counted{}
	urls, children := 0, 0
	var longest time.Duration
	for path, body := range corpusFiles(t, corpus(t, "sitemaps")) {
		kind := "sitemap"
		switch {
		case strings.HasSuffix(path, "robots.txt"), strings.HasSuffix(path, "index.html"):
			kind = "something else"
		case len(body) == 0, strings.HasSuffix(path, "missing.xml"):
			kind = "nothing"
		case isGzip(body):
			kind = "gzip"
		}
		began := time.Now()
		got, err := ParseSitemap("https://paper.example/sitemap.xml", body)
		if took := time.Since(began); took > longest {
			longest = took
		}
		urls, children = urls+len(got.Items), children+len(got.Children)
		isRead := !errors.Is(err, ErrNotFeed) && (err == nil || len(got.Items)+len(got.Children) > 0)
		read.add(kind, isRead)
		if wantRead := kind == "sitemap" || kind == "gzip"; isRead != wantRead {
			t.Errorf("%s, %s: read %v (%v)", path, kind, isRead, err)
		}
	}
	read.log(t, "read")
	t.Logf("%d addresses, %d children, slowest %v", urls, children, longest)
	if longest > slowest {
		t.Errorf("one took %v", longest)
	}
}

// Every recorded page gives its links, whatever became of it.
func TestCorpusLinks(t *testing.T) {
	t.Parallel()
	var links, feeds, pages, withFeed int
	var longest time.Duration
	for _, p := range corpusPages(t) {
		body := readCorpusPage(t, p)
		began := time.Now()
		l, err := ReadLinks(p.URL, p.ContentType, body)
		if took := time.Since(began); took > longest {
			longest = took
		}
		if err != nil {
			t.Logf("%s: %v", p.HTMLPath, err)
			continue
		}
		pages++
		links, feeds = links+len(l.Pages), feeds+len(l.Feeds)
		if len(l.Feeds) > 0 {
			withFeed++
		}
		for _, link := range l.Pages {
			if !isStorable(link.URL) || !isText(link.Text) {
				t.Errorf("%s: %q %q", p.HTMLPath, link.URL, link.Text)
			}
		}
	}
	t.Logf("%d pages, %d links, %d feeds on %d pages, slowest %v", pages, links, feeds, withFeed, longest)
	if longest > slowest || pages < 1400 {
		t.Errorf("%d pages read, one took %v", pages, longest)
	}
}
