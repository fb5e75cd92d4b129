package decode

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// This file finds UTF-8 that its publisher read as windows-1252 and encoded once
// more: "Ã©" for "é", "â€™" for an apostrophe. No declaration tells of it, for the
// bytes are valid UTF-8, but a name with an accent is never found in such a text.

// Mojibake counts the doubly encoded characters of a text.
func Mojibake(text string) int {
	count := 0
	for range doubledIn(text) {
		count++
	}
	return count
}

// Undouble writes the doubly encoded characters of a text as what they stand for.
// A text without any is returned as it is, without a copy.
func Undouble(text string) string {
	var b strings.Builder
	done := 0
	for at, c := range doubledIn(text) {
		b.WriteString(text[done:at])
		b.WriteRune(c.char)
		done = at + c.length
	}
	if done == 0 {
		return text
	}
	b.WriteString(text[done:])
	return b.String()
}

// double is one doubly encoded character.
type double struct {
	char   rune
	length int // of what stands for it, in bytes
}

// doubledIn gives the doubly encoded characters with their places. The letters Â to
// ô, as which the lead bytes of UTF-8 appear, all begin with the byte 0xC3, so that
// most pages are passed over at the speed of a search for it.
func doubledIn(text string) func(yield func(int, double) bool) {
	return func(yield func(int, double) bool) {
		for i := 0; ; {
			next := strings.IndexByte(text[i:], 0xc3)
			if next < 0 {
				return
			}
			i += next
			c, ok := doubledAt(text, i)
			if !ok {
				i++
				continue
			}
			if !yield(i, c) {
				return
			}
			i += c.length
		}
	}
}

// doubledAt reads the doubly encoded character at a place. What it stands for must
// be a Latin letter or a sign of print; letters of other scripts count only in a
// row, since two capitals or a capital and a quotation mark can look like one.
func doubledAt(text string, i int) (double, bool) {
	c, ok := undouble(text[i:])
	switch {
	case !ok:
		return double{}, false
	case c.char <= 0x17f:
		return c, !isQuoted(text, i, c)
	case c.char >= 0x2010 && c.char <= 0x2122:
		return c, true
	case unicode.IsLetter(c.char):
		after, ok := undouble(text[i+c.length:])
		if ok && unicode.IsLetter(after.char) {
			return c, true
		}
		for back := 4; back <= 10 && back <= i; back++ { // the last of a row
			before, ok := undouble(text[i-back:])
			if ok && before.length == back && unicode.IsLetter(before.char) {
				return c, true
			}
		}
	}
	return double{}, false
}

// isQuoted tells a capital with a closing mark behind it, as in “MANHÃ”, which has
// no letter after the mark.
func isQuoted(text string, i int, c double) bool {
	lead, size := utf8.DecodeRuneInString(text[i:])
	if lead == 'Â' {
		return false
	}
	second, _ := utf8.DecodeRuneInString(text[i+size:])
	after, _ := utf8.DecodeRuneInString(text[i+c.length:])
	return strings.ContainsRune("”“’‘…–—»›‹‚„", second) && !unicode.IsLetter(after)
}

// undouble decodes the windows-1252 bytes of the characters at the start of text
// as UTF-8.
func undouble(text string) (double, bool) {
	var raw [utf8.UTFMax]byte
	n, length := 0, 0
	for _, r := range text {
		b, ok := byteOf(r)
		if !ok || n == 0 && (b < 0xc2 || b > 0xf4) || n > 0 && (b < 0x80 || b >= 0xc0) {
			return double{}, false
		}
		raw[n] = b
		n++
		length += utf8.RuneLen(r)
		if utf8.FullRune(raw[:n]) {
			got, size := utf8.DecodeRune(raw[:n])
			isSeen := unicode.IsLetter(got) || unicode.IsPunct(got) || unicode.IsSymbol(got) || got == '\u00a0' || unicode.IsNumber(got)
			return double{got, length}, size == n && n > 1 && isSeen
		}
		if n == len(raw) {
			break
		}
	}
	return double{}, false
}

// byteOf is the byte a character stands for in windows-1252, or in latin-1 where
// that has none.
func byteOf(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}
