package discover

import (
	"bytes"
	"html"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/saintfish/chardet"
	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
)

// declared finds the encoding an XML declaration names.
var declared = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9_.:-]+)["']`)

var markup = regexp.MustCompile(`<[^<>]*>`)

// toText makes valid UTF-8 of a document, without the control characters that
// XML forbids. Text that is valid UTF-8 beyond ASCII is taken for that whatever
// it declares, for servers declare Latin-1 by habit; then the XML declaration
// is believed, which travels with the document, before the header, which does
// not.
func toText(contentType string, body []byte) string {
	e := encodingOf(contentType, body)
	if e != nil {
		if out, err := e.NewDecoder().Bytes(body); err == nil {
			body = out
		}
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	return strings.Map(printable, strings.ToValidUTF8(string(body), "\ufffd"))
}

// printable drops what XML forbids.
func printable(r rune) rune {
	if r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == '\ufffe' || r == '\uffff' {
		return -1
	}
	return r
}

// encodingOf chooses an encoding, nil for UTF-8.
func encodingOf(contentType string, body []byte) encoding.Encoding {
	if e := wideEncoding(body); e != nil {
		return e
	}
	isUTF8 := utf8.Valid(body)
	if isUTF8 && !isASCII(body) {
		return nil
	}
	head := body[:min(len(body), 1024)]
	names := []string{}
	if m := declared.FindSubmatch(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))); m != nil {
		names = append(names, string(m[1]))
	}
	if _, params, err := mime.ParseMediaType(contentType); err == nil && params["charset"] != "" {
		names = append(names, params["charset"])
	}
	for _, name := range names {
		e, label := charset.Lookup(name)
		if e == nil || strings.HasPrefix(label, "utf-16") || label == "utf-8" {
			continue // cannot be, or was ruled out above
		}
		return e
	}
	if isUTF8 || looksUTF8(body) {
		return nil
	}
	words := markup.ReplaceAll(body[:min(len(body), 64<<10)], []byte(" ")) // tags would pass for English
	if guess, err := chardet.NewTextDetector().DetectBest(words); err == nil {
		if e, label := charset.Lookup(guess.Charset); e != nil && label != "utf-8" {
			return e
		}
	}
	e, _ := charset.Lookup("windows-1252")
	return e
}

// wideEncoding recognises UTF-16 by its mark, or by the zeros beside "<".
func wideEncoding(body []byte) encoding.Encoding {
	switch {
	case bytes.HasPrefix(body, []byte{0xfe, 0xff}), bytes.HasPrefix(body, []byte{0, '<', 0}):
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case bytes.HasPrefix(body, []byte{0xff, 0xfe}), len(body) > 3 && body[0] == '<' && body[1] == 0 && body[3] == 0:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	return nil
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// looksUTF8 tells text with a few broken characters from another encoding.
func looksUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			bad++
		} else if n > 1 {
			good++
		}
		b = b[n:]
	}
	return good > 2*bad
}

// root is what a document turns out to be.
type root struct {
	name   string // of the root element, lower case, without prefix; "" if there is none
	tag    string // the root's name as written
	offset int    // where it starts
}

// knownRoot finds the start of what we read behind the markup that a broken
// template put before it.
var knownRoot = regexp.MustCompile(`(?i)<(?:rss|rdf:rdf|feed|urlset|sitemapindex)[\s>]`)

// findRoot skips what may stand before the root element: declaration,
// comments, doctype, and the stray output of a broken template.
func findRoot(text string) root {
	r := firstElement(text)
	switch r.name {
	case "rss", "rdf", "feed", "urlset", "sitemapindex", "html", "":
		return r
	}
	if at := knownRoot.FindStringIndex(text[:min(len(text), 16<<10)]); at != nil {
		inner := firstElement(text[at[0]:])
		inner.offset += at[0]
		return inner
	}
	return r
}

func firstElement(text string) root {
	i := 0
	for {
		next := strings.IndexByte(text[i:], '<')
		if next < 0 {
			return root{offset: len(text)}
		}
		i += next
		rest := text[i:]
		var end string
		switch {
		case strings.HasPrefix(rest, "<!--"):
			end = "-->"
		case strings.HasPrefix(rest, "<?"):
			end = "?>"
		case strings.HasPrefix(rest, "<!"):
			if end = ">"; strings.Contains(rest[:max(strings.IndexByte(rest, '>'), 0)], "[") {
				end = "]>"
			}
		default:
			n := strings.IndexAny(rest[1:min(len(rest), 102)], " \t\r\n/>")
			if n <= 0 {
				i++
				continue
			}
			tag := rest[1 : n+1]
			_, local, hasPrefix := strings.Cut(tag, ":")
			if !hasPrefix {
				local = tag
			}
			return root{name: strings.ToLower(local), tag: tag, offset: i}
		}
		n := strings.Index(rest, end)
		if n < 0 {
			return root{offset: len(text)}
		}
		i += n + len(end)
	}
}

// htmlNames are elements that careless pages begin with.
var htmlNames = []string{"html", "head", "body", "title", "meta", "link", "script", "style", "div", "p", "h1", "h2", "br", "b", "center", "span"}

// openTitle finds a title; a pattern for the whole of it would try 1,000 ends
// for each beginning.
var openTitle = regexp.MustCompile(`(?i)<title[^<>]{0,100}>`)

func titleOf(text string) (string, bool) {
	text = text[:min(len(text), 64<<10)]
	at := openTitle.FindStringIndex(text)
	if at == nil {
		return "", false
	}
	title, _, _ := strings.Cut(text[at[1]:], "<")
	return html.UnescapeString(clip(title, 900)), true
}

// describe says what a document is that is no feed.
func describe(text string) string {
	trimmed := strings.TrimSpace(text)
	r := findRoot(text)
	switch {
	case trimmed == "":
		return "empty body"
	case trimmed[0] == '{' || trimmed[0] == '[':
		return "JSON that is not a JSON Feed"
	case slices.Contains(htmlNames, r.name):
		if title, ok := titleOf(text); ok {
			return "HTML page titled " + quote(title)
		}
		return "HTML page without a title"
	case r.name == "urlset" || r.name == "sitemapindex":
		return "a sitemap"
	case r.name != "":
		return "XML document of <" + clip(r.tag, 40) + ">"
	default:
		return "text that begins " + quote(trimmed)
	}
}

func quote(s string) string { return `"` + clip(strings.Join(strings.Fields(s), " "), 80) + `"` }

func clip(s string, n int) string {
	if runes := []rune(s[:min(len(s), 4*n+4)]); len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return s
}
