package discover

import (
	"net/url"
	"path"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// How finely an address tells a date.
const (
	undated = iota
	byYear
	byMonth
	byDay
)

// look is what an address shows of itself without being asked for: the
// material of patterns. It knows no language: a slug is many words in a row, in
// whatever script.
type look struct {
	host     string
	segments []segment
	ext      string   // of the last segment, lower case, without the dot
	date     int      // undated, byYear, byMonth, byDay
	digits   int      // length of the longest number that is no date; counted from 4
	mark     string   // letters right before that number, as in a-65197833, "" if there are none
	hasHash  bool     // a segment, or a part of one, that is a random identifier
	words    int      // of the longest slug
	keys     []string // of parameters that are identifiers
	isFile   bool     // a picture, a film, a feed: anything but a page
}

// segment is one part of a path.
type segment struct {
	text string // unescaped, lower case
	kind segmentKind
}

type segmentKind byte

// The kinds of segments, by what they say of a page.
const (
	kindName segmentKind = iota // a word or two: a section, a marker such as "article"
	kindDate                    // a part of a date
	kindID                      // a number or a hash, alone or with words
	kindSlug                    // words, three and more
)

// maxSegments is how deep a path is looked at; deeper ones are traps.
const maxSegments = 20

// lookAt takes an address apart; false if it is none, or leads to no page of its own.
func lookAt(address string) (look, bool) {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return look{}, false
	}
	l := look{host: strings.ToLower(u.Hostname()), keys: idKeys(u.RawQuery)}
	parts := strings.FieldsFunc(u.EscapedPath(), func(r rune) bool { return r == '/' })
	if len(parts) > maxSegments {
		return look{}, false
	}
	for i, raw := range parts {
		text, err := url.PathUnescape(raw)
		if err != nil {
			text = raw
		}
		text = strings.ToLower(strings.ToValidUTF8(text, "\ufffd"))
		if i == len(parts)-1 {
			text, l.ext = cutExtension(text)
			l.isFile = fileExtensions[l.ext]
		}
		l.segments = append(l.segments, segment{text: text})
	}
	l.findDate()
	for i := range l.segments {
		if l.segments[i].kind == kindName {
			l.classify(&l.segments[i])
		}
	}
	return l, len(l.segments) > 0
}

// pageExtensions are endings that pages have; with any other, the dot belongs
// to the slug.
var pageExtensions = map[string]bool{
	"html": true, "htm": true, "shtml": true, "xhtml": true, "phtml": true, "php": true, "php3": true, "asp": true, "aspx": true, "jsp": true, "jspa": true,
	"do": true, "cfm": true, "ece": true, "story": true, "amp": true, "cms": true, "article": true, "print": true, "ghtml": true, "stm": true, "dhtml": true,
}

// fileExtensions are endings of what is no page.
var fileExtensions = map[string]bool{
	"jpg": true, "jpeg": true, "png": true, "gif": true, "webp": true, "svg": true, "ico": true, "avif": true, "pdf": true, "mp3": true, "mp4": true, "m4a": true,
	"m3u8": true, "webm": true, "zip": true, "gz": true, "css": true, "js": true, "json": true, "xml": true, "rss": true, "atom": true, "txt": true, "doc": true, "docx": true, "xls": true, "xlsx": true, "apk": true, "woff": true, "woff2": true, "ics": true, "epub": true,
}

func cutExtension(text string) (rest, ext string) {
	ext = strings.TrimPrefix(path.Ext(text), ".")
	if pageExtensions[ext] || fileExtensions[ext] {
		return strings.TrimSuffix(text, "."+ext), ext
	}
	return text, ""
}

var (
	wholeDate  = regexp.MustCompile(`^(19|20)(\d\d)[-_.]?(0?[1-9]|1[0-2])[-_.]?(0?[1-9]|[12]\d|3[01])(?:$|[-_.t ])`)
	wholeMonth = regexp.MustCompile(`^(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])$`)
	shortName  = regexp.MustCompile(`^\p{L}{3,10}$`)
)

// findDate looks for a date written as one segment, or as year, month and day
// in a row.
func (l *look) findDate() {
	for i := range l.segments {
		text := l.segments[i].text
		level := undated
		switch {
		case wholeDate.MatchString(text):
			level = byDay
			if isBareDate(text) {
				l.segments[i].kind = kindDate
			} // else the slug goes on behind it
		case wholeMonth.MatchString(text):
			level, l.segments[i].kind = byMonth, kindDate
			if l.isNumberUpTo(i+1, 31) {
				level, l.segments[i+1].kind = byDay, kindDate
			}
		case isYear(text):
			level, l.segments[i].kind = byYear, kindDate
			switch {
			case l.isNumberUpTo(i+1, 12) || l.isMonthName(i+1):
				level, l.segments[i+1].kind = byMonth, kindDate
				if l.isNumberUpTo(i+2, 31) {
					level, l.segments[i+2].kind = byDay, kindDate
				}
			case i+1 < len(l.segments) && isMonthDay(l.segments[i+1].text):
				level, l.segments[i+1].kind = byDay, kindDate
			}
		}
		if level > l.date {
			l.date = level
		}
		if level > byYear {
			return
		}
	}
}

func isBareDate(text string) bool {
	return !strings.ContainsFunc(text, unicode.IsLetter) && len(text) <= 10
}

func isYear(text string) bool {
	n, err := strconv.Atoi(text)
	return err == nil && len(text) == 4 && n >= 1990 && n <= 2100
}

// isMonthDay knows 0517 and 05-17, as they stand behind a year.
func isMonthDay(text string) bool {
	text = strings.ReplaceAll(text, "-", "")
	n, err := strconv.Atoi(text)
	return err == nil && len(text) == 4 && n/100 >= 1 && n/100 <= 12 && n%100 >= 1 && n%100 <= 31
}

func (l *look) isNumberUpTo(i, most int) bool {
	if i >= len(l.segments) || len(l.segments[i].text) > 2 {
		return false
	}
	n, err := strconv.Atoi(l.segments[i].text)
	return err == nil && n >= 1 && n <= most
}

// isMonthName takes a short word between year and day for the name of a month.
func (l *look) isMonthName(i int) bool {
	return i < len(l.segments) && shortName.MatchString(l.segments[i].text) && l.isNumberUpTo(i+1, 31)
}

// maxMark is how long the mark before a number may be, in bytes; longer ones are
// words.
const maxMark = 5

// classify says what one segment is, and notes what it tells of the whole.
func (l *look) classify(s *segment) {
	words, digits, hasHash := 0, 0, uuid.MatchString(s.text)
	last, mark := "", ""
	for _, token := range strings.FieldsFunc(uuid.ReplaceAllString(s.text, "-"), func(r rune) bool { return !unicode.In(r, unicode.L, unicode.M, unicode.N) }) {
		if isHash(token) {
			hasHash = true
			continue
		}
		words += wordsIn(token)
		if n := longestNumber(token); (n >= 5 || n == len(token) && n == len(s.text) && n >= 4) && n > digits {
			digits, mark = n, token[:len(token)-len(strings.TrimLeftFunc(token, unicode.IsLetter))]
			if n == len(token) {
				mark = last
			}
		}
		last = token
	}
	if digits > l.digits {
		l.digits, l.mark = digits, ""
		if len(mark) <= maxMark {
			l.mark = mark
		}
	}
	l.words, l.hasHash = max(l.words, words), l.hasHash || hasHash
	switch {
	case words >= 3:
		s.kind = kindSlug
	case digits > 0 || hasHash:
		s.kind = kindID
	}
}

// wordsIn counts a token as a word if it has letters or is a small number; in
// scripts without spaces two characters are a word.
func wordsIn(token string) int {
	letters, dense, digits := 0, 0, 0
	for _, r := range token {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Khmer, unicode.Lao, unicode.Myanmar):
			dense++
		case unicode.IsLetter(r):
			letters++
		case unicode.IsDigit(r):
			digits++
		}
	}
	switch {
	case dense > 0:
		return (dense + 1) / 2
	case letters > 0 && digits < 5, digits > 0 && digits < 4:
		return 1
	}
	return 0
}

func longestNumber(token string) int {
	longest, run := 0, 0
	for i := range len(token) {
		if c := token[i]; c >= '0' && c <= '9' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}

var uuid = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// isHash knows identifiers that are no numbers: letters and digits that change
// places more often than in any word.
func isHash(token string) bool {
	if len(token) < 8 || len(token) > 80 {
		return false
	}
	digits, letters, changes, last := 0, 0, 0, 0
	for i := range len(token) {
		var kind int
		switch c := token[i]; {
		case c >= '0' && c <= '9':
			digits, kind = digits+1, 1
		case c >= 'a' && c <= 'z':
			letters, kind = letters+1, 2
		default:
			return false
		}
		if last != 0 && kind != last {
			changes++
		}
		last = kind
	}
	return letters > 0 && (changes >= 4 && digits >= 2 || changes >= 2 && digits >= 3 && len(token) >= 10)
}

// idKeys finds the parameters that can name a text: their value is a number of
// four digits and more, or a hash.
func idKeys(rawQuery string) []string {
	var keys []string
	for pair := range strings.SplitSeq(rawQuery, "&") {
		key, value, _ := strings.Cut(strings.ToLower(pair), "=")
		if key == "" || len(key) > 30 || len(keys) >= 10 || !isPlainKey(key) {
			continue
		}
		if longestNumber(value) == len(value) && len(value) >= 4 || isHash(value) || uuid.MatchString(value) {
			keys = append(keys, key)
		}
	}
	return keys
}

func isPlainKey(key string) bool {
	for i := range len(key) {
		if c := key[i]; c >= utf8.RuneSelf || !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return true
}

// hasTail tells whether something that names a text stands behind the date: the
// page of a day, without it, lists articles and is none.
func (l *look) hasTail() bool {
	last := len(l.segments) - 1
	return l.segments[last].kind != kindDate && !l.isNumberUpTo(last, 99)
}
