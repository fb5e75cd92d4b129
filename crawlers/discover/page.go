package discover

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/publicsuffix"

	"github.com/overheard-news/overheard/transform/decode"
)

// Link is one that a page has, with the words it is under.
type Link struct {
	URL  string
	Text string // the longest of the anchors that lead there; "" if they are pictures only
}

// Links is what a page leads to.
type Links struct {
	Feeds []Link // announced by <link rel="alternate"> for machines, in order
	Pages []Link // <a href>, each address once, in order
}

// Bounds of what is read of a page.
const (
	maxLinks  = 5_000
	maxAnchor = 300 // characters of an anchor kept
)

// feedTypes are the media types of announced feeds.
var feedTypes = map[string]bool{
	"application/rss+xml": true, "application/atom+xml": true, "application/rdf+xml": true, "application/feed+json": true, "application/json": false,
	"application/xml": true, "text/xml": true, "application/x.atom+xml": true, "application/x-rss+xml": true,
}

// ReadLinks lists the links of an HTML page: those to feeds that it announces,
// and those its readers see. It reads tags one by one and builds no tree, so
// that neither depth nor disorder matters. What is no HTML gives ErrNotFeed and
// says what it is.
func ReadLinks(base, contentType string, body []byte) (Links, error) {
	text, _, err := decode.Text(body, contentType)
	if err != nil {
		return Links{}, fmt.Errorf("%w: %w", ErrNotFeed, err)
	}
	if !isHTML(contentType, text) {
		return Links{}, fmt.Errorf("%w: %s", ErrNotFeed, describe(text))
	}
	r := linkReader{place: map[string]int{}, feeds: map[string]bool{}}
	if u, err := url.Parse(base); err == nil {
		r.base = u
	}
	r.read(text)
	return r.links, nil
}

// isHTML believes the root of the document first, then the header.
func isHTML(contentType, text string) bool {
	trimmed := strings.TrimSpace(text)
	switch root := findRoot(text); {
	case trimmed == "" || trimmed[0] == '{' || trimmed[0] == '[':
		return false
	case root.name == "rss" || root.name == "rdf" || root.name == "feed" || root.name == "urlset" || root.name == "sitemapindex":
		return false
	case strings.Contains(strings.ToLower(contentType), "html"):
		return root.name != ""
	default:
		return strings.HasPrefix(describe(text), "HTML") || strings.Contains(strings.ToLower(text[:min(len(text), 4096)]), "<html")
	}
}

type linkReader struct {
	base    *url.URL
	hasBase bool
	links   Links
	place   map[string]int // of an address in links.Pages
	feeds   map[string]bool
	open    int // the anchor being read in links.Pages, counted from 1; 0: none
	anchor  strings.Builder
	skip    int // open elements whose text no reader sees
}

func (r *linkReader) read(text string) {
	z := html.NewTokenizer(strings.NewReader(text))
	z.SetMaxBuf(1 << 20)
	for {
		switch z.Next() {
		case html.ErrorToken:
			if errors.Is(z.Err(), io.EOF) {
				r.close()
			}
			return
		case html.TextToken:
			if r.open > 0 && r.skip == 0 && r.anchor.Len() < 4*maxAnchor {
				r.anchor.Write(z.Text())
				r.anchor.WriteByte(' ')
			}
		case html.StartTagToken:
			name, hasAttr := z.TagName()
			if tag := atom.Lookup(name); isUnseen(tag) {
				r.skip++
			} else {
				r.start(tag, z, hasAttr)
			}
		case html.SelfClosingTagToken:
			name, hasAttr := z.TagName()
			r.start(atom.Lookup(name), z, hasAttr)
		case html.EndTagToken:
			name, _ := z.TagName()
			if tag := atom.Lookup(name); tag == atom.A {
				r.close()
			} else if isUnseen(tag) {
				r.skip = max(0, r.skip-1)
			}
		}
	}
}

// isUnseen knows elements whose text no reader sees.
func isUnseen(tag atom.Atom) bool {
	return tag == atom.Script || tag == atom.Style || tag == atom.Noscript || tag == atom.Svg
}

func (r *linkReader) start(name atom.Atom, z *html.Tokenizer, hasAttr bool) {
	if name != atom.A && name != atom.Link && name != atom.Base {
		return
	}
	var rel, kind, href, title string
	for hasAttr {
		var key, value []byte
		key, value, hasAttr = z.TagAttr()
		switch {
		case bytes.Equal(key, []byte("rel")):
			rel = strings.ToLower(string(value))
		case bytes.Equal(key, []byte("type")):
			kind = strings.ToLower(string(value))
		case bytes.Equal(key, []byte("href")):
			href = string(value)
		case bytes.Equal(key, []byte("title")):
			title = string(value)
		}
	}
	switch name {
	case atom.Base:
		if u, err := url.Parse(strings.TrimSpace(href)); err == nil && r.base != nil && !r.hasBase {
			r.base, r.hasBase = r.base.ResolveReference(u), true
		}
	case atom.Link:
		r.addFeed(rel, kind, href, title)
	case atom.A:
		r.close()
		r.addPage(href)
	}
}

func (r *linkReader) addFeed(rel, kind, href, title string) {
	kind, _, _ = strings.Cut(kind, ";")
	if !strings.Contains(" "+rel+" ", " alternate ") || !feedTypes[strings.TrimSpace(kind)] || len(r.links.Feeds) >= 100 {
		return
	}
	address, ok := resolve(r.base, href)
	if !ok || !isStorable(address) || r.feeds[address] {
		return
	}
	r.feeds[address] = true
	r.links.Feeds = append(r.links.Feeds, Link{URL: address, Text: plainTitle(title)})
}

func (r *linkReader) addPage(href string) {
	href, _, _ = strings.Cut(href, "#")
	address, ok := resolve(r.base, href)
	if !ok || !isStorable(address) {
		return
	}
	at, isKnown := r.place[address]
	if !isKnown {
		if len(r.links.Pages) >= maxLinks {
			return
		}
		at = len(r.links.Pages)
		r.links.Pages = append(r.links.Pages, Link{URL: address})
		r.place[address] = at
	}
	r.open, r.skip = at+1, 0 // one left open before hides nothing in here
}

// close ends an anchor. Of several that lead to one page the longest text is
// the headline; the others are pictures, kickers and "more".
func (r *linkReader) close() {
	if r.open == 0 {
		return
	}
	text := plainTitle(r.anchor.String())
	if page := &r.links.Pages[r.open-1]; utf8.RuneCountInString(text) > utf8.RuneCountInString(page.Text) {
		page.Text = text
	}
	r.open = 0
	r.anchor.Reset()
}

func plainTitle(s string) string {
	return clean(s, maxAnchor)
}

// siteOf is the registrable domain of an address, or its host where there is none.
func siteOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if _, err := netip.ParseAddr(host); err == nil {
		return host
	}
	if domain, err := publicsuffix.EffectiveTLDPlusOne(host); err == nil {
		return domain
	}
	return host
}

// isSameSite tells whether two sites are one outlet's: the same domain, or the
// same name under another ending, as bbc.co.uk and bbc.com are.
func isSameSite(a, b string) bool {
	name, _, _ := strings.Cut(a, ".")
	other, _, _ := strings.Cut(b, ".")
	return a != "" && (a == b || name == other && len(name) >= 3 && !isNumeric(name))
}

func isNumeric(s string) bool { return longestNumber(s) == len(s) } // an IP address

// itemsOn takes from a section page the links that look like articles of the
// outlet: on a host of the page's site, or of the outlet's.
func itemsOn(l Links, pageURL, homeURL string, pattern Pattern) []Item {
	if pattern.IsZero() {
		pattern = anyArticle
	}
	page, home := siteOf(pageURL), siteOf(homeURL)
	list := newList(pageURL)
	list.prefersLongest = true
	for _, link := range l.Pages {
		if s := siteOf(link.URL); !isSameSite(s, page) && !isSameSite(s, home) {
			continue
		}
		address, query, _ := strings.Cut(link.URL, "?")
		switch { // where the path says it all, the query tells only where the link stands
		case pattern.Match(address):
			list.add(address, Item{Title: link.Text})
		case query != "" && pattern.Match(link.URL):
			list.add(link.URL, Item{Title: link.Text})
		}
	}
	return list.items
}
