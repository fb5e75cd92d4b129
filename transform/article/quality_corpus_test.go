package article

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/overheard-news/overheard/sql/warehouse/warehousetest"
)

// TestQualityOnRecordedPages plants wrong texts into recorded pages, the links of the
// page and the article of another, and counts how many are noticed. Texts that are
// right must stay without a mark.
func TestQualityOnRecordedPages(t *testing.T) {
	t.Parallel()
	warehousetest.SkipLong(t)
	n := New(slog.New(slog.DiscardHandler), Config{})
	type count struct{ marked, all int }
	var links, another, right count
	add := func(c *count, doc *document, title string, e extract) {
		c.all++
		if quality(doc, &Article{Title: title, Body: e.text}, e) != "" {
			c.marked++
		}
	}
	before := ""
	for _, r := range readCorpus(t, corpusDir(t)) {
		if r.PageType != "article" || r.Gold.Body == "" || !r.QA.BodyOK {
			continue
		}
		text, _, v := n.read(r.page())
		if v.Outcome != "" {
			continue
		}
		doc, v := n.parse(text)
		if v.Outcome != "" {
			continue
		}
		address, err := url.Parse(r.URL)
		if err != nil {
			continue
		}
		title := chooseTitle(doc, address.Hostname(), "")
		read := n.body(doc, address, title)
		if shingleF1(r.Gold.Body, read.text) > .5 {
			add(&right, doc, title, read)
		}
		if planted := linksOf(doc.root); len(planted) > 200 {
			add(&links, doc, title, extract{text: planted, declared: read.declared, share: .05})
		}
		if before != "" {
			add(&another, doc, title, extract{text: before, declared: read.declared, share: .9})
		}
		before = r.Gold.Body
	}
	t.Logf("marked: %d of %d lists of links, %d of %d articles of other pages, %d of %d right texts", links.marked, links.all, another.marked, another.all, right.marked, right.all)
	if links.marked*100 < links.all*90 || another.marked*100 < another.all*40 || right.marked*100 > right.all*2 {
		t.Error("want 90 % of the lists of links, 40 % of the articles of other pages, and at most 2 % of the right texts")
	}
}

func linksOf(root *html.Node) string {
	var b strings.Builder
	for n := range root.Descendants() {
		if n.DataAtom != atom.A || b.Len() > 3000 {
			continue
		}
		if s := line(blockText(n)); s != "" {
			b.WriteString(s + "\n")
		}
	}
	return b.String()
}
