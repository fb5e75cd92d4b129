package discover

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
)

// maxItems bounds what one channel may announce; it is also the limit of the
// sitemap protocol.
const maxItems = 50_000

// ParseFeed reads RSS, RDF, Atom or JSON Feed. base is the address the body
// came from, contentType its header. A damaged feed gives the items that can
// be saved, together with an error; what is no feed gives ErrNotFeed.
func ParseFeed(base, contentType string, body []byte) ([]Item, error) {
	if isGzip(body) {
		body, _ = gunzip(body) // what a cut file gives is seen below
	}
	text := toText(contentType, body)
	doc := findRoot(text)
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") {
		return parseJSON(base, trimmed)
	}
	switch doc.name {
	case "rss", "rdf", "feed":
		return parseXML(base, text, doc)
	}
	return nil, fmt.Errorf("%w: %s", ErrNotFeed, describe(text))
}

// parseXML reads the feed whole; failing that up to its last whole item;
// failing that each item by itself.
func parseXML(base, text string, doc root) ([]Item, error) {
	text = text[doc.offset:] // gofeed looks for the root in the first 4 KiB only
	feed, err := parse(text)
	ends := itemEnd.FindAllStringIndex(text, maxItems)
	if err == nil && len(feed.Items) >= len(ends) {
		return itemsOf(base, feed), nil
	}
	closing := "</channel></" + doc.tag + ">"
	if doc.name != "rss" {
		closing = "</" + doc.tag + ">"
	}
	if err == nil { // a tag left open made items run into each other
		if each := parseEach(text, doc, closing); len(each.Items) > len(feed.Items) {
			feed.Items = each.Items
			err = errRunTogether
		}
		return damaged(base, feed, err)
	}
	saved := &gofeed.Feed{}
	if len(ends) > 0 {
		if cut, cutErr := parse(text[:ends[len(ends)-1][1]] + closing); cutErr == nil {
			saved = cut
		} else {
			saved = parseEach(text, doc, closing)
		}
	}
	return damaged(base, saved, err)
}

var errRunTogether = errors.New("items run into each other")

func damaged(base string, saved *gofeed.Feed, err error) ([]Item, error) {
	items := itemsOf(base, saved)
	if err == nil {
		return items, nil
	}
	return items, fmt.Errorf("read feed: damaged, %d items saved: %w", len(items), err)
}

var (
	itemEnd   = regexp.MustCompile(`(?i)</(?:[a-z0-9]+:)?(?:item|entry)\s*>`)
	wholeItem = regexp.MustCompile(`(?is)<(?:[a-z0-9]+:)?(?:item|entry)[\s>].*?</(?:[a-z0-9]+:)?(?:item|entry)\s*>`)
)

// parseEach gives each item a feed of its own, so that a broken one is lost
// alone.
func parseEach(text string, doc root, closing string) *gofeed.Feed {
	opening := text[:strings.IndexByte(text, '>')+1] // with the namespaces
	if doc.name == "rss" {
		opening += "<channel>"
	}
	all := &gofeed.Feed{}
	for _, at := range wholeItem.FindAllStringIndex(text, 2000) {
		if one, err := parse(opening + text[at[0]:at[1]] + closing); err == nil {
			all.Items = append(all.Items, one.Items...)
		}
	}
	return all
}

// parse is gofeed, which must not take the night down with it.
func parse(text string) (feed *gofeed.Feed, err error) {
	defer func() {
		if p := recover(); p != nil {
			feed, err = nil, fmt.Errorf("feed reader panicked: %v", p)
		}
	}()
	p := gofeed.NewParser()
	p.KeepOriginalFeed = true
	feed, err = p.ParseString(text)
	if err != nil {
		return nil, err
	}
	// gofeed puts the change in the place of a missing publication.
	if original, ok := feed.OriginalFeed().(*atom.Feed); ok && len(original.Entries) == len(feed.Items) {
		for i, entry := range original.Entries {
			if entry.Published == "" {
				feed.Items[i].Published, feed.Items[i].PublishedParsed = "", nil
			}
		}
	}
	return feed, nil
}

// parseJSON reads a JSON Feed item by item, so that a cut one keeps those
// before the cut.
func parseJSON(base, text string) ([]Item, error) {
	items, isFeed, err := jsonItems(text)
	if !isFeed {
		return nil, fmt.Errorf("%w: %s", ErrNotFeed, describe(text))
	}
	all := &gofeed.Feed{}
	for _, item := range items {
		one, itemErr := parse(`{"version":"https://jsonfeed.org/version/1.1","title":"","items":[` + string(item) + `]}`)
		if itemErr != nil {
			err = itemErr
			continue
		}
		all.Items = append(all.Items, one.Items...)
	}
	out := itemsOf(base, all)
	if err != nil {
		return out, fmt.Errorf("read JSON Feed: damaged, %d items saved: %w", len(out), err)
	}
	return out, nil
}

// jsonItems walks the top level. What calls itself a JSON Feed by its version
// is one, and so is what has a list of items.
func jsonItems(text string) (items []json.RawMessage, isFeed bool, err error) {
	d := json.NewDecoder(strings.NewReader(text))
	if _, err := d.Token(); err != nil {
		return nil, false, err
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return items, isFeed, err
		}
		if key != "items" {
			var value json.RawMessage
			if err := d.Decode(&value); err != nil {
				return items, isFeed, err
			}
			isFeed = isFeed || key == "version" && bytes.Contains(value, []byte("jsonfeed.org"))
			continue
		}
		open, err := d.Token()
		if err != nil || open != json.Delim('[') {
			return items, isFeed, err
		}
		isFeed = true
		for d.More() && len(items) < maxItems {
			var item json.RawMessage
			if err := d.Decode(&item); err != nil {
				return items, true, err
			}
			items = append(items, item)
		}
		if _, err := d.Token(); err != nil {
			return items, true, err
		}
	}
	_, err = d.Token()
	return items, isFeed, err
}

// itemsOf takes from each item its address, time and headline.
func itemsOf(base string, feed *gofeed.Feed) []Item {
	l := newList(base)
	if site, err := url.Parse(strings.TrimSpace(feed.Link)); err == nil && site.IsAbs() && site.Host != "" {
		l.base = site // relative links are meant from the site, not from the feed
	}
	for _, it := range feed.Items {
		if it == nil || len(l.items) >= maxItems {
			continue
		}
		item := Item{Title: plainHeadline(it.Title)}
		item.PublishedAt, item.IsModifiedTime = timeOf(it)
		for _, link := range linksOf(it) {
			if l.add(link, item) {
				break
			}
		}
	}
	return l.items
}

// inlineTag is markup that newsrooms put into headlines.
var inlineTag = regexp.MustCompile(`(?i)</?(?:a|b|i|u|em|strong|span|font|small|big|sub|sup|br|p|div|cite|mark|wbr|nobr|h[1-6]|img)(?:\s[^<>]*)?/?>`)

// plainHeadline takes markup out of a headline, and undoes an escape too many.
func plainHeadline(s string) string {
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
	}
	if strings.Contains(s, "<") {
		s = inlineTag.ReplaceAllString(s, "")
	}
	return s
}

// linksOf lists where an item's page may be, best first: what a redirecting
// service such as FeedBurner says the true address is, the link, other links,
// and an id that is an address.
func linksOf(it *gofeed.Item) []string {
	var links []string
	for _, origin := range [][2]string{{"feedburner", "origLink"}, {"pheedo", "origLink"}} {
		for _, e := range it.Extensions[origin[0]][origin[1]] {
			if hasWebScheme(strings.TrimSpace(e.Value)) {
				links = append(links, e.Value)
			}
		}
	}
	links = append(links, it.Link)
	links = append(links, it.Links...)
	if hasWebScheme(strings.TrimSpace(it.GUID)) {
		links = append(links, it.GUID)
	}
	return links
}

// timeOf gives the time of publication, else that of the last change.
func timeOf(it *gofeed.Item) (time.Time, bool) {
	if t := feedTime(it.PublishedParsed, it.Published); !t.IsZero() {
		return t, false
	}
	if it.DublinCoreExt != nil {
		for _, s := range it.DublinCoreExt.Date {
			if t := parseDate(s); !t.IsZero() {
				return t, false
			}
		}
	}
	for _, name := range []string{"issued", "created", "available"} {
		for _, e := range it.Extensions["dcterms"][name] {
			if t := parseDate(e.Value); !t.IsZero() {
				return t, false
			}
		}
	}
	t := feedTime(it.UpdatedParsed, it.Updated)
	if t.IsZero() {
		for _, e := range it.Extensions["dcterms"]["modified"] {
			t = parseDate(e.Value)
		}
	}
	return t, !t.IsZero()
}

func feedTime(parsed *time.Time, raw string) time.Time {
	if parsed != nil {
		return plausible(*parsed)
	}
	return parseDate(raw)
}

func isGzip(b []byte) bool { return len(b) > 2 && b[0] == 0x1f && b[1] == 0x8b }

// maxUnpacked bounds a gzipped document, as the sitemap protocol does.
const maxUnpacked = 50 << 20

// gunzip unpacks as much as there is.
func gunzip(b []byte) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(z, maxUnpacked))
}
