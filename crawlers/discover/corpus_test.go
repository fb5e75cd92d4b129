package discover

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func corpus(t *testing.T, elem ...string) string {
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

// Of the recorded feeds nearly all are read, and none takes us down.
func TestCorpusFeeds(t *testing.T) {
	t.Parallel()
	dir := corpus(t, "feeds")
	files := corpusFiles(t, dir)
	index, err := os.Open(filepath.Join(dir, "index.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	var total, parsed, whole, good, goodParsed, missing, items int
	for lines := bufio.NewScanner(index); lines.Scan(); {
		var f struct {
			Path, Format string
			Items        int
			Wellformed   bool
		}
		if err := json.Unmarshal(lines.Bytes(), &f); err != nil {
			t.Fatal(err)
		}
		body, ok := files[f.Path]
		if !ok {
			missing++
			continue
		}
		got, err := ParseFeed("https://paper.example/feed", "", body)
		total++
		items += len(got)
		isFeed := !errors.Is(err, ErrNotFeed) && (err == nil || len(got) > 0)
		if isFeed {
			parsed++
		}
		if err == nil {
			whole++
		}
		if f.Wellformed && f.Format != "other" {
			good++
			if isFeed {
				goodParsed++
			} else {
				t.Logf("%s (%s): %v", f.Path, f.Format, err)
			}
		}
	}
	t.Logf("%d feeds: %d read (%d whole), %d items; of %d well-formed ones %d read; %d not found", total, parsed, whole, items, good, goodParsed, missing)
	if total == 0 || goodParsed*100 < good*97 {
		t.Errorf("of %d well-formed feeds %d read", good, goodParsed)
	}
}

func TestCorpusSitemaps(t *testing.T) {
	t.Parallel()
	for path, body := range corpusFiles(t, corpus(t, "sitemaps")) {
		_, err := ParseSitemap("https://paper.example/sitemap.xml", body)
		isSitemap := strings.Contains(path, "sitemap") && !strings.HasSuffix(path, "robots.txt") && !strings.HasSuffix(path, "index.html") && !strings.HasSuffix(path, "missing.xml")
		if isSitemap && errors.Is(err, ErrNotFeed) && len(body) > 0 {
			t.Errorf("%s: %v", path, err)
		}
	}
}
