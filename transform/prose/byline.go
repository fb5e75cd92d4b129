package prose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// signature is an element that is marked as the by-line.
type signature struct {
	node  *html.Node
	block int32 // the first of its text
	box   int32
}

// maxByline is the length in bytes above which a by-line tells of the author.
const maxByline = 120

// maxSignatures bounds the marked elements that are looked at.
const maxSignatures = 40

// byline is the first short text below the headline that is marked as such, and
// not in what belongs to others. Without a headline it must stand by the text.
func (p *page) byline() string {
	fallback := ""
	for _, s := range p.signatures {
		if s.block >= int32(len(p.blocks)) {
			break
		}
		if p.boxes[s.box].zone&(nav|aside|footer|comments|related|promo) != 0 {
			continue
		}
		t := nameIn(s.node)
		if t == "" || len(t) > maxByline {
			continue
		}
		if p.isBelowHead(s.block) && (p.core < 0 || s.block <= p.boxes[p.core].blocks.last) {
			return t
		}
		if fallback == "" {
			fallback = t
		}
	}
	return fallback
}

// nameIn is the text of an element; of the marked name in it, if there is one, or
// of its first link.
func nameIn(n *html.Node) string {
	whole := lineOf(n)
	for c := range n.Descendants() {
		if c.Type != html.ElementNode {
			continue
		}
		switch {
		case attr(c, "itemprop") == "name", attr(c, "rel") == "author", strings.Contains(attr(c, "class"), "author-name"), strings.Contains(attr(c, "class"), "fn n"):
			if t := lineOf(c); t != "" {
				return t
			}
		case c.DataAtom == atom.A && len(whole) > maxByline/2:
			if t := lineOf(c); t != "" {
				return t
			}
		}
	}
	return whole
}

func lineOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && b.Len() <= 4*maxByline {
			b.WriteString(c.Data)
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}
