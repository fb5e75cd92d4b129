package prose

import (
	"strconv"
	"strings"

	"golang.org/x/net/html/atom"
)

const junk = nav | aside | footer | form | legal | hidden | comments | related | promo | share | caption | picture

// findCore finds the box that holds the most prose of its own, in paragraphs and
// lists that are its children. What follows the headline at once counts half more,
// what is in the element marked as the article twice. Where each paragraph has a
// box to itself, boxes of one class count together.
func (p *page) findCore() {
	own := map[int32]int32{}
	paragraphs := map[int32]int{}
	byMake := map[string]int32{}
	best, made := int32(-1), int32(-1)
	bestMake := ""
	nearest := int32(-1)
	for i := range p.blocks {
		k := &p.blocks[i]
		if !k.isProse || !p.isBelowHead(int32(i)) {
			continue
		}
		zone := p.boxes[k.box].zone
		if p.declared.len() > 0 && !k.isDeclared || p.declared.len() == 0 && zone&(junk|meta) != 0 {
			continue
		}
		c := p.container(k.box)
		weight := k.chars - 2*k.link
		if nearest < 0 && p.hasHead {
			nearest = c
		}
		if c == nearest {
			weight += weight / 2
		}
		if zone&bodyMark != 0 || p.article > 0 && p.boxes[p.article].blocks.has(int32(i)) {
			weight *= 2
		}
		own[c] += weight
		paragraphs[c]++
		if best < 0 || own[c] > own[best] {
			best = c
		}
		name := p.makeOf(c)
		byMake[name] += weight
		if made < 0 || byMake[name] > byMake[bestMake] || name == bestMake && own[c] > own[made] {
			made, bestMake = c, name
		}
	}
	p.core = best
	if best >= 0 && paragraphs[best] < 2 {
		p.core = made
	}
}

// makeOf names boxes of one make alike: by their class, or else each by itself.
func (p *page) makeOf(i int32) string {
	if c := attr(p.boxes[i].node, "class"); c != "" {
		return c
	}
	return strconv.Itoa(int(i))
}

// container is the box whose paragraph, list or heading a box is.
func (p *page) container(i int32) int32 {
	for i > 0 && isLeaf(&p.boxes[i]) {
		i = p.boxes[i].parent
	}
	return i
}

func isLeaf(b *box) bool {
	switch b.tag {
	case atom.P, atom.Li, atom.Ul, atom.Ol, atom.Blockquote, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Dd, atom.Dt, atom.Dl, atom.Pre,
		atom.Center, atom.Span, atom.Font, atom.Figure, atom.Figcaption, atom.A:
		return true
	case atom.Article, atom.Td, atom.Main, atom.Section:
		return false
	}
	return b.blocks.len() <= 1
}

// findMain finds the box around the core that is still mostly text: prose counts
// for it, and everything else against it, least what is known as furniture.
func (p *page) findMain() {
	gains := make([]int32, len(p.blocks)+1)
	for i := range p.blocks {
		gains[i+1] = gains[i] + p.gain(int32(i))
	}
	p.main = p.core
	most := int32(-1 << 31)
	for i := p.core; i >= 0; i = p.boxes[i].parent {
		s := p.boxes[i].blocks
		if g := gains[s.last] - gains[s.first]; g > most {
			p.main, most = i, g
		}
	}
}

func (p *page) gain(i int32) int32 {
	k := &p.blocks[i]
	b := &p.boxes[k.box]
	switch {
	case b.zone&junk != 0 || p.hasHead && i < p.head:
		return -5
	case k.isProse:
		return k.chars - 2*k.link
	case isParagraph(b.tag) && k.link*2 < k.chars:
		return 0
	}
	return -20
}

// minDeclared is the shortest declared text, in letters, that can be matched.
const minDeclared = 300

// maxCompared bounds the bytes that the search for declared blocks looks at.
const maxCompared = 64 << 20

// findDeclared marks the blocks that the page's own data has as text. If together
// they make up most of it, the text ends where the data ends.
func (p *page) findDeclared() {
	want := letters(p.clues.Declared)
	if len(want) < minDeclared {
		return
	}
	found := 0
	ends := span{first: -1}
	left := maxCompared
	for i := range p.blocks {
		k := &p.blocks[i]
		if k.chars < 30 || left < 0 {
			continue
		}
		got := letters(p.text(k))
		if len(got) < 20 {
			continue
		}
		left -= 2 * len(want)
		n := min(len(got), 60)
		if !strings.Contains(want, got[:n]) && !strings.Contains(want, got[len(got)-n:]) {
			continue
		}
		k.isDeclared = true
		found += len(got)
		if ends.first < 0 {
			ends.first = int32(i)
		}
		ends.last = int32(i) + 1
	}
	if found*10 >= len(want)*8 {
		p.declared = ends
	}
}
