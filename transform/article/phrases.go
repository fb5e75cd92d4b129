package article

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
)

// phrases is an expression of many alternatives that hardly any text matches. The
// machine of regexp walks all of them at each character; the words one of which a
// match cannot do without are read from the expression itself, and a text that
// holds none of them is no match. The expression decides on all others.
type phrases struct {
	expr *regexp.Regexp
	need *wordTree
}

// mustPhrases panics where the expression cannot be compiled, or no words are
// found that each match of it holds.
func mustPhrases(expr string) *phrases {
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic("article: parse " + expr + ": " + err.Error())
	}
	need := spell(tree).need()
	if leastSize(need) == 0 {
		panic("article: no words that each match holds: " + expr)
	}
	return &phrases{expr: regexp.MustCompile(expr), need: newWordTree(need)}
}

// MatchString reports whether the text matches the expression.
func (p *phrases) MatchString(s string) bool { return p.need.isIn(s) && p.expr.MatchString(s) }

// Marks in words for what is no letter of them.
const (
	edge = "\x00" // a place with no letter beyond it
	more = "\x01" // at the end of a word: anything may follow
)

// maxSpellings bounds how many words a part of an expression is spelled out in.
const maxSpellings = 512

// spelling is what is known of the texts that match a part of an expression, case
// and assertions aside: each begins with one of starts, and is no longer than that
// unless the mark says so; each holds one of part, if that is not empty.
type spelling struct{ starts, part []string }

// need returns words one of which each match holds, the best that are known.
func (s spelling) need() []string {
	if leastSize(s.starts) > leastSize(s.part) {
		return s.starts
	}
	return s.part
}

// leastSize is how well the words tell texts apart: 0 if one of them is in any text.
func leastSize(words []string) int {
	n := 0
	for i, w := range words {
		size := 0
		if strings.Trim(w, edge+more) != "" {
			size = len(strings.TrimSuffix(w, more)) // edges count as a letter each
		}
		if i == 0 || size < n {
			n = size
		}
	}
	return n
}

func spell(re *syntax.Regexp) spelling {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText, syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return spelling{starts: []string{""}}
	case syntax.OpLiteral:
		return spelling{starts: []string{string(re.Rune)}}
	case syntax.OpCharClass:
		return spelling{starts: spellClass(re.Rune)}
	case syntax.OpCapture:
		return spell(re.Sub[0])
	case syntax.OpQuest:
		return spelling{starts: append([]string{""}, spell(re.Sub[0]).starts...)}
	case syntax.OpPlus:
		s := spell(re.Sub[0])
		return spelling{starts: join(s.starts, []string{more}), part: s.need()}
	case syntax.OpAlternate:
		return spellAlternate(re)
	case syntax.OpConcat:
		return spellConcat(re)
	}
	return spelling{starts: []string{more}}
}

// spellClass names the characters of a small class, one of each case.
func spellClass(ranges []rune) []string {
	var out []string
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 16 || len(out) > 16 {
			return []string{more}
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if c := string(firstCase(r)); !slices.Contains(out, c) {
				out = append(out, c)
			}
		}
	}
	return out
}

func spellAlternate(re *syntax.Regexp) spelling {
	if isEdge(re) {
		return spelling{starts: []string{edge}}
	}
	var all spelling
	isPart := true
	for _, sub := range re.Sub {
		s := spell(sub)
		need := s.need()
		isPart = isPart && leastSize(need) > 0
		all.starts, all.part = append(all.starts, s.starts...), append(all.part, need...)
	}
	if len(all.starts) > maxSpellings {
		all.starts = []string{more}
	}
	if !isPart {
		all.part = nil
	}
	return all
}

// isEdge recognises (^|\P{L}) and (\P{L}|$).
func isEdge(re *syntax.Regexp) bool {
	return !slices.ContainsFunc(re.Sub, func(sub *syntax.Regexp) bool {
		return sub.Op != syntax.OpBeginText && sub.Op != syntax.OpEndText && (sub.Op != syntax.OpCharClass || !slices.Equal(sub.Rune, noLetters))
	})
}

// noLetters is the class \P{L} where case is ignored.
var noLetters = func() []rune {
	re, err := syntax.Parse(`(?i)\P{L}`, syntax.Perl)
	if err != nil {
		panic("article: " + err.Error())
	}
	return re.Rune
}()

// spellConcat joins what can be spelled out, and starts anew behind what cannot.
// The best of the stretches is needed.
func spellConcat(re *syntax.Regexp) spelling {
	var all spelling
	stretch := []string{""}
	end := func() {
		if all.starts == nil {
			all.starts = join(stretch, []string{more})
		}
		all.part = spelling{starts: stretch, part: all.part}.need()
	}
	for _, sub := range re.Sub {
		s := spell(sub)
		all.part = spelling{starts: s.part, part: all.part}.need()
		if len(stretch)*len(s.starts) > maxSpellings || !slices.ContainsFunc(stretch, isWhole) {
			end()
			stretch = []string{""}
		}
		stretch = join(stretch, s.starts)
	}
	if all.starts == nil {
		return spelling{starts: stretch, part: all.part}
	}
	end()
	return all
}

func isWhole(word string) bool { return !strings.HasSuffix(word, more) }

// join sets each of the words after behind each of those before.
func join(before, after []string) []string {
	var out []string
	for _, b := range before {
		if !isWhole(b) {
			out = append(out, b)
			continue
		}
		for _, a := range after {
			out = append(out, b+a)
		}
	}
	return out
}

// firstCase gives one character for all that differ by case alone.
func firstCase(r rune) rune {
	first := r
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		first = min(first, c)
	}
	return first
}
