package press

import (
	"fmt"
	"html"
	"strings"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
)

// What stands in or beside a text and is no part of it: lines of promotion that
// name companies, a comment section, a cookie text. The truth counts none of it.

// promotionNights is how long a line stays up, promotionLines how many an outlet
// has at a time.
const (
	promotionNights = 4
	promotionLines  = 2
)

// promoted invents the story that the promotion in an article points to; ok is
// false where there is none.
func (p *Press) promoted(a *article) (s story, ok bool) {
	o := &p.outlets[a.outlet]
	own := dice.Roll(p.seed, "promotion on", uint64(a.outlet), uint64(a.day), uint64(a.number))
	if o.tricks&trickPromotion == 0 || !own.Chance(0.9) {
		return story{}, false
	}
	d := dice.Roll(p.seed, "promotion", uint64(a.outlet), uint64(a.day/promotionNights), uint64(own.Below(promotionLines)))
	s = story{seed: d.Next(), day: a.day - a.day%promotionNights, language: o.language, company: p.usual.draw(&d, o.language), rival: -1}
	if s.company < 0 {
		return story{}, false
	}
	kinds := p.kindsFor(p.wordings[o.language], s.company)
	s.kind = kinds[d.Below(len(kinds))]
	return s, true
}

// promotion returns the line as HTML and after which paragraph it stands; half
// of the hosts link it. Empty where there is none.
func (g *page) promotion() (line string, after int) {
	s, ok := g.p.promoted(g.a)
	if !ok {
		return "", 0
	}
	line = html.EscapeString(g.p.promotionLine(&s))
	if g.a.outlet%2 == 0 {
		line = fmt.Sprintf("<a href=\"/?promoted=%d\">%s</a>", s.seed%1000, line)
	}
	return line, 1 + int(g.a.number)%2
}

func (p *Press) promotionLine(s *story) string {
	b := p.bind(s)
	b.Introduced = everybody
	w, d := p.wordings[s.language], dice.Roll(s.seed, "line")
	return strings.Join(w.List("ui.related"), "") + ": " + w.Say("h."+s.kind, &d, &b)
}

// comments writes a discussion twice as long as the text.
func (g *page) comments(b *strings.Builder) {
	d := dice.Roll(g.p.seed, "comments", uint64(g.a.outlet), uint64(g.a.day), uint64(g.a.number))
	b.WriteString("<section id=\"comments\" class=\"comments-list\">\n")
	for left := 2 * g.textLength(); left > 0; {
		var s wording.Slots
		s.City, s.Year, s.N1, s.N2 = oneOf(g.w.List("city"), &d), g.published.Year(), "7", "9"
		s.Place, s.Big1, s.Pct1 = s.City, "500", g.w.Share(&d)
		lines := make([]string, 0, 3)
		for _, phrase := range g.w.Pick("filler", 3, &d, &s) {
			lines = append(lines, g.w.Put(phrase, &d, &s))
		}
		text := strings.Join(lines, " ")
		fmt.Fprintf(b, "<div class=\"comment\"><b class=\"comment-author\">%s</b><p>%s</p></div>\n",
			html.EscapeString(g.w.Say("person", &d, &wording.Slots{})), html.EscapeString(text))
		left -= max(1, len(text))
	}
	b.WriteString("</section>\n")
}

// cookieText writes a banner half again as long as the text, the same on every
// page but for its length.
func (g *page) cookieText(b *strings.Builder) {
	fmt.Fprintf(b, "<div id=\"cookie-layer\" class=\"cookie-banner\" role=\"dialog\"><h2>%s</h2>\n", g.ui("consent"))
	for left := g.textLength() * 3 / 2; left > 0; {
		d := dice.Roll(g.p.seed, "cookies", uint64(g.a.outlet))
		for _, phrase := range g.w.Pick("consent", 9, &d, &wording.Slots{}) {
			line := g.w.Put(phrase, &d, &wording.Slots{})
			fmt.Fprintf(b, "<p>%s</p>\n", html.EscapeString(line))
			left -= len(line)
		}
	}
	b.WriteString("<button>OK</button></div>\n")
}

func (g *page) textLength() int {
	n := 0
	for _, par := range g.text.paragraphs {
		n += len(join(g.w, par))
	}
	return n
}
