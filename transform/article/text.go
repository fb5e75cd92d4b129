package article

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// line brings a short text into one line of clean, composed Unicode.
func line(s string) string {
	return strings.Join(strings.Fields(tidy(s)), " ")
}

// unescaped is line for values that templates escape once too often.
func unescaped(s string) string {
	for range 2 {
		if !strings.Contains(s, "&") {
			break
		}
		s = html.UnescapeString(s)
	}
	return line(s)
}

// paragraphs brings a long text into the stored form: NFC, one paragraph a line,
// single spaces, no empty lines, nothing said twice. Extractors repeat paragraphs
// of badly nested markup, and pages repeat them for phones and printers.
func paragraphs(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	var seen strings.Builder
	for l := range strings.Lines(s) {
		l = line(l)
		if l == "" {
			continue
		}
		if key := letters(l); len(key) >= repeatable {
			if isRepeat(key, seen.String()) {
				continue
			}
			seen.WriteString(key)
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l)
	}
	return b.String()
}

// repeatable is the length in bytes of letters from which a line is said only
// once; shorter ones are refrains, answers and table cells.
const repeatable = 50

// isRepeat tells whether nine tenths of a line were read before, be it as one line
// or as several.
func isRepeat(key, seen string) bool {
	if strings.Contains(seen, key) {
		return true
	}
	if len(seen) < len(key)/2 {
		return false
	}
	var old, all int
	for ; len(key) >= repeatable; key = key[repeatable:] {
		all++
		if strings.Contains(seen, key[:repeatable]) {
			old++
		}
		if all == 5 && old == 0 { // most lines are new
			return false
		}
	}
	return old*10 >= all*9
}

// tidy drops what is not seen but breaks words apart for a matcher: soft hyphens,
// zero-width spaces, direction marks, control characters. Joiners stay, since
// Persian and the scripts of India spell with them.
func tidy(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(utf8.RuneError))
	}
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\u00ad' || r == '\u200b' || r == '\u2060' || r == '\ufeff' || r == '\u200e' || r == '\u200f' || r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		case r == '\u2028' || r == '\u2029' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085':
			return ' '
		case unicode.IsControl(r):
			return -1
		}
		return r
	}, s)
	return norm.NFC.String(s)
}

// equalFold compares what readers would call the same words: case, punctuation
// and spaces aside.
func equalFold(a, b string) bool {
	return letters(a) == letters(b)
}

// letters keeps letters, marks and digits of a text, in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, s)
}
