package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestEvalDimensions(t *testing.T) {
	t.Parallel()
	write := func(lines ...string) string {
		path := filepath.Join(t.TempDir(), "dimensions.jsonl")
		if err := os.WriteFile(path, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := write(
		`{"id":"text one","lang":"en","text":"BYD will build a car plant in Hungary.","target":"BYD","start":0,"end":3,"dimensions":[{"dimension":"global_layout","start":9,"end":26,"text":"build a car plant"}]}`,
		`{"id":"text two","lang":"en","text":"The dog slept near BYD.","target":"BYD","start":19,"end":22,"dimensions":[{"dimension":"global_governance","start":4,"end":7,"text":"dog"}]}`,
		`{"id":"text three","lang":"xx","text":"BYD","target":"BYD","start":0,"end":3,"dimensions":[]}`,
	)
	damaged := write(
		`{`,
		`{"id":"a","lang":"en","text":"BYD","target":"BYD","start":0,"end":2,"dimensions":[]}`,
		`{"id":"b","lang":"en","text":"BYD","target":"BYD","start":0,"end":3,"dimensions":[{"dimension":"layout","start":0,"end":3}]}`,
	)
	for _, tt := range []struct {
		name   string
		args   []string
		code   int
		stdout []string
		stderr []string
	}{
		{"in columns", []string{good}, exitDone, []string{"1 in languages without rules", "nothing told", "0.667", "global_layout", "LANGUAGE"}, nil},
		{"with errors", []string{"--errors", good}, exitDone, []string{"text two", "global_governance"}, nil},
		{"as JSON", []string{"--json", good}, exitDone, []string{`"rows": 3`, `"macro_f1"`, `"by_dimension"`, `"by_language"`, `"abstained"`, `"evidence"`, `"baseline"`}, nil},
		{"damaged lines", []string{damaged}, exitFailed, nil, []string{damaged + ":1:", damaged + ":2:", `"BY", not "BYD"`, `unknown dimension "layout"`, "3 damaged lines"}},
		{"a missing file", []string{good + ".gone"}, exitUsage, nil, []string{".gone"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), append([]string{"eval", "dimensions"}, tt.args...), nil, strings.NewReader(""), &stdout, &stderr); code != tt.code {
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
