package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestEvidence and shortestEvidence are in characters.
const (
	longestEvidence  = 400
	shortestEvidence = 40
)

// evidence cuts at most longestEvidence characters of the sentence around the
// name, at word boundaries where there are words, as one line of valid text.
func evidence(text string, sentence, name span) string {
	start, end := sentence.start, max(sentence.end, name.end)
	start = min(start, name.start)
	if utf8.RuneCountInString(text[start:end]) > longestEvidence {
		start, end = window(text, span{start, end}, name, longestEvidence-2) // room for two ellipses
	}
	line := oneLine(text[start:end])
	if start > sentence.start {
		line = "…" + line
	}
	if end < sentence.end {
		line += "…"
	}
	return line
}

// window returns about limit characters of the sentence with the name inside:
// a third before it, the rest after.
func window(text string, sentence, name span, limit int) (int, int) {
	before := limit / 3
	start := name.start
	for before > 0 && start > sentence.start {
		_, size := utf8.DecodeLastRuneInString(text[:start])
		start -= size
		before--
	}
	if start > sentence.start {
		if i := strings.IndexFunc(text[start:name.start], unicode.IsSpace); i >= 0 {
			start += i + 1
			start += countSpace(text[start:name.start])
		}
	}
	end, count := start, 0
	for end < sentence.end && count < limit {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
		count++
	}
	if end < sentence.end && end > name.end {
		if i := strings.LastIndexFunc(text[name.end:end], unicode.IsSpace); i >= 0 {
			end = name.end + i
		}
	}
	return start, end
}

func countSpace(s string) int { return len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace)) }

// oneLine makes one line: no NUL, no control characters, single spaces.
func oneLine(s string) string { return strings.Join(strings.FieldsFunc(s, isBlank), " ") }

func isBlank(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }

func lastRune(s string) rune {
	r, _ := utf8.DecodeLastRuneInString(s)
	return r
}
