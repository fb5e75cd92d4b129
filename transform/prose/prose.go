// Package prose finds the text of an article in a parsed page.
//
//	r := prose.Read(root, prose.Clues{Title: "New bridge opens in Westhaven"})
//	fmt.Println(r.Text) // a line for each paragraph
//
// The way of a page: one walk makes lines of text (blocks) in a tree of boxes
// (page.go); names of classes and elements say what a box is for, and are believed
// only as far as the prose in it allows (hint.go, zone.go); the box that holds the
// most prose of its own is the core of the text (core.go); what stands around it is
// added if it is of one make with it (keep.go); teasers, captions, pull quotes and
// the furniture under the text go again (drop.go, words.go).
//
// Nothing here was learned from pages: each rule says what authors of templates do.
// The work is linear in the size of the page, and the tree is never changed, so a
// page can be read by others at the same time.
package prose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Clues are what the page states elsewhere about its article. All may be empty.
type Clues struct {
	Title       string
	Description string
	Declared    string // the text as the page's own data has it, whole or not
}

// Reading is what was found.
type Reading struct {
	Text   string // a line for each paragraph; empty if there is no prose
	Byline string // what is marked as one, as it stands there
	// Share is the part of the page's prose that the text has, 0 to 1. An article
	// among much other prose is easily mistaken.
	Share float64
	// IsRetried says that the names of the boxes hid the text and were ignored.
	IsRetried bool
}

// thin is the length in characters below which a reading is tried again.
const thin = 300

// Read finds the text.
func Read(root *html.Node, c Clues) Reading {
	p := newPage(root, c)
	p.zones()
	p.keep()
	kept := p.kept()
	retry := kept < thin && p.boxes[0].prose > 2*kept
	if retry { // the names were wrong, or the headline stands below the text
		p.forget()
		p.zones()
		p.keep()
	}
	r := Reading{Text: p.write(), Byline: p.byline(), IsRetried: retry}
	if all := p.boxes[0].prose; all > 0 {
		r.Share = min(float64(p.kept())/float64(all), 1)
	}
	return r
}

// forget takes back all that names of classes said, and the headline.
func (p *page) forget() {
	for i := range p.boxes {
		b := &p.boxes[i]
		b.own = b.meant
	}
	for i := range p.blocks {
		p.blocks[i].kept = false
	}
	p.hasHead, p.article = false, 0
}

// kept is the length of the text in characters.
func (p *page) kept() int32 {
	n := int32(0)
	for i := range p.blocks {
		if k := &p.blocks[i]; k.kept {
			n += k.chars
		}
	}
	return n
}

// write gives the kept blocks as text. The cells of a row share a line, if it is a
// row of data: in a row that sets the page in columns a cell has many lines.
func (p *page) write() string {
	var b strings.Builder
	row := int32(-1)
	for i := range p.blocks {
		k := &p.blocks[i]
		if !k.kept {
			continue
		}
		cell := int32(-1)
		if c := &p.boxes[k.box]; (c.tag == atom.Td || c.tag == atom.Th) && c.blocks.len() == 1 {
			cell = k.row
		}
		switch {
		case b.Len() == 0:
		case cell >= 0 && cell == row:
			b.WriteByte(' ')
		default:
			b.WriteByte('\n')
		}
		row = cell
		b.WriteString(p.text(k))
	}
	return b.String()
}
