package prose

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html/atom"
)

// dropIslands drops boxes under a heading of their own among or after the paragraphs
// of the text that speak of something else: offers, other articles, who wrote this. A
// fact box shares its words with the text, and stays.
func (p *page) dropIslands() {
	core := &p.boxes[p.core]
	own, first := int32(0), int32(-1)
	for i := core.blocks.first; i < core.blocks.last; i++ {
		if k := &p.blocks[i]; k.kept && k.isProse && p.boxes[k.box].tag == atom.P && p.boxes[k.box].parent == p.core {
			own += k.chars
			if first < 0 {
				first = i
			}
		}
	}
	if own*2 < core.prose {
		return
	}
	var said map[string]bool
	for i := p.core + 1; i < core.end; i = max(p.boxes[i].end, i+1) {
		b := &p.boxes[i]
		if b.blocks.first < first || !p.isIsland(b) {
			continue
		}
		if said == nil {
			said = p.ownWords()
		}
		if p.speaksOf(b, said) {
			continue
		}
		for j := b.blocks.first; j < b.blocks.last; j++ {
			p.blocks[j].kept = false
		}
	}
}

// isIsland tells whether a box has several lines, of which the first is a label and
// none is declared to be text, and is no table.
func (p *page) isIsland(b *box) bool {
	switch b.tag {
	case atom.Div, atom.Section, atom.Article:
	default:
		return false
	}
	if b.blocks.len() < 3 || p.blocks[b.blocks.first].isProse {
		return false
	}
	isKept := false
	for i := b.blocks.first; i < b.blocks.last; i++ {
		k := &p.blocks[i]
		if k.isDeclared || k.row > p.core {
			return false
		}
		isKept = isKept || k.kept
	}
	return isKept
}

// ownWords are the words of the paragraphs that are the core's own.
func (p *page) ownWords() map[string]bool {
	said := map[string]bool{}
	core := p.boxes[p.core].blocks
	for i := core.first; i < core.last; i++ {
		if k := &p.blocks[i]; k.kept && p.boxes[k.box].parent == p.core && p.boxes[k.box].tag == atom.P {
			for w := range longWords(p.text(k)) {
				said[w] = true
			}
		}
	}
	return said
}

// speaksOf tells whether a box has a third of its longer words in common with the
// text, or its heading a word of the title.
func (p *page) speaksOf(b *box, said map[string]bool) bool {
	head := p.text(&p.blocks[b.blocks.first])
	for w := range longWords(p.clues.Title) {
		if strings.Contains(strings.ToLower(head), w) {
			return true
		}
	}
	both, all := 0, 0
	seen := map[string]bool{}
	for i := b.blocks.first; i < b.blocks.last; i++ {
		k := &p.blocks[i]
		if !k.kept {
			continue
		}
		for w := range longWords(p.text(k)) {
			if seen[w] {
				continue
			}
			seen[w] = true
			all++
			if said[w] {
				both++
			}
		}
	}
	return all == 0 || both*3 >= all
}

// longWords gives the words of five letters and more in lower case, and the pairs of
// characters in scripts without spaces.
func longWords(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
			if first, _ := utf8.DecodeRuneInString(w); isDense(first) {
				before := 0
				for at := range w {
					_, n := utf8.DecodeRuneInString(w[at:])
					if at > 0 && !yield(w[before:at+n]) {
						return
					}
					before = at
				}
			} else if utf8.RuneCountInString(w) > 4 && !yield(strings.ToLower(w)) {
				return
			}
		}
	}
}
