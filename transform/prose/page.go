package prose

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// page is a document as blocks in a tree of boxes. Both are in document order, so
// that a box's blocks, and the boxes inside it, are a run of their lists.
type page struct {
	clues  Clues
	blocks []block
	boxes  []box // the first is the document
	buf    []byte

	// Where the next text goes.
	isOpen   bool  // into the last block
	isSpaced bool  // after a space
	links    int   // open links
	row      int32 // box of the table row, -1 outside

	hints      map[string]hint // of class names met before
	signatures []signature

	hasHead  bool
	head     int32 // block of the headline
	article  int32 // the article element around the headline, 0 if there is none
	core     int32 // the box of the text, -1 if there is none
	main     int32 // the box around it that is mostly text
	declared span  // blocks from the first to the last of the declared text
}

// span is a run of blocks or boxes; the last is not in it.
type span struct{ first, last int32 }

func (s span) has(i int32) bool { return s.first <= i && i < s.last }
func (s span) len() int32       { return s.last - s.first }

// block is a line of text: what stands between two breaks.
type block struct {
	from, to int32 // in buf
	box      int32
	row      int32
	chars    int32 // a character of a script without spaces counts for two
	link     int32 // of these, inside links
	marks    int32 // that end or part sentences

	isProse    bool
	isDeclared bool // the page's own data has it as text
	kept       bool
}

// box is an element that a browser sets on lines of its own, or an inline one
// whose name gives it a use.
type box struct {
	node        *html.Node
	tag         atom.Atom
	parent      int32
	blocks      span
	end         int32 // boxes before this one are inside
	own         hint
	meant       hint // of own, what does not come from class names
	zone        hint // own and the parents'
	chars, link int32
	prose       int32 // characters of prose
	proses      int32 // blocks of prose
	hasImage    bool
}

func newPage(root *html.Node, c Clues) *page {
	p := &page{clues: c, hints: map[string]hint{}, row: -1, buf: make([]byte, 0, 16<<10)}
	p.boxes = append(p.boxes, box{node: root, parent: -1})
	p.walk(root, 0)
	p.close(0)
	for i := range p.blocks {
		k := &p.blocks[i]
		k.isProse = isProse(k)
	}
	p.sum()
	p.findHead()
	p.findDeclared()
	return p
}

// isProse tells sentences from labels, headings and lists of links.
func isProse(k *block) bool {
	if k.link*3 > k.chars {
		return false
	}
	return k.chars >= 140 || k.chars >= 80 && k.marks > 0 || k.chars >= 50 && k.marks > 1
}

func (p *page) text(k *block) string { return string(p.buf[k.from:k.to]) }

func (p *page) walk(n *html.Node, in int32) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			p.add(c.Data, in)
		case html.ElementNode:
			p.element(c, in)
		}
	}
}

func (p *page) element(n *html.Node, in int32) {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Head, atom.Svg, atom.Select, atom.Textarea, atom.Object, atom.Audio, atom.Math, atom.Input:
		return
	case atom.Br, atom.Hr:
		p.isOpen = false
		return
	case atom.Img, atom.Picture, atom.Video, atom.Iframe:
		p.boxes[in].hasImage = true
		return
	case atom.A:
		p.links++
		defer func() { p.links-- }()
	}
	h := p.hintOf(n)
	if h&byline != 0 && len(p.signatures) < maxSignatures {
		p.signatures = append(p.signatures, signature{n, int32(len(p.blocks)), in})
	}
	if isInline(n.DataAtom) && h&(hidden|comments|related|share|promo|caption) == 0 {
		p.walk(n, in)
		return
	}
	i := int32(len(p.boxes))
	p.boxes = append(p.boxes, box{node: n, tag: n.DataAtom, parent: in, blocks: span{first: int32(len(p.blocks))}, own: h, meant: tagHint(n.DataAtom) | h&(comments|legal)})
	row := p.row
	if n.DataAtom == atom.Tr {
		p.row = i
	}
	p.isOpen = false
	p.walk(n, i)
	p.isOpen = false
	p.row = row
	p.close(i)
}

// close ends a box. One that holds an image and a line or two is the image with
// its caption, whatever its name.
func (p *page) close(i int32) {
	b := &p.boxes[i]
	b.blocks.last, b.end = int32(len(p.blocks)), int32(len(p.boxes))
	if n := b.blocks.len(); b.hasImage && n <= 2 && i > 0 && b.tag != atom.P {
		p.boxes[b.parent].hasImage = true
		if n > 0 {
			b.own |= picture
		}
	}
}

// add appends a text, with runs of white space as one space.
func (p *page) add(s string, in int32) {
	for len(s) > 0 {
		n, marks := plainWord(s)
		if n > 0 {
			p.put(s[:n], int32(n), marks, in)
			s = s[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(s)
		switch {
		case isSpace(r):
			p.isSpaced = p.isOpen
		case isDense(r):
			p.put(s[:n], 2, markOf(r), in)
		default:
			p.put(s[:n], 1, markOf(r), in)
		}
		s = s[n:]
	}
}

// plainWord is the length of the ASCII without spaces that a text begins with.
func plainWord(s string) (n int, marks int32) {
	for ; n < len(s) && s[n] > ' ' && s[n] < 0x7f; n++ {
		switch s[n] {
		case '.', '!', '?', ',', ';':
			marks++
		}
	}
	return n, marks
}

// put appends a piece of a word to the open block, or opens one.
func (p *page) put(s string, width, marks, in int32) {
	if !p.isOpen {
		at := int32(len(p.buf))
		p.blocks = append(p.blocks, block{from: at, to: at, box: in, row: p.row})
		p.isOpen, p.isSpaced = true, false
	}
	if p.isSpaced {
		p.buf = append(p.buf, ' ')
		p.isSpaced = false
		width++
	}
	p.buf = append(p.buf, s...)
	k := &p.blocks[len(p.blocks)-1]
	k.to = int32(len(p.buf))
	k.chars += width
	k.marks += marks
	if p.links > 0 {
		k.link += width
	}
}

// sum adds the blocks up by box.
func (p *page) sum() {
	type total struct{ chars, link, prose, proses int32 }
	sums := make([]total, len(p.blocks)+1)
	for i := range p.blocks {
		k, t := &p.blocks[i], sums[i]
		t.chars += k.chars
		t.link += k.link
		if k.isProse {
			t.prose += k.chars
			t.proses++
		}
		sums[i+1] = t
	}
	for i := range p.boxes {
		b := &p.boxes[i]
		from, to := sums[b.blocks.first], sums[b.blocks.last]
		b.chars, b.link, b.prose, b.proses = to.chars-from.chars, to.link-from.link, to.prose-from.prose, to.proses-from.proses
	}
}

func isSpace(r rune) bool {
	if r < utf8.RuneSelf {
		return r == ' ' || r >= '\t' && r <= '\r'
	}
	return r == '\u00a0' || r >= 0x1680 && unicode.IsSpace(r)
}

// markOf is 1 for what ends or parts sentences in scripts other than ours.
func markOf(r rune) int32 {
	switch r {
	case '…', '。', '！', '？', '、', '，', '।', '؟', '،', '۔', '።':
		return 1
	}
	return 0
}

// isDense tells the scripts that say much in few characters.
func isDense(r rune) bool {
	if r < 0x0e00 || r >= 0x2000 && r < 0x2e80 {
		return false
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
}

func isInline(a atom.Atom) bool {
	switch a {
	case 0, atom.A, atom.Abbr, atom.Acronym, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code, atom.Data, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I,
		atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Nobr, atom.Q, atom.Ruby, atom.Rb, atom.Rt, atom.Rp, atom.S, atom.Samp, atom.Small, atom.Span,
		atom.Strike, atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Wbr:
		return true
	}
	return false
}

func attr(n *html.Node, key string) string {
	for i := range n.Attr {
		if n.Attr[i].Key == key {
			return n.Attr[i].Val
		}
	}
	return ""
}

// letters keeps what two settings of one text have in common.
func letters(s string) string {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		switch {
		case r < utf8.RuneSelf:
			if c := byte(r); c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
				b = append(b, c)
			} else if c >= 'A' && c <= 'Z' {
				b = append(b, c|0x20)
			}
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			b = utf8.AppendRune(b, unicode.ToLower(r))
		}
	}
	return string(b)
}
