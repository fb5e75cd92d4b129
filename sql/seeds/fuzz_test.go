package seeds

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// The linter is fed whatever somebody saved: it may tell any number of problems,
// and must come back with each of them in a line that exists.
func FuzzLint(f *testing.F) {
	files := slices.Sorted(maps.Keys(sound))
	for i, file := range files {
		f.Add(i, []byte(sound[file]))
		f.Add(i, []byte(sound[file]+"\"\n,,,\n"))
		f.Add(i, []byte(utf8BOM+strings.ReplaceAll(sound[file], "\n", "\r\n")))
	}
	f.Fuzz(func(t *testing.T, index int, content []byte) {
		if index < 0 {
			index = -(index + 1)
		}
		_, problems := Lint(with(files[index%len(files)], string(content)))
		for _, p := range problems {
			if p.Line < 1 || p.Message == "" || p.Remedy == "" {
				t.Errorf("problem without line, message or remedy: %#v", p)
			}
		}
	})
}
