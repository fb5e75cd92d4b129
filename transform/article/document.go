package article

import (
	"cmp"
	"errors"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var errTooManyNodes = errors.New("too many nodes")

// document is a parsed page with the facts its markup states. What no extractor
// needs (scripts, styles, drawings, comments) is taken out of the tree on the way,
// which halves the time the extractors take.
type document struct {
	root       *html.Node
	meta       map[string]string // name, property or itemprop in lower case; the first with a content
	metaAll    map[string][]string
	canonical  string
	lang       string
	title      string
	headings   []heading // in order
	echo       string    // the longest text of the page that stands in its title
	times      []timeMark
	bylines    []byline
	datelines  []dateline // short texts that may tell the date
	crumbs     []string   // the trail from the home page to this one
	gates      []gate
	notices    []*html.Node // short blocks beside the first paragraph
	paidText   int          // characters of the parts that the linked data sets behind the paywall; -1 if it names none
	ld         linkedData
	proseAt    int        // place of the first paragraph of prose; 0 if there is none
	prosePlace *html.Node // the element it stands in; nil if it is a bare text

	words     int // of visible text
	linkWords int // of those, inside links
	links     int
	blocks    int // <p> elements
	teasers   int // headings that are links to other pages
	prose     int // paragraphs of 80 characters and more outside links
	controls  int // buttons and forms
	password  bool
}

// maxFacts bounds each list: only the first few are ever looked at.
const maxFacts = 40

// maxStated bounds each stated value, in characters: a tag that was never closed
// makes the whole page a title.
const maxStated = 1000

// description is what the page says of itself for machines.
func (d *document) description() string {
	return cmp.Or(d.meta["og:description"], d.meta["description"])
}

func parseDocument(text string, maxNodes int) (*document, error) {
	root, err := html.Parse(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	d := &document{root: root, meta: map[string]string{}, metaAll: map[string][]string{}}
	w := walker{doc: d, left: maxNodes}
	w.walk(root, scope{})
	if w.left < 0 {
		return nil, errTooManyNodes
	}
	d.ld = readLinkedData(w.scripts)
	d.paidText = paidText(root, d.ld.paidParts)
	return d, nil
}

type walker struct {
	doc     *document
	left    int
	place   int // of the node in the page: what stands near what is told by it
	scripts []string
	titled  string // letters of the page title
}

// scope is what the ancestors say about a node.
type scope struct {
	inLink, inHead bool
	inNav          bool // navigation, footer, margin
	inAside        bool // comments, related stories and the like, told by their class
	inHeading      bool
}

func (w *walker) walk(n *html.Node, s scope) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		if w.left < 0 {
			return
		}
		switch c.Type {
		case html.CommentNode:
			n.RemoveChild(c)
		case html.TextNode:
			w.left--
			w.place++
			if !s.inHead {
				w.count(c.Data, s)
				w.noteText(c, s)
			}
		case html.ElementNode:
			if w.isDropped(c) {
				n.RemoveChild(c)
				break
			}
			w.left--
			w.place++
			w.walk(c, w.note(c, s))
		}
		c = next
	}
}

// isDropped tells what the extractors never need, and keeps the linked data of
// scripts before they go.
func (w *walker) isDropped(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script:
		if strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") && n.FirstChild != nil {
			w.scripts = append(w.scripts, n.FirstChild.Data)
		}
		return true
	case atom.Style, atom.Svg, atom.Noscript, atom.Template, atom.Iframe, atom.Canvas, atom.Object, atom.Embed:
		return true
	}
	return false
}

func (w *walker) count(text string, s scope) {
	n := len(strings.Fields(text))
	if n > 0 && n < 4 { // scripts without spaces: about three characters a word
		n = max(n, utf8.RuneCountInString(strings.TrimSpace(text))/8)
	}
	w.doc.words += n
	if s.inLink {
		w.doc.linkWords += n
	}
}

// note records what an element states and returns the scope of its children.
func (w *walker) note(n *html.Node, s scope) scope {
	d := w.doc
	switch n.DataAtom {
	case atom.Html:
		d.lang = attr(n, "lang")
		if d.lang == "" {
			d.lang = attr(n, "xml:lang")
		}
	case atom.Head:
		s.inHead = true
	case atom.Body:
		s.inHead = false
	case atom.Meta:
		d.noteMeta(n)
	case atom.Link:
		if d.canonical == "" && slices.Contains(strings.Fields(strings.ToLower(attr(n, "rel"))), "canonical") {
			d.canonical = attr(n, "href")
		}
	case atom.Title:
		if c := n.FirstChild; c != nil {
			c.Data = clip(c.Data, maxStated) // the extractors try expressions on it
		}
		if d.title == "" {
			d.title = clip(line(textOf(n)), maxStated)
			w.titled = letters(d.title)
		}
	case atom.A:
		s.inLink = true
		d.links++
	case atom.Div:
		w.noteNotice(n, s)
	case atom.P:
		d.blocks++
		w.noteNotice(n, s)
		if !s.inLink && !s.inNav && utf8.RuneCountInString(ownText(n)) >= 80 {
			d.prose++
			if d.proseAt == 0 && !s.inAside {
				d.proseAt, d.prosePlace = w.place, n.Parent
			}
		}
	case atom.Nav, atom.Footer, atom.Aside:
		s.inNav = true
	case atom.Button, atom.Form:
		d.controls++
	case atom.Input:
		d.password = d.password || strings.EqualFold(attr(n, "type"), "password")
	}
	if s.inHead || n.DataAtom == atom.Body || n.DataAtom == atom.Html || n.DataAtom == atom.Br {
		return s
	}
	return w.noteMarks(n, s)
}

func (d *document) noteMeta(n *html.Node) {
	content := clip(strings.TrimSpace(cmp.Or(attr(n, "content"), attr(n, "value"))), maxStated)
	if content == "" {
		return
	}
	for _, key := range []string{"property", "name", "itemprop"} {
		name := strings.ToLower(strings.TrimSpace(attr(n, key)))
		if name == "" {
			continue
		}
		if d.meta[name] == "" {
			d.meta[name] = content
		}
		if len(d.metaAll[name]) < maxFacts {
			d.metaAll[name] = append(d.metaAll[name], content)
		}
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, key string) bool {
	return slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return a.Key == key })
}

// textOf is all text under a node, with a space for each line break.
func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode && (c.Parent == nil || c.Parent.DataAtom != atom.Script && c.Parent.DataAtom != atom.Style):
			b.WriteString(c.Data)
		case c.DataAtom == atom.Br:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// ownText is the text under a node that is in no link.
func ownText(n *html.Node) string {
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		} else if c.DataAtom != atom.A {
			b.WriteString(ownText(c))
		}
	}
	return strings.TrimSpace(b.String())
}
