package wording

import (
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

// Slug makes the part of an address that readers can read: Latin letters
// without their marks, digits and hyphens. Other scripts leave nothing.
func Slug(s string) string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn))), s)
	if err != nil {
		plain = s
	}
	return Hyphenate(plain, func(r rune) bool { return r < unicode.MaxASCII })
}

// Hyphenate keeps the letters and digits that are allowed, in lower case, at
// most about sixty bytes of them.
func Hyphenate(s string, isAllowed func(rune) bool) string {
	var b strings.Builder
	isGap := false
	for _, r := range strings.ToLower(s) {
		if !(unicode.IsLetter(r) || unicode.IsDigit(r)) || !isAllowed(r) {
			isGap = b.Len() > 0
			continue
		}
		if isGap {
			if b.Len() > 60 {
				break
			}
			b.WriteByte('-')
			isGap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}
