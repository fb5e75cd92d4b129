package discover

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
)

// Sitemap is what one file announces: pages, or further sitemaps.
type Sitemap struct {
	Items        []Item
	Children     []Child
	SkippedCount int // children whose address cannot be kept: too long, or no text
}

// Child is a sitemap that an index names.
type Child struct {
	URL        string
	ModifiedAt time.Time // zero: not told
}

// maxChildren bounds what is kept of one index. It is the limit of the
// protocol: an index of days may go back decades, oldest first.
const maxChildren = 50_000

// ParseSitemap reads a sitemap: an index or a list of pages, with or without
// the news extension, as XML, as plain text or as a feed, gzipped or not. The
// XML is streamed and read leniently: tags need not match, and prefixes need
// not be declared. What was read before an error is kept.
func ParseSitemap(base string, body []byte) (Sitemap, error) {
	var in io.Reader = bytes.NewReader(body)
	packed := ""
	for range 2 { // servers pack what is packed already
		b := bufio.NewReader(in)
		in = b
		if head, _ := b.Peek(3); !isGzip(head) {
			break
		}
		z, err := gzip.NewReader(b)
		if err != nil {
			return Sitemap{}, fmt.Errorf("read sitemap: truncated gzip after 0 URLs: %w", err)
		}
		in, packed = z, "gzip"
	}
	limited := &io.LimitedReader{R: in, N: maxUnpacked}
	buffered := bufio.NewReaderSize(limited, 64<<10)
	head, err := buffered.Peek(16 << 10)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return Sitemap{}, fmt.Errorf("read sitemap: truncated %s after 0 URLs: %w", packed, err)
	}
	e := encodingOf("", head)
	if e == nil {
		e = unicode.UTF8BOM
	}
	text := decoded(e, head)
	r := &sitemapReader{list: newList(base), seen: map[string]bool{}}
	switch doc := findRoot(text); {
	case doc.name == "rss" || doc.name == "rdf" || doc.name == "feed":
		rest, readErr := io.ReadAll(buffered)
		r.list.items, err = ParseFeed(base, "", rest)
		if readErr != nil {
			err = readErr
		}
	case doc.name == "urlset" || doc.name == "sitemapindex":
		clean := transform.Chain(e.NewDecoder(), runes.Map(printableOrSpace))
		err = r.readXML(transform.NewReader(buffered, clean))
	case hasWebScheme(firstWord(text)):
		err = r.readLines(transform.NewReader(buffered, e.NewDecoder()))
	default:
		return Sitemap{}, fmt.Errorf("%w: %s", ErrNotFeed, describe(text))
	}
	return Sitemap{r.list.items, r.children, r.skipped}, r.explain(err, packed, limited.N <= 0)
}

func decoded(e encoding.Encoding, head []byte) string {
	out, _, _ := transform.Bytes(e.NewDecoder(), head) // a cut character at the end does not matter
	return strings.ToValidUTF8(string(out), "\ufffd")
}

func printableOrSpace(r rune) rune {
	if printable(r) < 0 {
		return ' '
	}
	return r
}

func firstWord(text string) string {
	if words := strings.Fields(text[:min(len(text), 4096)]); len(words) > 0 {
		return words[0]
	}
	return ""
}

var errEnough = fmt.Errorf("more than %d URLs in one file", maxItems)

type sitemapReader struct {
	list     *list
	children []Child
	skipped  int
	seen     map[string]bool // addresses of children
	path     []string        // open elements, local names
	entry    sitemapEntry
}

type sitemapEntry struct{ loc, modified, published, title string }

// explain says how far reading came.
func (r *sitemapReader) explain(err error, packed string, isOver bool) error {
	n := len(r.list.items) + len(r.children)
	switch {
	case isOver:
		return fmt.Errorf("read sitemap: over %d bytes unpacked, %d URLs read", maxUnpacked, n)
	case err == nil:
		return nil
	case errors.Is(err, errEnough), errors.Is(err, ErrNotFeed):
		return fmt.Errorf("read sitemap: %w", err)
	case packed != "" && (errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, gzip.ErrChecksum)):
		return fmt.Errorf("read sitemap: truncated %s after %d URLs: %w", packed, n, err)
	default:
		return fmt.Errorf("read sitemap: damaged after %d URLs: %w", n, err)
	}
}

func (r *sitemapReader) readXML(in io.Reader) error {
	d := xml.NewDecoder(in)
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) && len(r.path) > 0 {
			return fmt.Errorf("the file ends inside <%s>: %w", r.path[len(r.path)-1], io.ErrUnexpectedEOF)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			name := strings.ToLower(t.Name.Local)
			if (name == "url" || name == "sitemap") && len(r.path) >= 1 {
				r.path, r.entry = r.path[:1], sitemapEntry{} // an entry left open ends where the next begins
			}
			if len(r.path) < 100 {
				r.path = append(r.path, name)
			}
		case xml.CharData:
			if field := r.field(); field != nil && len(*field) < 8<<10 {
				*field += string(t)
			}
		case xml.EndElement:
			if done, err := r.close(strings.ToLower(t.Name.Local)); done || err != nil {
				return err
			}
		}
	}
}

// field tells where the text of the open element belongs. The parent decides:
// images and videos have a loc and a title of their own.
func (r *sitemapReader) field() *string {
	if len(r.path) < 3 {
		return nil
	}
	switch parent, name := r.path[len(r.path)-2], r.path[len(r.path)-1]; {
	case (parent == "url" || parent == "sitemap") && name == "loc":
		return &r.entry.loc
	case (parent == "url" || parent == "sitemap") && name == "lastmod":
		return &r.entry.modified
	case parent == "news" && name == "publication_date":
		return &r.entry.published
	case parent == "news" && name == "title":
		return &r.entry.title
	}
	return nil
}

// close ends an element, with those left open inside it.
func (r *sitemapReader) close(name string) (done bool, err error) {
	at := len(r.path) - 1
	for at >= 0 && r.path[at] != name {
		at--
	}
	if at < 0 {
		return false, nil // closes nothing that is open
	}
	r.path = r.path[:at]
	switch {
	case at == 0:
		return true, nil // what follows the root is not ours to judge
	case at == 1 && name == "url":
		return false, r.addPage()
	case at == 1 && name == "sitemap":
		return false, r.addChild()
	}
	return false, nil
}

func (r *sitemapReader) addPage() error {
	if len(r.list.items) >= maxItems {
		return errEnough
	}
	item := Item{Title: r.entry.title, PublishedAt: parseDate(r.entry.published)}
	if item.PublishedAt.IsZero() {
		item.PublishedAt = parseDate(r.entry.modified)
		item.IsModifiedTime = !item.PublishedAt.IsZero()
	}
	r.list.add(r.entry.loc, item)
	r.entry = sitemapEntry{}
	return nil
}

func (r *sitemapReader) addChild() error {
	if len(r.children) >= maxChildren {
		return errEnough
	}
	address, ok := resolve(r.list.base, r.entry.loc)
	switch {
	case !ok || r.seen[address]:
	case !isStorable(address):
		r.skipped++
	default:
		r.seen[address] = true
		r.children = append(r.children, Child{address, parseDate(r.entry.modified)})
	}
	r.entry = sitemapEntry{}
	return nil
}

// readLines reads the plain form: one address a line.
func (r *sitemapReader) readLines(in io.Reader) error {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if len(r.list.items) >= maxItems {
			return errEnough
		}
		if line := strings.TrimSpace(lines.Text()); hasWebScheme(line) {
			r.list.add(line, Item{})
		}
	}
	return lines.Err()
}
