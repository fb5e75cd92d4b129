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
// boxes, tables, microdata, and a blog. Some leave out what others rely on. After
// a redesign a page is made of components whose class names say nothing.
const (
	layouts  = 5
	redesign = layouts
)

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
	state     state
}

// articlePage writes an article as HTML, not yet in its character set.
func (p *Press) articlePage(host int, a *article, base string, isAMP bool, now time.Time) string {
	o := &p.outlets[host]
	g := page{p: p, o: o, w: p.wordings[o.language], a: a, base: base, isAMP: isAMP, canonical: base + p.pathOf(a), published: o.local(a.published)}
	g.modified, g.state = g.published, p.stateOf(host, now)
	standing := p.standingOf(a, now)
	if standing.edits > 0 {
		g.isEdited, g.modified = true, standing.edited.In(o.zone)
	}
	g.text = p.compose(a, standing.edits)
	d := dice.Roll(p.seed, "author", uint64(a.outlet), uint64(a.day), uint64(a.number))
	g.author = g.w.Say("person", &d, &wording.Slots{})
	var b strings.Builder
	b.Grow(16 << 10)
	if g.state.isHollow {
		return g.shell()
	}
	g.head(&b)
	b.WriteString("<body" + g.bodyAttributes() + ">\n")
	if o.tricks&trickCookieText != 0 {
		g.cookieText(&b)
	}
	switch {
	case isAMP:
		g.ampBody(&b)
	case a.flags&flagLive != 0:
		g.liveBody(&b)
	case a.flags&flagVideo != 0:
		g.videoBody(&b)
	default:
		[]func(*strings.Builder){g.semanticBody, g.boxesBody, g.tableBody, g.microdataBody, g.blogBody, g.componentsBody}[g.state.layout](&b)
	}
	return b.String()
}

func (g *page) head(b *strings.Builder) {
	o, wrong, layout := g.o, g.o.tricks&trickWrongDate != 0, g.state.layout
	fmt.Fprintf(b, "<!DOCTYPE html>\n<html lang=%q%s>\n<head>\n%s", o.language, map[bool]string{true: ` dir="rtl"`}[o.language == "ar"], o.charsetMeta())
	fmt.Fprintf(b, "<title>%s | %s</title>\n", html.EscapeString(g.text.headline.text), html.EscapeString(o.name))
	if o.tricks&trickSessions == 0 || g.a.outlet%4 < 2 { // some leave the session to their reader
		fmt.Fprintf(b, "<link rel=\"canonical\" href=%q>\n", g.canonical)
	}
	if o.tricks&trickTwins != 0 && !g.isAMP {
		fmt.Fprintf(b, "<link rel=\"amphtml\" href=%q>\n", g.base+ampOf(g.p.pathOf(g.a)))
	}
	if layout != 2 {
		fmt.Fprintf(b, "<meta property=\"og:type\" content=%q>\n<meta property=\"og:title\" content=\"%s\">\n<meta property=\"og:url\" content=%q>\n<meta property=\"og:site_name\" content=\"%s\">\n",
			map[bool]string{true: "video.other", false: "article"}[g.a.flags&flagVideo != 0], html.EscapeString(g.text.headline.text), g.canonical, html.EscapeString(o.name))
	}
	switch {
	case layout == 2:
		fmt.Fprintf(b, "<meta name=\"date\" content=%q>\n<meta name=\"author\" content=\"%s\">\n", g.stamp(g.published), html.EscapeString(g.author))
	case layout == 1 || layout == 4 || layout == redesign || wrong || g.isAMP:
		fmt.Fprintf(b, "<meta property=\"article:published_time\" content=%q>\n<meta property=\"article:modified_time\" content=%q>\n", g.stamp(g.published), g.stamp(g.modified))
	}
	if layout == 0 || (wrong && layout != 2) || g.a.flags&(flagLive|flagVideo) != 0 {
		g.linkedData(b)
	}
	b.WriteString("<style>body{font-family:serif;margin:2em}aside{float:right;width:18em}</style>\n</head>\n")
}

// stamp writes a time as the host does: with its zone, or as its clock has it.
func (g *page) stamp(t time.Time) string {
	if g.o.tricks&trickZoneless != 0 {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format(time.RFC3339)
}

func (g *page) bodyAttributes() string {
	switch g.state.layout {
	case 2:
		return " bgcolor=\"#ffffff\""
	case 4:
		return " class=\"single single-post\""
	}
	return ""
}

// linkedData writes JSON-LD. A host with wrong dates lies here, in a way that
// shows: an epoch, or a year nobody has seen yet; the meta tag is right.
func (g *page) linkedData(b *strings.Builder) {
	published := g.stamp(g.published)
	if g.o.tricks&trickWrongDate != 0 {
		published = []string{"1970-01-01T00:00:00Z", g.published.AddDate(73, 0, 0).Format(time.RFC3339)}[int(g.a.outlet)%2]
	}
	data := map[string]any{"@context": "https://schema.org", "@type": "NewsArticle", "headline": g.text.headline.text, "url": g.canonical,
		"datePublished": published, "author": map[string]string{"@type": "Person", "name": g.author},
		"publisher": map[string]string{"@type": "Organization", "name": g.o.name}, "isAccessibleForFree": g.a.flags&flagStub == 0}
	if g.isEdited {
		data["dateModified"] = g.stamp(g.modified)
	}
	switch {
	case g.a.flags&flagLive != 0:
		data["@type"], data["coverageStartTime"] = "LiveBlogPosting", published
	case g.a.flags&flagVideo != 0:
		data["@type"], data["name"], data["uploadDate"], data["contentUrl"] = "VideoObject", g.text.headline.text, published, g.base+"/film.mp4"
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
