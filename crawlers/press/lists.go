package press

import (
	"fmt"
	"html"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
)

// Pages that are no articles: the front page, departments and tags, what is
// answered where nothing is, walls and shells.

// frontPage links the newest articles, and names the channels as most do.
func (p *Press) frontPage(host int, base string, now time.Time) string {
	items := p.of(host, p.moment(now))
	return p.list(host, base, now, p.outlets[host].name, items[max(0, len(items)-frontItems):])
}

// listPage links the newest articles of a department, or of a tag.
func (p *Press) listPage(host int, section, base string, now time.Time) string {
	name := section
	for i, s := range sections() {
		if s == section {
			name = p.wordings[p.outlets[host].language].List("nav")[i+1]
		}
	}
	section, _, _ = strings.Cut(section, "-")
	return p.list(host, base, now, name, p.inSection(p.of(host, p.moment(now)), section))
}

func (p *Press) list(host int, base string, now time.Time, name string, items []article) string {
	o := &p.outlets[host]
	w := p.wordings[o.language]
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q>\n<head>%s<title>%s</title>\n", o.language, o.charsetMeta(), html.EscapeString(name))
	for _, c := range p.namedAtHome(host, now) {
		fmt.Fprintf(&b, "<link rel=\"alternate\" type=%q title=\"%s\" href=%q>\n", c.media(), html.EscapeString(o.name), base+c.path)
	}
	fmt.Fprintf(&b, "</head>\n<body><h1>%s</h1><nav><ul>", html.EscapeString(name))
	for i, s := range sections() {
		fmt.Fprintf(&b, "<li><a href=%q>%s</a></li>", base+"/section/"+s, html.EscapeString(w.List("nav")[i+1]))
	}
	b.WriteString("</ul></nav><ul>\n")
	for i := len(items) - 1; i >= 0; i-- {
		a := &items[i]
		fmt.Fprintf(&b, "<li><a href=%q>%s</a></li>\n", base+p.withSession(o, a, p.pathOf(a)), html.EscapeString(p.headline(a).text))
	}
	b.WriteString("</ul><div class=\"topics\">")
	for i, city := range w.List("city") { // as many links again that lead to no article
		fmt.Fprintf(&b, "<a href=\"%s/tag/%d-%s\">%s</a> ", base, i+1, wording.Slug(city), html.EscapeString(city))
	}
	fmt.Fprintf(&b, "</div><footer><small>%s</small></footer></body></html>\n", disclaimer)
	return b.String()
}

// namedAtHome are the feeds that the front page names: at their new address once
// they moved.
func (p *Press) namedAtHome(host int, now time.Time) []channel {
	o, s := &p.outlets[host], p.stateOf(host, now)
	var out []channel
	for _, c := range o.channels {
		if c.kind != "feed" || c.form == formHTML || o.hiding == behindWellKnown || o.hiding == behindRobots {
			continue
		}
		if s.feed != "" {
			c.path = c.movedPath()
		}
		out = append(out, c)
	}
	return out
}

// movedPath is where a feed is after it moved.
func (c channel) movedPath() string { return "/feeds/latest" + c.path[strings.LastIndex(c.path, "."):] }

func (c channel) media() string {
	switch c.form {
	case formAtom:
		return "application/atom+xml"
	case formJSON:
		return "application/feed+json"
	}
	return "application/rss+xml"
}

// notFound is the page for addresses without an article.
func (p *Press) notFound(host int, label string) string {
	o := &p.outlets[host]
	message := p.label(o, label)
	return fmt.Sprintf("<!DOCTYPE html>\n<html lang=%q>\n<head>%s<title>%s | %s</title></head>\n<body><h1>%s</h1><p><a href=\"/\">%s</a></p></body></html>\n",
		o.language, o.charsetMeta(), message, html.EscapeString(o.name), message, html.EscapeString(o.name))
}

// label is a word of the outlet's language, ready for HTML.
func (p *Press) label(o *outlet, name string) string {
	d := dice.Dice{}
	return html.EscapeString(p.wordings[o.language].Say("ui."+name, &d, &wording.Slots{}))
}

// consentWall asks before it shows anything.
func (p *Press) consentWall(host int) string {
	o := &p.outlets[host]
	w := p.wordings[o.language]
	title := p.label(o, "consent")
	d := dice.Roll(p.seed, "wall", uint64(host))
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q>\n<head>%s<title>%s | %s</title></head>\n<body class=\"consent\"><div id=\"consent-wall\"><h1>%s</h1>\n",
		o.language, o.charsetMeta(), title, html.EscapeString(o.name), title)
	for _, phrase := range w.Pick("consent", 9, &d, &wording.Slots{}) {
		fmt.Fprintf(&b, "<p>%s</p>\n", html.EscapeString(w.Put(phrase, &d, &wording.Slots{})))
	}
	b.WriteString("<form method=\"post\" action=\"/consent\"><button name=\"consent\" value=\"all\">OK</button></form></div></body></html>\n")
	return b.String()
}

// shell is a page that scripts would fill.
func (g *page) shell() string {
	return fmt.Sprintf("<!DOCTYPE html>\n<html lang=%q>\n<head>%s<title>%s</title><script defer src=\"/assets/main.8f3a1c.js\"></script></head>\n<body><div id=\"root\"></div><noscript>JavaScript</noscript></body></html>\n",
		g.o.language, g.o.charsetMeta(), html.EscapeString(g.o.name))
}

// calendar is a month of nothing with a link to the next.
func (p *Press) calendar(host int, path string) string {
	o := &p.outlets[host]
	month, err := time.Parse("/calendar/2006-01.html", path)
	if err != nil {
		month = nightOf(0)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<!DOCTYPE html>\n<html lang=%q>\n<head>%s<title>%s</title></head>\n<body><table><tr>", o.language, o.charsetMeta(), month.Format("2006-01"))
	for day := range 28 {
		fmt.Fprintf(&b, "<td>%d</td>", day+1)
	}
	fmt.Fprintf(&b, "</tr></table><a rel=\"next\" href=\"/calendar/%s.html\">&gt;</a></body></html>\n", month.AddDate(0, 1, 0).Format("2006-01"))
	return b.String()
}
