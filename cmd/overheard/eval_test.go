package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// writePages writes a set of one good page and one damaged line.
func writePages(t *testing.T, lines ...string) string {
	t.Helper()
	dir := t.TempDir()
	var page bytes.Buffer
	z := gzip.NewWriter(&page)
	text := strings.Repeat("The council of the harbour town voted on Monday to build a second bridge over the river, after ten years of debate. ", 6)
	if _, err := z.Write([]byte(`<html lang=en><title>Town votes for a bridge</title><meta property="og:type" content="article"><h1>Town votes for a bridge</h1><p>` + text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "set.jsonl")
	for name, content := range map[string][]byte{"a.html.gz": page.Bytes(), "set.jsonl": []byte(strings.Join(lines, "\n") + "\n")} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

const goodLine = `{"id":"a","source":"s","url":"https://example.com/news/town-votes","html_path":"a.html.gz","page_type":"article","lang":"en","gold":{"title":"Town votes for a bridge"}}`

func TestEvalExtraction(t *testing.T) {
	t.Parallel()
	var stdout, stderr bytes.Buffer
	path := writePages(t, goodLine)
	code := run(t.Context(), []string{"eval", "extraction", "--json", path}, nil, strings.NewReader(""), &stdout, &stderr)
	if code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	var got map[string]any
	if err := json.Unmarshal(stdout.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"pages", "body_f1", "title_exact", "date_same_day", "authors_exact", "page_type_accuracy", "ms_per_page", "by_source", "by_language"} {
		if _, found := got[key]; !found {
			t.Errorf("has no %q", key)
		}
	}
	if got["pages"] != 1. || got["title_exact"] != 1. || got["date_same_day"] != nil {
		t.Errorf("pages %v, title %v, day %v", got["pages"], got["title_exact"], got["date_same_day"])
	}

	stdout.Reset()
	if code := run(t.Context(), []string{"eval", "extraction", path}, nil, strings.NewReader(""), &stdout, &stderr); code != exitDone {
		t.Fatalf("exit %d: %s", code, stderr.String())
	}
	for _, part := range []string{"title exact", "1.000", "LABELLED", "SOURCE", "LANGUAGE"} {
		if !strings.Contains(stdout.String(), part) {
			t.Errorf("prints no %q:\n%s", part, stdout.String())
		}
	}
}

func TestEvalExtractionFaults(t *testing.T) {
	t.Parallel()
	damaged := writePages(t, goodLine, "{", `{"id":"b","url":"https://example.com/b","html_path":"gone.html.gz"}`)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	tests := []struct {
		name   string
		ctx    context.Context
		args   []string
		code   int
		stderr []string
	}{
		{"damaged lines", t.Context(), []string{damaged}, exitFailed, []string{damaged + ":2:", damaged + ":3:", "2 damaged lines"}},
		{"a missing file", t.Context(), []string{damaged + ".gone"}, exitUsage, []string{".gone"}},
		{"no file", t.Context(), nil, exitUsage, []string{"requires at least 1 arg"}},
		{"no workers", t.Context(), []string{"--workers", "-1", damaged}, exitUsage, []string{"--workers -1"}},
		{"an interrupt", ended, []string{damaged}, exitFailed, []string{"interrupt"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			code := run(tt.ctx, append([]string{"eval", "extraction"}, tt.args...), nil, strings.NewReader(""), &stdout, &stderr)
			if code != tt.code {
				t.Errorf("exit %d, want %d", code, tt.code)
			}
			for _, want := range tt.stderr {
				if !strings.Contains(stderr.String(), want) {
					t.Errorf("stderr has no %q:\n%s", want, stderr.String())
				}
			}
		})
	}
}
