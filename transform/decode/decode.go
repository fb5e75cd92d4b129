// Package decode turns the bytes of a page into text. HTML brings on average two
// opinions on its character set, and both can be wrong; a wrong choice is stored
// as mojibake in which no name is ever found.
//
// The order is: byte order mark, Content-Type header, <meta> in the first 4 KB,
// valid UTF-8, and last a guess from the bytes of the visible text. A declaration
// is not believed against the bytes themselves: text that is valid UTF-8 in
// sequences no other set produces is UTF-8, and a page that says UTF-8 but mostly
// is not goes on to the next opinion.
package decode

import (
	"bytes"
	"errors"
	"fmt"
	"mime"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/saintfish/chardet"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// ErrBinary says that the bytes are no text in any character set.
var ErrBinary = errors.New("not a text")

const (
	metaWindow  = 4 << 10  // where a <meta charset> is looked for
	guessWindow = 64 << 10 // how much is shown to the guesser
)

// Text decodes a body and names its character set as the WHATWG does, lower case
// (so latin-1 is windows-1252). The text is valid UTF-8 without NUL or a byte
// order mark; what could not be decoded is U+FFFD, and what the publisher encoded
// twice is undone.
func Text(body []byte, contentType string) (text, charset string, err error) {
	if kind := magic(body); kind != "" {
		return "", "", fmt.Errorf("%w: starts like %s", ErrBinary, kind)
	}
	enc, charset := choose(body, contentType)
	text, err = decode(enc, body)
	if err != nil {
		return "", "", fmt.Errorf("decode as %s: %w", charset, err)
	}
	if isJunk(text) {
		return "", "", fmt.Errorf("%w: control characters throughout, read as %s", ErrBinary, charset)
	}
	return text, charset, nil
}

// choose settles the character set.
func choose(body []byte, contentType string) (encoding.Encoding, string) {
	if enc, name := fromBOM(body); enc != nil {
		return enc, name
	}
	if name := wide(body); name != "" {
		return lookup(name)
	}
	e := weigh(body)
	for _, label := range []string{fromHeader(contentType), fromMeta(body)} {
		if enc, name := lookup(label); enc != nil && e.allows(name) {
			return enc, name
		}
	}
	if e.invalid == 0 {
		return lookup("utf-8")
	}
	return guess(body, e)
}

// lookup finds an encoding by any of its labels. The label utf-16 in a page whose
// label could be read as ASCII is a lie, and x-user-defined is no text.
func lookup(label string) (encoding.Encoding, string) {
	if label == "" {
		return nil, ""
	}
	enc, err := htmlindex.Get(label)
	if err != nil {
		return nil, ""
	}
	name, err := htmlindex.Name(enc)
	if err != nil || name == "replacement" || name == "x-user-defined" {
		return nil, ""
	}
	return enc, name
}

func fromBOM(body []byte) (encoding.Encoding, string) {
	switch {
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return lookup("utf-8")
	case bytes.HasPrefix(body, []byte("\xfe\xff")):
		return lookup("utf-16be")
	case bytes.HasPrefix(body, []byte("\xff\xfe")):
		return lookup("utf-16le")
	}
	return nil, ""
}

// wide recognises UTF-16 without a mark by the zero bytes of its markup.
func wide(body []byte) string {
	head := body[:min(len(body), 1024)]
	var even, odd int
	for i, c := range head {
		if c == 0 {
			if i%2 == 0 {
				even++
			} else {
				odd++
			}
		}
	}
	switch most := len(head) / 4; {
	case len(head) < 8:
		return ""
	case odd > most && even < most/8+1:
		return "utf-16le"
	case even > most && odd < most/8+1:
		return "utf-16be"
	}
	return ""
}

func fromHeader(contentType string) string {
	if _, params, err := mime.ParseMediaType(contentType); err == nil {
		return params["charset"]
	}
	// Headers in the wild have stray quotes and semicolons that mime refuses.
	if m := headerCharset.FindStringSubmatch(contentType); m != nil {
		return m[1]
	}
	return ""
}

var (
	headerCharset = regexp.MustCompile(`(?i)charset\s*=\s*["']?\s*([a-z0-9_:.-]+)`)
	metaCharset   = regexp.MustCompile(`(?is)<meta\s[^>]*?charset\s*=\s*["']?\s*([a-z0-9_:.-]+)`)
	xmlEncoding   = regexp.MustCompile(`(?i)^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([a-z0-9_:.-]+)["']`)
	comment       = regexp.MustCompile(`(?s)<!--.*?-->`)
	notText       = regexp.MustCompile(`(?is)<(script|style)\b.*?</(script|style)\s*>|<[^>]*>`)
)

// fromMeta reads the label in the markup. A label of UTF-16 there means UTF-8: it
// would not have been readable otherwise.
func fromMeta(body []byte) string {
	head := body[:min(len(body), metaWindow)]
	label := ""
	if m := metaCharset.FindSubmatch(comment.ReplaceAll(head, nil)); m != nil {
		label = string(m[1])
	} else if m := xmlEncoding.FindSubmatch(head); m != nil {
		label = string(m[1])
	}
	if strings.HasPrefix(strings.ToLower(label), "utf-16") {
		return "utf-8"
	}
	return label
}

// evidence is what the bytes themselves say for and against UTF-8.
type evidence struct {
	two     int // sequences of two bytes
	more    int // sequences of three or four
	invalid int // bytes that are in no sequence
}

func weigh(body []byte) evidence {
	var e evidence
	for i := 0; i < len(body); {
		if body[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, n := utf8.DecodeRune(body[i:])
		switch {
		case r == utf8.RuneError && n == 1:
			if !utf8.FullRune(body[i:]) { // cut off at the end by a size cap
				return e
			}
			e.invalid++
		case n == 2:
			e.two++
		default:
			e.more++
		}
		i += n
	}
	return e
}

// allows tells whether the bytes let the declared set stand. In a single-byte set
// one curly quote of UTF-8 is three odd letters that nobody writes; two-byte
// sequences can be letters, so it takes more of them, as it does in the sets of
// East Asia, where any two bytes can be a character.
func (e evidence) allows(name string) bool {
	if name == "utf-8" {
		return e.invalid*20 <= e.two+e.more || e.invalid <= 2
	}
	if e.invalid > 0 || e.two >= 12 || e.more >= 4 {
		return e.invalid > 0
	}
	return e.more == 0 || slices.Contains(multiByte, name)
}

var multiByte = []string{"gbk", "gb18030", "big5", "euc-jp", "euc-kr", "shift_jis", "iso-2022-jp"}

// guess asks for the set from the visible text; markup would say ASCII.
func guess(body []byte, e evidence) (encoding.Encoding, string) {
	if e.invalid*10 <= e.two+e.more { // UTF-8 with a few broken bytes
		return lookup("utf-8")
	}
	text := notText.ReplaceAll(body[:min(len(body), guessWindow)], []byte(" "))
	results, err := chardet.NewTextDetector().DetectAll(text)
	if err != nil {
		return lookup("windows-1252")
	}
	for _, r := range results {
		enc, name := lookup(strings.Replace(r.Charset, "GB-", "gb", 1)) // its name for GB18030 is no label
		if enc == nil || name == "utf-8" || strings.HasPrefix(name, "utf-16") {
			continue
		}
		if read, err := enc.NewDecoder().Bytes(text); err == nil && isSensible(name, string(read)) {
			return enc, name
		}
	}
	return lookup("windows-1252")
}

// isSensible holds a guess against its own result: the sets of East Asia overlap,
// so bytes of one often make characters, but no sentences, of another.
func isSensible(name, text string) bool {
	var bad, odd, kana, hangul, high int
	for _, r := range text {
		switch {
		case r < utf8.RuneSelf:
			continue
		case r == utf8.RuneError:
			bad++
		case unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo):
			kana++
		case unicode.Is(unicode.Hangul, r):
			hangul++
		case unicode.In(r, unicode.S, unicode.No, unicode.C):
			odd++
		}
		high++
	}
	switch name {
	case "euc-jp", "shift_jis", "iso-2022-jp":
		return bad*50 <= high && kana*10 >= high
	case "euc-kr":
		return bad*50 <= high && hangul*2 >= high
	case "big5", "gbk", "gb18030":
		return bad*50 <= high && kana*50 <= high
	}
	return bad*50 <= high && odd*6 <= high // fractions and signs stand beside letters, not among them
}

func decode(enc encoding.Encoding, body []byte) (string, error) {
	body = trimBOM(body)
	if enc == nil {
		return clean(string(body)), nil
	}
	if name, _ := htmlindex.Name(enc); name == "utf-8" {
		return clean(string(body)), nil
	}
	if name, _ := htmlindex.Name(enc); name == "gbk" {
		enc = simplifiedchinese.GB18030 // its superset; pages that say gb2312 use all of it
	}
	out, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		return "", err
	}
	return clean(string(out)), nil
}

func trimBOM(body []byte) []byte {
	for _, mark := range []string{"\xef\xbb\xbf", "\xfe\xff", "\xff\xfe"} {
		if bytes.HasPrefix(body, []byte(mark)) {
			return body[len(mark):]
		}
	}
	return body
}

// clean makes the text storable: Postgres refuses NUL and broken UTF-8.
func clean(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	s = strings.ReplaceAll(s, "\x00", "")
	return Undouble(strings.TrimPrefix(s, "\ufeff"))
}

// magic names the kinds of file that turn up where a page should be.
func magic(body []byte) string {
	for _, m := range []struct{ mark, kind string }{
		{"%PDF-", "a PDF"}, {"\x89PNG", "a PNG image"}, {"GIF8", "a GIF image"}, {"\xff\xd8\xff", "a JPEG image"},
		{"PK\x03\x04", "a ZIP archive"}, {"\x1f\x8b\x08", "gzip"}, {"RIFF", "a RIFF file"}, {"OggS", "an Ogg file"},
		{"ID3", "an MP3 file"}, {"\x00\x00\x01\x00", "an icon"}, {"wOFF", "a font"}, {"wOF2", "a font"}, {"\x7fELF", "a program"},
	} {
		if bytes.HasPrefix(body, []byte(m.mark)) {
			return m.kind
		}
	}
	return ""
}

// isJunk tells text from bytes that merely decoded.
func isJunk(text string) bool {
	var bad, all int
	for i, r := range text {
		if i > guessWindow {
			break
		}
		all++
		if r == utf8.RuneError || r < ' ' && r != '\t' && r != '\n' && r != '\r' && r != '\f' || r >= 0x7f && r < 0xa0 {
			bad++
		}
	}
	return bad > 16 && bad*10 > all
}
