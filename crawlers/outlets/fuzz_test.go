package outlets

import (
	"strings"
	"testing"
)

// The linter is fed whatever somebody saved: it may tell any number of problems,
// and must come back with each of them in a line that exists. What it accepts
// must survive being written and read again.
func FuzzLint(f *testing.F) {
	for _, seed := range []string{
		sound, strings.Replace(sound, "tier: 1 ", "time_zone: Pacific/Chatham\n  reach: local\n  tier: 1 ", 1), strings.ReplaceAll(sound, "example.com", "a.b.co.uk."), strings.ReplaceAll(sound, "example.com", "[::1]:80"), "", "[]", "- [", "- *a", "- &a {id: *a}", "a: b", "- id: \"x", "- ? {a: b}\n  : c\n", "- <<: {id: a}\n", "--- !!binary x\n", "%YAML 9.9\n---\n- a\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, content []byte) {
		list, problems := Lint(folder(map[string]string{"gb.yaml": string(content)}))
		for _, p := range problems {
			if p.Line < 1 || p.Message == "" || p.Remedy == "" {
				t.Errorf("problem without line, message or remedy: %#v", p)
			}
		}
		if len(problems) > 0 {
			return
		}
		dir := t.TempDir()
		if err := Write(dir, list); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(dir); err != nil {
			t.Errorf("what was accepted does not survive: %v", err)
		}
	})
}
