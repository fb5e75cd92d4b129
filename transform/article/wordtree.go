package article

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// wordTree finds out whether a text holds one of many words, whatever their case.
type wordTree struct {
	class [][]uint16 // by the upper bits of a character and its last eight: 0 is in no word
	width int        // classes
	next  []uint16   // by node and class; 0 is none, since nothing leads back to the root
	ends  []uint8    // by node: the bits 1<<bound of the words that end here
}

// What a word asks for beside its letters.
const (
	noLetterBefore = 1 << iota
	noLetterAfter
)

func newWordTree(words []string) *wordTree {
	t := &wordTree{width: 1}
	for _, w := range words {
		for _, r := range strings.Trim(w, edge+more) {
			t.addClass(r)
		}
	}
	t.addNode()
	for _, w := range words {
		w = strings.TrimSuffix(w, more)
		bound := 0
		if strings.HasPrefix(w, edge) {
			bound |= noLetterBefore
		}
		if strings.HasSuffix(w, edge) {
			bound |= noLetterAfter
		}
		w = strings.Trim(w, edge)
		if strings.Contains(w, edge) {
			panic("article: a word with an edge inside: " + w)
		}
		t.ends[t.addWord(w)] |= 1 << bound
	}
	return t
}

// addWord returns the node that a word ends at.
func (t *wordTree) addWord(w string) int {
	node := 0
	for _, r := range w {
		cell := node*t.width + t.classOf(r)
		if t.next[cell] == 0 {
			added := t.addNode() // moves t.next
			t.next[cell] = uint16(added)
		}
		node = int(t.next[cell])
	}
	return node
}

func (t *wordTree) addNode() int {
	if len(t.ends) > 1<<16-1 {
		panic("article: words of more than 65,535 places in one tree")
	}
	t.next = append(t.next, make([]uint16, t.width)...)
	t.ends = append(t.ends, 0)
	return len(t.ends) - 1
}

// addClass gives a character and its other cases a class of their own.
func (t *wordTree) addClass(r rune) {
	if t.classOf(r) != 0 {
		return
	}
	set := func(r rune) {
		for len(t.class) <= int(r>>8) {
			t.class = append(t.class, nil)
		}
		if t.class[r>>8] == nil {
			t.class[r>>8] = make([]uint16, 256)
		}
		t.class[r>>8][r&255] = uint16(t.width)
	}
	set(r)
	for c := unicode.SimpleFold(r); c != r; c = unicode.SimpleFold(c) {
		set(c)
	}
	if firstCase(r) == 'I' {
		set('İ') // lower case makes it an i, folding leaves it alone
	}
	t.width++
}

func (t *wordTree) classOf(r rune) int {
	if int(r>>8) >= len(t.class) || t.class[r>>8] == nil {
		return 0
	}
	return int(t.class[r>>8][r&255])
}

// isIn reports whether the text holds one of the words.
func (t *wordTree) isIn(s string) bool {
	for i := range s {
		node := 0
		for at := i; at < len(s); {
			r, size := rune(s[at]), 1
			if r >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(s[at:])
			}
			class := t.classOf(r)
			if class == 0 {
				break
			}
			if node = int(t.next[node*t.width+class]); node == 0 {
				break
			}
			at += size
			if ends := t.ends[node]; ends != 0 && isBound(ends, s[:i], s[at:]) {
				return true
			}
		}
	}
	return false
}

// isBound tells whether one of the words that end here may stand between these.
func isBound(ends uint8, before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after) // the error character, no letter, at the ends of a text
	bound := 0
	if !unicode.IsLetter(last) {
		bound |= noLetterBefore
	}
	if !unicode.IsLetter(first) {
		bound |= noLetterAfter
	}
	for asked := range 4 {
		if ends&(1<<asked) != 0 && asked&^bound == 0 {
			return true
		}
	}
	return false
}
