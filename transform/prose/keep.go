package prose

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// keep marks the blocks of the text.
func (p *page) keep() {
	p.findCore()
	if p.core < 0 {
		return
	}
	p.findMain()
	body, limit := p.core, int32(0)
	for i := p.core; i > 0; i = p.boxes[i].parent {
		if p.boxes[i].own&bodyMark != 0 { // the page itself says where the text is
			body, limit = i, i
			break
		}
	}
	p.take(p.boxes[body].blocks)
	for top := body; top != limit; top = p.boxes[top].parent {
		p.takeBeside(top)
	}
	if p.hasHead {
		p.takeLead(span{p.head + 1, p.boxes[body].blocks.first})
	}
	if p.declared.len() > 0 {
		for i := p.declared.last; i < int32(len(p.blocks)); i++ {
			p.blocks[i].kept = false
		}
	}
	p.dropIslands()
	p.dropTeasers(body)
	p.dropOpening()
	p.dropGates()
	p.dropQuotes()
	p.dropTail()
	p.dropBios()
	p.dropEmpty()
}

// take keeps what is text in a run of blocks.
func (p *page) take(s span) {
	for i := s.first; i < s.last; i++ {
		p.blocks[i].kept = p.isText(i)
	}
}

// isText judges a block by itself: sentences are text, and so are short lines in
// the elements made for text. In other elements they are labels and buttons.
func (p *page) isText(i int32) bool {
	k := &p.blocks[i]
	b := &p.boxes[k.box]
	switch {
	case k.isDeclared:
		return true
	case b.zone&junk != 0 || !p.isBelowHead(i):
		return false
	case k.isProse && b.zone&byline != 0 && p.boxes[p.core].zone&byline == 0:
		return false
	case k.isProse:
		return true
	case k.link*2 > k.chars || b.zone&meta != 0:
		return false
	case k.box == p.core:
		return true
	}
	switch b.tag {
	case atom.P, atom.Blockquote, atom.Li, atom.Pre, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dd, atom.Dt, atom.Td, atom.Th:
		return true
	}
	return false
}

// takeBeside adds to the text what the parent of a box of it holds beside that box:
// lines of its own, paragraphs, and boxes that are kin to what was taken.
func (p *page) takeBeside(top int32) {
	up := p.boxes[top].parent
	u, t := &p.boxes[up], &p.boxes[top]
	m := p.boxes[p.main].blocks
	inMain := m.first <= u.blocks.first && u.blocks.last <= m.last
	for i := u.blocks.first; i < u.blocks.last; {
		if t.blocks.has(i) {
			i = t.blocks.last
			continue
		}
		k := &p.blocks[i]
		c := p.childOf(up, k.box)
		if c == up {
			k.kept = inMain && p.isText(i) && (k.isProse || i > t.blocks.first)
			i++
			continue
		}
		b := &p.boxes[c]
		isBelow := i >= t.blocks.last
		switch {
		case b.prose == 0 && !(isBelow && isParagraph(b.tag)):
		case inMain && (isParagraph(b.tag) || isKin(b, t)), p.hasMake(c), p.boxes[p.core].parent == up && isAllProse(b) && b.blocks.first == t.blocks.last:
			p.take(b.blocks)
		}
		i = max(b.blocks.last, i+1)
	}
}

func isParagraph(a atom.Atom) bool {
	switch a {
	case atom.P, atom.Ul, atom.Ol, atom.Li, atom.Blockquote, atom.H2, atom.H3, atom.H4, atom.Dl, atom.Pre:
		return true
	}
	return false
}

// childOf is the child of a box that holds another, or the box itself.
func (p *page) childOf(up, i int32) int32 {
	for i != up && p.boxes[i].parent != up {
		i = p.boxes[i].parent
	}
	return i
}

// isKin tells whether two boxes are by their names of one sort. Articles and the
// rows and cells of tables are of one sort without belonging together.
func isKin(a, b *box) bool {
	if a.tag != b.tag {
		return false
	}
	switch a.tag {
	case atom.Article, atom.Tr, atom.Td, atom.Tbody, atom.Table:
		return false
	}
	ours, theirs := attr(a.node, "class"), attr(b.node, "class")
	if ours == theirs {
		return true
	}
	names := strings.Fields(theirs)
	return slices.ContainsFunc(strings.Fields(ours), func(s string) bool { return slices.Contains(names, s) })
}

// hasMake tells whether a box holds containers of the same make as the core, and of
// the same article.
func (p *page) hasMake(i int32) bool {
	core := &p.boxes[p.core]
	class := attr(core.node, "class")
	if class == "" {
		return false
	}
	article := p.articleOf(p.core)
	for j := i; j < p.boxes[i].end; j++ {
		if b := &p.boxes[j]; b.prose > 0 && b.tag == core.tag && attr(b.node, "class") == class && p.articleOf(j) == article {
			return true
		}
	}
	return false
}

func isAllProse(b *box) bool {
	return b.tag != atom.Article && b.prose >= 100 && b.prose*10 >= b.chars*8 && b.link*5 < b.chars
}

// takeLead keeps the sentences between the headline and the text, and the line that
// the page gives as its description, which is the standfirst.
func (p *page) takeLead(s span) {
	about := letters(p.clues.Description)
	for i := s.first; i < s.last; i++ {
		k := &p.blocks[i]
		if k.link*3 > k.chars {
			continue
		}
		switch {
		case isSameStart(letters(p.text(k)), about):
			k.kept, k.isDeclared = true, true
		case p.boxes[k.box].zone&(junk|meta) == 0 && k.chars >= 50 && k.marks > 0:
			k.kept = true
		}
	}
}

// isSameStart tells whether one of two texts begins as the other does, for at least
// half a line.
func isSameStart(a, b string) bool {
	n := min(len(a), len(b), 60)
	return n > 30 && a[:n] == b[:n]
}
