package article

import (
	"html"
	"iter"
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
// of badly nested markup, as one line or as several, and pages repeat them for
// phones and printers. A line of which nine tenths were read before is left out,
// unless it is short: those are refrains, answers and table cells.
func paragraphs(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	seen := map[uint64]bool{}
	var fresh []uint64
	for l := range strings.Lines(s) {
		l = line(l)
		if l == "" {
			continue
		}
		old := 0
		fresh = fresh[:0]
		for r := range runs(l) {
			if seen[r] {
				old++
			} else {
				fresh = append(fresh, r)
			}
		}
		if all := old + len(fresh); all >= 6 && old*10 >= all*9 {
			continue
		}
		for _, r := range fresh {
			seen[r] = true
		}
		if b.Len() > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(l)
	}
	return b.String()
}

// runs gives a hash of each run of four words; a character of a script without
// spaces is a word.
func runs(s string) iter.Seq[uint64] {
	const prime = 1099511628211 // FNV-1a
	return func(yield func(uint64) bool) {
		var last [4]uint64
		words := 0
		word := uint64(0)
		end := func() bool {
			if word == 0 {
				return true
			}
			copy(last[:], last[1:])
			last[3] = word
			word = 0
			if words++; words < 4 {
				return true
			}
			h := uint64(14695981039346656037)
			for _, w := range last {
				h = (h ^ w) * prime
			}
			return yield(h)
		}
		for _, r := range s {
			switch {
			case isDense(r):
				if !end() {
					return
				}
				word = uint64(r)*prime + 1
				if !end() {
					return
				}
			case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
				word = (word^uint64(unicode.ToLower(r)))*prime + 1
			default:
				if !end() {
					return
				}
			}
		}
		end()
	}
}

// isDense tells the scripts that write words without spaces between.
func isDense(r rune) bool {
	return r >= 0x0e00 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar)
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
