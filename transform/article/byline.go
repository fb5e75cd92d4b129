package article

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// byline is an element or a text that may name the author.
type byline struct {
	text  string
	place int
	kind  bylineKind
	aside bool // in comments, related stories and the like
	far   bool // in a margin or a footer
}

type bylineKind int

const (
	byMark  bylineKind = iota // itemprop or rel
	byClass                   // a class that says so
	byLink                    // a link to a page of authors
	byText                    // "By" and a name
)

// maxByline bounds the text of an element taken for a by-line, in bytes; what is
// longer is the author's life.
const maxByline = 400

// noteByline records an element that its attributes say names the author.
func (w *walker) noteByline(n *html.Node, s scope, class, prop, rel string) {
	d := w.doc
	if len(d.bylines) >= maxFacts || n.DataAtom == atom.Meta {
		return
	}
	kind := byMark
	switch {
	case prop == "author", prop == "creator":
	case rel != "" && n.DataAtom == atom.A && slices.Contains(strings.Fields(strings.ToLower(rel)), "author"):
	case class != "" && isAuthorClass(class):
		kind = byClass
	case n.DataAtom == atom.A && isAuthorPath(attr(n, "href")):
		kind = byLink
	default:
		return
	}
	if text := bylineText(n); text != "" {
		d.bylines = append(d.bylines, byline{text, w.place, kind, s.inAside, s.inNav})
	}
}

// isAuthorPath tells the addresses under which sites file the pages of their
// authors: /author/ada-quill, /profile/ada.
func isAuthorPath(href string) bool {
	href, _, _ = strings.Cut(href, "?")
	isBehind := false
	for part := range strings.SplitSeq(href, "/") {
		if isBehind && len(part) >= 4 {
			return true
		}
		isBehind = false
		if len(part) < 2 || len(part) > 13 {
			continue
		}
		switch strings.ToLower(part) {
		case "author", "authors", "autor", "autores", "autoren", "autori", "autorin", "auteur", "auteurs", "profile", "profiles", "profil", "people", "writer", "writers", "staff", "journalist", "journalists", "by", "contributor", "contributors", "redakteur", "redakteure", "medarbeider", "skribent", "yazar", "yazarlar", "avtor", "avtory", "penulis":
			isBehind = true
		}
	}
	return false
}

// isAuthorClass tells the names that templates give to by-lines.
func isAuthorClass(class string) bool {
	for token := range strings.FieldsSeq(class) {
		if len(token) > 40 {
			continue
		}
		if i := strings.Index(token, "__"); i > 0 { // a hash hangs on names that are made by tools
			if hash := token[i+2:]; len(hash) == 5 && token[:i] != "" {
				token = token[:i]
			}
		}
		token = strings.Map(func(r rune) rune {
			if r == '-' || r == '_' || unicode.IsDigit(r) {
				return -1
			}
			return r
		}, token)
		for _, mark := range []string{"byline", "author", "autor", "auteur", "verfasser", "redakteur", "writer"} {
			i := strings.Index(token, mark)
			if i < 0 {
				continue
			}
			switch rest := token[i+len(mark):]; rest {
			case "", "s", "name", "names", "link", "info", "item", "text", "label", "box", "title", "block", "list", "e", "en", "in", "n", "url", "wrapper", "container", "vcard", "details", "meta", "content", "top":
				return true
			}
		}
	}
	return false
}

// bylineText is the text of a by-line: that of the element inside it which is
// marked as the name, if there is one.
func bylineText(n *html.Node) string {
	var named []string
	for c := range n.Descendants() {
		if c.Type != html.ElementNode {
			continue
		}
		class := attr(c, "class")
		if strings.EqualFold(attr(c, "itemprop"), "name") || class == "fn" || strings.HasPrefix(class, "fn ") || strings.HasSuffix(class, " fn") {
			if t := line(attr(c, "content")); t != "" {
				named = append(named, t)
			} else if t := line(textOf(c)); t != "" && len(t) <= maxByline {
				named = append(named, t)
			}
		}
		if len(named) >= 10 {
			break
		}
	}
	if len(named) > 0 {
		return strings.Join(named, " ; ")
	}
	if t := line(attr(n, "content")); t != "" {
		return t
	}
	t := strings.Join(texts(n, 24), " ")
	if len(t) > maxByline {
		return ""
	}
	return line(t)
}
