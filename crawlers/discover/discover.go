// Package discover finds what an outlet has published: it polls the outlet's
// channels and lists the addresses they announce.
//
//	d := discover.New(lg, fetcher)
//	pattern := discover.LearnPattern(addressesOfArticles)
//	for _, poll := range d.PollOutlet(ctx, outlet, states, since, pattern) {
//		next := discover.NextPoll(discover.Yield{Kind: poll.Kind, ItemsPerDay: perDay, ItemCount: poll.ItemCount, FailureCount: poll.FailureCount})
//		...
//	}
//
// Channels are of three kinds, best first: feeds, sitemaps, and section pages
// whose links are matched with the shape of the outlet's article addresses.
//
//   - poll.go says what is asked for and what its answer means for the channel,
//     children.go which files of a sitemap index, interval.go when again. past.go
//     asks sitemaps for nights that are over.
//   - feed.go, sitemap.go and page.go read the three kinds of documents, text.go
//     turns bytes into text, dates.go text into times. A document that is damaged
//     gives what could be read before the damage, with the error beside it; one
//     that is something else altogether gives ErrNotFeed and says what it is.
//   - pattern.go is the shape of article addresses, address.go what an address
//     shows of itself, learn.go how the one is learned from the other,
//     patterntext.go how it is written down.
//   - explore.go finds channels that nobody declared and those that moved,
//     judge.go decides whether they are worth polling. glance.go looks at one
//     channel by itself.
package discover

import (
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/overheard-news/overheard/crawlers/fetch"
	"github.com/overheard-news/overheard/transform/canonical"
)

// ErrNotFeed is the kind of error for a document that is neither feed nor
// sitemap; its text says what it is instead.
var ErrNotFeed = errors.New("not a feed")

// Item is one address a channel announces.
type Item struct {
	URL string // cleaned, see package canonical
	// AnnouncedURL is the address as the channel has it, empty if it is URL. A
	// site that insists on a mark we took for tracking answers only to this.
	AnnouncedURL string
	PublishedAt  time.Time
	// IsModifiedTime says that PublishedAt is only the time of the last change,
	// as sitemaps without news dates have it: no earlier than publication.
	IsModifiedTime bool
	Title          string
}

// resolve makes an address absolute against the document's own.
func resolve(base *url.URL, ref string) (string, bool) {
	ref = strings.TrimSpace(ref)
	if ref == "" {
		return "", false
	}
	if hasWebScheme(ref) {
		return ref, true
	}
	u, err := url.Parse(ref)
	if err != nil || base == nil {
		return "", false
	}
	u = base.ResolveReference(u)
	return u.String(), u.Host != "" && hasWebScheme(u.String())
}

// isStorable tells whether an address can be kept as it is: text to a database,
// and no longer than an index can hold.
func isStorable(address string) bool {
	return len(address) <= canonical.MaxLength && utf8.ValidString(address) && !strings.ContainsFunc(address, unicode.IsControl)
}

// maxTitle is how much of a headline is kept, in characters.
const maxTitle = 1000

// clean brings text of others on one line, fit for a table.
func clean(s string, most int) string {
	return strings.TrimSpace(fetch.Plain(strings.Join(strings.Fields(s), " "), most))
}

func hasWebScheme(s string) bool {
	scheme, _, ok := strings.Cut(s, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// list collects items: cleaned, each address once, dated if any mention is.
type list struct {
	base  *url.URL
	items []Item
	place map[string]int

	prefersLongest bool // of several titles; else the first stands
}

func newList(base string) *list {
	u, err := url.Parse(base)
	if err != nil {
		u = nil
	}
	return &list{base: u, place: map[string]int{}}
}

func (l *list) add(ref string, item Item) bool {
	address, ok := resolve(l.base, ref)
	if !ok {
		return false
	}
	announced := address
	address, err := canonical.Clean(announced)
	if err != nil {
		return false
	}
	item.URL = address
	if announced, _, _ = strings.Cut(announced, "#"); announced != address && isStorable(announced) {
		item.AnnouncedURL = announced
	}
	item.Title = clean(item.Title, maxTitle)
	i, isKnown := l.place[address]
	if !isKnown {
		l.place[address] = len(l.items)
		l.items = append(l.items, item)
		return true
	}
	known := &l.items[i]
	if known.PublishedAt.IsZero() || known.IsModifiedTime && !item.IsModifiedTime && !item.PublishedAt.IsZero() {
		known.PublishedAt, known.IsModifiedTime = item.PublishedAt, item.IsModifiedTime
	}
	if known.Title == "" || l.prefersLongest && len(item.Title) > len(known.Title) {
		known.Title = item.Title
	}
	return true
}
