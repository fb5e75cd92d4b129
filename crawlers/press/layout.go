package press

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
)

// paragraphs writes the text; inside may put something between the second
// paragraph and the third.
func (g *page) paragraphs(b *strings.Builder, open, end string, inside func()) {
	for i, par := range g.text.paragraphs {
		fmt.Fprintf(b, "%s%s%s\n", open, html.EscapeString(join(g.w, par)), end)
		if i == 1 && inside != nil {
			inside()
		}
	}
	if g.a.flags&flagStub != 0 {
		fmt.Fprintf(b, "<div class=\"paywall subscribe-box\"><strong>%s</strong></div>\n", g.ui("subscribe"))
	}
}

// ui returns a label in the language of the page, ready for HTML.
func (g *page) ui(name string) string {
	d := dice.Dice{}
	return html.EscapeString(g.w.Say("ui."+name, &d, &wording.Slots{}))
}

func (g *page) nav(b *strings.Builder) {
	b.WriteString("<nav><ul>")
	for i, item := range g.w.List("nav") {
		fmt.Fprintf(b, "<li><a href=\"/?section=%d\">%s</a></li>", i, html.EscapeString(item))
	}
	b.WriteString("</ul></nav>\n")
}

// masthead names the paper; one of the wrong dates is today's, in a time tag
// above the article.
func (g *page) masthead(b *strings.Builder) {
	fmt.Fprintf(b, "<header class=\"masthead\"><a href=\"/\">%s</a>", html.EscapeString(g.o.name))
	if g.o.tricks&trickWrongDate != 0 && g.o.layout >= 2 {
		today := nightOf(dayOf(g.p.cfg.LastNight) + 1)
		fmt.Fprintf(b, " <time datetime=%q>%s</time>", today.Format(time.DateOnly), g.date(today))
	}
	b.WriteString("</header>\n")
	g.nav(b)
}

// date writes a day as the language does, near enough.
func (g *page) date(t time.Time) string {
	month := g.w.List("month")[t.Month()-1]
	switch g.o.language {
	case "ja", "zh":
		return fmt.Sprintf("%d年%s%d日", t.Year(), month, t.Day())
	case "ko":
		return fmt.Sprintf("%d년 %s %d일", t.Year(), month, t.Day())
	}
	return fmt.Sprintf("%d %s %d", t.Day(), month, t.Year())
}

// share writes the buttons beside a text.
func (g *page) share(b *strings.Builder) {
	targets := []string{"E-mail", "Print", "Link"}
	if g.o.tricks&trickFurniture != 0 {
		targets = []string{"TikTok", "WeChat", "E-mail", "Link"}
	}
	b.WriteString("<div class=\"share-buttons\"><ul>")
	for _, t := range targets {
		fmt.Fprintf(b, "<li><a class=\"share\" href=\"/?share=%s\">%s %s</a></li>", strings.ToLower(t), g.ui("share"), t)
	}
	b.WriteString("</ul></div>\n")
}

// teasers invents headlines for the boxes around a text. On hosts with that
// trick they are about companies, which the article then does not mention.
func (g *page) teasers(n int, parts ...uint64) []string {
	d := dice.Roll(g.p.seed, "teasers", parts...)
	pick := g.p.usual
	var out []string
	for range n {
		s := story{seed: d.Next(), day: g.a.day, language: g.o.language, company: -1, rival: -1, kind: oneOf(g.w.Topics, &d)}
		if company := pick.draw(&d, g.o.language); g.o.tricks&trickFurniture != 0 && company >= 0 {
			s.company = company
			kinds := g.p.kindsFor(g.w, company)
			s.kind = kinds[d.Below(len(kinds))]
		}
		b := g.p.bind(&s)
		b.Introduced = everybody
		out = append(out, g.w.Say("h."+s.kind, &d, &b))
	}
	return out
}

func (g *page) teaserBox(b *strings.Builder, open, label, end string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "%s<h3>%s</h3><ul>", open, g.ui(label))
	for i, line := range lines {
		fmt.Fprintf(b, "<li><a href=\"/?popular=%d\">%s</a></li>", i, html.EscapeString(line))
	}
	fmt.Fprintf(b, "</ul>%s\n", end)
}

func (g *page) mostRead(b *strings.Builder) {
	g.teaserBox(b, "<aside class=\"sidebar most-read\">", "mostread", "</aside>", g.teasers(4, uint64(g.a.outlet), uint64(g.a.day)))
}

func (g *page) related(b *strings.Builder) {
	g.teaserBox(b, "<div class=\"related\">", "related", "</div>", g.teasers(2, uint64(g.a.outlet), uint64(g.a.day), uint64(g.a.number)))
}

func (g *page) foot(b *strings.Builder) {
	fmt.Fprintf(b, "<footer><p>© %s. <small>%s</small></p></footer>\n</body>\n</html>\n", html.EscapeString(g.o.name), disclaimer)
}

func (g *page) byline() string { return g.ui("by") + " " + html.EscapeString(g.author) }

func (g *page) semanticBody(b *strings.Builder) {
	b.WriteString("<body>\n")
	g.masthead(b)
	fmt.Fprintf(b, "<main><article>\n<h1>%s</h1>\n<p class=\"byline\">%s</p>\n<time datetime=%q>%s</time>\n",
		html.EscapeString(g.text.headline.text), g.byline(), g.published.Format(time.RFC3339), g.date(g.published))
	g.share(b)
	g.paragraphs(b, "<p>", "</p>", func() {
		b.WriteString("<figure><img src=\"/photo.jpg\" alt=\"\"></figure>\n")
	})
	b.WriteString("</article></main>\n")
	g.mostRead(b)
	g.related(b)
	g.foot(b)
}

func (g *page) boxesBody(b *strings.Builder) {
	b.WriteString("<body>\n<div id=\"wrap\"><div class=\"row\">\n")
	g.masthead(b)
	fmt.Fprintf(b, "<div class=\"col-8\"><div class=\"story\"><h1 class=\"headline\">%s</h1>\n<div class=\"meta\"><span class=\"author\">%s</span> <span class=\"date\">%s</span></div>\n",
		html.EscapeString(g.text.headline.text), g.byline(), g.date(g.published))
	b.WriteString("<div class=\"story-body\">\n")
	g.paragraphs(b, "<p>", "</p>", func() { g.related(b) })
	b.WriteString("</div>\n")
	g.share(b)
	b.WriteString("</div></div><div class=\"col-4\">\n")
	g.mostRead(b)
	b.WriteString("</div></div></div>\n")
	g.foot(b)
}

func (g *page) tableBody(b *strings.Builder) {
	b.WriteString("<body bgcolor=\"#ffffff\">\n")
	g.masthead(b)
	b.WriteString("<table width=\"100%\"><tr><td width=\"160\" valign=\"top\">\n")
	g.mostRead(b)
	fmt.Fprintf(b, "</td><td valign=\"top\" class=\"content\"><h1>%s</h1>\n<p><i>%s, %s</i></p>\n", html.EscapeString(g.text.headline.text), g.byline(), g.date(g.published))
	g.paragraphs(b, "<p><font size=\"3\">", "</font></p>", nil)
	g.share(b)
	b.WriteString("</td></tr></table>\n")
	g.foot(b)
}

func (g *page) microdataBody(b *strings.Builder) {
	b.WriteString("<body>\n")
	g.masthead(b)
	fmt.Fprintf(b, "<div itemscope itemtype=\"https://schema.org/NewsArticle\" class=\"article\">\n<h1 itemprop=\"headline\">%s</h1>\n<span itemprop=\"author\">%s</span>\n<time itemprop=\"datePublished\" datetime=%q>%s</time>\n",
		html.EscapeString(g.text.headline.text), html.EscapeString(g.author), g.published.Format(time.RFC3339), g.date(g.published))
	b.WriteString("<div itemprop=\"articleBody\">\n")
	g.paragraphs(b, "<p>", "</p>", func() { g.related(b) })
	b.WriteString("</div>\n")
	g.share(b)
	b.WriteString("</div>\n")
	g.mostRead(b)
	g.foot(b)
}

func (g *page) blogBody(b *strings.Builder) {
	b.WriteString("<body class=\"single single-post\">\n<div id=\"page\">\n")
	g.masthead(b)
	fmt.Fprintf(b, "<div id=\"primary\"><article class=\"post hentry\"><header class=\"entry-header\"><h1 class=\"entry-title\">%s</h1><div class=\"entry-meta\"><time class=\"entry-date published\" datetime=%q>%s</time> <span class=\"byline\">%s</span></div></header>\n<div class=\"entry-content\">\n",
		html.EscapeString(g.text.headline.text), g.published.Format(time.RFC3339), g.date(g.published), g.byline())
	g.paragraphs(b, "<p>", "</p>", nil)
	g.share(b)
	b.WriteString("</div></article>\n")
	g.related(b)
	b.WriteString("</div><div id=\"secondary\" class=\"widget-area\">\n")
	g.mostRead(b)
	b.WriteString("</div></div>\n")
	g.foot(b)
}

func (g *page) ampBody(b *strings.Builder) {
	fmt.Fprintf(b, "<body>\n<article><h1>%s</h1><p class=\"byline\">%s</p>\n", html.EscapeString(g.text.headline.text), g.byline())
	g.paragraphs(b, "<p>", "</p>", nil)
	b.WriteString("</article>\n")
	g.foot(b)
}
