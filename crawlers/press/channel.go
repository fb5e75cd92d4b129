package press

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/press/dice"
)

// channel is one way an outlet announces its articles. Feeds hold the newest
// thirty; each outlet has at least one sitemap that holds them all.
type channel struct {
	kind, path string // kind as in the registry
	form       form
}

type form int

const (
	formRSS form = iota
	formAtom
	formJSON
	formHTML // a page where a feed should be
	formURLs
	formGzip
	formIndex // one child a night
	formNews
	formCutGzip
	formBrokenXML
)

// feedItems is how many articles a feed holds.
const feedItems = 30

func (o *outlet) chooseChannels(d dice.Dice) {
	feed := channel{"feed", "/rss.xml", formRSS}
	switch r := d.Unit(); {
	case o.tricks&trickHTMLFeed != 0:
		feed.form = formHTML
	case r < 0.25:
		feed = channel{"feed", "/atom.xml", formAtom}
	case r < 0.4 && o.charset == "utf-8" && o.declared != declaredByMark:
		feed = channel{"feed", "/feed.json", formJSON}
	}
	if !d.Chance(0.15) || o.tricks&(trickHTMLFeed|trickTwins) != 0 {
		o.channels = append(o.channels, feed)
	}
	sitemap := []channel{{"sitemap", "/sitemap.xml", formURLs}, {"sitemap", "/sitemap.xml.gz", formGzip},
		{"sitemap", "/sitemap_index.xml", formIndex}, {"sitemap", "/news-sitemap.xml", formNews}}[d.Below(4)]
	news := channel{"sitemap", "/news-sitemap.xml", formNews}
	switch {
	case o.tricks&trickCutGzip != 0:
		o.channels = append(o.channels, channel{"sitemap", "/sitemap-all.xml.gz", formCutGzip}, news)
	case o.tricks&trickBrokenXML != 0:
		o.channels = append(o.channels, channel{"sitemap", "/sitemap-all.xml", formBrokenXML}, news)
	case o.tricks&trickEndless != 0:
		o.channels = append(o.channels, channel{"sitemap", "/sitemap_index.xml", formIndex})
	default:
		o.channels = append(o.channels, sitemap)
	}
}

// channelBody writes a channel as it is at the moment: bytes and media type.
func (p *Press) channelBody(host int, c channel, base string, now time.Time) ([]byte, string) {
	o, items := &p.outlets[host], p.of(host, now)
	newest := slices.Clone(items[max(0, len(items)-feedItems):])
	slices.Reverse(newest)
	switch c.form {
	case formRSS:
		return o.encode(o.xmlHead() + p.rss(o, newest, base)), o.contentType("application/rss+xml")
	case formAtom:
		return o.encode(o.xmlHead() + p.atom(o, newest, base)), o.contentType("application/atom+xml")
	case formJSON:
		return p.jsonFeed(o, newest, base), "application/feed+json"
	case formHTML:
		return o.encode(p.frontPage(host, base, now)), o.contentType("text/html")
	case formIndex:
		return []byte(p.sitemapIndex(host, base)), "application/xml"
	case formGzip:
		return zip([]byte(p.urlset(host, items, base, false))), "application/x-gzip"
	case formCutGzip:
		whole := zip([]byte(p.urlset(host, items, base, false)))
		return whole[:len(whole)*6/10], "application/x-gzip"
	case formBrokenXML:
		whole := p.urlset(host, items, base, false)
		return []byte(strings.Replace(whole[:len(whole)*7/10], "<loc>", "<loc>&nosuch;", 1)), "application/xml"
	}
	return []byte(p.urlset(host, items, base, c.form == formNews)), "application/xml"
}

// xmlHead names the character set except where a byte order mark must do.
func (o *outlet) xmlHead() string {
	if o.declared == declaredByMark {
		return "<?xml version=\"1.0\"?>\n"
	}
	return fmt.Sprintf("<?xml version=\"1.0\" encoding=%q?>\n", o.charset)
}

// linkOf is the address a feed gives: on hosts with twins that of the AMP page
// or one with the tracking of the feed.
func (p *Press) linkOf(o *outlet, a *article, base string) string {
	path := p.pathOf(a)
	if o.tricks&trickTwins == 0 {
		return base + path
	}
	if a.number%2 == 1 {
		path = ampOf(path)
	}
	joint := "?"
	if strings.Contains(path, "?") {
		joint = "&"
	}
	return base + path + joint + "utm_source=rss&utm_medium=feed"
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

const sitemapSpace = `xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`

// urlset writes articles as a sitemap, with what the host's tricks add.
func (p *Press) urlset(host int, items []article, base string, isNews bool) string {
	o := &p.outlets[host]
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset %s xmlns:news=\"http://www.google.com/schemas/sitemap-news/0.9\">\n", sitemapSpace)
	for i := range items {
		a := &items[i]
		published := o.local(a.published).Format(time.RFC3339)
		path := p.pathOf(a)
		if isNews {
			headline := p.headline(a).text
			fmt.Fprintf(&b, "<url><loc>%s</loc><news:news><news:publication><news:name>%s</news:name><news:language>%s</news:language></news:publication><news:publication_date>%s</news:publication_date><news:title>%s</news:title></news:news></url>\n",
				html.EscapeString(base+path), html.EscapeString(o.name), o.language, published, html.EscapeString(headline))
			continue
		}
		modified := published
		if a.flags&flagEdited != 0 {
			modified = p.editedAt(a).Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod></url>\n", html.EscapeString(base+path), modified)
		if o.tricks&trickTwins != 0 && a.number%3 == 0 {
			fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod></url>\n", html.EscapeString(base+ampOf(path)), modified)
		}
	}
	for _, path := range p.extras(host, items) {
		fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod></url>\n", base+path, p.cfg.LastNight.UTC().Format(time.DateOnly))
	}
	b.WriteString("</urlset>\n")
	return b.String()
}

// extras are addresses in a sitemap that no article is at.
func (p *Press) extras(host int, items []article) []string {
	o := &p.outlets[host]
	var out []string
	if o.tricks&trickSoftNotFound != 0 {
		for i := 0; i < len(items); i += 9 {
			out = append(out, fmt.Sprintf("/news/removed-story-%d.html", int(items[i].day)*1000+990))
		}
	}
	if o.tricks&trickEndless != 0 {
		out = append(out, "/calendar/2001-01.html", "/calendar/2001-02.html")
	}
	if o.tricks&trickBomb != 0 {
		out = append(out, "/special/big-picture.html", "/special/live-ticker.html")
	}
	return out
}

// sitemapIndex lists a child a night; on endless hosts also children that list
// further children for ever.
func (p *Press) sitemapIndex(host int, base string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex %s>\n", sitemapSpace)
	for k := p.cfg.Nights - 1; k >= 0; k-- {
		night := nightOf(p.firstDay + k)
		fmt.Fprintf(&b, "<sitemap><loc>%s/sitemaps/%s.xml</loc><lastmod>%s</lastmod></sitemap>\n", base, night.Format(time.DateOnly), night.AddDate(0, 0, 1).Format(time.RFC3339))
	}
	if p.outlets[host].tricks&trickEndless != 0 {
		fmt.Fprintf(&b, "<sitemap><loc>%s/sitemap-more/1.xml</loc></sitemap>\n", base)
	}
	b.WriteString("</sitemapindex>\n")
	return b.String()
}

// endlessIndex is one of those: two more of its kind.
func (p *Press) endlessIndex(base string, number int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex %s>\n", sitemapSpace)
	for k := range 2 {
		fmt.Fprintf(&b, "<sitemap><loc>%s/sitemap-more/%d.xml</loc></sitemap>\n", base, number%1_000_000*2+k+1)
	}
	b.WriteString("</sitemapindex>\n")
	return b.String()
}

// nightMap is the child of an index for one night.
func (p *Press) nightMap(host int, base string, day int, now time.Time) string {
	var items []article
	for _, a := range p.of(host, now) {
		if int(a.day) == day {
			items = append(items, a)
		}
	}
	return p.urlset(host, items, base, false)
}

func zip(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data) // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}
