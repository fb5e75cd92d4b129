package match

// Folding brings text and aliases into the one form they are compared in: NFKC,
// lower case, without characters that are not seen (soft hyphens, zero-width
// spaces, direction marks, Arabic vowel signs), with one apostrophe, one hyphen
// and one kind of space, and with letters of Arabic and Persian keyboards made
// equal. An offset map leads from folded text back to the original, since
// capitals, neighbours and evidence are read there.

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// run is a stretch of folded text. In an exact run folded and original bytes
// correspond one to one; the bytes of any other run stand together for the
// original bytes from origin to originEnd.
type run struct {
	start             int32
	origin, originEnd int32
	isExact           bool
}

type folded struct {
	text []byte
	runs []run
	last mark // where the last letter begins
}

func (f *folded) reset() {
	f.text = f.text[:0]
	f.runs = f.runs[:0]
	f.last.origin = -1
}

// fold replaces what f holds by the folded form of s, which must be valid UTF-8.
// Asking norm about every letter would cost more than the search, so letters
// that NFKC never touches are folded in one go: ASCII and two bytes by table,
// Han and Hangul as they are. A letter is only taken back where the next one
// combines with it.
func (f *folded) fold(s string) {
	f.reset()
	f.text = slices.Grow(f.text, len(s)+utf8.UTFMax)
	for i := 0; i < len(s); {
		switch c := s[i]; {
		case c < utf8.RuneSelf || c < 0xE0 && twoBytes[uint16(c&0x1F)<<6|uint16(s[i+1]&0x3F)] != 0:
			i = f.foldLetters(s, i)
			continue
		case c >= 0xE4 && c <= 0xEC && isHanOrHangul(s, i):
			i = f.foldHan(s, i)
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		switch narrow := narrowed(r); {
		case narrow != 0:
			f.take(i)
			f.extend(i, false, i+size)
			f.text = append(f.text, foldASCII(narrow))
			i += size
		case isStable(r):
			f.take(i)
			if mapped, keep := foldRune(r); keep {
				f.addRune(mapped, i, size)
			}
			i += size
		default:
			i = f.foldSegment(s, i)
		}
	}
}

// take notes where the last letter begins, in case it has to be taken back.
func (f *folded) take(origin int) {
	f.last = mark{origin: origin, text: len(f.text), runs: len(f.runs)}
}

// mark is a place in the original and what had been folded before it.
type mark struct{ origin, text, runs int }

// foldSegment folds what norm has to be asked about.
func (f *folded) foldSegment(s string, i int) int {
	if i > 0 && f.last.origin >= 0 && !norm.NFKC.PropertiesString(s[i:]).BoundaryBefore() {
		i = f.last.origin
		f.text, f.runs = f.text[:f.last.text], f.runs[:f.last.runs]
	}
	f.last.origin = -1
	n := max(norm.NFKC.NextBoundaryInString(s[i:], true), 1)
	if segment := s[i : i+n]; norm.NFKC.IsNormalString(segment) {
		f.foldNormal(s, i, i+n)
	} else {
		f.addBlock(fold(norm.NFKC.String(segment)), i, i+n)
	}
	return i + n
}

// foldLetters folds the stretch of ASCII and letters of the table that begins at
// i and returns its end.
func (f *folded) foldLetters(s string, i int) int {
	f.extend(i, true, 0)
	at, n := len(f.text), 0
	f.text = slices.Grow(f.text, len(s)-i)
	out := f.text[at : at+len(s)-i]
	for i < len(s) && n < len(out) {
		c := s[i]
		if c < utf8.RuneSelf {
			out[n] = oneByte[c]
			n++
			i++
			continue
		}
		if c >= 0xE0 || i+1 >= len(s) || n+1 >= len(out) {
			break
		}
		letter := twoBytes[uint16(c&0x1F)<<6|uint16(s[i+1]&0x3F)]
		if letter == 0 {
			break
		}
		out[n], out[n+1] = byte(letter>>8), byte(letter)
		n += 2
		i += 2
	}
	f.text = f.text[:at+n]
	last := 1
	if s[i-1] >= utf8.RuneSelf {
		last = 2
	}
	f.last = mark{origin: i - last, text: len(f.text) - last, runs: len(f.runs)}
	return i
}

// foldHan copies the stretch of Han and Hangul that begins at i.
func (f *folded) foldHan(s string, i int) int {
	f.extend(i, true, 0)
	end := i + 3
	for end+2 < len(s) && isHanOrHangul(s, end) {
		end += 3
	}
	f.text = append(f.text, s[i:end]...)
	f.last = mark{origin: end - 3, text: len(f.text) - 3, runs: len(f.runs)}
	return end
}

// isHanOrHangul knows U+4E00 to U+9FA5 and the syllables from U+AC00 to U+D7A3
// by their three bytes.
func isHanOrHangul(s string, i int) bool {
	c := s[i]
	switch {
	case c >= 0xE5 && c <= 0xE8 || c == 0xEB || c == 0xEC:
		return true
	case c == 0xE4:
		return s[i+1] >= 0xB8
	case c == 0xE9:
		return s[i+1] < 0xBE || s[i+1] == 0xBE && s[i+2] <= 0xA5
	case c == 0xEA:
		return s[i+1] >= 0xB0
	}
	return false
}

// narrowed returns the ASCII character that NFKC makes of a full-width one or of
// an unusual space, 0 for all else.
func narrowed(r rune) byte {
	switch {
	case r >= 0xFF01 && r <= 0xFF5E:
		return byte(r - 0xFEE0)
	case r == 0x00A0 || r == 0x202F || r == 0x3000 || r >= 0x2002 && r <= 0x200A:
		return ' '
	}
	return 0
}

// oneByte is ASCII folded.
var oneByte = func() (table [256]byte) {
	for c := range table {
		table[c] = foldASCII(byte(c))
	}
	return table
}()

// twoBytes holds, for each character of two bytes that is stable and stays two
// bytes long, the bytes of its folded form; 0 for the others.
var twoBytes = func() (table [0x800]uint16) {
	for r := rune(utf8.RuneSelf); r < 0x800; r++ {
		mapped, keep := foldRune(r)
		if !keep || !isStable(r) || utf8.RuneLen(mapped) != 2 {
			continue
		}
		b := utf8.AppendRune(nil, mapped)
		table[r] = uint16(b[0])<<8 | uint16(b[1])
	}
	return table
}()

// isStable says that NFKC leaves a character as it is and that it does not
// combine with what stands before it: the common letters, and punctuation.
func isStable(r rune) bool {
	switch {
	case r < 0x0250:
		return r < 0x80 || r == '«' || r == '»' || r == '°' || r == '·' || r == '§' || r >= 0xC0 && r < 0x0132 || r >= 0x0134 && r < 0x013F || r >= 0x0141 && r < 0x0149 || r >= 0x014A && r < 0x017F
	case r < 0x0400:
		return r >= 0x0391 && r <= 0x03CE
	case r < 0x0600:
		return r <= 0x0481 || r >= 0x048A && r <= 0x052F || r >= 0x05D0 && r <= 0x05EA
	case r < 0x0900:
		return r >= 0x0621 && r <= 0x064A || r >= 0x0660 && r <= 0x0669 || r >= 0x0679 && r <= 0x06D3
	case r < 0x1000:
		return r >= 0x0904 && r <= 0x0939 || r >= 0x093E && r <= 0x094C || r >= 0x0E01 && r <= 0x0E32 || r >= 0x0E40 && r <= 0x0E46
	case r < 0x3000:
		return r >= 0x2013 && r <= 0x2014 || r >= 0x2018 && r <= 0x201E || r == '•' || r == '€'
	}
	return r >= 0x3001 && r <= 0x3002 || r >= 0x300A && r <= 0x3011 || r >= 0x3041 && r <= 0x3096 || r >= 0x30A1 && r <= 0x30FA ||
		r == 0x30FC || r >= 0x4E00 && r <= 0x9FA5 || r >= 0xAC00 && r <= 0xD7A3
}

// foldNormal adds s[from:to], which is in NFKC already: stretches at a time,
// parted only where a character beyond ASCII changes.
func (f *folded) foldNormal(s string, from, to int) {
	start := from
	for i := from; i < to; {
		if s[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		mapped, keep := foldRune(r)
		if !keep || mapped != r {
			f.addStretch(s, start, i)
			start = i + size
			if keep {
				f.addRune(mapped, i, size)
			}
		}
		i += size
	}
	f.addStretch(s, start, to)
}

// addStretch adds s[from:to], of which only ASCII letters change.
func (f *folded) addStretch(s string, from, to int) {
	if from == to {
		return
	}
	f.extend(from, true, 0)
	at := len(f.text)
	f.text = append(f.text, s[from:to]...)
	for i, c := range f.text[at:] {
		f.text[at+i] = foldASCII(c)
	}
}

func (f *folded) addRune(r rune, origin, size int) {
	if utf8.RuneLen(r) == size {
		f.extend(origin, true, 0)
	} else {
		f.extend(origin, false, origin+size)
	}
	f.text = utf8.AppendRune(f.text, r)
}

func (f *folded) addBlock(s string, origin, originEnd int) {
	if s == "" {
		return
	}
	f.extend(origin, false, originEnd)
	f.text = append(f.text, s...)
}

// extend makes the bytes added next belong to a run that begins at origin.
func (f *folded) extend(origin int, isExact bool, originEnd int) {
	at := int32(len(f.text))
	if isExact && len(f.runs) > 0 {
		last := f.runs[len(f.runs)-1]
		if last.isExact && last.origin-last.start == int32(origin)-at {
			return
		}
	}
	f.runs = append(f.runs, run{start: at, origin: int32(origin), originEnd: int32(originEnd), isExact: isExact})
}

// original returns the range of the original text that [start, end) of the
// folded text stands for; end must be greater than start.
func (f *folded) original(start, end int32) (int, int) {
	from := f.runAt(start)
	origin := from.origin
	if from.isExact {
		origin += start - from.start
	}
	last := f.runAt(end - 1)
	originEnd := last.originEnd
	if last.isExact {
		originEnd = last.origin + end - last.start
	}
	return int(origin), int(originEnd)
}

func (f *folded) runAt(at int32) run {
	i := sort.Search(len(f.runs), func(i int) bool { return f.runs[i].start > at })
	return f.runs[i-1]
}

// fold returns the folded form of a short text, such as an alias.
func fold(s string) string {
	var out strings.Builder
	for _, r := range norm.NFKC.String(s) {
		if r < utf8.RuneSelf {
			out.WriteByte(foldASCII(byte(r)))
		} else if mapped, keep := foldRune(r); keep {
			out.WriteRune(mapped)
		}
	}
	return out.String()
}

// spelled is fold without lower case: what a case-sensitive alias is held against.
func spelled(s string) string {
	var out strings.Builder
	for _, r := range norm.NFKC.String(s) {
		mapped, keep := foldRune(r)
		switch {
		case r == '\t' || r == '\r':
			out.WriteByte(' ')
		case r < utf8.RuneSelf || (keep && unicode.IsUpper(r)):
			out.WriteRune(r)
		case keep:
			out.WriteRune(mapped)
		}
	}
	return out.String()
}

func foldASCII(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case c == '\t' || c == '\r':
		return ' '
	case c == '`':
		return '\''
	}
	return c
}

// foldRune maps a character beyond ASCII, or says that it is dropped.
func foldRune(r rune) (mapped rune, keep bool) {
	switch {
	case r >= 0x2E80 && r < 0xA000, r >= 0xAC00 && r < 0xD7A4:
		return r, true // Han, kana, Hangul
	case r >= 0x0410 && r <= 0x042F:
		return r + 0x20, true
	case r == 'ё' || r == 'Ё':
		return 'е', true
	case r >= 0x0430 && r <= 0x045F:
		return r, true
	case r >= 0x0600 && r <= 0x06FF:
		return foldArabic(r)
	case r >= 0x0900 && r <= 0x109F:
		return r, true // scripts of India, Thai, Lao, Burmese
	}
	switch r {
	case 'İ', 'ı':
		return 'i', true
	case 'ς':
		return 'σ', true
	case '‘', '’', 'ʼ', 'ʹ', '′', '‛':
		return '\'', true
	case '‐', '‑', '‒', '–', '−':
		return '-', true
	case '\u2028', '\u2029', '\u0085':
		return '\n', true
	case '\u00AD', '\u200B', '\u200C', '\u200D', '\u2060', '\uFEFF', '\u200E', '\u200F', '\u061C', '\u034F', '\u180E':
		return 0, false
	}
	switch {
	case r >= 0x202A && r <= 0x202E, r >= 0x2066 && r <= 0x2069, r >= 0xFE00 && r <= 0xFE0F:
		return 0, false
	}
	return unicode.ToLower(r), true
}

func foldArabic(r rune) (rune, bool) {
	switch {
	case r >= 0x064B && r <= 0x0652, r == 0x0670, r == 0x0640:
		return 0, false // vowel signs, tatweel
	}
	switch r {
	case 'أ', 'إ', 'آ', 'ٱ':
		return 'ا', true
	case 'ى', 'ی':
		return 'ي', true
	case 'ک':
		return 'ك', true
	}
	return r, true
}
