package dimension

import (
	"slices"
	"testing"

	"github.com/overheard-news/overheard/sql/seeds"
)

// builtInRules are the rules the program is built with, and what reads them.
func builtInRules(t testing.TB) []*ruleFile {
	t.Helper()
	files, err := readRules(builtIn, "rules")
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestEveryRuleFiresOnItsExample(t *testing.T) {
	t.Parallel()
	for _, f := range builtInRules(t) {
		s := compile(f)
		for i, r := range f.rules {
			for _, e := range r.yes {
				if !s.fires(e, int32(i)) {
					t.Errorf("rules/%s.rules:%d: %s does not fire: %s", f.language, e.line, r.id, e.text)
				}
			}
		}
	}
}

// A guard is shown to be needed: without it, its rule fires on the example.
func TestEveryGuardBlocksItsExample(t *testing.T) {
	t.Parallel()
	for _, f := range builtInRules(t) {
		s := compile(f)
		for i, r := range f.rules {
			for g, guard := range r.guards {
				without := *r
				without.guards = slices.Delete(slices.Clone(r.guards), g, g+1)
				alone := *f
				alone.rules = []*rule{&without}
				bare := compile(&alone)
				for _, e := range guard.no {
					if s.fires(e, int32(i)) {
						t.Errorf("rules/%s.rules:%d: %s fires in spite of the guard of line %d: %s", f.language, e.line, r.id, guard.line, e.text)
					}
					if !bare.fires(e, 0) {
						t.Errorf("rules/%s.rules:%d: %s does not fire without the guard of line %d either: %s", f.language, e.line, r.id, guard.line, e.text)
					}
				}
			}
		}
	}
}

func (s *ruleSet) fires(e example, number int32) bool {
	fired := s.read(&reader{}, e.text, nameSpan{e.start, e.end})
	return slices.ContainsFunc(fired, func(f firing) bool { return f.rule == number })
}

func problemsOf(content string) []seeds.Problem {
	_, problems := parseRules("x.rules", content)
	return problems
}
