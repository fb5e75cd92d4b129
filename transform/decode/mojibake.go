package decode

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Mojibake counts the places in a text that are UTF-8 read as windows-1252 or
// latin-1 once too often: "Ã©" for "é", "â€™" for an apostrophe. A text with
// several of them was stored garbled by its publisher, or decoded wrongly.
func Mojibake(text string) int {
	count := 0
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		// A lead byte of UTF-8 in windows-1252 is a letter from Â to ô.
		if r < 'Â' || r > 'ô' {
			i += size
			continue
		}
		if n := doubled(text[i:]); n > 0 {
			count++
			i += n
			continue
		}
		i += size
	}
	return count
}

// doubled is the length of the doubly encoded character at the start of text, or
// 0. Two characters can be a word's own ("Â»" after a space is French in a wrong
// set, "Ã±" is never written), so what they stand for must be a letter or a sign
// that is written, and the second no letter.
func doubled(text string) int {
	var raw [utf8.UTFMax]byte
	n, length := 0, 0
	for _, r := range text {
		b, ok := byteOf(r)
		if !ok {
			break
		}
		raw[n] = b
		n++
		length += utf8.RuneLen(r)
		if n > 1 && b < 0x80 {
			return 0
		}
		if utf8.FullRune(raw[:n]) {
			got, size := utf8.DecodeRune(raw[:n])
			if size == n && n > 1 && (unicode.IsLetter(got) || unicode.IsPunct(got) || unicode.IsSymbol(got) || got == '\u00a0') {
				return length
			}
			return 0
		}
		if n == len(raw) {
			break
		}
	}
	return 0
}

// byteOf is the byte a character stands for in windows-1252, or in latin-1 where
// that has none.
func byteOf(r rune) (byte, bool) {
	if r < 0x100 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}
