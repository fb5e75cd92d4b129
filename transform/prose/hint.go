package prose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// hint is a set of uses that the markup states for a box.
type hint uint32

const (
	nav hint = 1 << iota
	aside
	footer
	header
	form // and dialogues: log-in, polls, paywalls
	legal
	caption
	hidden
	comments
	related // other articles
	promo
	share
	meta // by-lines, dates, tags
	byline
	bodyMark // the text itself
	picture  // an image and its caption, by what it holds
)

// uses are the words of class names and ids that tell what a box is for.
var uses = []struct {
	hint  hint
	words string
}{
	{nav, "nav navbar navigation menu breadcrumb breadcrumbs pagination pager toolbar topbar masthead skip toc"},
	{aside, "sidebar rail aside widget widgets sidecolumn"},
	{footer, "footer foot colophon copyright disclaimer"},
	{form, "form login signin signup register search poll quiz survey modal popup overlay captcha paywall regwall"},
	{legal, "terms tos legal privacy cookie cookies cookiebot consent gdpr ccpa onetrust didomi usercentrics impressum imprint"},
	{caption, "caption captions figcaption cutline credit credits photocredit gallery slideshow carousel lightbox"},
	{hidden, "visuallyhidden screenreader tooltip noprint"},
	{comments, "comment comments commenting commentlist disqus livefyre coral respond reply replies reactions discussion kommentar kommentare comentarios commentaires komentarze"},
	{related, "related relatedposts recommended recommendations recommend recirc recirculation trending popular mostread suggested similar latest headlines readmore readalso seealso teaser teasers next prev previous outbrain taboola zergnet yarpp crp"},
	{promo, "promo promotion marketing newsletter newsletters subscribe subscription ad ads adv advert advertisement advertising advertorial adsense adslot dfp sponsor sponsored banner affiliate shop donate donation cta anzeige werbung publicidad"},
	{share, "share sharing sharebar sharedaddy social socials follow facebook whatsapp bookmark bookmarks addthis addtoany print tools"},
	{meta, "date dateline timestamp datetime published pubdate updated tag tags tagcloud taglist topics keywords category categories meta metadata postmeta postmetadata rating ratings bio biography"},
	{meta | byline, "byline author authors autor autoren autore auteur autorin writer contributor contributors reporter journalist"},
}

// names gives the use of each word.
var names = func() map[string]hint {
	m := map[string]hint{}
	for _, u := range uses {
		for w := range strings.FieldsSeq(u.words) {
			m[w] = u.hint
		}
	}
	return m
}()

// tagHint is what an element means by its name.
func tagHint(a atom.Atom) hint {
	switch a {
	case atom.Nav, atom.Menu:
		return nav
	case atom.Aside:
		return aside
	case atom.Footer:
		return footer
	case atom.Header:
		return header
	case atom.Form, atom.Button, atom.Fieldset, atom.Dialog:
		return form
	case atom.Figcaption, atom.Caption:
		return caption
	}
	return 0
}

// hintOf reads what the markup says about the use of an element.
func (p *page) hintOf(n *html.Node) hint {
	if n.DataAtom == atom.Body || n.DataAtom == atom.Html {
		return 0
	}
	h := tagHint(n.DataAtom)
	for i := range n.Attr {
		a := &n.Attr[i]
		switch a.Key {
		case "class", "id":
			h |= p.nameHint(a.Val)
		case "hidden":
			h |= hidden
		case "aria-hidden":
			if a.Val == "true" {
				h |= hidden
			}
		case "style":
			if strings.Contains(a.Val, "none") && strings.Contains(strings.ReplaceAll(strings.ToLower(a.Val), " ", ""), "display:none") {
				h |= hidden
			}
		case "role":
			h |= roleHint(a.Val)
		case "itemprop":
			switch strings.ToLower(a.Val) {
			case "articlebody":
				h |= bodyMark
			case "author":
				h |= meta | byline
			case "datepublished", "keywords":
				h |= meta
			case "caption":
				h |= caption
			}
		case "rel":
			switch a.Val {
			case "author":
				h |= meta | byline
			case "tag":
				h |= meta
			}
		}
	}
	return h
}

func roleHint(role string) hint {
	switch role {
	case "navigation", "menu", "menubar", "tablist", "search":
		return nav
	case "complementary":
		return aside
	case "contentinfo":
		return footer
	case "dialog", "alertdialog", "form":
		return form
	}
	return 0
}

// nameHint reads a class or id word by word: "articleShare__related-box" is four.
// To be hidden takes the whole name, since parts of it are put on layouts.
func (p *page) nameHint(s string) hint {
	if h, ok := p.hints[s]; ok {
		return h
	}
	var h hint
	for name := range strings.FieldsSeq(s) {
		switch strings.ToLower(name) {
		case "hidden", "is-hidden", "hide", "invisible", "d-none", "sr-only", "visually-hidden", "screen-reader-text":
			h |= hidden
		}
		start := 0
		for i := 0; i <= len(name); i++ {
			isEnd := i == len(name) || !isLetter(name[i])
			isHump := !isEnd && i > start && isUpper(name[i]) && !isUpper(name[i-1])
			if !isEnd && !isHump {
				continue
			}
			if i > start {
				h |= names[strings.ToLower(name[start:i])]
			}
			start = i
			if isEnd {
				start++
			}
		}
	}
	p.hints[s] = h
	return h
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0x80 }
func isUpper(c byte) bool  { return c >= 'A' && c <= 'Z' }
