package press

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/overheard-news/overheard/crawlers/press/dice"
	"github.com/overheard-news/overheard/crawlers/press/wording"
)

// layouts is how many kinds of page there are: article with JSON-LD, boxes in
// boxes, tables, microdata, and a blog. Some leave out what others rely on.
const layouts = 5

const disclaimer = "This page belongs to the synthetic press of Overheard. All its events are invented for testing."

// page is all that a layout puts on one.
type page struct {
	p         *Press
	o         *outlet
	w         *wording.Language
	a         *article
	text      text
	base      string // http://host:port
	canonical string
	author    string
	published time.Time
	modified  time.Time
	isAMP     bool
	isEdited  bool
}

// articlePage writes an article as HTML, not yet in its character set.
func (p *Press) articlePage(host int, a *article, base string, isAMP bool, now time.Time) string {
	o := &p.outlets[host]
	g := page{p: p, o: o, w: p.wordings[o.language], a: a, base: base, isAMP: isAMP, canonical: base + p.pathOf(a), published: o.local(a.published)}
	g.modified = g.published
	if edited := p.editedAt(a); a.flags&flagEdited != 0 && !now.Before(edited) {
		g.isEdited, g.modified = true, edited.In(g.published.Location())
	}
	g.text = p.compose(a, g.isEdited)
	d := dice.Roll(p.seed, "author", uint64(a.outlet), uint64(a.day), uint64(a.number))
	g.author = g.w.Say("person", &d, &wording.Slots{})
	var b strings.Builder
	b.Grow(16 << 10)
	g.head(&b)
	switch {
	case isAMP:
		g.ampBody(&b)
	default:
		[]func(*strings.Builder){g.semanticBody, g.boxesBody, g.tableBody, g.microdataBody, g.blogBody}[o.layout](&b)
	}
	return b.String()
}

// editedAt is when an article changed, deleted or edited: a few hours after it
// appeared, but before its night is over, so that a finished night stands still.
func (p *Press) editedAt(a *article) time.Time {
	d := dice.Roll(p.seed, "edit", uint64(a.outlet), uint64(a.day), uint64(a.number))
	return time.Unix(min(a.published+int64(d.Between(90, 300))*60, int64(a.day)*86400+86390), 0).UTC()
}

func (g *page) head(b *strings.Builder) {
	o, wrong := g.o, g.o.tricks&trickWrongDate != 0
	fmt.Fprintf(b, "<!DOCTYPE html>\n<html lang=%q%s>\n<head>\n%s", o.language, map[bool]string{true: ` dir="rtl"`}[o.language == "ar"], o.charsetMeta())
	fmt.Fprintf(b, "<title>%s | %s</title>\n", html.EscapeString(g.text.headline.text), html.EscapeString(o.name))
	fmt.Fprintf(b, "<link rel=\"canonical\" href=%q>\n", g.canonical)
	if o.tricks&trickTwins != 0 && !g.isAMP {
		fmt.Fprintf(b, "<link rel=\"amphtml\" href=%q>\n", g.base+ampOf(g.p.pathOf(g.a)))
	}
	if o.layout != 2 {
		fmt.Fprintf(b, "<meta property=\"og:type\" content=\"article\">\n<meta property=\"og:title\" content=\"%s\">\n<meta property=\"og:url\" content=%q>\n<meta property=\"og:site_name\" content=\"%s\">\n",
			html.EscapeString(g.text.headline.text), g.canonical, html.EscapeString(o.name))
	}
	switch {
	case o.layout == 2:
		fmt.Fprintf(b, "<meta name=\"date\" content=%q>\n<meta name=\"author\" content=\"%s\">\n", g.published.Format(time.RFC3339), html.EscapeString(g.author))
	case o.layout == 1 || o.layout == 4 || wrong || g.isAMP:
		fmt.Fprintf(b, "<meta property=\"article:published_time\" content=%q>\n<meta property=\"article:modified_time\" content=%q>\n", g.published.Format(time.RFC3339), g.modified.Format(time.RFC3339))
	}
	if o.layout == 0 || (wrong && o.layout != 2) {
		g.linkedData(b)
	}
	b.WriteString("<style>body{font-family:serif;margin:2em}aside{float:right;width:18em}</style>\n</head>\n")
}

// linkedData writes JSON-LD. A host with wrong dates lies here, in a way that
// shows: an epoch, or a year nobody has seen yet; the meta tag is right.
func (g *page) linkedData(b *strings.Builder) {
	published := g.published.Format(time.RFC3339)
	if g.o.tricks&trickWrongDate != 0 {
		published = []string{"1970-01-01T00:00:00Z", g.published.AddDate(73, 0, 0).Format(time.RFC3339)}[int(g.a.outlet)%2]
	}
	data := map[string]any{"@context": "https://schema.org", "@type": "NewsArticle", "headline": g.text.headline.text, "url": g.canonical,
		"datePublished": published, "author": map[string]string{"@type": "Person", "name": g.author},
		"publisher": map[string]string{"@type": "Organization", "name": g.o.name}, "isAccessibleForFree": g.a.flags&flagStub == 0}
	if g.isEdited {
		data["dateModified"] = g.modified.Format(time.RFC3339)
	}
	out, err := json.Marshal(data)
	if err != nil { // strings and maps of them always marshal
		return
	}
	fmt.Fprintf(b, "<script type=\"application/ld+json\">%s</script>\n", asciiJSON(string(out)))
}

// asciiJSON escapes what a character set might not have: entities mean nothing
// inside a script.
func asciiJSON(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 128 {
			b.WriteRune(r)
			continue
		}
		if high, low := utf16.EncodeRune(r); high != '\uFFFD' {
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
			continue
		}
		fmt.Fprintf(&b, `\u%04x`, r)
	}
	return b.String()
}

func (o *outlet) charsetMeta() string {
	isPlain := o.charset == "utf-8" && o.declared != declaredByMark
	switch {
	case isPlain || (o.declared == declaredInMeta && o.layout != 2):
		return fmt.Sprintf("<meta charset=%q>\n", o.charset)
	case o.declared == declaredInMeta:
		return fmt.Sprintf("<meta http-equiv=\"Content-Type\" content=\"text/html; charset=%s\">\n", o.charset)
	}
	return ""
}

// contentType adds the character set for hosts that say it in the header.
func (o *outlet) contentType(media string) string {
	if o.declared == declaredInHeader {
		return media + "; charset=" + o.charset
	}
	return media
}

// encode turns a page into the bytes of its host; what the character set lacks
// becomes a numeric reference.
func (o *outlet) encode(s string) []byte {
	if o.charset == "utf-8" {
		if o.declared == declaredByMark {
			return []byte("\ufeff" + s)
		}
		return []byte(s)
	}
	out, err := encoding.HTMLEscapeUnsupported(encodingOf(o.charset).NewEncoder()).Bytes([]byte(s))
	if err != nil { // the encoder replaces all it cannot write
		return []byte(s)
	}
	return out
}

func encodingOf(charset string) encoding.Encoding {
	switch charset {
	case "windows-1251":
		return charmap.Windows1251
	case "windows-1252":
		return charmap.Windows1252
	case "windows-1254":
		return charmap.Windows1254
	case "windows-1256":
		return charmap.Windows1256
	case "koi8-r":
		return charmap.KOI8R
	case "iso-8859-1":
		return charmap.ISO8859_1
	case "iso-8859-2":
		return charmap.ISO8859_2
	case "iso-8859-9":
		return charmap.ISO8859_9
	case "shift_jis":
		return japanese.ShiftJIS
	case "euc-jp":
		return japanese.EUCJP
	case "euc-kr":
		return korean.EUCKR
	case "big5":
		return traditionalchinese.Big5
	case "gb18030":
		return simplifiedchinese.GB18030
	case "utf-16":
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	}
	return encoding.Nop
}
