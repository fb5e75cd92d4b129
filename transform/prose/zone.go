package prose

import (
	"strings"

	"golang.org/x/net/html/atom"
)

// zones hands the hints down the tree, but for those that must be wrong.
func (p *page) zones() {
	total := p.boxes[0].prose
	byClass := map[string]int32{} // prose under a class, each counted once
	for i := 1; i < len(p.boxes); i++ {
		b := &p.boxes[i]
		if b.own&junk == 0 || b.prose == 0 {
			continue
		}
		if c := p.telling(b); c != "" && c != p.telling(&p.boxes[b.parent]) {
			byClass[c] += b.prose
		}
	}
	p.boxes[0].zone = 0
	for i := 1; i < len(p.boxes); i++ {
		b := &p.boxes[i]
		h := b.own
		if h != 0 && (p.isVoid(b, total) || h&(comments|legal|caption) == 0 && byClass[p.telling(b)]*4 > total) {
			h &= bodyMark
		}
		b.zone = h | p.boxes[b.parent].zone
	}
}

// telling is the first name of a box's class that says what the box is for, or the
// whole class if none does.
func (p *page) telling(b *box) string {
	class := attr(b.node, "class")
	if p.nameHint(class)&junk == 0 {
		return class
	}
	for name := range strings.FieldsSeq(class) {
		if p.nameHint(name)&junk != 0 {
			return name
		}
	}
	return class
}

// isVoid tells whether the hints of a box are to be ignored: names like
// "with-sidebar" or "comment-article" stand on what holds the text itself. The box
// of the headline is never furniture. For the rest the prose decides, with the more
// patience the clearer the hint: comments and terms of use can be most of a page.
func (p *page) isVoid(b *box, total int32) bool {
	switch {
	case p.hasHead && b.blocks.has(p.head) && b.prose > 0 && (b.own&header == 0 || b.prose*2 > total):
		return true
	case b.tag == atom.Figcaption:
		return total-b.prose < thin
	case b.own&(comments|legal) != 0:
		return b.prose*10 > total*9
	case b.tag == atom.Footer || b.tag == atom.Nav || b.tag == atom.Aside:
		return b.prose*5 > total*3
	}
	return b.prose*4 > total
}

// findHead looks for the headline: a heading that says the title.
func (p *page) findHead() {
	want := letters(p.clues.Title)
	if want == "" {
		return
	}
	for i := range p.blocks {
		k := &p.blocks[i]
		level := p.level(k)
		if level == 0 || level > 3 || k.chars > 400 || level > 1 && p.hasHead {
			continue
		}
		got := letters(p.text(k))
		isSame := got == want || level == 1 && len(got) > 10 && len(want) > 10 && (strings.Contains(got, want) || strings.Contains(want, got))
		if !isSame {
			continue
		}
		p.hasHead, p.head = true, int32(i)
		if level == 1 {
			break
		}
	}
	if !p.hasHead {
		return
	}
	above := int32(0)
	for i := range p.head {
		if k := &p.blocks[i]; k.isProse {
			above += k.chars
		}
	}
	if above*2 > p.boxes[0].prose { // it is another's, below the text
		p.hasHead = false
		return
	}
	p.article = p.articleOf(p.blocks[p.head].box)
}

// level is that of a heading, 0 for other blocks.
func (p *page) level(k *block) int {
	b := &p.boxes[k.box]
	if n := headingLevel(b.tag); n > 0 || b.parent < 0 {
		return n
	}
	if p.boxes[b.parent].tag == atom.H1 {
		return 1
	}
	return 0
}

func headingLevel(a atom.Atom) int {
	switch a {
	case atom.H1:
		return 1
	case atom.H2:
		return 2
	case atom.H3:
		return 3
	case atom.H4:
		return 4
	case atom.H5:
		return 5
	case atom.H6:
		return 6
	}
	return 0
}

// articleOf is the article element around a box, 0 if there is none.
func (p *page) articleOf(i int32) int32 {
	for i > 0 && p.boxes[i].tag != atom.Article {
		i = p.boxes[i].parent
	}
	return i
}

// isBelowHead tells whether a block can be text: what stands above the headline
// cannot.
func (p *page) isBelowHead(i int32) bool { return !p.hasHead || i > p.head }
