package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEvalStories(t *testing.T) {
	t.Parallel()
	report := strings.Repeat("The council of the harbour town voted on Monday to build a second bridge over the river, after ten years of debate and two lost votes. ", 3)
	line := func(id, label, a, b string) string {
		member := func(text string) map[string]string {
			return map[string]string{"lang": "en", "title": "A bridge", "text": text, "published_at": "2026-03-01T08:00:00Z"}
		}
		out, err := json.Marshal(map[string]any{"id": id, "kind": "kind of " + label, "label": label, "a": member(a), "b": member(b)})
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	write := func(lines ...string) string {
		path := filepath.Join(t.TempDir(), "pairs.jsonl")
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write(line("pair one", "same", report, "From our desk.\n"+report), line("pair two", "same", report, strings.ToUpper("nothing in it is like the other text at all, not one word of it")))
	damaged := write("{")
	for _, tt := range []struct {
		name   string
		args   []string
		code   int
		stdout []string
		stderr []string
	}{
		{"in columns", []string{good}, exitDone, []string{"same recall", "0.500", "of 2 expected", "KIND", "kind of same", "LANGUAGE"}, nil},
		{"with errors", []string{"--errors", good}, exitDone, []string{"pair two", "different"}, nil},
		{"as JSON", []string{"--json", good}, exitDone, []string{`"pairs": 2`, `"by_kind"`, `"by_language"`, `"translation"`}, nil},
		{"damaged lines", []string{damaged}, exitFailed, nil, []string{damaged + ":1:", "1 damaged lines"}},
		{"a missing file", []string{good + ".gone"}, exitUsage, nil, []string{".gone"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), append([]string{"eval", "stories"}, tt.args...), nil, strings.NewReader(""), &stdout, &stderr); code != tt.code {
				t.Errorf("exit %d, want %d: %s", code, tt.code, stderr.String())
			}
			for _, want := range tt.stdout {
				if !strings.Contains(stdout.String(), want) {
					t.Errorf("prints no %q:\n%s", want, stdout.String())
				}
			}
			for _, want := range tt.stderr {
				if !strings.Contains(stderr.String(), want) {
					t.Errorf("stderr has no %q:\n%s", want, stderr.String())
				}
			}
		})
	}
}
