package tone

// What a model is told of a sentence. Each feature is a hash of its group and of what
// was seen; words are seen by where they stand to the target, and the target itself
// is a blank, so that no name is liked or disliked for itself.

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/overheard-news/overheard/transform/linear"
)

// group is a family of features; groups is a set of them.
type (
	group  uint8
	groups uint32
)

const (
	groupWord     group = iota // words, denied or not
	groupSide                  // ... before or after the target
	groupNear                  // ... and how far
	groupClause                // words of the target's clause
	groupPair                  // two words in a row
	groupPairNear              // ... near the target, by side
	groupSkip                  // two words with one between
	groupStem                  // beginnings of words
	groupStemNear              // ... by side and distance
	groupChars                 // 3 to 5 letters in a row
	groupFrame                 // beginnings of words by what the target does
	groupContext               // the words next to the target
	groupEnding                // case of the target
	groupForm                  // length, marks, names, quotation
	groupSign                  // praise and blame of the lexicons, by place
	groupConcept               // concepts of the lexicons, by place
	groupOwner                 // ... by the names between
	groupVerb                  // ... by the word before
	groupSequence              // ... in their order around the target
	groupCount
)

const (
	allGroups = groups(1<<groupCount - 1)
	// lexicalGroups say nothing of the words of a language, only what its lexicon
	// makes of them: what is learned from them in one holds for others.
	lexicalGroups = groups(1<<groupForm | 1<<groupSign | 1<<groupConcept | 1<<groupOwner | 1<<groupSequence)
)

func (g groups) has(one group) bool { return g&(1<<one) != 0 }
func (g groups) without(list ...group) groups {
	for _, one := range list {
		g &^= 1 << one
	}
	return g
}

// groupsOf are the groups of a language's own model. English words change little:
// letters in a row tell nothing there that beginnings do not.
func groupsOf(language string) groups {
	if language == "en" {
		return allGroups.without(groupChars)
	}
	return allGroups
}

// sentence collects the features of one sentence.
type sentence struct {
	list     []token
	target   int  // index in list; -1 without
	clause   int  // of the target
	frame    byte // what the target does
	language string
	wording  *wording
	lexicon  *lexicon
	groups   groups
	features []uint32
	values   []float32
}

// read returns the features of a text and their values, of which the squares sum
// to 1: a long sentence says no more than a short one.
func read(language, text string, start, end int, lex *lexicon, g groups) ([]uint32, []float32) {
	w := wordingOf(language)
	s := sentence{list: tokens(text, start, end, w, lex), language: language, wording: w, lexicon: lex, groups: g}
	s.features, s.values = make([]uint32, 0, 16*len(s.list)+64), make([]float32, 0, 16*len(s.list)+64)
	if s.target = targetOf(s.list); s.target >= 0 {
		s.clause = s.list[s.target].clause
	}
	s.frame = frameOf(s.list, s.target, w)
	s.words()
	s.context()
	if s.target >= 0 {
		s.ending(text[start:end])
	}
	s.hits()
	s.form()
	squares := 0.0
	for _, v := range s.values {
		squares += float64(v) * float64(v)
	}
	if squares > 0 {
		norm := float32(1 / math.Sqrt(squares))
		for i := range s.values {
			s.values[i] *= norm
		}
	}
	return s.features, s.values
}

func (s *sentence) add(g group, h uint32, value float32) {
	s.features, s.values = append(s.features, h), append(s.values, value)
}

// seed begins the hash of a feature.
func seed(g group, more ...byte) uint32 {
	h := (uint32(2166136261) ^ uint32(g+1)) * 16777619
	for _, b := range more {
		h = (h ^ uint32(b)) * 16777619
	}
	return h
}

// bucket tells how far a word stands, in steps that grow.
func bucket(distance int) byte {
	switch d := max(distance, -distance); {
	case d <= 2:
		return byte('0' + d)
	case d <= 4:
		return '4'
	case d <= 8:
		return '8'
	case d <= 14:
		return 'e'
	}
	return far
}

const far = 'z'

func (t *token) side() byte {
	if t.distance < 0 {
		return 'L'
	}
	return 'R'
}

func (t *token) denial() byte {
	if t.isDenied {
		return 'n'
	}
	return 'p'
}

// text is the word, or what stands for the target.
func (t *token) text() string {
	if t.isTarget {
		return "\x01"
	}
	return t.word
}

// words adds each word and each two in a row.
func (s *sentence) words() {
	for i := range s.list {
		t := &s.list[i]
		if t.isTarget {
			continue
		}
		side := t.side()
		if !t.isMark {
			s.word(t, side)
		}
		if i+1 < len(s.list) {
			next := s.list[i+1].text()
			s.hash(groupPair, linear.HashOf(linear.HashOf(seed(groupPair), t.word), next))
			if bucket(t.distance) <= '8' {
				s.hash(groupPairNear, linear.HashOf(linear.HashOf(seed(groupPairNear, side), t.word), next))
			}
		}
		if i+2 < len(s.list) {
			s.hash(groupSkip, linear.HashOf(linear.HashOf(seed(groupSkip), t.word), s.list[i+2].text()))
		}
	}
}

// hash adds a feature if its group is asked for.
func (s *sentence) hash(g group, h uint32) {
	if s.groups.has(g) {
		s.add(g, h, 1)
	}
}

func (s *sentence) word(t *token, side byte) {
	near, denial := bucket(t.distance), t.denial()
	s.hash(groupWord, linear.HashOf(seed(groupWord, denial), t.word))
	s.hash(groupSide, linear.HashOf(seed(groupSide, side, denial), t.word))
	s.hash(groupStem, linear.HashOf(seed(groupStem, denial), t.stem))
	s.hash(groupFrame, linear.HashOf(seed(groupFrame, s.frame), t.stem))
	if near != far {
		s.hash(groupNear, linear.HashOf(seed(groupNear, side, near), t.word))
		s.hash(groupStemNear, linear.HashOf(seed(groupStemNear, side, near), t.stem))
	}
	if t.clause == s.clause {
		s.hash(groupClause, linear.HashOf(seed(groupClause, side), t.word))
	}
	if s.groups.has(groupChars) && utf8.RuneCountInString(t.word) > 3 {
		s.chars(t.word)
	}
}

const (
	charValue   = 0.3 // there are many of them for one word
	charLetters = 40
)

func (s *sentence) chars(word string) {
	word = "<" + word + ">"
	var at [charLetters + 1]int
	n := 0
	for i := range word {
		if n == charLetters {
			word = word[:i]
			break
		}
		at[n] = i
		n++
	}
	at[n] = len(word)
	for size := 3; size <= 5; size++ {
		for i := 0; i+size <= n; i++ {
			s.add(groupChars, linear.HashOf(seed(groupChars), word[at[i]:at[i+size]]), charValue)
		}
	}
}

// context adds the words next to the target.
func (s *sentence) context() {
	if s.target < 0 {
		return
	}
	at := func(distance int) string {
		if i := s.target + distance; i >= 0 && i < len(s.list) {
			return s.list[i].text()
		}
		return "\x02"
	}
	around := func(kind byte, distances ...int) {
		h := seed(groupContext, kind)
		for _, d := range distances {
			h = linear.HashOf(h, at(d))
		}
		s.hash(groupContext, h)
	}
	around('c', -1, 1)
	around('l', -2, -1)
	around('r', 1, 2)
	around('3', 1, 2, 3)
}

// ending adds the case of the target: of a pronoun by its form, of a Russian name by
// its last letters.
func (s *sentence) ending(target string) {
	target = strings.ToLower(target)
	switch {
	case nominative[target]:
		s.hash(groupEnding, seed(groupEnding, 'n'))
	case accusative[target]:
		s.hash(groupEnding, seed(groupEnding, 'a'))
	case genitive[target]:
		s.hash(groupEnding, seed(groupEnding, 'g'))
	case s.language == "ru":
		s.hash(groupEnding, linear.HashOf(seed(groupEnding, 'e'), suffix(target, 2)))
		s.hash(groupEnding, linear.HashOf(seed(groupEnding, 'f'), suffix(target, 1)))
	}
}

var (
	nominative = words("i we he she they it who you")
	accusative = words("me us him her them whom")
	genitive   = words("my our his their its your")
)

// suffix is the last n letters of a word.
func suffix(word string, n int) string {
	for i := len(word); i > 0; {
		_, size := utf8.DecodeLastRuneInString(word[:i])
		i -= size
		if n--; n == 0 {
			return word[i:]
		}
	}
	return word
}

// form adds what the sentence looks like.
func (s *sentence) form() {
	if !s.groups.has(groupForm) {
		return
	}
	add := func(more ...byte) { s.add(groupForm, seed(groupForm, more...), 1) }
	names, count, quoted := 0, 0, 0
	for i := range s.list {
		t := &s.list[i]
		if t.isMark {
			if t.word == "?" || t.word == "!" {
				add('m', t.word[0])
			}
			continue
		}
		count++
		if t.isName && !t.isTarget {
			names++
		}
		if t.isQuoted {
			quoted++
		}
	}
	add('f', s.frame)
	add('l', byte(min(count/6, 8)))
	add('n', byte(min(names, 6)))
	add('q', byte(quoted*4/max(count, 1)))
	if s.target >= 0 {
		if s.list[s.target].isQuoted {
			add('t', 'q')
		}
		add('p', byte(min(s.target*5/len(s.list), 4)))
	}
}
