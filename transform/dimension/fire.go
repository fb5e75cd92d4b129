package dimension

import (
	"bytes"
	"slices"
)

// ruleSet is the rules of a language, ready to be run: one walk over the words of
// a sentence finds every atom; patterns are tried only where their first atom is.
type ruleSet struct {
	language string
	rules    []*rule
	prefixes [][]byte // the empty one first, if there are any
	suffixes [][]byte // the same
	clauses  map[string]bool
	same     map[rune]rune
	whole    *wordTree         // atoms that begin where the word does
	inside   *wordTree         // atoms that may begin anywhere in it
	patterns []compiledPattern // cues and guards
	first    [][]int32         // by atom: patterns that may begin with it
}

// compiledPattern is a pattern with whose it is.
type compiledPattern struct {
	pattern
	rule  int32
	guard int32 // of the rule; -1 for a cue
}

func compile(f *ruleFile) *ruleSet {
	s := &ruleSet{language: f.language, rules: f.rules, clauses: f.clauses, same: f.words.same, whole: newWordTree(), inside: newWordTree()}
	if len(f.prefixes)+len(f.suffixes) > 0 {
		s.prefixes, s.suffixes = affixes(f.prefixes), affixes(f.suffixes)
	}
	atoms := make([]atom, len(f.words.number))
	for a, n := range f.words.number {
		atoms[n-atomsReserved] = a
	}
	treeOf := func(a atom) *wordTree {
		if a.isSuffix {
			return s.inside
		}
		return s.whole
	}
	for _, a := range atoms {
		treeOf(a).addLetters(a.text)
	}
	for i, a := range atoms {
		treeOf(a).add(a.text, a.isPrefix, int32(i)+atomsReserved)
	}
	s.first = make([][]int32, len(atoms)+int(atomsReserved))
	for i, r := range f.rules {
		s.addPatterns(r.cues, int32(i), -1)
		for g := range r.guards {
			s.addPatterns(r.guards[g].patterns, int32(i), int32(g))
		}
	}
	return s
}

func (s *ruleSet) addPatterns(list []pattern, rule, guard int32) {
	for _, p := range list {
		number := int32(len(s.patterns))
		s.patterns = append(s.patterns, compiledPattern{pattern: p, rule: rule, guard: guard})
		for _, alt := range p[0].alts {
			if known := s.first[alt[0]]; len(known) == 0 || known[len(known)-1] != number {
				s.first[alt[0]] = append(known, number)
			}
		}
	}
}

// reader is what reading one sentence needs; it is used again for the next.
type reader struct {
	tokens tokens
	atoms  []int32 // of all words, one after the other
	from   []int32 // by word: where its atoms begin; one more at the end
	hits   []hit
	fired  []firing
}

// hit is a pattern found at words [from, to).
type hit struct {
	pattern  int32
	from, to int32
}

// firing is a rule that holds, and its cue in bytes of the quote.
type firing struct {
	rule       int32
	start, end int
}

// read finds the rules that hold in one sentence, each once with its first cue, in
// the order of the file.
func (s *ruleSet) read(r *reader, text string, name nameSpan) []firing {
	r.tokens.read(text, name, s.same)
	r.tokens.breakAt(s.clauses)
	s.findAtoms(r)
	s.findPatterns(r)
	r.fired = r.fired[:0]
	if len(r.hits) == 0 {
		return nil
	}
	at := r.tokens.nameAt()
	for _, h := range r.hits {
		p := &s.patterns[h.pattern]
		if p.guard >= 0 || slices.ContainsFunc(r.fired, func(f firing) bool { return f.rule == p.rule }) {
			continue
		}
		if s.rules[p.rule].relates(r.tokens.list, h, at) && !s.isGuarded(r, h, p.rule) {
			r.fired = append(r.fired, firing{rule: p.rule, start: r.tokens.list[h.from].start, end: r.tokens.list[h.to-1].end})
		}
	}
	slices.SortFunc(r.fired, func(a, b firing) int { return int(a.rule - b.rule) })
	return r.fired
}

func (s *ruleSet) findAtoms(r *reader) {
	r.atoms, r.from = r.atoms[:0], r.from[:0]
	for i := range r.tokens.list {
		r.from = append(r.from, int32(len(r.atoms)))
		switch t := &r.tokens.list[i]; {
		case t.isName:
			r.atoms = append(r.atoms, atomName)
			continue
		case t.isNumber:
			r.atoms = append(r.atoms, atomNumber)
		case t.isCapital:
			r.atoms = append(r.atoms, atomCapital)
		}
		word := r.tokens.word(i)
		r.atoms = s.whole.find(word, r.atoms)
		r.atoms = s.inside.findInside(word, r.atoms)
		if len(s.prefixes) > 0 {
			r.atoms = s.findStems(word, r.atoms)
		}
	}
	r.from = append(r.from, int32(len(r.atoms)))
}

// findStems appends the atoms that a word is without a prefix, a suffix or both.
func (s *ruleSet) findStems(word []byte, found []int32) []int32 {
	for _, prefix := range s.prefixes {
		rest, ok := bytes.CutPrefix(word, prefix)
		if !ok {
			continue
		}
		for _, suffix := range s.suffixes {
			if stem, ok := bytes.CutSuffix(rest, suffix); ok && len(stem) >= leastStem && len(stem) < len(word) {
				found = s.whole.find(stem, found)
			}
		}
	}
	return found
}

// leastStem is what prefix and suffix must leave of a word, in bytes: three Arabic
// letters.
const leastStem = 6

// affixes are those of the file and none at all.
func affixes(list []string) [][]byte {
	out := [][]byte{{}}
	for _, a := range list {
		out = append(out, []byte(a))
	}
	return out
}

func (s *ruleSet) findPatterns(r *reader) {
	r.hits = r.hits[:0]
	for i := range r.tokens.list {
		for _, atom := range r.atoms[r.from[i]:r.from[i+1]] {
			for _, number := range s.first[atom] {
				if to := r.match(s.patterns[number].pattern, i, 0); to > 0 {
					r.hits = append(r.hits, hit{pattern: number, from: int32(i), to: int32(to)})
				}
			}
		}
	}
}

// match returns where a pattern that begins at word at ends, nearest first; 0 if it
// is not there.
func (r *reader) match(p pattern, at, skip int) int {
	last := min(at+skip, len(r.tokens.list)-1)
	for i := at; i <= last; i++ {
		if i > 0 && (i > at || skip > 0) && r.tokens.list[i].clause != r.tokens.list[i-1].clause {
			return 0
		}
		for _, run := range p[0].alts {
			end := r.matchRun(run, i)
			if end == 0 {
				continue
			}
			if len(p) == 1 {
				return end
			}
			if to := r.match(p[1:], end, p[1].gap); to > 0 {
				return to
			}
		}
	}
	return 0
}

func (r *reader) matchRun(run []int32, at int) int {
	if at+len(run) > len(r.tokens.list) {
		return 0
	}
	for i, atom := range run {
		if !slices.Contains(r.atoms[r.from[at+i]:r.from[at+i+1]], atom) {
			return 0
		}
	}
	return at + len(run)
}

// relates says whether a cue stands to the name as the rule demands.
func (r *rule) relates(list []token, h hit, name int) bool {
	if name < 0 {
		return r.side == 0 && r.near == 0
	}
	if r.inClause && (list[name].clause < list[h.from].clause || list[name].clause > list[h.to-1].clause) {
		return false
	}
	from, to := int(h.from), int(h.to)
	switch {
	case name < from:
		return r.side <= 0 && (r.near == 0 || from-name <= r.near)
	case name >= to:
		return r.side >= 0 && (r.near == 0 || name-to+1 <= r.near)
	}
	return true // the cue holds the name
}

// isGuarded says whether a guard of the rule forbids the cue.
func (s *ruleSet) isGuarded(r *reader, cue hit, rule int32) bool {
	for _, h := range r.hits {
		p := &s.patterns[h.pattern]
		if p.rule != rule || p.guard < 0 {
			continue
		}
		within := s.rules[rule].guards[p.guard].within
		distance := max(int(h.from-cue.to)+1, int(cue.from-h.to)+1, 0)
		if within == 0 || distance <= within {
			return true
		}
	}
	return false
}
