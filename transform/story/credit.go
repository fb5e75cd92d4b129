package story

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A credit stands in one of five places: in the brackets of a dateline at the
// start of a line ("LONDON, Oct 3 (AP) -", "[로이터=연합뉴스]"), in a dateline
// without brackets ("МОСКВА, 3 окт — РИА Новости.", "新华社北京10月3日电"), as a
// line of its own at the top or the bottom ("Quelle: dpa", "avec AFP"), in brackets
// at the end of the text, or as the desk's closing note ("Reporting by ...; editing
// by ..."). Anywhere else an agency is quoted, not credited.

const (
	headLines  = 4   // lines in which a by-line may stand
	tailLines  = 4   // lines in which a closing credit may stand
	maxLineLen = 220 // bytes of a by-line or a closing credit
	maxDate    = 120 // bytes before the bracket of a dateline
)

// Credit returns the news agency a text is credited to, a short name such as
// reuters, or an empty string. Language is a BCP 47 primary subtag. Of several
// agencies the first named is told: a text of the second by way of the first.
func Credit(language, title, body string) string {
	r := creditReader{language: language}
	if id := r.closing(title, false); id != "" {
		return id
	}
	lines := 0
	for line := range strings.SplitSeq(body, "\n") {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if id := r.dateline(line); id != "" {
			return id
		}
		if lines < headLines {
			if id := r.creditLine(line); id != "" {
				return id
			}
		}
		lines++
	}
	rest := strings.TrimSpace(body)
	for range tailLines {
		before, line := "", rest
		if i := strings.LastIndexByte(rest, '\n'); i >= 0 {
			before, line = rest[:i], strings.TrimSpace(rest[i:])
		}
		if id := cmp.Or(r.deskNote(line), r.creditLine(line), r.closing(line, true)); id != "" {
			return id
		}
		if before == "" {
			break
		}
		rest = strings.TrimSpace(before)
	}
	return ""
}

type creditReader struct{ language string }

// agencyForms finds agencies by what they are called.
type agencyForms struct {
	names    map[string]string
	initials map[string][]agency
}

var forms = indexAgencies()

func indexAgencies() agencyForms {
	f := agencyForms{map[string]string{}, map[string][]agency{}}
	for _, a := range agencies {
		for _, name := range a.names {
			f.names[name] = a.id
		}
		for _, initials := range a.initials {
			f.initials[initials] = append(f.initials[initials], a)
		}
	}
	return f
}

// named returns the agency that the whole of a text names.
func (r creditReader) named(text string) string {
	text = strings.Trim(text, " \u00A0.,;:*«»\"“”'-–—")
	if text == "" || len(text) > 64 {
		return ""
	}
	for _, a := range forms.initials[text] {
		if a.languages == "" || r.language == "" || strings.Contains(a.languages, r.language) {
			return a.id
		}
	}
	return forms.names[strings.ToLower(text)]
}

// first returns the first agency of a list such as "Reuters/AFP" or "AFP, Paris".
// With isOnly all else must be names and dates, as in a by-line.
func (r creditReader) first(text string, isOnly bool) string {
	if id := r.named(text); id != "" {
		return id
	}
	if r.isPhotographer(text) {
		return ""
	}
	found := ""
	for part := range strings.FieldsFuncSeq(text, isCreditSeparator) {
		for _, word := range splitAnd(part) {
			id := r.named(word)
			if found == "" {
				found = id
			}
			if isOnly && id == "" && !isDateline(word) {
				return ""
			}
		}
	}
	return found
}

// isPhotographer tells REUTERS/Ada Quill and Ada Quill/AP: a slash between an
// agency and a person credits a picture.
func (r creditReader) isPhotographer(text string) bool {
	for part := range strings.SplitSeq(text, "/") {
		part = strings.TrimSpace(part)
		if len(part) < len(text) && strings.Contains(part, " ") && r.named(part) == "" {
			return true
		}
	}
	return false
}

func isCreditSeparator(r rune) bool {
	switch r {
	case '/', ',', '=', '|', '&', '+', '·', '•', '、', '，', ';', '；', '–', '—':
		return true
	}
	return false
}

func splitAnd(text string) []string {
	for _, and := range []string{" and ", " und ", " et ", " y ", " e ", " en ", " och ", " og ", " dan ", " ve ", " и ", " i ", " - "} {
		if a, b, ok := strings.Cut(text, and); ok {
			return []string{a, b}
		}
	}
	return []string{text}
}

// bracketed returns the agency that the inside of a bracket credits.
func (r creditReader) bracketed(inside string) string {
	inside = strings.TrimSpace(inside)
	if inside == "" || len(inside) > 100 {
		return ""
	}
	lower := strings.ToLower(inside)
	for _, word := range photoWords {
		if strings.Contains(lower, word) {
			return ""
		}
	}
	if rest, ok := cutCreditWord(inside); ok {
		inside = rest
	}
	if id := r.first(inside, false); id != "" {
		return id
	}
	return asianCredit(inside)
}

func standsAloneOrHangul(r rune) bool { return standsAlone(r) || unicode.Is(unicode.Hangul, r) }

// brackets open and close a credit.
var brackets = map[rune]rune{'(': ')', '[': ']', '（': '）', '【': '】', '［': '］', '〔': '〕', '/': '/'}

// creditLine reads a line that is nothing but a credit.
func (r creditReader) creditLine(line string) string {
	if len(line) > maxLineLen {
		return ""
	}
	line = strings.Trim(line, " ()[]（）【】*_.-–—|")
	if lower := strings.ToLower(line); lower == "" || hasAny(lower, photoWords) {
		return ""
	}
	if id := r.first(line, true); id != "" {
		return id
	}
	rest, ok := cutCreditWord(line)
	if !ok {
		// The title's own name may stand before: Le Figaro avec AFP.
		rest, ok = cutMasthead(line)
	}
	if !ok {
		return ""
	}
	rest, _, _ = strings.Cut(rest, ". ") // All rights reserved.
	return r.first(rest, true)
}

func hasAny(text string, words []string) bool {
	for _, word := range words {
		if strings.Contains(text, word) {
			return true
		}
	}
	return false
}

// cutCreditWord takes the words off that bring a credit in.
func cutCreditWord(text string) (rest string, ok bool) {
	rest = text
	for range 3 { // © 2026 The Associated Press
		longest := ""
		lower := strings.ToLower(rest)
		if len(lower) != len(rest) {
			break
		}
		for _, word := range creditWords {
			if len(word) > len(longest) && strings.HasPrefix(lower, word) && endsWord(lower[len(word):], word) {
				longest = word
			}
		}
		if longest == "" {
			break
		}
		rest = strings.TrimLeft(rest[len(longest):], " \u00A0:：0123456789,-–")
		ok = true
	}
	return rest, ok
}

// endsWord says whether a word ends where it was found.
func endsWord(rest, word string) bool {
	last, _ := utf8.DecodeLastRuneInString(word)
	if !unicode.IsLetter(last) {
		return true
	}
	next, _ := utf8.DecodeRuneInString(rest)
	return !unicode.IsLetter(next)
}

// cutMasthead finds what follows "avec", "with" and their like behind a few
// capitalised words.
func cutMasthead(line string) (rest string, ok bool) {
	const longest = 40
	for at := range line {
		if at == 0 || at > longest || line[at-1] != ' ' {
			continue
		}
		if rest, ok := cutCreditWord(line[at:]); ok {
			return rest, isDateline(line[:at])
		}
	}
	return "", false
}

// closing reads brackets that end a line; in a text they stand behind its last
// sentence, not inside ("the Associated Press (AP).").
func (r creditReader) closing(line string, isText bool) string {
	line = strings.TrimRight(line, " .。")
	last, size := utf8.DecodeLastRuneInString(line)
	for open, closing := range brackets {
		if closing != last {
			continue
		}
		before := line[:len(line)-size]
		start := strings.LastIndex(before, string(open))
		if start < 0 {
			return ""
		}
		sentence := strings.TrimRight(before[:start], " \u00A0")
		end, _ := utf8.DecodeLastRuneInString(sentence)
		if isText && sentence != "" && !strings.ContainsRune(".!?。！？…\"”“»’')؟।", end) {
			return ""
		}
		return r.bracketed(before[start+utf8.RuneLen(open):])
	}
	return ""
}

// deskNote reads the closing note of an agency's desk.
func (r creditReader) deskNote(line string) string {
	if len(line) > 3*maxLineLen {
		return ""
	}
	lower := strings.ToLower(line)
	for _, note := range deskNotes {
		hasAll := true
		for _, word := range note.words {
			hasAll = hasAll && strings.Contains(lower, word)
		}
		if hasAll {
			return note.agency
		}
	}
	return ""
}
