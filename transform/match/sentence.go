package match

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// span is a range of bytes of an original text.
type span struct{ start, end int }

// longestSentence is where text without full stops is cut, in bytes.
const longestSentence = 2400

// splitSentences returns the sentences of a text in order, without the space
// between them: for Latin and Cyrillic after . ! ?, for CJK after 。！？, for
// Arabic after ؟ and ۔, for Devanagari after the danda, and at line feeds.
func splitSentences(text string) []span {
	var list []span
	start := 0
	cut := func(end int) {
		s := trimSpan(text, span{start, end})
		if s.start < s.end {
			list = append(list, s)
		}
		start = end
	}
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		at := i
		i += size
		switch r {
		case '\n':
			cut(i)
		case '。', '！', '？', '｡', '؟', '۔', '।', '॥', '։', '።':
			i = skipClosers(text, i)
			cut(i)
		case '.', '!', '?', '…':
			end := skipClosers(text, i)
			if endsSentence(text, at, end, r) {
				i = end
				cut(i)
			}
		case ' ':
			if i-start > longestSentence {
				cut(i)
			}
		default:
			if i-start > 2*longestSentence {
				cut(i)
			}
		}
	}
	cut(len(text))
	return list
}

func skipClosers(text string, i int) int {
	for i < len(text) {
		r, size := utf8.DecodeRuneInString(text[i:])
		if !strings.ContainsRune(`"'”’»)]」』）.!?！？。…`, r) {
			break
		}
		i += size
	}
	return i
}

// endsSentence says whether the mark r at text[at], whose closers reach to end,
// ends a sentence: space follows, then no small letter, and a full stop does
// not belong to an abbreviation.
func endsSentence(text string, at, end int, r rune) bool {
	if end == len(text) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(text[end:])
	if !unicode.IsSpace(next) {
		return false
	}
	rest := strings.TrimLeftFunc(text[end:min(end+16, len(text))], func(r rune) bool { return r == ' ' || r == '\u00A0' })
	if first, _ := utf8.DecodeRuneInString(rest); unicode.IsLower(first) {
		return false
	}
	if r != '.' {
		return true
	}
	from := at
	for from > 0 && at-from < 12 {
		before, size := utf8.DecodeLastRuneInString(text[:from])
		if !unicode.IsLetter(before) && before != '.' {
			break
		}
		from -= size
	}
	word := strings.ToLower(text[from:at])
	return !abbreviations[word] && (utf8.RuneCountInString(word) != 1 || isDigitOrHan(word)) && !isInitials(word)
}

func isDigitOrHan(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	k := kindOf(r)
	return k != kindLetter
}

// isInitials recognises u.s, z.b and the like.
func isInitials(word string) bool {
	parts := strings.Split(word, ".")
	for _, p := range parts {
		if utf8.RuneCountInString(p) != 1 {
			return false
		}
	}
	return len(parts) > 1
}

func trimSpan(text string, s span) span {
	for s.start < s.end {
		r, size := utf8.DecodeRuneInString(text[s.start:s.end])
		if !unicode.IsSpace(r) {
			break
		}
		s.start += size
	}
	for s.start < s.end {
		r, size := utf8.DecodeLastRuneInString(text[s.start:s.end])
		if !unicode.IsSpace(r) {
			break
		}
		s.end -= size
	}
	return s
}

// sentenceAt returns the sentence that holds byte at.
func sentenceAt(list []span, at int) span {
	i := sort.Search(len(list), func(i int) bool { return list[i].end > at })
	if i == len(list) {
		return span{at, at}
	}
	return list[i]
}
