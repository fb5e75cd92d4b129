package article

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// heading is an h1 to h3, or an element that is marked as the headline.
type heading struct {
	text   string
	parts  []string // the texts it is made of: a kicker is often one of its own
	level  int      // 1 to 3
	place  int
	marked bool // by its class or itemprop
	aside  bool // in a margin, a list of related stories or a link to another page
}

// timeMark is a <time> or an element marked as the date of publication.
type timeMark struct {
	value  string
	text   string // what the reader sees, where value is an attribute
	place  int
	strong bool // marked as publication, not only a time
}

// dateline is a short text with digits in it, or an element whose class says that
// it tells when.
type dateline struct {
	text   string
	place  int
	marked bool
}

// noteMarks records what the attributes of an element of the body say.
func (w *walker) noteMarks(n *html.Node, s scope) scope {
	d := w.doc
	var class, prop, rel, id string
	for _, a := range n.Attr {
		switch a.Key {
		case "class":
			class = a.Val
		case "id":
			id = a.Val
		case "itemprop":
			prop = a.Val
		case "rel":
			rel = a.Val
		}
	}
	if class != "" || id != "" {
		class = strings.ToLower(class + " " + id)
		if !s.inAside && isAsideClass(class) {
			s.inAside = true
		}
		w.noteGate(n, s, class)
	}
	prop = strings.ToLower(prop)
	w.noteHeading(n, s, class, prop)
	switch n.DataAtom {
	case atom.H1, atom.H2, atom.H3:
		s.inHeading = true
	}
	w.noteTime(n, s, class, prop)
	w.noteByline(n, s, class, prop, rel)
	if class != "" && len(d.crumbs) == 0 && strings.Contains(class, "breadcrumb") || prop == "breadcrumb" {
		d.crumbs = linkTexts(n, 8)
	}
	return s
}

// isAsideClass tells blocks that speak of other things than the article.
func isAsideClass(class string) bool {
	for token := range strings.FieldsSeq(class) {
		for _, start := range []string{"comment", "related", "recommend", "sidebar", "widget", "teaser", "most-", "popular", "footer", "newsletter", "disqus", "trending", "promo", "read-more", "readmore", "more-", "menu", "nav-", "navigation"} {
			if strings.HasPrefix(token, start) && !strings.HasSuffix(token, "count") {
				return true
			}
		}
	}
	return false
}

func (w *walker) noteHeading(n *html.Node, s scope, class, prop string) {
	d := w.doc
	switch n.DataAtom {
	case atom.H2, atom.H3, atom.H4:
		if s.inLink || holdsOnlyLink(n) {
			d.teasers++
		}
	}
	if len(d.headings) >= maxFacts {
		return
	}
	h := heading{place: w.place}
	switch n.DataAtom {
	case atom.H1:
		h.level = 1
	case atom.H2:
		h.level = 2
	case atom.H3:
		h.level = 3
	}
	if prop == "headline" || class != "" && !s.inHeading && !s.inLink && isHeadlineClass(class) {
		h.marked = true
	}
	if h.level == 0 && !h.marked {
		return
	}
	h.aside = s.inNav || s.inAside || s.inLink
	h.parts = withoutDate(texts(n, 12))
	h.text = clip(line(textOf(n)), maxStated)
	if last := h.parts[max(0, len(h.parts)-1):]; len(last) == 1 {
		if i := strings.LastIndex(h.text, last[0]); i > 0 { // what stands behind is a date
			h.text = strings.TrimSpace(h.text[:i+len(last[0])])
		}
	}
	if h.text == "" || utf8.RuneCountInString(h.text) > 220 {
		return
	}
	if h.level == 0 {
		h.level = 2
	}
	d.headings = append(d.headings, h)
}

// withoutDate drops a last part of a heading that is only a date.
func withoutDate(parts []string) []string {
	if len(parts) < 2 {
		return parts
	}
	last := parts[len(parts)-1]
	if _, ok := findDate(last); ok && len(last) < maxDate/2 && dateShare(last) > .5 {
		return parts[:len(parts)-1]
	}
	return parts
}

// dateShare is the share of the words of a text that have digits or name a month.
func dateShare(s string) float64 {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == '.' })
	told := 0
	for _, w := range words {
		if hasDigit(w) || monthOf(w) > 0 {
			told++
		}
	}
	return float64(told) / float64(max(1, len(words)))
}

// holdsOnlyLink tells a heading that is a link to another page.
func holdsOnlyLink(n *html.Node) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" {
			continue
		}
		return c.DataAtom == atom.A && strings.HasPrefix(attr(c, "href"), "/") || c.DataAtom == atom.A && strings.HasPrefix(attr(c, "href"), "http")
	}
	return false
}

func isHeadlineClass(class string) bool {
	for token := range strings.FieldsSeq(class) {
		switch strings.TrimRight(strings.ReplaceAll(strings.ReplaceAll(token, "-", ""), "_", ""), "0123456789") {
		case "headline", "entrytitle", "posttitle", "articletitle", "storytitle", "newstitle", "articleheadline", "storyheadline", "storyheader", "contentheading", "pagetitle", "titre", "titulo", "articlehead", "headlinetext", "headlinearticle", "headlinestory", "storyhead":
			return true
		}
	}
	return false
}

// texts are the runs of text under a node, one for each element that holds some.
func texts(n *html.Node, limit int) []string {
	var out []string
	for c := range n.Descendants() {
		if c.Type != html.TextNode || len(out) >= limit || c.Parent != nil && (c.Parent.DataAtom == atom.Script || c.Parent.DataAtom == atom.Style) {
			continue
		}
		if t := line(c.Data); t != "" {
			out = append(out, t)
		}
	}
	return out
}

func linkTexts(n *html.Node, limit int) []string {
	var out []string
	for c := range n.Descendants() {
		if c.DataAtom == atom.A && len(out) < limit {
			if t := line(textOf(c)); t != "" && len(t) < 60 {
				out = append(out, t)
			}
		}
	}
	return out
}

func (w *walker) noteTime(n *html.Node, s scope, class, prop string) {
	d := w.doc
	if n.DataAtom == atom.Meta || strings.Contains(prop, "datemodified") {
		return
	}
	isStated := strings.Contains(prop, "datepublished") || prop == "datecreated" || hasAttr(n, "pubdate")
	if n.DataAtom != atom.Time && !isStated {
		if class != "" && len(d.datelines) < maxFacts && !s.inNav && !s.inAside && isDateClass(class) {
			if t := textOf(n); len(t) <= maxByline {
				if t = line(t); hasDigit(t) {
					d.datelines = append(d.datelines, dateline{t, w.place, true})
				}
			}
		}
		return
	}
	if s.inNav || s.inAside || len(d.times) >= maxFacts {
		return
	}
	if strings.Contains(class, "updated") && !strings.Contains(class, "publish") || strings.Contains(class, "modified") {
		return
	}
	m := timeMark{place: w.place, strong: isStated, text: clip(line(textOf(n)), maxStated)}
	m.value = cmp.Or(attr(n, "datetime"), attr(n, "content"), m.text)
	for _, mark := range []string{"publish", "entry-date", "posted", "pubdate", "article-date", "date-time"} {
		m.strong = m.strong || strings.Contains(class, mark)
	}
	d.times = append(d.times, m)
}

func isDateClass(class string) bool {
	if strings.Contains(class, "update") && !strings.Contains(class, "publish") {
		return false
	}
	for _, mark := range []string{"date", "time", "publish", "posted", "fecha", "datum", "byline", "meta", "dateline"} {
		if strings.Contains(class, mark) {
			return true
		}
	}
	return false
}

func hasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// noteText looks at the bare texts of the page: which of them the title repeats,
// which tell who wrote, and which tell when.
func (w *walker) noteText(n *html.Node, s scope) {
	d := w.doc
	text := n.Data
	if len(text) > 700 {
		if d.proseAt == 0 && !s.inLink && !s.inNav && !s.inAside && len(strings.TrimSpace(text)) > 300 {
			d.proseAt = w.place
		}
		return
	}
	text = strings.TrimSpace(text)
	if len(text) < 2 || s.inNav || s.inAside || s.inLink && len(text) < 12 {
		return
	}
	if len(text) <= maxTitle*2 && len(text) > 11 && len(text) > len(d.echo) && !s.inLink && w.isInTitle(text) {
		d.echo = line(text)
	}
	if len(text) > 160 {
		return
	}
	if !s.inLink && len(d.datelines) < maxFacts && hasDigit(text) {
		d.datelines = append(d.datelines, dateline{line(text), w.place, false})
	}
	if len(d.bylines) < maxFacts && byStart(text) > 0 {
		// The name is often a link beside the word "By".
		whole := text
		if p := n.Parent; p != nil && !s.inLink {
			if t := strings.Join(texts(p, 12), " "); len(t) <= 160 {
				whole = t
			}
			if g := p.Parent; g != nil && len(whole) == byStart(whole) { // a label in an element of its own
				if t := strings.Join(texts(g, 12), " "); len(t) <= 160 {
					whole = t
				}
			}
		}
		d.bylines = append(d.bylines, byline{line(whole), w.place, byText, false, false})
	}
}

// isInTitle tells whether the page title holds the text, and not only a word of it.
func (w *walker) isInTitle(text string) bool {
	l := letters(text)
	return len(l) > 10 && len(l) <= len(w.titled) && strings.Contains(w.titled, l)
}
