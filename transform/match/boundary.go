package match

// Where a name may begin and end. Alphabets separate words, so a name must not
// stand inside a longer word (YNET in Gwyneth); Han, hiragana and Thai do not,
// so there every place will do. Katakana does not either, but short katakana
// names hide in longer ones (ニオ in アントニオ): those need a change of script.
// Korean writes particles, Arabic and Hebrew write prepositions and articles
// onto the name; both are accepted from closed lists.

import (
	"unicode"
	"unicode/utf8"
)

type kind uint8

const (
	kindNone   kind = iota // space, punctuation, symbols
	kindLetter             // Latin, Greek, Cyrillic and every alphabet not named below
	kindDigit              // digits and underscore
	kindMark               // combining marks
	kindArabic
	kindHebrew
	kindIndic // scripts of India: words are separated
	kindHangul
	kindHan // Han and hiragana
	kindKatakana
	kindThai // Thai, Lao, Khmer, Burmese: words are not separated
)

func kindOf(r rune) kind {
	switch {
	case r < utf8.RuneSelf:
		switch {
		case 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z':
			return kindLetter
		case '0' <= r && r <= '9' || r == '_':
			return kindDigit
		}
		return kindNone
	case r >= 0x30A1 && r <= 0x30FA || r == 0x30FC:
		return kindKatakana
	case r >= 0x4E00 && r <= 0x9FFF || r >= 0x3041 && r <= 0x309F || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x3FFFF || r == '々':
		return kindHan
	case r >= 0xAC00 && r <= 0xD7A3 || r >= 0x1100 && r <= 0x11FF || r >= 0x3131 && r <= 0x318E:
		return kindHangul
	case unicode.Is(unicode.M, r):
		return kindMark
	case unicode.IsDigit(r):
		return kindDigit
	case !unicode.IsLetter(r):
		return kindNone
	case r >= 0x0590 && r <= 0x05FF:
		return kindHebrew
	case r >= 0x0600 && r <= 0x08FF:
		return kindArabic
	case r >= 0x0900 && r <= 0x0DFF:
		return kindIndic
	case r >= 0x0E00 && r <= 0x0EFF || r >= 0x1000 && r <= 0x109F || r >= 0x1780 && r <= 0x17FF:
		return kindThai
	}
	return kindLetter
}

// edge is what the boundary rules need to know of a key.
type edge struct {
	first, last kind
	runes       int
}

func edgeOf(key string) edge {
	first, _ := utf8.DecodeRuneInString(key)
	last, _ := utf8.DecodeLastRuneInString(key)
	e := edge{first: kindOf(first), last: kindOf(last), runes: utf8.RuneCountInString(key)}
	for end := len(key); e.last == kindMark && end > 0; { // a vowel sign belongs to its letter
		r, size := utf8.DecodeLastRuneInString(key[:end])
		e.last = kindOf(r)
		end -= size
	}
	return e
}

// longKatakana is the length from which a katakana name is taken to be itself
// even with more katakana around it, as in ファーウェイジャパン.
const longKatakana = 5

// shortestInflected is the length below which a name takes no ending or prefix
// without a sign between: "Nion" or "Anta" would be anything.
const shortestInflected = 4

// isOpenLeft says whether a name with edge e may begin at text[start].
func isOpenLeft(text []byte, start int, e edge) bool {
	r, _ := utf8.DecodeLastRune(text[:start])
	if start == 0 {
		return true
	}
	before := kindOf(r)
	if before == kindNone || isUnseparated(e.first) || e.first == kindNone {
		return true
	}
	switch e.first {
	case kindKatakana:
		return before != kindKatakana || e.runes >= longKatakana
	case kindHangul:
		return before != kindHangul && before != kindDigit
	}
	switch {
	case isUnseparated(before) || before == kindKatakana || before == kindHangul:
		return true
	case before == kindDigit || before == kindMark:
		return false
	case before != e.first:
		return e.first != kindDigit // a change between two alphabets
	case e.first == kindArabic:
		return e.runes >= shortestInflected && arabicPrefixes[wordBefore(text, start, kindArabic)]
	case e.first == kindHebrew:
		return e.runes >= shortestInflected && hebrewPrefixes[wordBefore(text, start, kindHebrew)]
	}
	return false
}

// isOpenRight says whether a name with edge e may end before text[end] in a
// document of the language.
func isOpenRight(text []byte, end int, e edge, endings map[string]bool) bool {
	if end == len(text) {
		return true
	}
	r, _ := utf8.DecodeRune(text[end:])
	after := kindOf(r)
	if after == kindNone || isUnseparated(e.last) || e.last == kindNone {
		return true
	}
	switch e.last {
	case kindKatakana:
		return after != kindKatakana || e.runes >= longKatakana
	case kindHangul:
		return after != kindHangul || koreanParticles[wordAfter(text, end, kindHangul)]
	}
	switch {
	case isUnseparated(after) || after == kindKatakana || after == kindHangul:
		return true
	case after == kindDigit || after == kindMark:
		return false
	case after != e.last:
		return e.last != kindDigit
	}
	return e.runes >= shortestInflected && endings[wordAfter(text, end, e.last)]
}

func isUnseparated(k kind) bool { return k == kindHan || k == kindThai }

// longestAffix bounds how many bytes of a word are looked at beside a name.
const longestAffix = 24

// wordAfter returns the rest of the word of letters of one kind that goes on at
// text[end]; empty if it does not stop in time.
func wordAfter(text []byte, end int, k kind) string {
	at := end
	for at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		if got := kindOf(r); got != k {
			if got == kindDigit || got == kindMark {
				return ""
			}
			break
		}
		at += size
		if at-end > longestAffix {
			return ""
		}
	}
	return string(text[end:at])
}

// wordBefore is wordAfter in the other direction.
func wordBefore(text []byte, start int, k kind) string {
	at := start
	for at > 0 {
		r, size := utf8.DecodeLastRune(text[:at])
		if got := kindOf(r); got != k {
			if got == kindDigit || got == kindMark {
				return ""
			}
			break
		}
		at -= size
		if start-at > longestAffix {
			return ""
		}
	}
	return string(text[at:start])
}
