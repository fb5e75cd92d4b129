package press

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"html"
	"strings"
	"time"
)

const sitemapSpace = `xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`

// urlset writes articles as a sitemap, with what the host's tricks add.
func (p *Press) urlset(host int, items []article, base string, now time.Time, isNews bool) string {
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
		if s := p.standingOf(a, now); s.edits > 0 {
			modified = o.local(s.edited.Unix()).Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod></url>\n", html.EscapeString(base+p.withSession(o, a, path)), modified)
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
	if o.tricks&trickListings != 0 {
		for _, s := range sections() {
			out = append(out, "/section/"+s, "/tag/"+s+"-talk")
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

// sitemapIndex lists a child for each night that has begun, the newest first; on
// endless hosts also children that list further children for ever.
func (p *Press) sitemapIndex(host int, base string, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex %s>\n", sitemapSpace)
	for k := p.cfg.Nights - 1; k >= 0; k-- {
		night := nightOf(p.firstDay + k)
		if night.After(now) {
			continue
		}
		modified := night.AddDate(0, 0, 1)
		if modified.After(now) {
			modified = now.Truncate(time.Minute)
		}
		fmt.Fprintf(&b, "<sitemap><loc>%s/sitemaps/%s.xml</loc><lastmod>%s</lastmod></sitemap>\n", base, night.Format(time.DateOnly), modified.UTC().Format(time.RFC3339))
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

// monthIndex lists a child for each month of the press that has begun, the oldest
// first.
func (p *Press) monthIndex(base string, now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<sitemapindex %s>\n", sitemapSpace)
	first, now := monthOf(nightOf(p.firstDay)), p.moment(now)
	for month := first; month.Before(now); month = month.AddDate(0, 1, 0) {
		modified := month.AddDate(0, 1, 0)
		if modified.After(now) {
			modified = now.Truncate(time.Minute)
		}
		fmt.Fprintf(&b, "<sitemap><loc>%s/sitemaps/%s.xml</loc><lastmod>%s</lastmod></sitemap>\n", base, month.Format("2006-01"), modified.UTC().Format(time.RFC3339))
	}
	b.WriteString("</sitemapindex>\n")
	return b.String()
}

func monthOf(t time.Time) time.Time { return t.AddDate(0, 0, 1-t.Day()) }

// periodMap is the child of an index for the nights from one to before another.
func (p *Press) periodMap(host int, base string, from, to time.Time, now time.Time) string {
	first, end := int32(dayOf(from)), int32(dayOf(to))
	var items []article
	for _, a := range p.listed(host, channel{kind: "sitemap", form: formIndex}, now) {
		if a.day >= first && a.day < end {
			items = append(items, a)
		}
	}
	return p.urlset(host, items, base, now, false)
}

func zip(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(data) // a buffer takes all
	_ = w.Close()
	return b.Bytes()
}
