package prose

import (
	"slices"
	"strings"

	"golang.org/x/net/html/atom"
)

// dropTeasers drops small boxes in which the prose stands under a linked heading:
// they announce other articles. Between the paragraphs of the text they are its own
// sections, as in a list of the best books.
func (p *page) dropTeasers(body int32) {
	text := p.boxes[body].blocks
	for text.last > text.first { // up to the last paragraph of the text itself
		if k := &p.blocks[text.last-1]; k.kept && k.isProse && p.container(k.box) == body {
			break
		}
		text.last--
	}
	for i := range p.boxes {
		b := &p.boxes[i]
		isSmall := b.proses == 1 || b.proses == 2
		if int32(i) == body || !isSmall || b.blocks.len() > 6 || b.prose*3 > p.boxes[body].prose {
			continue
		}
		if text.len() > 0 && b.blocks.first >= text.first && b.blocks.first < text.last-1 || !p.isTeaser(b) {
			continue
		}
		for j := b.blocks.first; j < b.blocks.last; j++ {
			p.blocks[j].kept = false
		}
	}
}

func (p *page) isTeaser(b *box) bool {
	linked := false
	for i := b.blocks.first; i < b.blocks.last; i++ {
		k := &p.blocks[i]
		switch {
		case k.isDeclared:
			return false
		case k.isProse:
			return linked
		case k.chars >= 15 && k.link*5 >= k.chars*4:
			linked = true
		}
	}
	return linked
}

// dropOpening drops the lines before the first sentence: places, dates, names.
func (p *page) dropOpening() {
	for i := range p.blocks {
		k := &p.blocks[i]
		if !k.kept || k.isDeclared {
			continue
		}
		if k.isProse || k.chars >= 60 || k.marks > 0 && endsSentence(p.text(k)) {
			return
		}
		k.kept = false
	}
}

func endsSentence(s string) bool {
	c := s[len(s)-1]
	return c == '.' || c == '!' || c == '?' || c >= 0x80
}

// dropGates drops the consent that is asked for in front of embedded films.
func (p *page) dropGates() {
	for i := range p.blocks {
		if k := &p.blocks[i]; k.kept && !k.isDeclared && k.chars < 400 && isGate(p.text(k)) {
			k.kept = false
		}
	}
}

// maxQuotes bounds the lines that are looked for in the rest of the text.
const maxQuotes = 50

// dropQuotes drops what the text says again, set apart to catch the eye.
func (p *page) dropQuotes() {
	var all string
	left := maxQuotes
	for i := range p.blocks {
		k := &p.blocks[i]
		if !k.kept || k.isDeclared || k.chars < 40 || k.chars > 400 || left == 0 {
			continue
		}
		b := &p.boxes[k.box]
		if b.tag == atom.P && b.parent == p.core || headingLevel(b.tag) > 0 {
			continue
		}
		if all == "" {
			all = p.allLetters()
		}
		left--
		own := letters(p.text(k))
		if strings.Count(all, own) > strings.Count(all, "\x00"+own+"\x00") {
			k.kept = false
		}
	}
}

func (p *page) allLetters() string {
	var b strings.Builder
	for i := range p.blocks {
		if k := &p.blocks[i]; k.kept {
			b.WriteByte(0)
			b.WriteString(letters(p.text(k)))
			b.WriteByte(0)
		}
	}
	return b.String()
}

// dropBios drops what stands beside the text, before or after it, and begins with
// the name of who wrote it.
func (p *page) dropBios() {
	names := strings.Fields(strings.ToLower(p.byline()))
	if len(names) == 0 {
		return
	}
	isBeside := func(i int32) bool { k := &p.blocks[i]; return !k.kept || !k.isProse || p.container(k.box) != p.core }
	text := p.boxes[p.core].blocks
	for text.len() > 0 && isBeside(text.first) {
		text.first++
	}
	for text.len() > 0 && isBeside(text.last-1) {
		text.last--
	}
	for i := range p.blocks {
		k := &p.blocks[i]
		if !k.kept || k.isDeclared || !k.isProse || text.has(int32(i)) {
			continue
		}
		first, _, _ := strings.Cut(strings.ToLower(p.text(k)), " ")
		k.kept = len(first) < 4 || !slices.Contains(names, first)
	}
}

// dropTail goes through the last quarter of the text from below, and drops the
// lines that ask for something or assert a right, and everything under a heading
// over links or comments, unless paragraphs of the text follow it.
func (p *page) dropTail() {
	all, below := p.kept(), int32(0)
	isText := false // a paragraph of the text is below
	end := len(p.blocks)
	for i := len(p.blocks) - 1; i >= 0 && below*4 <= all; i-- {
		k := &p.blocks[i]
		if !k.kept {
			continue
		}
		t := p.text(k)
		switch {
		case k.isDeclared:
			below += k.chars
		case k.chars < 60 && headsRelated(t):
			k.kept = false
			if isText {
				continue
			}
			for j := i; j < end; j++ {
				p.blocks[j].kept = p.blocks[j].kept && p.blocks[j].isDeclared
			}
			end, below = i, 0
		case k.chars < 250 && isFurniture(t):
			k.kept = false
		default:
			below += k.chars
			isText = isText || k.isProse && p.boxes[k.box].tag == atom.P && p.articleOf(k.box) == p.articleOf(p.core)
		}
	}
}

// maxHeading is the length in characters above which a heading is a paragraph that
// was set large.
const maxHeading = 200

// dropEmpty drops the headings at the end, under which nothing was kept, and lines
// that lead to links that were not.
func (p *page) dropEmpty() {
	isEnd := true
	for i := len(p.blocks) - 1; i >= 0; i-- {
		k := &p.blocks[i]
		if !k.kept {
			continue
		}
		switch {
		case headingLevel(p.boxes[k.box].tag) > 1 && k.chars < maxHeading:
			k.kept = !isEnd
		case k.chars < 40 && p.leadsToLinks(i):
			k.kept = false
		default:
			isEnd = false
		}
	}
}

func (p *page) leadsToLinks(i int) bool {
	if !strings.HasSuffix(p.text(&p.blocks[i]), ":") || i+1 == len(p.blocks) {
		return false
	}
	next := &p.blocks[i+1]
	return !next.kept && next.link*2 > next.chars
}
