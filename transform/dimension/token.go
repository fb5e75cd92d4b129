package dimension

// A quote is read as words. Han, kana and Hangul characters are a word each, so
// that a cue of these scripts is found wherever it stands, and gaps are counted
// in characters there. Words are compared folded: lower case, without accents
// (headlines drop them), Arabic letters of several keyboards made one. The bytes
// of the original stay with each word, since evidence is told in them.

import (
	"slices"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// token is one word of a quote.
type token struct {
	start, end int // bytes in the quote
	from, to   int // bytes in the folded text
	clause     int // rises at each place where another clause begins
	isName     bool
	isNumber   bool
	isCapital  bool // and does not begin the sentence
}

// tokens are the words of one text with their folded form.
type tokens struct {
	list   []token
	folded []byte
}

// nameSpan is where the company is named, in bytes; nothing if end is 0.
type nameSpan struct{ start, end int }

// read replaces what t holds by the words of text. The words of the name become
// one, which no cue but NAME matches.
func (t *tokens) read(text string, name nameSpan, same map[rune]rune) {
	t.list, t.folded = t.list[:0], t.folded[:0]
	clause := 0
	for i := 0; i < len(text); {
		if i == name.start && name.end > i && name.end <= len(text) {
			t.list = append(t.list, token{start: i, end: name.end, from: len(t.folded), to: len(t.folded), clause: clause, isName: true})
			i = name.end
			continue
		}
		end, kind := nextToken(text, i, name)
		switch kind {
		case kindBreak:
			clause++
		case kindWord, kindNumber:
			from := len(t.folded)
			t.folded = appendFolded(t.folded, text[i:end], same)
			if len(t.folded) > from {
				first, _ := utf8.DecodeRuneInString(text[i:])
				t.list = append(t.list, token{
					start: i, end: end, from: from, to: len(t.folded), clause: clause, isNumber: kind == kindNumber,
					isCapital: len(t.list) > 0 && unicode.IsUpper(first),
				})
			}
		}
		i = end
	}
}

func (t *tokens) word(i int) []byte { return t.folded[t.list[i].from:t.list[i].to] }

type tokenKind int

const (
	kindSpace tokenKind = iota
	kindWord
	kindNumber
	kindBreak
)

// nextToken returns where the token at text[i] ends, and what it is. A name cuts
// the word it begins in.
func nextToken(text string, i int, name nameSpan) (int, tokenKind) {
	r, size := utf8.DecodeRuneInString(text[i:])
	switch {
	case r == ';' || r == '；' || r == '—' || r == '؛':
		return i + size, kindBreak
	case isIdeographic(r) || r == '%' || r == '％' || unicode.Is(unicode.Sc, r):
		return i + size, kindWord
	case !isWordRune(r):
		return i + size, kindSpace
	}
	kind := kindWord
	if unicode.IsDigit(r) {
		kind = kindNumber
	}
	for i += size; i < len(text); i += size {
		if i == name.start && name.end > i {
			break
		}
		r, size = utf8.DecodeRuneInString(text[i:])
		if isWordRune(r) && !isIdeographic(r) {
			continue
		}
		if kind == kindNumber && (r == '.' || r == ',') && i+1 < len(text) && text[i+1] >= '0' && text[i+1] <= '9' {
			continue
		}
		break
	}
	return i, kind
}

func isWordRune(r rune) bool {
	if r < utf8.RuneSelf {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.M, r) || r == '\u200C' || r == '\u200D' || r == '\u00AD'
}

// isIdeographic tells characters that are a word each.
func isIdeographic(r rune) bool {
	switch {
	case r < 0x1100:
		return false
	case r >= 0x3041 && r <= 0x30FF, r >= 0x3400 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3, r >= 0xF900 && r <= 0xFAFF, r >= 0xFF66 && r <= 0xFF9F:
		return true
	}
	return r >= 0x20000 && r <= 0x3FFFF || r == '々'
}

// appendFolded appends the folded form of a word.
func appendFolded(out []byte, word string, same map[rune]rune) []byte {
	for _, r := range word {
		if r < utf8.RuneSelf {
			if 'A' <= r && r <= 'Z' {
				r += 'a' - 'A'
			}
			out = append(out, byte(r))
			continue
		}
		if r < rune(len(plain)) {
			if r = plain[r]; r == 0 {
				continue
			}
			if r == 'ß' {
				out = append(out, 's')
				r = 's'
			}
		} else {
			r = foldWide(r)
			if r == 0 {
				continue
			}
		}
		if to, ok := same[r]; ok {
			r = to
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}

// plain gives the folded form of the letters of Latin, Greek, Cyrillic, Hebrew and
// Arabic; 0 where a character is dropped.
var plain = func() [0x700]rune {
	var table [0x700]rune
	for r := range rune(len(table)) {
		table[r] = foldLetter(r)
	}
	return table
}()

func foldLetter(r rune) rune {
	switch r {
	case 'ı':
		return 'i'
	case 'ø', 'Ø':
		return 'o'
	case 'ł', 'Ł':
		return 'l'
	case 'đ', 'Đ':
		return 'd'
	case 'ى', 'ی':
		return 'ي'
	case 'ک':
		return 'ك'
	case 'ـ', '\u00AD':
		return 0
	}
	if unicode.Is(unicode.Mn, r) {
		return 0
	}
	base, _ := utf8.DecodeRuneInString(norm.NFKD.String(string(r)))
	return unicode.ToLower(base)
}

// foldWide folds what lies beyond the table: full-width letters and the rest.
func foldWide(r rune) rune {
	switch {
	case r >= 0x3041 && r <= 0x9FFF, r >= 0xAC00 && r <= 0xD7A3:
		return r
	case r >= 0x200B && r <= 0x200F:
		return 0
	case r >= 0x1E00 && r <= 0x1EFF:
		return foldLetter(r)
	}
	first, _ := utf8.DecodeRuneInString(norm.NFKC.String(string(r)))
	return unicode.ToLower(first)
}

// breakAt makes each word of the set begin a clause.
func (t *tokens) breakAt(words map[string]bool) {
	if len(words) == 0 {
		return
	}
	more := 0
	for i := range t.list {
		if i > 0 && words[string(t.word(i))] {
			more++
		}
		t.list[i].clause += more
	}
}

// nameAt returns the place of the name, -1 if there is none.
func (t *tokens) nameAt() int {
	return slices.IndexFunc(t.list, func(w token) bool { return w.isName })
}
