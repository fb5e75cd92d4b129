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
	promotion, after := g.promotion()
	for i, par := range g.text.paragraphs {
		if g.a.flags&flagLive != 0 {
			fmt.Fprintf(b, "<time class=\"update-time\">%s</time>\n", g.published.Add(time.Duration(20*i)*time.Minute).Format("15:04"))
		}
		fmt.Fprintf(b, "%s%s%s\n", open, html.EscapeString(join(g.w, par)), end)
		if promotion != "" && (i == after || i == len(g.text.paragraphs)-1 && i < after) {
			fmt.Fprintf(b, "%s%s%s\n", open, promotion, end)
		}
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

// nav links the front page and the departments.
func (g *page) nav(b *strings.Builder) {
	b.WriteString("<nav><ul>")
	for i, item := range g.w.List("nav") {
		href := "/"
		if i > 0 && i <= len(sections()) {
			href = "/section/" + sections()[i-1]
		} else if i > 0 {
			href = fmt.Sprintf("/?page=%d", i)
		}
		fmt.Fprintf(b, "<li><a href=%q>%s</a></li>", href, html.EscapeString(item))
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
	if g.o.tricks&trickComments != 0 && !g.isAMP {
		g.comments(b)
	}
	fmt.Fprintf(b, "<footer><p>© %s. <small>%s</small></p></footer>\n</body>\n</html>\n", html.EscapeString(g.o.name), disclaimer)
}

func (g *page) byline() string { return g.ui("by") + " " + html.EscapeString(g.author) }

func (g *page) semanticBody(b *strings.Builder) {
	g.masthead(b)
	fmt.Fprintf(b, "<main><article>\n<h1>%s</h1>\n<p class=\"byline\">%s</p>\n<time datetime=%q>%s</time>\n",
		html.EscapeString(g.text.headline.text), g.byline(), g.stamp(g.published), g.date(g.published))
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
	b.WriteString("<div id=\"wrap\"><div class=\"row\">\n")
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
	g.masthead(b)
	fmt.Fprintf(b, "<div itemscope itemtype=\"https://schema.org/NewsArticle\" class=\"article\">\n<h1 itemprop=\"headline\">%s</h1>\n<span itemprop=\"author\">%s</span>\n<time itemprop=\"datePublished\" datetime=%q>%s</time>\n",
		html.EscapeString(g.text.headline.text), html.EscapeString(g.author), g.stamp(g.published), g.date(g.published))
	b.WriteString("<div itemprop=\"articleBody\">\n")
	g.paragraphs(b, "<p>", "</p>", func() { g.related(b) })
	b.WriteString("</div>\n")
	g.share(b)
	b.WriteString("</div>\n")
	g.mostRead(b)
	g.foot(b)
}

func (g *page) blogBody(b *strings.Builder) {
	b.WriteString("<div id=\"page\">\n")
	g.masthead(b)
	fmt.Fprintf(b, "<div id=\"primary\"><article class=\"post hentry\"><header class=\"entry-header\"><h1 class=\"entry-title\">%s</h1><div class=\"entry-meta\"><time class=\"entry-date published\" datetime=%q>%s</time> <span class=\"byline\">%s</span></div></header>\n<div class=\"entry-content\">\n",
		html.EscapeString(g.text.headline.text), g.stamp(g.published), g.date(g.published), g.byline())
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
	fmt.Fprintf(b, "<article><h1>%s</h1><p class=\"byline\">%s</p>\n", html.EscapeString(g.text.headline.text), g.byline())
	g.paragraphs(b, "<p>", "</p>", nil)
	b.WriteString("</article>\n")
	g.foot(b)
}

// componentsBody is what a redesign leaves: boxes with names made by a machine,
// and text that no paragraph element holds.
func (g *page) componentsBody(b *strings.Builder) {
	b.WriteString("<div class=\"css-1x9aq0\">\n")
	g.masthead(b)
	fmt.Fprintf(b, "<div class=\"css-77bd2k\"><div class=\"css-0hq4\"><h1>%s</h1><span class=\"css-p01\">%s</span> <span class=\"css-p02\">%s</span></div>\n<div class=\"css-9m2c\">\n",
		html.EscapeString(g.text.headline.text), g.byline(), g.date(g.published))
	g.paragraphs(b, "<div class=\"css-4t\"><span>", "</span></div>", nil)
	b.WriteString("</div></div>\n<div class=\"css-r5\">\n")
	g.mostRead(b)
	b.WriteString("</div></div>\n")
	g.foot(b)
}

// liveBody tells the story as it went on, a time before each paragraph.
func (g *page) liveBody(b *strings.Builder) {
	g.masthead(b)
	fmt.Fprintf(b, "<main><article class=\"live-blog\">\n<h1>%s</h1>\n<p class=\"byline\">%s</p>\n<time datetime=%q>%s</time>\n<div class=\"live-updates\">\n",
		html.EscapeString(g.text.headline.text), g.byline(), g.stamp(g.published), g.date(g.published))
	g.paragraphs(b, "<div class=\"live-update\"><p>", "</p></div>", nil)
	b.WriteString("</div></article></main>\n")
	g.mostRead(b)
	g.foot(b)
}

// videoBody is a film with a few lines below it.
func (g *page) videoBody(b *strings.Builder) {
	g.masthead(b)
	fmt.Fprintf(b, "<main><div class=\"video-page\">\n<h1>%s</h1>\n<div class=\"video-player\"><video controls src=\"/film.mp4\" poster=\"/photo.jpg\"></video></div>\n<time datetime=%q>%s</time>\n<div class=\"video-description\">\n",
		html.EscapeString(g.text.headline.text), g.stamp(g.published), g.date(g.published))
	g.paragraphs(b, "<p>", "</p>", nil)
	b.WriteString("</div></div></main>\n")
	g.related(b)
	g.foot(b)
}
