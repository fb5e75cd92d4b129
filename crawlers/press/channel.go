package press

import (
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// channel is one way an outlet announces its articles; announce.go says what it
// holds at a moment.
type channel struct {
	kind, path string // kind as in the registry
	form       form
	window     int    // articles a feed holds
	section    string // of a section page
}

type form int

const (
	formRSS form = iota
	formAtom
	formJSON
	formHTML // a page where a feed should be
	formURLs
	formGzip
	formIndex  // one child a night
	formMonths // one child a month
	formNews
	formCutGzip
	formBrokenXML
	formFront
	formSection
)

// isSound is false of channels that announce nothing one could rely on.
func (c channel) isSound() bool {
	return c.form != formHTML && c.form != formCutGzip && c.form != formBrokenXML
}

// hiding is where an outlet names its channels that the registry does not have.
type hiding int

const (
	hidesNothing    hiding = iota
	behindHomeLink         // a link element of the front page
	behindRobots           // a Sitemap line of robots.txt
	behindWellKnown        // nowhere: they are where such channels usually are
)

// windows are how many articles feeds hold.
func windows() []int { return []int{20, 30, 30, 50, 100} }

func (o *outlet) chooseChannels(d dice.Dice) {
	feed := channel{kind: "feed", path: "/rss.xml", form: formRSS}
	switch r := d.Unit(); {
	case o.tricks&trickHTMLFeed != 0:
		feed.form = formHTML
	case r < 0.25:
		feed = channel{kind: "feed", path: "/atom.xml", form: formAtom}
	case r < 0.4 && o.charset == "utf-8" && o.declared != declaredByMark:
		feed = channel{kind: "feed", path: "/feed.json", form: formJSON}
	}
	feed.window = windows()[d.Below(len(windows()))]
	sitemap := []channel{{kind: "sitemap", path: "/sitemap.xml", form: formURLs}, {kind: "sitemap", path: "/sitemap.xml.gz", form: formGzip},
		{kind: "sitemap", path: "/sitemap_index.xml", form: formIndex}, {kind: "sitemap", path: "/news-sitemap.xml", form: formNews}}[d.Below(4)]
	news := channel{kind: "sitemap", path: "/news-sitemap.xml", form: formNews}
	switch t := o.tricks; {
	case t&trickCutGzip != 0:
		o.channels = []channel{feed, {kind: "sitemap", path: "/sitemap-all.xml.gz", form: formCutGzip}, news}
	case t&trickBrokenXML != 0:
		o.channels = []channel{feed, {kind: "sitemap", path: "/sitemap-all.xml", form: formBrokenXML}, news}
	case t&trickEndless != 0:
		o.channels = []channel{feed, {kind: "sitemap", path: "/sitemap_index.xml", form: formIndex}}
	case t&trickFeedOnly != 0:
		o.channels = []channel{feed}
	case t&trickSitemapOnly != 0:
		o.channels = []channel{sitemap}
	case t&trickUndeclared != 0:
		o.hideChannels(feed, d)
	case t&trickPagesOnly != 0:
		o.channels = []channel{{kind: "page", path: "/", form: formFront}}
		for _, s := range sections() {
			o.channels = append(o.channels, channel{kind: "page", path: "/section/" + s, form: formSection, section: s})
		}
	case t&trickGaps != 0:
		feed.window = 10 * windows()[len(windows())-1] // what is missing is missing by chance alone
		o.feedGap, o.sitemapGap = 0.05+0.25*d.Unit(), 0.05+0.25*d.Unit()
		o.channels = []channel{feed, {kind: "sitemap", path: "/sitemap.xml", form: formURLs}}
	case t&trickDays != 0:
		o.channels = []channel{feed, {kind: "sitemap", path: "/sitemap_index.xml", form: formIndex}}
	case t&trickMonths != 0:
		o.channels = []channel{feed, {kind: "sitemap", path: "/sitemap_index.xml", form: formMonths}}
	default:
		o.channels = []channel{feed, sitemap}
	}
}

// hideChannels puts the channels of an outlet where only who looks finds them.
func (o *outlet) hideChannels(feed channel, d dice.Dice) {
	o.hiding = []hiding{behindHomeLink, behindRobots, behindWellKnown}[d.Below(3)]
	switch o.hiding {
	case behindHomeLink:
		feed.path = "/service/" + feed.path[1:]
		o.channels = []channel{feed}
	case behindRobots:
		o.channels = []channel{{kind: "sitemap", path: "/maps/stories.xml", form: formURLs}}
	default:
		feed.path, feed.form = "/feed", formRSS
		o.channels = []channel{feed, {kind: "sitemap", path: "/sitemap.xml", form: formURLs}}
	}
}

// declaredChannels are what the registry has: of an outlet that hides its
// channels no more than the front page.
func (o *outlet) declaredChannels() []channel {
	if o.hiding != hidesNothing {
		return []channel{{kind: "page", path: "/", form: formFront}}
	}
	return o.channels
}

// channelBody writes a channel as it is at the moment: bytes and media type.
func (p *Press) channelBody(host int, c channel, base string, now time.Time) ([]byte, string) {
	o, items := &p.outlets[host], p.listed(host, c, now)
	newest := slices.Clone(items)
	slices.Reverse(newest)
	switch c.form {
	case formRSS:
		return o.encode(o.xmlHead() + p.rss(o, newest, base)), o.contentType("application/rss+xml")
	case formAtom:
		return o.encode(o.xmlHead() + p.atom(o, newest, base)), o.contentType("application/atom+xml")
	case formJSON:
		return p.jsonFeed(o, newest, base), "application/feed+json"
	case formHTML, formFront:
		return o.encode(p.frontPage(host, base, now)), o.contentType("text/html")
	case formSection:
		return o.encode(p.listPage(host, c.section, base, now)), o.contentType("text/html")
	case formIndex:
		return []byte(p.sitemapIndex(host, base, now)), "application/xml"
	case formMonths:
		return []byte(p.monthIndex(base, now)), "application/xml"
	case formGzip:
		return zip([]byte(p.urlset(host, items, base, now, false))), "application/x-gzip"
	case formCutGzip:
		whole := zip([]byte(p.urlset(host, items, base, now, false)))
		return whole[:len(whole)*6/10], "application/x-gzip"
	case formBrokenXML:
		whole := p.urlset(host, items, base, now, false)
		return []byte(strings.Replace(whole[:len(whole)*7/10], "<loc>", "<loc>&nosuch;", 1)), "application/xml"
	}
	return []byte(p.urlset(host, items, base, now, c.form == formNews)), "application/xml"
}

// xmlHead names the character set except where a byte order mark must do.
func (o *outlet) xmlHead() string {
	if o.declared == declaredByMark {
		return "<?xml version=\"1.0\"?>\n"
	}
	return fmt.Sprintf("<?xml version=\"1.0\" encoding=%q?>\n", o.charset)
}

// linkOf is the address a feed gives. On hosts with twins it is that of the AMP
// page or one with the tracking of the feed, on others that of the host for
// telephones, or it carries a session that is new with every answer.
func (p *Press) linkOf(o *outlet, a *article, base string) string {
	path := p.pathOf(a)
	switch {
	case o.tricks&trickTwins != 0:
		if a.number%2 == 1 {
			path = ampOf(path)
		}
		return base + withParameter(path, "utm_source=rss&utm_medium=feed")
	case o.tricks&trickMobile != 0 && a.number%2 == 0:
		return strings.Replace(base, "http://", "http://"+[]string{"m.", "amp."}[a.number/2%2], 1) + path
	}
	return base + p.withSession(o, a, path)
}

// withSession marks a visitor, as sites without cookies do.
func (p *Press) withSession(o *outlet, a *article, path string) string {
	if o.tricks&trickSessions == 0 {
		return path
	}
	session := fmt.Sprintf("%016X%016X", dice.Mix(p.seed+uint64(p.answers.Load())), dice.Mix(uint64(a.number)))
	if a.outlet%2 == 0 && !strings.Contains(path, "?") {
		return path + ";jsessionid=" + session
	}
	return withParameter(path, "PHPSESSID="+strings.ToLower(session))
}

func withParameter(path, parameter string) string {
	if strings.Contains(path, "?") {
		return path + "&" + parameter
	}
	return path + "?" + parameter
}

func (p *Press) rss(o *outlet, items []article, base string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<rss version=\"2.0\"><channel><title>%s</title><link>%s/</link><description>%s</description><language>%s</language>\n",
		html.EscapeString(o.name), base, disclaimer, o.language)
	for i := range items {
		a := &items[i]
		headline := p.headline(a).text
		link := html.EscapeString(p.linkOf(o, a, base))
		fmt.Fprintf(&b, "<item><title>%s</title><link>%s</link><guid isPermaLink=\"false\">%d-%d</guid><pubDate>%s</pubDate></item>\n",
			html.EscapeString(headline), link, a.day, a.number, o.local(a.published).Format(time.RFC1123Z))
	}
	b.WriteString("</channel></rss>\n")
	return b.String()
}

func (p *Press) atom(o *outlet, items []article, base string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<feed xmlns=\"http://www.w3.org/2005/Atom\"><title>%s</title><id>%s/</id><updated>%s</updated>\n",
		html.EscapeString(o.name), base, p.cfg.LastNight.UTC().Format(time.RFC3339))
	for i := range items {
		a := &items[i]
		headline := p.headline(a).text
		date := o.local(a.published).Format(time.RFC3339)
		fmt.Fprintf(&b, "<entry><title>%s</title><link rel=\"alternate\" href=\"%s\"/><id>tag:%s,%d:%d</id><published>%s</published><updated>%s</updated></entry>\n",
			html.EscapeString(headline), html.EscapeString(p.linkOf(o, a, base)), o.slug, a.day, a.number, date, date)
	}
	b.WriteString("</feed>\n")
	return b.String()
}

func (p *Press) jsonFeed(o *outlet, items []article, base string) []byte {
	type item struct {
		ID            string `json:"id"`
		URL           string `json:"url"`
		Title         string `json:"title"`
		DatePublished string `json:"date_published"`
	}
	feed := struct {
		Version string `json:"version"`
		Title   string `json:"title"`
		Home    string `json:"home_page_url"`
		Items   []item `json:"items"`
	}{"https://jsonfeed.org/version/1.1", o.name, base + "/", []item{}}
	for i := range items {
		a := &items[i]
		headline := p.headline(a).text
		feed.Items = append(feed.Items, item{fmt.Sprintf("%d-%d", a.day, a.number), p.linkOf(o, a, base), headline, o.local(a.published).Format(time.RFC3339)})
	}
	out, err := json.Marshal(feed)
	if err != nil { // strings always marshal
		return nil
	}
	return out
}
