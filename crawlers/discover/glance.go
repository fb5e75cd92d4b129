package discover

import (
	"context"
	"strings"
	"time"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/crawlers/outlets"
	"github.com/overheard-news/overheard/transform/decode"
)

// glanceTries is how often a glance asks a host out of sorts.
const glanceTries = 2

// Glance polls one channel to see what it is: in full, whatever it was before,
// and of an index only the newest file. The first poll is the channel's own; there is
// none if our own network is out.
func (d *Discoverer) Glance(ctx context.Context, o outlets.Outlet, c outlets.Channel) []Poll {
	return d.glance(ctx, o, c, Pattern{}, glanceTries, 2, nil).polls
}

func (d *Discoverer) glance(ctx context.Context, o outlets.Outlet, c outlets.Channel, pattern Pattern, tries, files int, onAnswer func(*fetch.Response)) *walk {
	w := d.newWalk(o, nil, time.Time{}, pattern)
	w.tries, w.left, w.dated, w.onAnswer = tries, files, d.maxDated, onAnswer
	w.pollWhole(ctx, c.Kind, c.URL)
	return w
}

// KindOf tells as what kind of channel a document could be read; "" for none.
func KindOf(contentType string, body []byte) string {
	text := toText(contentType, body)
	if isGzip(body) {
		unpacked, _ := gunzip(body) // the beginning is enough
		text = toText(contentType, unpacked)
	}
	switch findRoot(text).name {
	case "rss", "rdf", "feed":
		return KindFeed
	case "urlset", "sitemapindex":
		return KindSitemap
	}
	if trimmed := strings.TrimSpace(text); strings.HasPrefix(trimmed, "{") {
		if _, isFeed, _ := jsonItems(trimmed); isFeed {
			return KindFeed
		}
		return ""
	}
	if hasWebScheme(firstWord(text)) {
		return KindSitemap
	}
	if page, _, err := decode.Text(body, contentType); err == nil && isHTML(contentType, page) {
		return KindPage
	}
	return ""
}
